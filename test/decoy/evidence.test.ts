import {execFileSync} from 'node:child_process'
import {closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {afterEach, describe, expect, it} from 'vitest'

import {captureOf} from '../../src/decoy/capture.ts'
import {type EventContext, Evidence} from '../../src/decoy/evidence.ts'
import {MAX_LINE} from '../../src/decoy/evidence-line.ts'
import {DEFAULT_LIMITS} from '../../src/decoy/limits.ts'
import {DescriptorSink} from '../../src/decoy/line-sink.ts'
import {sample} from '../../src/decoy/sample.ts'
import type {EvidenceEvent} from '../../src/events/event.ts'
import {eventually} from '../support/serve.ts'

const CONTEXT: EventContext = {
  decky: 'web-01',
  service: 'ssh',
  session: 'abc',
  src: {ip: '10.0.0.9', port: 4000},
  dst: {ip: '10.0.0.1', port: 22},
}

function collector(options: {eventsPerSecond?: number; full?: () => boolean; now?: () => number} = {}) {
  const lines: string[] = []
  const sink = {
    write: (line: string) => {
      if (options.full?.() === true) return false
      lines.push(line)
      return true
    },
  }
  const {eventsPerSecond = 100_000, now} = options
  const evidence = new Evidence({sink, eventsPerSecond, ...(now === undefined ? {} : {now})})
  return {evidence, lines, events: () => lines.map((line) => JSON.parse(line) as EvidenceEvent)}
}

const PAYLOADS = [
  '\n<34>1 2026-01-01T00:00:00Z h a - - - forged',
  '\r\n',
  '\r',
  '\x00',
  '\x08'.repeat(20),
  '\x1b[2J\x1b[H',
  '\x1b]0;t\x07',
  '\x1b]52;c;ZXZpbA==\x07',
  '\x1b]8;;http://x\x1b\\y',
  '\x1bP...',
  '\x9b31m',
  '\x7f',
  '\u2028',
  '\u2029',
  '\u0085',
  '\u202e',
  '\u200b',
  '\ud800',
  '"]\\',
  '\\"',
  '="]',
  '$' + '{jndi:ldap://x}',
  "=cmd|' /C calc'!A0",
  '<script>',
  'A'.repeat(65_536),
  '{"a":1}',
  '%n%s%x',
  '%0d%0a',
]

describe('a line of evidence', () => {
  it.each(PAYLOADS.map((payload) => [JSON.stringify(payload).slice(0, 40), payload]))(
    'is safe with %s',
    (_name, payload) => {
      const {evidence, lines, events} = collector()
      evidence.record(
        {...CONTEXT, service: payload.slice(0, 100)},
        {
          event: 'auth.attempt',
          credential: {principal: payload, method: 'password', secret: sample(payload, 4096), outcome: 'failure'},
          data: {raw: payload, [payload.slice(0, 50)]: [payload], nested: {deep: [sample(payload, 1024)]}},
        },
      )
      expect(lines[0]).toMatch(/^[\x20-\x7e]+$/)
      expect(lines[0]?.length).toBeLessThanOrEqual(MAX_LINE)
      const [event] = events()
      expect(event?.event).toBe('auth.attempt')
      if (payload.length < 1000) expect(event?.credential?.principal).toBe(payload)
    },
  )

  it('has the fields of the schema in their order', () => {
    const {evidence, lines} = collector({now: () => Date.parse('2026-01-02T03:04:05.678Z')})
    evidence.record(CONTEXT, {event: 'command', data: {x: 1}})
    const {boot} = evidence
    expect(boot).toMatch(/^[0-9a-f]{16}$/)
    expect(lines[0]).toBe(
      `{"v":1,"id":"${boot}.1","ts":"2026-01-02T03:04:05.678Z","boot":"${boot}","seq":1,"decky":"web-01","service":"ssh",` +
        '"session":"abc","event":"command","src":{"ip":"10.0.0.9","port":4000},"dst":{"ip":"10.0.0.1","port":22},"data":{"x":1}}',
    )
  })

  it('that is too long keeps as much of every sample as fits, marked', () => {
    const {evidence, lines, events} = collector()
    const args = Array.from({length: 16}, () => sample(Buffer.alloc(4096, 0xff), 4096))
    evidence.record(CONTEXT, {event: 'command', data: {args}})
    const [event] = events()
    expect(lines[0]?.length).toBeLessThanOrEqual(MAX_LINE)
    expect(event?.data?.truncated).toBe(true)
    const [first] = (event?.data?.args ?? []) as typeof args
    expect(first).toMatchObject({bytes: 4096, truncated: true})
    expect(Buffer.from(first?.base64 ?? '', 'base64').length).toBeGreaterThanOrEqual(64)
  })

  it('fits whatever it holds', () => {
    const {evidence, lines} = collector()
    const value = fc.jsonValue({maxDepth: 4})
    const big = fc.string({minLength: 0, maxLength: 30_000, unit: 'binary'})
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(value, big), {maxKeys: 30}), (data) => {
        evidence.record(CONTEXT, {event: 'query', data})
        expect(lines.at(-1)?.length).toBeLessThanOrEqual(MAX_LINE)
        expect(lines.pop()).toMatch(/^[\x20-\x7e]+$/)
      }),
      {numRuns: 150, seed: 3},
    )
  })
})

describe('numbering', () => {
  it('has no holes, whatever is dropped on the way', () => {
    let refuse = false
    const {evidence, events} = collector({full: () => refuse})
    const cyclic: Record<string, unknown> = {}
    cyclic.self = cyclic
    for (let index = 0; index < 100; index++) {
      refuse = index % 7 === 3
      evidence.record(CONTEXT, {event: 'command', data: index % 10 === 5 ? cyclic : {index}})
    }
    expect(events().filter(({data}) => data?.unserializable === true)).toHaveLength(9)
    refuse = false
    evidence.flush()
    expect(events().map(({seq}) => seq)).toEqual(Array.from(events(), (_, index) => index + 1))
    expect(events().at(-1)).toMatchObject({event: 'suppressed', data: {reason: 'output'}})
  })
})

describe('the rate of one source', () => {
  it('is capped, and what is over is counted once a second', () => {
    let now = 1_000_000
    const {evidence, events} = collector({eventsPerSecond: 200, now: () => now})
    for (let index = 0; index < 1000; index++) evidence.record(CONTEXT, {event: 'command'})
    evidence.record({...CONTEXT, src: {ip: '10.0.0.8', port: 1}}, {event: 'probe'})
    expect(events().filter(({event}) => event === 'command')).toHaveLength(200)
    expect(events().at(-1)?.event).toBe('probe')
    evidence.flush()
    expect(events().at(-1)).toMatchObject({
      event: 'suppressed',
      decky: 'web-01',
      src: {ip: '10.0.0.9', port: 0},
      data: {count: 800, reason: 'event-rate'},
    })
    now += 1000
    evidence.record(CONTEXT, {event: 'command'})
    expect(events().at(-1)?.event).toBe('command')
  })

  it('counts many forged sources in bounded space', () => {
    const {evidence, events} = collector({eventsPerSecond: 0, now: () => 5000})
    for (let index = 0; index < 5000; index++) {
      evidence.record({...CONTEXT, src: {ip: `10.${index >> 8}.${index & 255}.1`, port: 1}}, {event: 'query'})
    }
    evidence.flush()
    expect(events().length).toBeLessThanOrEqual(257)
    expect(events().reduce((sum, {data}) => sum + Number(data?.count), 0)).toBe(5000)
  })
})

describe('what is bulky', () => {
  it('cannot push everything else out of the log of a decky: its budget is per minute, decky and kind', () => {
    let now = 1_000_000
    const {evidence, lines, events} = collector({now: () => now})
    const named = (name: string, decky = CONTEXT.decky) =>
      events().filter((event) => event.event === name && event.decky === decky)
    const upload = (decky = CONTEXT.decky): void => {
      const {fields, parts} = captureOf(Buffer.alloc(10_000_000, now), DEFAULT_LIMITS)
      evidence.record({...CONTEXT, decky}, {event: 'file.write', data: {path: '/x', ...fields}})
      for (const part of parts) evidence.record({...CONTEXT, decky}, part)
    }
    for (let count = 0; count < 20; count++) upload()
    expect(named('file.write')).toHaveLength(20)
    const kept = named('capture').length
    expect(lines.join('').length).toBeLessThan(1.2 * DEFAULT_LIMITS.bulkPerMinute)
    expect(kept).toBeGreaterThan(40)
    upload('web-02')
    evidence.record(CONTEXT, {event: 'session.transcript', data: {part: 1, frames: []}})
    expect([named('capture', 'web-02').length, named('session.transcript').length]).toEqual([6, 1])
    evidence.flush()
    expect(events().at(-1)).toMatchObject({
      event: 'suppressed',
      src: {ip: '10.0.0.9', port: 0},
      data: {count: 120 - kept, reason: 'capture-budget'},
    })
    now += 60_000
    upload()
    expect(named('capture')).toHaveLength(kept + 6)
  })
})

describe('output that stalls', () => {
  const directories: string[] = []
  afterEach(() => {
    for (const directory of directories.splice(0)) rmSync(directory, {recursive: true, force: true})
  })
  function temporary(): string {
    const directory = mkdtempSync(join(tmpdir(), 'decoy-sink-'))
    directories.push(directory)
    return directory
  }

  it('never blocks: a full pipe loses events, says so, and goes on with whole lines', async () => {
    const pipe = join(temporary(), 'pipe')
    execFileSync('mkfifo', [pipe])
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    const writer = openSync(pipe, constants.O_WRONLY)
    const sink = new DescriptorSink(writer)
    const evidence = new Evidence({sink, eventsPerSecond: 1e9})
    const total = 3000
    for (let index = 0; index < total; index++) {
      evidence.record(CONTEXT, {event: 'command', data: {index, fill: 'x'.repeat(200)}})
    }
    let text = ''
    const chunk = Buffer.alloc(65_536)
    const drain = () => {
      try {
        for (let size = readSync(reader, chunk); size > 0; size = readSync(reader, chunk))
          text += chunk.toString('latin1', 0, size)
      } catch {
        // Empty for now.
      }
      return text.includes('"suppressed"') && text.endsWith('\n')
    }
    await eventually(drain)
    sink.close()
    closeSync(writer)
    closeSync(reader)
    const events = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as EvidenceEvent)
    expect(events.map(({seq}) => seq)).toEqual(events.map((_, index) => index + 1))
    const lost = Number(events.find(({event}) => event === 'suppressed')?.data?.count)
    expect(lost).toBeGreaterThan(0)
    expect(events.filter(({event}) => event === 'command').length + lost).toBe(total)
  })

  it('appends to a file', () => {
    const file = join(temporary(), 'events.jsonl')
    writeFileSync(file, 'before\n')
    const descriptor = openSync(file, 'a')
    const sink = new DescriptorSink(descriptor)
    expect(sink.write('{"a":1}')).toBe(true)
    sink.close()
    closeSync(descriptor)
    expect(readFileSync(file, 'utf8')).toBe('before\n{"a":1}\n')
  })
})
