import {describe, expect, it} from 'vitest'
import {packDirectory} from '../../../src/decoy/directory-archive.ts'
import {seedMails} from '../../../src/decoy/mailbox/seed-mails.ts'

const pack = (files: Readonly<Record<string, string>>): string =>
  packDirectory(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text, 'latin1')]))).text
const MAIL = 'Subject: x\n\ny\n'

describe("the operator's mails", () => {
  it('stand in the order of their names, with lines that end in CRLF and are otherwise as they were', () => {
    const packed = pack({'/b.eml': 'B: 1\r\n\r\nx\ny\r\n', '/A.EML': 'a: 2\n\n\xff\x01\rz', '/10.eml': 'Z:'})
    expect(seedMails(packed).map((raw) => raw.toString('latin1'))).toEqual([
      'Z:',
      'a: 2\r\n\r\n\xff\x01\rz',
      'B: 1\r\n\r\nx\r\ny\r\n',
    ])
  })

  it.each([
    ['another kind of file', {'/notes.txt': MAIL}, 'notes.txt is no mail: its name does not end in .eml'],
    [
      'a file that is only named so',
      {'/a.eml': 'hello\nSubject: x\n'},
      'a.eml is no mail: it begins with no header field',
    ],
    ['a mailbox of many mails', {'/a.eml': `From x Mon\n${MAIL}`}, 'a.eml is no mail: it begins with no header field'],
    ['an empty file', {'/a.eml': ''}, 'a.eml is no mail: it begins with no header field'],
    ['octets that no mail has', {'/a.eml': `${MAIL}\0`}, 'a.eml is no mail: it contains NUL'],
    ['a directory below', {'/Old/a.eml': MAIL}, 'Old/a.eml is in a directory below'],
  ])('are not %s', (_, files, problem) => {
    const packed = pack({'/0.eml': MAIL, ...files} as Record<string, string>)
    expect(() => seedMails(packed)).toThrow(`${problem}: `)
  })

  it('are nothing that was not packed', () => {
    expect(() => seedMails('mails')).toThrow(RangeError)
  })
})
