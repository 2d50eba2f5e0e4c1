import {describe, expect, it} from 'vitest'

import {Diagnostics} from '../../src/fleet/diagnostics.ts'
import {type FleetSource, scanFleetFile} from '../../src/fleet/fleet-source.ts'

interface Scanned {
  readonly source: FleetSource
  readonly found: readonly string[]
  readonly list: Diagnostics['list']
}

function scan(input: string | Uint8Array): Scanned {
  const diagnostics = new Diagnostics()
  const source = scanFleetFile('f.ini', input, diagnostics)
  const found = diagnostics.list.map(({code, place}) => `${code} ${place?.line}:${place?.column}`)
  return {source, found, list: diagnostics.list}
}

/** The one value of a file that holds no problem. */
function value(line: string): string | undefined {
  const {source, found} = scan(`[a]\n${line}`)
  expect(found).toEqual([])
  return source.sections[0]?.entries.get('k')?.value
}

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))

describe('values', () => {
  it.each([
    ['k=v', 'v'],
    ['k = v', 'v'],
    ['k: v', 'v'],
    ['K\t=\tv\t', 'v'],
    ['k = a = b : c', 'a = b : c'],
    ['k =', ''],
    ['k = p#ss;x', 'p#ss;x'],
    ['k = p#ss ;x', 'p#ss'],
    ['k = v # comment', 'v'],
    ['k = v\t; comment', 'v'],
    ['k =#1', '#1'],
    ['k = 100% $HOME %(x)s %%', '100% $HOME %(x)s %%'],
    ['k = line1\\nline2', 'line1\\nline2'],
    ['k = a\\ ; comment', 'a\\'],
    ['k = true', 'true'],
    ['k = null', 'null'],
    ['k = "123"', '123'],
    ['k = "a ; b # c"', 'a ; b # c'],
    ["k = ' a '", ' a '],
    ['k = "a" ; comment', 'a'],
    ['k = "a" # say "b"', 'a'],
    ['k = ""', ''],
    ['k = "\u00a0x"', '\u00a0x'],
    ['k = "C:\\"', 'C:\\'],
    ['k = say "hi"', 'say "hi"'],
    ['k = "he said "hi""', 'he said "hi"'],
    ['k = "a" b', '"a" b'],
    ["k = it's", "it's"],
  ])('%s', (line, expected) => {
    expect(value(line)).toBe(expected)
  })
})

describe('places', () => {
  it('names line and column of header, key and value', () => {
    const {source} = scan('; top\r\n\r\n[ab]\r\n\tKey = "v w" ; note\r\n')
    const [section] = source.sections
    expect(section?.place).toEqual({file: 'f.ini', line: 3, column: 2, snippet: '[ab]'})
    const entry = section?.entries.get('key')
    expect(entry?.keyPlace).toEqual({file: 'f.ini', line: 4, column: 2, snippet: '\tKey = "v w" ; note'})
    expect(entry?.valuePlace.column).toBe(9)
  })

  it('does not count a byte order mark', () => {
    const {source, found} = scan('\u{feff}[a]\nk=v')
    expect(found).toEqual([])
    expect(source.sections[0]?.place).toMatchObject({line: 1, column: 2, snippet: '[a]'})
  })
})

describe('what is accepted', () => {
  it.each([
    ['CRLF', '[a]\r\nk=v\r\n'],
    ['no final newline', '[a]\nk=v'],
    ['full-line comments of both kinds, indented too', '; x\n  # y\n[a]\n   ; z\nk=v\n\t# w'],
    ['a comment behind a header', '[a] ; note\nk=v # other'],
    ['keys that are all indented alike', '[a]\n  k=v\n  l=w\n'],
    ['an indented header above its keys', '  [a]\n  k=v\n'],
    ['blank lines and trailing blanks', '[a]  \n\n \t \nk=v\t\n'],
    ['a line of 4,096 characters', `[a]\nk=${'x'.repeat(4094)}`],
  ])('%s', (_, text) => {
    const {source, found} = scan(text)
    expect(found).toEqual([])
    expect(source).toMatchObject({complete: true, sections: [{name: 'a'}]})
  })

  it('512 KiB exactly', () => {
    const line = `;${'x'.repeat(1022)}\n`
    const text = line.repeat(512)
    expect(Buffer.byteLength(text)).toBe(512 * 1024)
    expect(scan(text).found).toEqual([])
    expect(scan(Buffer.from(`${text};`)).found).toEqual(['file-too-large 1:1'])
    expect(scan(`${text};`).found).toEqual(['file-too-large 1:1'])
    expect(scan('é'.repeat(300_000)).found).toEqual(['file-too-large 1:1'])
  })

  it('1,000 sections', () => {
    const text = (count: number) => Array.from({length: count}, (_, index) => `[s${index}]`).join('\n')
    expect(scan(text(1000)).found).toEqual([])
    expect(scan(text(1001))).toMatchObject({found: ['too-many-sections 1001:2'], source: {complete: false}})
  })
})

describe('what is refused', () => {
  it.each([
    ['a key before any section', 'k=v\n[a]', 'key-outside-section 1:1'],
    ['a header without its end', '[a\nk=v', 'missing-bracket 1:3'],
    ['a header without its end before a comment', '[a ; ]', 'missing-bracket 1:7'],
    ['a header without its start', '[b]\na]', 'missing-bracket 2:1'],
    ['an empty header', '[]', 'empty-header 1:1'],
    ['a blank header', '[ ]', 'empty-header 1:1'],
    ['a second bracket', '[a]] x', 'junk-after-header 1:4'],
    ['a word behind a header', '[a] trailing', 'junk-after-header 1:5'],
    ['a comment that touches a header', '[a];note', 'junk-after-header 1:4'],
    ['a missing key', '[a]\n=value', 'empty-key 2:1'],
    ['a line without separator', '[a]\nip', 'missing-separator 2:1'],
    ['a section that stands twice', '[a]\n[b]\n[a]', 'duplicate-section 3:2'],
    ['a key that stands twice', '[a]\nip=1\nip=1', 'duplicate-key 3:1'],
    ['a key that stands twice in another case', '[a]\nIP=1\nip=1', 'duplicate-key 3:1'],
    ['an indented line', '[a]\nk=v\n  l=w', 'indented-line 3:3'],
    ['an indented line behind an empty one', '[a]\nk=v\n\n  w', 'indented-line 4:3'],
    ['a header that is indented like a value', '[a]\nk=v\n [b]\nk=v', 'indented-line 3:2'],
    ['a backslash at the end', '[a]\nk=ssh,\\\nhttp', 'backslash-continuation 2:7', 'missing-separator 3:1'],
    ['an unclosed quote', '[a]\nk = "a ; b', 'unclosed-quote 2:5'],
    ['a comment in place of a value', '[a]\nk = #fff', 'empty-value 2:5'],
    ['a no-break space around a value', '[a]\nk =\u00a0v', 'invisible-space 2:4'],
    ['a zero-width space behind a value', '[a]\nk = v\u200b', 'invisible-space 2:6'],
    ['UTF-16 LE with a mark', bytes([0xff, 0xfe], [0x5b, 0]), 'utf-16 1:1'],
    ['UTF-16 BE with a mark', bytes([0xfe, 0xff], [0, 0x5b]), 'utf-16 1:1'],
    ['UTF-16 without a mark', Buffer.from('[a]\n', 'utf16le'), 'utf-16 1:1'],
    ['a byte that is not UTF-8', bytes('[a]\nké=', [0xff]), 'invalid-utf-8 2:4'],
    ['a cut sequence at the end', bytes('[a]\n; ', [0xe2, 0x82]), 'invalid-utf-8 2:3'],
    ['an overlong form', bytes('[a]\n; ', [0xc0, 0xaf]), 'invalid-utf-8 2:3'],
    ['a surrogate', bytes('[a]\n; ', [0xed, 0xa0, 0x80]), 'invalid-utf-8 2:3'],
    ['a NUL', '[a]\nk=v\0', 'nul 2:4'],
    ['an escape sequence', '[a]\nk=\x1b[31m', 'control-character 2:3'],
    ['a C1 control', '[a]\nk=\u009b', 'control-character 2:3'],
    ['DEL', '[a]\n; \x7f', 'control-character 2:3'],
    ['NEL', '[a]\nk=a\u0085b=c', 'line-break 2:4'],
    ['U+2028', '[a]\nk=a\u2028b', 'line-break 2:4'],
    ['U+2029', '[a\u2029]', 'line-break 1:3'],
    ['old line ends, once', '[a]\rk=v\rl=w\rbad', 'lone-cr 1:4', 'missing-separator 4:1'],
    ['a line of 4,097 characters', `[a]\nk=${'x'.repeat(4095)}`, 'line-too-long 2:4097'],
  ])('%s', (_, input, ...expected) => {
    expect(scan(input).found).toEqual(expected)
  })

  it('gives the offset of a byte that is not UTF-8, byte order mark included', () => {
    const [problem] = scan(bytes([0xef, 0xbb, 0xbf], '[a]\nk=', [0xe9], '\n')).list
    expect(problem?.summary).toBe('byte 0xe9 at offset 9 is not UTF-8')
  })

  it('names both lines of what stands twice', () => {
    const [section, key] = scan('[a]\nk=1\n\n[a]\nx=1\nX=2').list
    expect(section?.summary).toBe('the section [a] stands twice: lines 1 and 4')
    expect(key?.summary).toBe('the key "x" stands twice in this section: lines 5 and 6')
  })

  it('keeps the snippet of a long line short', () => {
    const [problem] = scan(`k=${'x'.repeat(500_000)}`).list
    expect(problem?.place?.snippet.length).toBe(4096)
  })

  it('shows hostile text escaped', () => {
    const [problem] = scan('[a]\nev\u202eil').list
    expect(problem?.summary).toBe('"ev\\u{202e}il" is no key = value')
  })
})

describe('going on behind a problem', () => {
  it('keeps what follows an unreadable header out of the section above', () => {
    const {source, found} = scan('[a]\nk=v\n[]\nk=v\nk=w\n[b]\nk=v')
    expect(found).toEqual(['empty-header 3:1', 'duplicate-key 5:1'])
    expect(source.complete).toBe(false)
    expect(source.sections.map(({name, entries}) => [name, entries.size])).toEqual([
      ['a', 1],
      ['b', 1],
    ])
  })

  it('takes the name of a header whose bracket is missing', () => {
    const {source} = scan('[web # note\nk=v')
    expect(source).toMatchObject({complete: true, sections: [{name: 'web'}]})
  })

  it('marks a value whose line has a problem', () => {
    const {source} = scan('[a]\nk=x\\')
    expect(source.sections[0]?.entries.get('k')?.damaged).toBe(true)
  })

  it('trims a padded header with a warning', () => {
    const {source, list} = scan('[ a ]')
    expect(source.sections[0]?.name).toBe('a')
    expect(list).toMatchObject([{severity: 'warning', code: 'padded-header', place: {column: 3}}])
  })
})
