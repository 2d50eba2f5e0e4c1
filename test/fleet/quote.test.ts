import {describe, expect, it} from 'vitest'

import {header, quote, visible} from '../../src/fleet/quote.ts'

describe('quoting', () => {
  it.each([
    ['plain', '"plain"'],
    ['größe 東京 😀', '"größe 東京 😀"'],
    ['\x1b[31m\t\0', '"\\u{1b}[31m\\u{9}\\u{0}"'],
    ['a\u202eb\u2066', '"a\\u{202e}b\\u{2066}"'],
    ['a\u200b\u00a0\u00ad\ufeff\u3164', '"a\\u{200b}\\u{a0}\\u{ad}\\u{feff}\\u{3164}"'],
    ['\ud800', '"\\u{d800}"'],
    ['\u{e0041}', '"\\u{e0041}"'],
    ['', '""'],
  ])('%j', (text, shown) => {
    expect(quote(text)).toBe(shown)
  })

  it('is bounded', () => {
    expect(quote('x'.repeat(64))).toBe(`"${'x'.repeat(64)}"`)
    expect(quote('x'.repeat(65))).toBe(`"${'x'.repeat(64)}…"`)
  })

  it('of a header', () => {
    expect(header('a\u202eb')).toBe('[a\\u{202e}b]')
    expect(visible('a b')).toBe('a b')
  })
})
