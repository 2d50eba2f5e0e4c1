import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {LineEditor} from '../../../src/decoy/shell/line-editor.ts'

function type(keys: string, history: readonly string[] = [], echo = true) {
  return new LineEditor({prompt: '$ ', echo, history, limit: 100}).feed(keys)
}

describe('LineEditor', () => {
  it.each([
    ['ls\r', 'ls'],
    ['lx\x7fs\r', 'ls'],
    ['rm -rf\x15id\r', 'id'],
    ['echo one two\x17three\r', 'echo one three'],
    ['ac\x1b[Db\r', 'abc'],
    ['bc\x01a\x05d\r', 'abcd'],
    ['abc\x1b[D\x1b[D\x0b\r', 'a'],
    ['a\x1b[3~\x1bOCb\r', 'ab'],
  ])('%j makes %j', (keys, line) => {
    expect(type(keys).event).toEqual({type: 'line', text: line})
  })

  it('recalls lines with the arrows', () => {
    expect(type('\x1b[A\x1b[A\x1b[B!\r', ['first', 'second']).event).toEqual({type: 'line', text: 'second!'})
  })

  it('echoes, and shows nothing of a password', () => {
    expect(type('ab\x7f\r').shown).toBe('ab\b\x1b[K\r\n')
    expect(type('secret\r', [], false).shown).toBe('\r\n')
  })

  it('tells Ctrl-C and Ctrl-D apart', () => {
    expect(type('abc\x03').event).toEqual({type: 'interrupt'})
    expect(type('\x04').event).toEqual({type: 'end'})
    expect(type('abc\x04').event).toBeNull()
  })

  it('takes CR LF as one key', () => {
    const editor = new LineEditor({prompt: '', echo: true, history: [], limit: 100})
    expect(editor.feed('a\r\nb')).toMatchObject({event: {type: 'line', text: 'a'}, used: 2})
  })

  it.each(['\x01\x05', '\x0c', '\x1b[A\x1b[B', '\x01a\x7f'])('shows only so much of a line with many %j', (keys) => {
    const editor = new LineEditor({prompt: '', echo: true, history: ['h'.repeat(1000)], limit: 1000})
    editor.feed('x'.repeat(900))
    const {shown} = editor.feed(keys.repeat(20_000))
    expect(shown.length).toBeLessThan(40 * 1000)
    expect(editor.feed('\r').event).toMatchObject({type: 'line'})
  })

  it('is bounded', () => {
    expect(type(`${'x'.repeat(500)}\r`).event).toEqual({type: 'line', text: 'x'.repeat(100)})
  })

  it('gives the same line however the keys are cut', () => {
    const keys = fc.array(
      fc.constantFrom('a', 'b', ' ', '\x7f', '\x1b[A', '\x1b[D', '\x1b[C', '\x01', '\x05', '\x17', '\x0b'),
    )
    fc.assert(
      fc.property(keys, fc.nat(), (list, at) => {
        const text = `${list.join('')}\r`
        const cut = at % text.length
        const editor = new LineEditor({prompt: '', echo: true, history: ['old'], limit: 50})
        const before = editor.feed(text.slice(0, cut))
        const after = editor.feed(text.slice(cut))
        const whole = new LineEditor({prompt: '', echo: true, history: ['old'], limit: 50}).feed(text)
        expect({shown: before.shown + after.shown, event: after.event}).toEqual({
          shown: whole.shown,
          event: whole.event,
        })
      }),
    )
  })
})
