import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {Folder} from '../../../../src/decoy/mailbox/folder.ts'
import {ArgumentError, parseArguments} from '../../../../src/decoy/services/imap/arguments.ts'
import {CommandReader, type Segment} from '../../../../src/decoy/services/imap/command-reader.ts'
import {matches} from '../../../../src/decoy/services/imap/list-pattern.ts'
import {bySequence, byUid, shownSet} from '../../../../src/decoy/services/imap/sequence-set.ts'

const text = (line: string): Segment[] => [{type: 'text', text: line}]

describe('arguments', () => {
  it('are atoms, strings and lists', () => {
    expect(parseArguments(text('FLAGS "a \\"b" (x (y) NIL)'))).toEqual([
      {type: 'atom', text: 'FLAGS'},
      {type: 'string', text: 'a "b'},
      {
        type: 'list',
        items: [
          {type: 'atom', text: 'x'},
          {type: 'list', items: [{type: 'atom', text: 'y'}]},
          {type: 'atom', text: 'NIL'},
        ],
      },
    ])
  })

  it('of FETCH keep what is in brackets', () => {
    const [list] = parseArguments(text('(BODY[HEADER.FIELDS (A B)]<0.5> UID)'), {brackets: true})
    expect(list).toMatchObject({items: [{text: 'BODY[HEADER.FIELDS (A B)]<0.5>'}, {text: 'UID'}]})
  })

  it.each([
    ['(a', "Missing ')'"],
    ['a)', "Unexpected ')'"],
    ['"a', `Missing '"'`],
    ['{x}', 'Invalid literal size'],
    ['a"b', 'Invalid characters in atom'],
    ['('.repeat(10_000), "Missing ')'"],
  ])('%s is an error', (line, message) => {
    expect(() => parseArguments(text(line))).toThrow(new ArgumentError(message))
  })

  it('are parsed in time that grows with their length only', () => {
    for (const piece of ['a[', 'a[]', '(', '"\\', 'x ', 'a[ ]']) {
      const begun = performance.now()
      try {
        parseArguments(text(piece.repeat(65_536 / piece.length)), {brackets: true})
      } catch (error) {
        expect(error).toBeInstanceOf(ArgumentError)
      }
      expect(performance.now() - begun, piece).toBeLessThan(500)
    }
  })
})

describe('the reader of commands', () => {
  const LIMITS = {line: 100, literals: 1000}

  function read(pieces: readonly Buffer[]): string[] {
    const reader = new CommandReader(LIMITS)
    const seen: string[] = []
    for (const piece of pieces) for (let rest = piece; rest.length > 0; ) rest = rest.subarray(take(reader, rest, seen))
    return seen
  }

  function take(reader: CommandReader, bytes: Buffer, seen: string[]): number {
    const {read: found, used} = reader.feed(bytes)
    if (found?.type === 'literal') {
      const {size} = found.announced
      seen.push(`literal ${size}`)
      if (reader.fits(size)) reader.accept()
      else reader.refuse(true)
    } else if (found !== null) {
      const parts = found.type === 'command' ? found.segments : []
      seen.push(`${found.type} ${parts.map((part) => (part.type === 'text' ? part.text : part.data)).join('|')}`)
    }
    return used
  }

  it('gives the same wherever its input is cut', () => {
    const input = Buffer.from('a LOGIN {2}\r\nxy {3+}\r\nz\r\n end\nb X "{5}\r\nc Y {9999+}\r\nd\r\n')
    const whole = read([input])
    expect(whole).toEqual([
      'literal 2',
      'literal 3',
      'command a LOGIN {2}|xy| {3+}|z\r\n| end',
      'command b X "{5}',
      'literal 9999',
    ])
    fc.assert(
      fc.property(fc.array(fc.nat(input.length), {maxLength: 8}), (cuts) => {
        const places = [0, ...cuts.sort((one, other) => one - other), input.length]
        const pieces = places.slice(1).map((to, index) => input.subarray(places[index], to))
        expect(read(pieces)).toEqual(whole)
      }),
      {numRuns: 200},
    )
  })

  it('gives up on lines that never end', () => {
    expect(read([Buffer.alloc(150, 'a')])).toEqual(['overflow '])
  })

  it('reads over a literal that was refused, and the line after it', () => {
    const refused = Buffer.concat([
      Buffer.from('a X {2000+}\r\n'),
      Buffer.alloc(2000, '\n'),
      Buffer.from(' y\r\nb Z\r\n'),
    ])
    expect(read([refused])).toEqual(['literal 2000', 'command b Z'])
  })
})

describe('patterns of LIST', () => {
  it.each([
    ['*', 'a.b', true],
    ['%', 'a.b', false],
    ['%', 'a', true],
    ['a.%', 'a.b', true],
    ['a*c', 'a.b.c', true],
    ['%.%', 'a.b.c', false],
    ['inbox', 'INBOX', true],
    ['sent', 'Sent', false],
    ['', 'a', false],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected)
  })

  it('do not take long', () => {
    const begun = performance.now()
    expect(matches(`${'*a'.repeat(59)}b`, 'a'.repeat(100))).toBe(false)
    expect(performance.now() - begun).toBeLessThan(100)
  })
})

describe('sets of messages', () => {
  const folder = new Folder({
    name: 'INBOX',
    use: null,
    subscription: null,
    uidValidity: 1,
    uidNext: 31,
    modseq: 1,
    tracked: true,
    letters: [10, 20, 30].map((uid) => ({uid, at: 0, raw: Buffer.from('x'), flags: []})),
  })
  const uids = (messages: {uid: number}[] | null) => messages?.map(({uid}) => uid) ?? null

  it.each([
    ['1', [10]],
    ['*', [30]],
    ['2:*', [20, 30]],
    ['3:1', [10, 20, 30]],
    ['4', null],
    ['0', null],
    ['x', null],
    ['1,,2', null],
    [`1${',1'.repeat(2000)}`, null],
  ])('%s', (set, expected) => {
    expect(uids(bySequence(folder, set))).toEqual(expected)
  })

  it('by unique numbers have holes', () => {
    expect(uids(byUid(folder, '11:20,99'))).toEqual([20])
    expect(uids(byUid(folder, '99:*'))).toEqual([30])
  })

  it('are written as short as they can be', () => {
    expect(shownSet([1, 2, 3, 5, 7, 8])).toBe('1:3,5,7:8')
    expect(shownSet([])).toBe('')
  })
})
