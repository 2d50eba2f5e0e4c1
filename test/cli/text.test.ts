import {describe, expect, it} from 'vitest'

import {makeStyle} from '../../src/cli/views/style.ts'
import {table} from '../../src/cli/views/table.ts'
import {deckies, duration, fitItems, sanitize, sanitizeLines, truncate} from '../../src/cli/views/text.ts'
import {ESCAPED, HOSTILE} from '../support/hostile.ts'

describe('text', () => {
  it('shows what would command a terminal', () => {
    expect(sanitize(HOSTILE)).toBe(ESCAPED)
    expect(sanitize('Übung – 日本語 \u{1f600} ~')).toBe('Übung – 日本語 \u{1f600} ~')
    expect(sanitizeLines('one\ntwo\u001b\r\n')).toBe('one\ntwo\\x1b\\x0d\n')
  })

  it.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [1000, '1.0 s'],
    [1250, '1.3 s'],
    [59_499, '59.5 s'],
    [59_999, '1 min 0 s'],
    [60_000, '1 min 0 s'],
    [119_700, '2 min 0 s'],
    [125_000, '2 min 5 s'],
    [3_600_000, '60 min 0 s'],
  ])('%d ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text)
  })

  it('is cut with an ellipsis', () => {
    expect([truncate('abcdef', 6), truncate('abcdef', 5), truncate('abcdef', 1), truncate('abcdef', 0)]).toEqual([
      'abcdef',
      'abcd…',
      'a',
      '',
    ])
  })

  it('of items is cut between them, and says how many are missing', () => {
    const items = ['ssh/22', 'http/80', 'redis/6379']
    expect([25, 24, 17, 16, 9, 8, 5].map((width) => fitItems(items, width))).toEqual([
      'ssh/22 http/80 redis/6379',
      'ssh/22 http/80 +1',
      'ssh/22 http/80 +1',
      'ssh/22 +2',
      'ssh/22 +2',
      'ssh/22 …',
      'ssh/…',
    ])
  })

  it('counts deckies', () => {
    expect([deckies(0), deckies(1), deckies(2)]).toEqual(['0 deckies', '1 decky', '2 deckies'])
  })
})

describe('colour', () => {
  it.each([
    ['a pipe', {isTTY: false, noColorFlag: false, env: {}}],
    ['--no-color', {isTTY: true, noColorFlag: true, env: {}}],
    ['NO_COLOR', {isTTY: true, noColorFlag: false, env: {NO_COLOR: '1'}}],
    ['TERM=dumb', {isTTY: true, noColorFlag: false, env: {TERM: 'dumb'}}],
  ])('is off for %s', (_, environment) => {
    expect(makeStyle(environment).bad('x')).toBe('x')
  })

  it.each([[{}], [{NO_COLOR: ''}], [{TERM: 'xterm-256color'}]])('is on on a terminal with %j', (env) => {
    expect(makeStyle({isTTY: true, noColorFlag: false, env}).bad('x')).toBe('\u001b[31mx\u001b[39m')
  })
})

describe('a table', () => {
  const columns = [
    {title: 'NAME', value: ([name]: readonly string[]) => name ?? ''},
    {title: 'DETAIL', value: ([, detail]: readonly string[]) => detail ?? '', flexible: true},
    {title: 'END', value: () => 'x', style: (text: string) => `<${text}>`},
  ]
  const rows = [
    ['web-01', 'x'.repeat(300)],
    ['b', ''],
  ]

  it.each([40, 80, 200])('of %d columns is not wider, has no trailing spaces, and is aligned', (width) => {
    const lines = table(rows, columns, width).split('\n')
    expect(lines).toHaveLength(3)
    expect(lines.every((line) => line.replaceAll(/[<>]/g, '').length <= width)).toBe(true)
    expect(lines.every((line) => line === line.trimEnd())).toBe(true)
    expect(lines[1]).toContain('…')
    expect(new Set([lines[0]?.indexOf('END'), lines[1]?.indexOf('<x>'), lines[2]?.indexOf('<x>')]).size).toBe(1)
  })

  it('loses its optional columns, the last of them first, before anything is cut', () => {
    const optional = [
      {title: 'A', value: () => 'aaaa'},
      {title: 'B', value: () => 'bbbb', optional: true},
      {title: 'C', value: () => 'cccc', flexible: true},
      {title: 'D', value: () => 'dddd', optional: true},
    ]
    const ample = optional.map((column) => (column.flexible ? {...column, ample: 2} : column))
    expect(table([0], ample, 20).split('\n')[0]).toContain('D')
    const heads = [22, 21, 15, 10].map((width) => table([0], optional, width).split('\n')[0]?.split(/ +/).join(''))
    expect(heads).toEqual(['ABCD', 'ABC', 'AC', 'AC'])
  })

  it('cuts the widest of several columns first, and names only where nothing else is left', () => {
    const several = [
      {title: 'NAME', value: () => 'n'.repeat(20), flexible: 'last' as const},
      {title: 'A', value: () => 'a'.repeat(30), flexible: true, least: 10},
      {title: 'B', value: () => 'b'.repeat(14), flexible: true},
    ]
    const lengths = [68, 58, 50, 42, 38, 20].map((width) =>
      table([0], several, width)
        .split('\n')[1]
        ?.split('  ')
        .map(({length}) => length),
    )
    expect(lengths).toEqual([
      [20, 30, 14],
      [20, 20, 14],
      [20, 13, 13],
      [20, 10, 8],
      [16, 10, 8],
      [8, 10, 8],
    ])
  })

  it('of any width is not cut', () => {
    expect(table(rows, columns, Number.POSITIVE_INFINITY)).toContain('x'.repeat(300))
  })

  it('keeps eight characters of the column that gives way', () => {
    expect(table(rows, columns, 5).split('\n')[1]).toBe(`web-01  ${'x'.repeat(7)}…  <x>`)
  })

  it('without rows is its head', () => {
    expect(table([], columns, 80)).toBe('NAME  DETAIL  END')
  })
})
