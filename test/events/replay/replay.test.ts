import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {Transcript} from '../../../src/decoy/transcript.ts'
import type {EvidenceEvent} from '../../../src/events/event.ts'
import {asciicastOf} from '../../../src/events/replay/asciicast.ts'
import {recordingOf} from '../../../src/events/replay/recording.ts'
import {SafeTerminal} from '../../../src/events/replay/safe-terminal.ts'
import {EventMaker} from '../../support/evidence.ts'
import {LOG_INJECTIONS} from '../../support/log-injection.ts'

function recorded(chunks: readonly Buffer[]): EvidenceEvent[] {
  const maker = new EventMaker()
  const events: EvidenceEvent[] = []
  let time = 0
  const transcript = new Transcript((event) => events.push(maker.make(event)), {
    limits: {transcript: 1_000_000},
    now: () => time,
  })
  for (const chunk of chunks) {
    transcript.output(chunk)
    time += 250
  }
  transcript.end()
  return events
}

const played = (text: string | Buffer): string => new SafeTerminal().feed(Buffer.from(text))

describe('a recording', () => {
  it('is put together from its parts, in whatever order they come', () => {
    const chunks = Array.from({length: 300}, (_, index) => Buffer.from(`${index} `.repeat(30)))
    const events = recorded(chunks)
    expect(events.length).toBeGreaterThan(2)
    const recording = recordingOf(events.toReversed())
    const bytes = recording?.frames.map(([, , base64]) => Buffer.from(base64, 'base64')) ?? []
    expect(Buffer.concat(bytes).equals(Buffer.concat(chunks))).toBe(true)
    expect(recording).toMatchObject({columns: 80, rows: 24, truncated: false})
    expect(recordingOf(events.toSpliced(1, 1))?.truncated).toBe(true)
    expect(recordingOf([])).toBeNull()
  })

  it('is not made of what is no transcript', () => {
    const maker = new EventMaker()
    for (const data of [
      undefined,
      {},
      {part: 0, columns: 1, rows: 1, frames: []},
      {part: 1, columns: 1, rows: 1, frames: 'x'},
    ]) {
      const event = maker.make({event: 'session.transcript', ...(data !== undefined && {data})})
      expect(recordingOf([event])).toBeNull()
    }
    const odd = maker.make({
      event: 'session.transcript',
      data: {part: 1, columns: 1, rows: 1, frames: [null, [1], [-1, 'o', ''], [0, 'x', ''], [0, 'o', 'YQ==']]},
    })
    expect(recordingOf([odd])?.frames).toEqual([[0, 'o', 'YQ==']])
  })

  it('is an asciicast whose characters are whole', () => {
    const [head, ...lines] = asciicastOf(
      {
        columns: 100,
        rows: 30,
        truncated: false,
        frames: [
          [0, 'o', Buffer.from([0x24, 0x20, 0xc3]).toString('base64')],
          [1500, 'o', Buffer.from([0xbc]).toString('base64')],
          [1501, 'i', Buffer.from('\u001b[A').toString('base64')],
        ],
      },
      {startedAt: '2026-03-01T12:00:00.000Z', title: 'web-01 ssh'},
    )
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(head).toEqual({version: 2, width: 100, height: 30, timestamp: 1_772_366_400, title: 'web-01 ssh'})
    expect(lines).toEqual([
      [0, 'o', '$ '],
      [1.5, 'o', 'ü'],
      [1.501, 'i', '\u001b[A'],
    ])
  })
})

describe('a safe terminal', () => {
  it.each([
    ['text, lines and tabs', 'a\tb\r\nü €\b', 'a\tb\r\nü €\b'],
    ['colours', '\u001b[1;31mred\u001b[0m', '\u001b[1;31mred\u001b[0m'],
    ['cursor and clearing', '\u001b[2J\u001b[H\u001b[3;4H\u001b[K', '\u001b[2J\u001b[H\u001b[3;4H\u001b[K'],
    ['another screen', '\u001b[?1049h\u001b[?25l', '\u001b[?1049h\u001b[?25l'],
    ['saving the cursor', '\u001b7\u001b8', '\u001b7\u001b8'],
  ])('lets %s through', (_, text, expected) => {
    expect(played(text)).toBe(expected)
  })

  it.each([
    ['a title', 'a\u001b]0;evil\u0007b'],
    ['a title that ends in ST', 'a\u001b]2;evil\u001b\\b'],
    ['the clipboard', 'a\u001b]52;c;ZXZpbA==\u0007b'],
    ['a link', 'a\u001b]8;;http://evil\u001b\\b'],
    ['a device control string', 'a\u001bP+q544e\u001b\\b'],
    ['its C1 form', 'a\u0090+q\u009cb'],
    ['an application command', 'a\u001b_evil\u001b\\b'],
    ['a question for the cursor', 'a\u001b[6nb'],
    ['a question for the device', 'a\u001b[cb\u001b[>c'],
    ['a question for a mode', 'a\u001b[?25$pb'],
    ['mouse reports', 'a\u001b[?1000hb\u001b[?1006h'],
    ['window operations', 'a\u001b[21tb'],
    ['a reset', 'a\u001bcb'],
    ['another character set', 'a\u001b(0b'],
    ['bells and other controls', 'a\u0007\u0000\u000e\u007fb'],
    ['what turns text around', 'a\u202e\u200bb'],
    ['a media copy', 'a\u001b[5ib'],
  ])('leaves out %s', (_, text) => {
    expect(played(text)).toMatch(/^ab?$/)
    expect(played(text)).toBe('ab')
  })

  const safe =
    /^(?:[^\p{C}\p{Zl}\p{Zp}]|[\b\t\n\r]|\u001b[78DEM]|\u001b\[[\d;:]*[ABCDEFGHJKLMPSTXdfmsu@]|\u001b\[\?\d+[hl])*$/u

  it.each(LOG_INJECTIONS.map((payload) => [JSON.stringify(payload).slice(0, 40), payload]))(
    'makes %s safe',
    (_, payload) => {
      expect(played(payload)).toMatch(safe)
    },
  )

  it('is as safe whatever comes, in whatever pieces', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\u001b',
        '[',
        ']',
        'P',
        '\\',
        '\u0007',
        '?',
        ';',
        '1',
        'n',
        'c',
        'm',
        'h',
        '\u009b',
        '\u009d',
        'é',
      ),
      fc.string({unit: 'binary', maxLength: 3}),
    )
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 60}), fc.integer({min: 1, max: 7}), (pieces, size) => {
        const bytes = Buffer.from(pieces.join(''))
        const terminal = new SafeTerminal()
        let shown = ''
        for (let at = 0; at < bytes.length; at += size) shown += terminal.feed(bytes.subarray(at, at + size))
        expect(shown).toMatch(safe)
        expect(shown).toBe(played(bytes))
      }),
    )
  })
})
