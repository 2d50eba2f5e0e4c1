import {describe, expect, it} from 'vitest'

import {parseAddresses} from '../../../src/decoy/mailbox/addresses.ts'
import {fieldValue, readHeader} from '../../../src/decoy/mailbox/header-fields.ts'
import {withCrlf} from '../../../src/decoy/mailbox/lines.ts'
import {decodeWords, previewOf, searchable} from '../../../src/decoy/mailbox/mail-text.ts'
import {partsOf} from '../../../src/decoy/mailbox/mime.ts'
import {parseMimeField} from '../../../src/decoy/mailbox/mime-fields.ts'

const mail = (...lines: string[]): Buffer => Buffer.from(lines.join('\r\n'), 'utf8')

describe('a header', () => {
  it('is unfolded, and ends at the empty line', () => {
    const raw = mail('Subject: one', '\ttwo', 'nothing', 'X: y', '', 'Subject: body')
    const {fields, bodyAt} = readHeader(raw, 0, raw.length)
    expect(fields.map(({name, value}) => [name, value])).toEqual([
      ['Subject', 'one two'],
      ['X', 'y'],
    ])
    expect(raw.toString('utf8', bodyAt)).toBe('Subject: body')
    expect(fieldValue(fields, 'sUBJECT')).toBe('one two')
    expect(fieldValue(fields, 'Z')).toBeNull()
  })

  it('may be all there is', () => {
    const raw = mail('A: b', 'C: d')
    expect(readHeader(raw, 0, raw.length)).toMatchObject({bodyAt: raw.length, fields: [{name: 'A'}, {name: 'C'}]})
  })
})

describe('parts', () => {
  it('are found within each other', () => {
    const raw = mail(
      'Content-Type: multipart/mixed; boundary="a b"',
      '',
      'preamble',
      '--a b',
      'Content-Type: multipart/alternative; boundary=x',
      '',
      '--x',
      '',
      'plain',
      '--x--',
      '--a b',
      'Content-Type: message/rfc822',
      '',
      'Subject: inner',
      '',
      'text',
      '--a b--',
    )
    const root = partsOf(raw)
    expect(root.children.map(({type, subtype}) => `${type}/${subtype}`)).toEqual([
      'multipart/alternative',
      'message/rfc822',
    ])
    const [alternative, message] = root.children
    const text = alternative?.children[0]
    expect(raw.toString('utf8', text?.from, text?.to)).toBe('plain')
    expect(message?.inner?.header.fields[0]?.value).toBe('inner')
    expect(raw.toString('utf8', message?.inner?.from, message?.inner?.to)).toBe('text')
  })

  it('are bounded in depth and number', () => {
    const deep = Buffer.from('Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n'.repeat(500))
    let depth = 0
    for (let part = partsOf(deep); part.children[0] !== undefined; part = part.children[0]) depth++
    expect(depth).toBeLessThan(20)
    const wide = Buffer.from(`Content-Type: multipart/mixed; boundary=a\r\n\r\n${'--a\r\n\r\nx\r\n'.repeat(5000)}`)
    expect(partsOf(wide).children.length).toBeLessThanOrEqual(100)
  })
})

describe('fields of MIME', () => {
  it.each([
    ['text/plain', 'text/plain', []],
    [
      'text/plain; charset=utf-8 (a comment); x="a;\\"b"',
      'text/plain',
      [
        ['charset', 'utf-8'],
        ['x', 'a;"b'],
      ],
    ],
    ['attachment; filename="a b.pdf', 'attachment', [['filename', 'a b.pdf']]],
    ['; =x; y', '', []],
  ])('%s', (text, value, parameters) => {
    expect(parseMimeField(text)).toEqual({value, parameters})
  })
})

describe('addresses', () => {
  it.each([
    ['a@b.c', [[null, 'a', 'b.c']]],
    [
      'Anna B <a@b.c>, "B, C" <d@e>',
      [
        ['Anna B', 'a', 'b.c'],
        ['B, C', 'd', 'e'],
      ],
    ],
    ['a@b.c (Anna (B))', [['Anna (B)', 'a', 'b.c']]],
    [
      'group: a@b.c;',
      [
        [null, 'group', null],
        [null, 'a', 'b.c'],
        [null, null, null],
      ],
    ],
    ['root', [[null, 'root', 'MISSING_DOMAIN']]],
    ['', []],
    ['<a@b', [[null, 'a', 'b']]],
  ])('%s', (text, expected) => {
    expect(parseAddresses(text).map(({name, mailbox, domain}) => [name, mailbox, domain])).toEqual(expected)
  })

  it('are bounded', () => {
    expect(parseAddresses('a@b,'.repeat(10_000)).length).toBeLessThanOrEqual(101)
  })
})

describe('text', () => {
  it('is decoded for a search', () => {
    const raw = mail(
      'Subject: =?utf-8?Q?f=C3=BCr_?= =?iso-8859-1?B?YWxsZQ==?=',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('Größe  und\r\nmehr').toString('base64'),
    )
    expect(decodeWords('=?utf-8?Q?f=C3=BCr_?= =?iso-8859-1?B?YWxsZQ==?=')).toBe('für alle')
    expect(searchable(raw).header).toContain('für alle')
    expect(searchable(raw).body).toContain('größe')
    expect(previewOf(raw)).toBe('Größe und mehr')
  })

  it('gets the line ends that a mail has', () => {
    expect(withCrlf(Buffer.from('a\nb\r\nc\n')).toString()).toBe('a\r\nb\r\nc\r\n')
  })
})
