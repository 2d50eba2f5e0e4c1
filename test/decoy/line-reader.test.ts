import {describe, expect, it} from 'vitest'

import {LineReader} from '../../src/decoy/line-reader.ts'

/** What a reader makes of bytes that come in such pieces. */
function linesOf(reader: LineReader, ...pieces: readonly string[]): string[] {
  const lines: string[] = []
  for (const piece of pieces) {
    for (let rest = Buffer.from(piece, 'latin1'); rest.length > 0; ) {
      const {line, overflow, used} = reader.feed(rest)
      if (overflow) return [...lines, 'overflow']
      if (line !== null) lines.push(line)
      rest = rest.subarray(used)
    }
  }
  return lines
}

describe('LineReader', () => {
  it('reads lines in latin1, however they are cut, and drops one CR', () => {
    const reader = new LineReader(16)
    expect(linesOf(reader, 'USER \xe9', '\r', '\nPASS\r\r\n\nQU', 'I')).toEqual(['USER \xe9', 'PASS\r', ''])
    expect(reader.pending.toString()).toBe('QUI')
  })

  it('gives up as soon as a line is longer than the limit, with or without an end', () => {
    expect(linesOf(new LineReader(4), 'abc\r\nabcd\nabcd\r\n')).toEqual(['abc', 'abcd', 'overflow'])
    const reader = new LineReader(4)
    expect(linesOf(reader, 'abcd', 'e')).toEqual(['overflow'])
    expect(reader.pending.toString()).toBe('abcd')
  })

  it('takes another limit from the next bytes on', () => {
    const reader = new LineReader(2)
    expect(linesOf(reader, 'ab')).toEqual([])
    reader.limit = 4
    expect(linesOf(reader, 'cd\n')).toEqual(['abcd'])
  })
})
