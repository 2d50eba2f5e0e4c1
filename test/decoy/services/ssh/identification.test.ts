import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {type IdentificationDialect, readIdentification} from '../../../../src/decoy/services/ssh/identification.ts'

const read = (text: string, dialect: IdentificationDialect = 'v8') =>
  readIdentification(Buffer.from(text, 'latin1'), dialect)

describe('a right identification', () => {
  it.each([
    ['SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n', 'SSH-2.0-OpenSSH_9.2p1 Debian-2'],
    ['SSH-2.0-Go\n', 'SSH-2.0-Go'],
    ['SSH-1.99-old\r\n', 'SSH-1.99-old'],
    ['SSH-2.0-\xff\xfe odd\r\n', 'SSH-2.0-\xff\xfe odd'],
  ])('%j enters the exchange hash without its end', (sent, line) => {
    for (const dialect of ['v7', 'v8'] as const) {
      expect(read(`${sent}rest`, dialect)).toEqual({
        kind: 'client',
        line: Buffer.from(line, 'latin1'),
        consumed: sent.length,
      })
    }
  })

  it('is waited for', () => {
    expect(read('SSH-2.0-OpenSSH')).toEqual({kind: 'more'})
    expect(read('SSH-2.0-OpenSSH', 'v7')).toEqual({kind: 'more'})
  })
})

describe('a wrong identification is answered as the release answers it', () => {
  it.each([
    ['SSH-1337-OpenSSH_9.0\r\n', 'Invalid SSH identification string.\r\n', 'Protocol mismatch.\n'],
    ['SSH-1.5-x\r\n', 'Protocol major versions differ.\r\n', 'Protocol major versions differ.\n'],
    ['SSH-1111.0-x\r\n', 'Protocol major versions differ.\r\n', 'Protocol major versions differ.\n'],
    ['LOL-2.0-x\r\n', 'Invalid SSH identification string.\r\n', 'Protocol mismatch.\n'],
    ['GET / HTTP/1.1\r\n', 'Invalid SSH identification string.\r\n', 'Protocol mismatch.\n'],
    ['SSH-2.0-\r\n', 'Invalid SSH identification string.\r\n', 'Protocol mismatch.\n'],
    ['\r\n', 'Invalid SSH identification string.\r\n', 'Protocol mismatch.\n'],
  ])('%j', (sent, v8, v7) => {
    expect(read(sent)).toMatchObject({kind: 'refused', answer: v8})
    expect(read(sent, 'v7')).toMatchObject({kind: 'refused', answer: v7})
  })

  it('refuses a NUL and a lone CR at once from 8.0 on', () => {
    expect(read('SSH-2.0\0')).toMatchObject({kind: 'refused', reason: 'invalid characters'})
    expect(read('SSH-2.0-a\rb')).toMatchObject({kind: 'refused', reason: 'invalid characters'})
  })

  it('reads no more than 8192 bytes, and 255 before 8.0', () => {
    expect(read('S'.repeat(8192))).toEqual({kind: 'more'})
    expect(read('S'.repeat(8193))).toMatchObject({kind: 'refused', reason: 'line too long'})
    expect(read('S'.repeat(254), 'v7')).toEqual({kind: 'more'})
    expect(read('S'.repeat(255), 'v7')).toMatchObject({kind: 'refused'})
  })
})

it('never throws, and decides the same whatever came after the line', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({maxLength: 300}),
      fc.uint8Array({maxLength: 20}),
      fc.constantFrom('v7', 'v8'),
      (head, tail, dialect) => {
        const first = readIdentification(Buffer.from(head), dialect)
        if (first.kind === 'more') return
        expect(readIdentification(Buffer.concat([head, tail]), dialect)).toEqual(first)
      },
    ),
    {numRuns: 300},
  )
})
