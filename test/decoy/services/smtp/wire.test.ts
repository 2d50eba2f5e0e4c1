import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'

import {IncomingMessage} from '../../../../src/decoy/services/smtp/message.ts'
import {DataReader, type LineEnds} from '../../../../src/decoy/services/smtp/wire/data-reader.ts'
import {LineReader} from '../../../../src/decoy/services/smtp/wire/line-reader.ts'
import {parseArgument, parsePath} from '../../../../src/decoy/services/smtp/wire/path.ts'

function read(
  ends: LineEnds,
  input: string,
  sizes: readonly number[] = [],
): {text: string; over: boolean; rest: string} {
  const parts: Buffer[] = []
  const reader = new DataReader(ends, (bytes) => parts.push(Buffer.from(bytes)))
  let rest = Buffer.from(input, 'latin1')
  let over = false
  for (let index = 0; rest.length > 0 && !over && !reader.refused; index++) {
    const size = Math.max(1, sizes.length === 0 ? rest.length : (sizes[index % sizes.length] ?? 1))
    const outcome = reader.feed(rest.subarray(0, size))
    rest = rest.subarray(outcome.used)
    over = outcome.over
  }
  return {text: Buffer.concat(parts).toString('latin1'), over, rest: rest.toString('latin1')}
}

/** RFC 5321 §4.5.2, the client's side. */
const stuffed = (text: string): string => `${text.replace(/^\./gm, '..')}.\r\n`

describe('the reader of messages', () => {
  it.each([
    ['strict', 'a\r\n.\r\nX', 'a\r\n', true, 'X'],
    ['strict', '.\r\nX', '', true, 'X'],
    ['strict', 'a\n.\r\nb\r\n.\r\n', 'a\n.\r\nb\r\n', true, ''],
    ['strict', 'a\r\n.\nb\r\n.\r\n', 'a\r\n\nb\r\n', true, ''],
    ['lenient', 'a\n.\nX', 'a\n', true, 'X'],
    ['lenient', 'a\r\n..b\r\n.c\r\n.\r\n', 'a\r\n.b\r\nc\r\n', true, ''],
    ['first', 'a\r\nb\n.\n.\r\nc\r\n.\r\n', 'a\r\nb\n.\n.\r\nc\r\n', true, ''],
    ['first', 'a\nb\n.\nX', 'a\nb\n', true, 'X'],
    ['refused', 'a\r\nb\nX', 'a\r\nb\n', false, 'X'],
    ['lenient', 'a\r\n.\rb\r\n.\r\n', 'a\r\n\rb\r\n', true, ''],
  ] as const)('that is %s makes of %j %j', (ends, input, text, over, rest) => {
    expect(read(ends, input)).toEqual({text, over, rest})
  })

  it('undoes what clients do to dots, wherever the input is cut', () => {
    const line = fc.stringMatching(/^[.a\r]{0,6}$/).filter((text) => !text.endsWith('\r'))
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.integer({min: 1, max: 7}), {minLength: 1}), (lines, sizes) => {
        const text = lines.map((each) => `${each.replaceAll('\r', 'x')}\r\n`).join('')
        expect(read('strict', `${stuffed(text)}NOOP`, sizes)).toEqual({text, over: true, rest: expect.anything()})
      }),
    )
  })

  it('does the same wherever any input is cut', () => {
    const input = fc.stringMatching(/^[.\r\na]{0,24}$/)
    fc.assert(
      fc.property(fc.constantFrom('strict', 'lenient', 'first', 'refused'), input, (ends, text) => {
        const whole = read(ends, text)
        expect(read(ends, text, [1])).toEqual(whole)
        expect(read(ends, text, [2, 3])).toEqual(whole)
      }),
    )
  })
})

describe('the reader of lines', () => {
  it('takes CRLF and LF, and bounds what it keeps', () => {
    const reader = new LineReader(10)
    const line = (text: string) => reader.feed(Buffer.from(text, 'latin1'))
    expect(line('NOOP\r\nX')).toMatchObject({line: {text: 'NOOP', long: false}, used: 6})
    expect(line('NOOP\n')).toMatchObject({line: {text: 'NOOP', long: false}})
    expect(line('0123456789\r\n')).toMatchObject({line: {text: '0123456789', long: false}})
    expect(line('0123456789a\r\n')).toMatchObject({line: {text: '0123456789', long: true}})
    expect(line('A'.repeat(1_000_000))).toMatchObject({line: null})
    expect(reader.pending.length).toBe(11)
    expect(line('\r\n')).toMatchObject({line: {text: 'AAAAAAAAAA', long: true}})
  })
})

describe('paths', () => {
  it.each([
    ['<>', '', '', null, null],
    ['<a@b.example>', 'a@b.example', 'a', 'b.example', null],
    ['a@b', 'a@b', 'a', 'b', null],
    ['<@x,@y:a@b>', 'a@b', 'a', 'b', null],
    ['<"a b"@c>', '"a b"@c', 'a b', 'c', null],
    ['<a@[10.0.0.1]>', 'a@[10.0.0.1]', 'a', '[10.0.0.1]', null],
    ['<a b@c>', 'a b@c', 'a b', 'c', 'space'],
    ['<a@>', 'a@', 'a', '', 'no domain'],
    ['<@b>', '@b', '', 'b', 'no local part'],
    ['<a@b..c>', 'a@b..c', 'a', 'b..c', 'bad domain'],
  ])('%s', (raw, address, local, domain, fault) => {
    expect(parsePath(raw)).toEqual({raw, address, local, domain, fault})
  })

  it('are followed by parameters', () => {
    expect(parseArgument('FROM:<a@b> SIZE=5 BODY=8bitmime SMTPUTF8', 'FROM')?.parameters).toEqual([
      {key: 'SIZE', value: '5', raw: 'SIZE=5'},
      {key: 'BODY', value: '8bitmime', raw: 'BODY=8bitmime'},
      {key: 'SMTPUTF8', value: null, raw: 'SMTPUTF8'},
    ])
    expect(parseArgument('from: <">"@b>', 'FROM')?.path.raw).toBe('<">"@b>')
    expect(parseArgument('FROM:<a@b', 'FROM')?.path.fault).toBe('unclosed')
    for (const nothing of ['FROM:', 'TO:<a>', '<a@b>', 'FROM']) expect(parseArgument(nothing, 'FROM')).toBeNull()
  })
})

describe('a message', () => {
  it('is measured as a whole, and kept only in part', () => {
    const message = new IncomingMessage(DEFAULT_LIMITS)
    for (let index = 0; index < 100; index++) message.write(Buffer.alloc(10_000, index))
    const {size, head, captured} = message.finish()
    expect([size, head.length, captured.fields.kept]).toEqual([1_000_000, 16_384, DEFAULT_LIMITS.capture])
  })

  it('has no header fields in its body', () => {
    const message = new IncomingMessage(DEFAULT_LIMITS)
    message.write(Buffer.from('To: x\r\n\r\nSubject: no\r\n'))
    expect(message.finish().fields).toEqual({to: 'x'})
  })
})
