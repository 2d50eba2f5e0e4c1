import {describe, expect, it} from 'vitest'
import {fromLine, fromStanza} from './debian.ts'

describe("the machine's own Debian mirror", () => {
  it('is read from a deb822 stanza with its keys', () => {
    const stanza = 'Types: deb\n# a comment\nURIs: http://mirror.example/debian\nSuites: bookworm\nSigned-By: /k.gpg'
    expect(fromStanza(stanza)).toEqual({uri: 'http://mirror.example/debian', signedBy: '/k.gpg'})
  })

  it.each([
    ['deb http://mirror.example/debian bookworm main', undefined],
    ['deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main', '/k.gpg'],
  ])('is read from the line "%s"', (line, signedBy) => {
    expect(fromLine(line)).toEqual({uri: 'http://mirror.example/debian', signedBy})
  })

  it.each([
    'URIs: http://mirror.example/debian-security\nSuites: bookworm-security',
    'URIs: https://vendor.example/node_20.x\nSuites: nodistro',
    'Enabled: no\nURIs: http://mirror.example/debian',
    '# nothing',
  ])('is no other source: %j', (stanza) => {
    expect(fromStanza(stanza)).toBeUndefined()
  })

  it.each([
    'deb-src http://mirror.example/debian bookworm main',
    '# deb http://mirror.example/debian bookworm main',
    'deb http://mirror.example/debian-security bookworm-security main',
  ])('is no other line: %s', (line) => {
    expect(fromLine(line)).toBeUndefined()
  })
})
