import {describe, expect, it} from 'vitest'

import {problems, refusal, specOf} from './reading.ts'

describe('section names', () => {
  it.each([
    ['equal ignoring case', '[web]\n[WEB]', 'duplicate-name 2:2'],
    ['an escape sequence', '[\x1b[31m]\n[d]', 'control-character 1:2'],
    ['a bidi override', '[a\u202eb]', 'bad-name 1:3'],
    ['a homoglyph', '[w\u0435b]', 'bad-name 1:3'],
    ['a slash', '[a/b]', 'bad-name 1:3'],
    ['a backslash', '[a\\b]', 'bad-name 1:3'],
    ['a space', '[a b]', 'bad-name 1:3'],
    ['a leading dash', '[-a]', 'bad-name 1:2'],
    ['a leading dot', '[.a]', 'bad-name 1:2'],
    ['.', '[.]', 'bad-name 1:2'],
    ['..', '[..]', 'bad-name 1:2'],
    ['two dots', '[a..b]', 'bad-name 1:3'],
    ['a trailing dot', '[a.]', 'bad-name 1:3'],
    ['__proto__', '[__proto__]', 'bad-name 1:2'],
    ['a.__proto__', '[a]\n[a.__proto__]\nx=1', 'unknown-service 2:4'],
    ['129 characters', `[${'a'.repeat(129)}]`, 'name-too-long 1:2'],
    ['126 characters that amount makes 129', `[${'a'.repeat(126)}]\namount=2`, 'name-too-long 1:2'],
    ['DEFAULT', '[DEFAULT]\nservices=ssh\n[d]', 'reserved-section 1:2'],
    ['default', '[default]\n[d]', 'reserved-section 1:2'],
    ['General', '[General]\nnet=10.0.0.0/24\n[d]', 'unknown-section 1:2'],
    ['GENERAL beside general', '[general]\n[GENERAL]\n[d]', 'unknown-section 2:2'],
    ['genral with a key of general', '[genral]\nnet=10.0.0.0/24\n[d]', 'unknown-section 1:2'],
    ['Custom-x', '[Custom-x]\nbinary=a\n[d]', 'unknown-section 1:2'],
    ['an expanded name', '[d]\namount=2\n[d-01]', 'duplicate-name 3:2'],
    ['an expanded name, the other way round', '[d-02]\n[d]\namount=2', 'duplicate-name 2:2'],
    ['an expanded name in another case', '[D-02]\n[d]\namount=2', 'duplicate-name 2:2'],
    ['two groups that only case tells apart', '[g]\namount=100\n[G]\namount=100', 'duplicate-name 3:2'],
  ])('%s', (_, text, ...expected) => {
    expect(problems(text)).toEqual(expected)
  })

  it.each(['a', 'con', 'constructor', 'prototype', 'toString', 'a_b', 'a.b', '7', 'x'.repeat(128)])(
    '%s is one',
    (name) => {
      expect(specOf(`[${name}]`).deckies.map((found) => found.name)).toEqual([name])
    },
  )

  it('of an expansion that collides are given with both places', () => {
    const [problem] = refusal('[d]\namount=2\n[d-01]').diagnostics
    expect(problem?.summary).toBe('[d] and [d-01] both declare the decky "d-01": lines 1 and 3')
  })

  it('suggest the right spelling', () => {
    const hint = (text: string) => refusal(text).diagnostics[0]?.hint
    expect(hint('[General]\n[d]')).toBe('did you mean [general]?')
    expect(hint('[Custom-X]\n[d]')).toBe('did you mean [custom-x]?')
  })
})
