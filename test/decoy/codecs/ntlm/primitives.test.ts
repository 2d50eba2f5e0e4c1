import {createHash} from 'node:crypto'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {des} from '../../../../src/decoy/codecs/ntlm/des.ts'
import {decodeFileTime, encodeFileTime} from '../../../../src/decoy/codecs/ntlm/file-time.ts'
import {md4} from '../../../../src/decoy/codecs/ntlm/md4.ts'
import {Rc4, rc4} from '../../../../src/decoy/codecs/ntlm/rc4.ts'

const hex = (text: string) => Buffer.from(text, 'hex')

describe('MD4, by the test suite of RFC 1320 §A.5', () => {
  it.each([
    ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
    ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
    ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
    ['message digest', 'd9130a8164549fe818874806e1c7014b'],
    ['abcdefghijklmnopqrstuvwxyz', 'd79e1c308aa5bbcdeea8ed63df412da9'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
    ['1234567890'.repeat(8), 'e33b4ddc9c38f2199c3e7b164fcc0536'],
  ])('"%s"', (text, digest) => expect(md4(Buffer.from(text)).toString('hex')).toBe(digest))

  it('at every length around the block: one digest of all digests', () => {
    // Computed with PyCryptodome.
    const all = Array.from({length: 130}, (_, size) => md4(Buffer.alloc(size, size)))
    expect(new Set(all.map((digest) => digest.toString('hex'))).size).toBe(130)
    expect(createHash('sha256').update(Buffer.concat(all)).digest('hex')).toBe(
      'd4e883460f5f0d2b3d1dca3407e201b518b1bde80cef42da669fb106310079c5',
    )
  })
})

describe('RC4', () => {
  // RFC 6229 §2.
  it.each([
    ['0102030405', 'b2396305f03dc027ccc3524a0a1118a8'],
    ['0102030405060708090a0b0c0d0e0f10', '9ac7cc9a609d1ef7b2932899cde41b97'],
  ])('under %s', (key, stream) => expect(rc4(hex(key), Buffer.alloc(16)).toString('hex')).toBe(stream))

  it('goes on where it ended', () => {
    fc.assert(
      fc.property(fc.uint8Array({minLength: 1, maxLength: 32}), fc.array(fc.uint8Array()), (key, parts) => {
        const stream = new Rc4(Buffer.from(key))
        const whole = rc4(Buffer.from(key), Buffer.concat(parts))
        expect(Buffer.concat(parts.map((part) => stream.apply(Buffer.from(part))))).toEqual(whole)
      }),
    )
  })
})

describe('DES', () => {
  it('under a key of 56 bits', () => {
    // The worked example 133457799BBCDFF1 / 0123456789ABCDEF, its key without the parity bits.
    expect(des(hex('12695bc9b7b7f8'), hex('0123456789abcdef')).toString('hex')).toBe('85e813540f0ab405')
  })
})

describe('FILETIME', () => {
  it('counts from 1601', () => {
    expect(encodeFileTime(0).readBigUInt64LE()).toBe(116_444_736_000_000_000n)
    expect(decodeFileTime(Buffer.alloc(8))).toBe(Date.UTC(1601, 0, 1))
    expect(decodeFileTime(encodeFileTime(1_700_000_000_123))).toBe(1_700_000_000_123)
  })
})
