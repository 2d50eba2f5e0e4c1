import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {decryptCts, encryptCts} from '../../../../src/decoy/codecs/kerberos/aes-cts.ts'
import {ETYPE} from '../../../../src/decoy/codecs/kerberos/constants.ts'
import {
  decrypt,
  deriveKey,
  encrypt,
  isSupported,
  stringToKey,
} from '../../../../src/decoy/codecs/kerberos/encryption.ts'
import {nFold} from '../../../../src/decoy/codecs/kerberos/n-fold.ts'
import {refused} from '../hostile.ts'

const {AES128_CTS_HMAC_SHA1_96: AES128, AES256_CTS_HMAC_SHA1_96: AES256, RC4_HMAC} = ETYPE
const SALT = 'ATHENA.MIT.EDUraeburn'

describe('n-fold, RFC 3961 §A.1', () => {
  it.each([
    ['012345', 8, 'be072631276b1955'],
    ['password', 7, '78a07b6caf85fa'],
    ['Rough Consensus, and Running Code', 8, 'bb6ed30870b7f0e0'],
    ['password', 21, '59e4a8ca7c0385c3c37b3f6d2000247cb6e6bd5b3e'],
    ['MASSACHVSETTS INSTITVTE OF TECHNOLOGY', 24, 'db3b0d8f0b061e603282b308a50841229ad798fab9540c1b'],
    ['Q', 21, '518a54a215a8452a518a54a215a8452a518a54a215'],
    ['ba', 21, 'fb25d531ae8974499f52fd92ea9857c4ba24cf297e'],
    ['kerberos', 16, '6b65726265726f737b9b5b2b93132b93'],
  ])('"%s" to %i octets', (text, size, folded) => expect(nFold(Buffer.from(text), size).toString('hex')).toBe(folded))
})

describe('string to key, RFC 3962 §B and RFC 4757 §2', () => {
  it.each([
    [AES128, 1, '42263c6e89f4fc28b8df68ee09799f15'],
    [AES256, 1, 'fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161'],
    [AES128, 2, 'c651bf29e2300ac27fa469d693bdda13'],
    [AES256, 2, 'a2e16d16b36069c135d5e9d2e25f896102685618b95914b467c67622225824ff'],
    [AES128, 1200, '4c01cd46d632d01e6dbe230a01ed642a'],
    [AES256, 1200, '55a6ac740ad17b4846941051e1e8b0a7548d93b0ab30a8bc3ff16280382b8c2a'],
  ])('etype %i with %i iterations', (etype, iterations, key) => {
    expect(stringToKey(etype, 'password', SALT, iterations).value.toString('hex')).toBe(key)
  })

  it('of RC4 is the NT hash', () => {
    expect(stringToKey(RC4_HMAC, 'foo', SALT).value.toString('hex')).toBe('ac8e657f83df82beea5d43bdaf7800cc')
  })

  it('is bounded', () => {
    expect(() => stringToKey(AES256, 'password', SALT, 0)).toThrow('0 iterations')
    expect(() => stringToKey(AES256, 'password', SALT, 1e9)).toThrow('1000000000 iterations')
    expect(() => stringToKey(3, 'password', SALT)).toThrow('etype 3 is not supported')
    expect([17, 18, 23, 3].map(isSupported)).toEqual([true, true, true, false])
  })
})

describe('ciphertext stealing, RFC 3962 §B', () => {
  const key = Buffer.from('chicken teriyaki')
  const text = "I would like the General Gau's Chicken, please, and wonton soup."
  it.each([
    [17, 'c6353568f2bf8cb4d8a580362da7ff7f97'],
    [31, 'fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5'],
    [32, '39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584'],
    [47, '97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e39312523a78662d5be7fcbcc98ebf5'],
    [48, '97687268d6ecccc0c07b25e25ecfe5849dad8bbb96c4cdc03bc103e1a194bbd839312523a78662d5be7fcbcc98ebf5a8'],
    [
      64,
      '97687268d6ecccc0c07b25e25ecfe58439312523a78662d5be7fcbcc98ebf5a8' +
        '4807efe836ee89a526730dbc2f7bc8409dad8bbb96c4cdc03bc103e1a194bbd8',
    ],
  ])('%i octets', (size, encrypted) => {
    const plain = Buffer.from(text.slice(0, size))
    expect(encryptCts(key, plain).toString('hex')).toBe(encrypted)
    expect(decryptCts(key, Buffer.from(encrypted, 'hex'))).toEqual(plain)
  })

  it('of every size comes back', () => {
    for (let size = 16; size < 100; size++) {
      const plain = Buffer.alloc(size, size)
      expect(decryptCts(key, encryptCts(key, plain))).toEqual(plain)
    }
    expect(() => encryptCts(key, Buffer.alloc(15))).toThrow('less than a block')
    expect(() => decryptCts(key, Buffer.alloc(15))).toThrow('less than a block')
    expect(() => encryptCts(Buffer.alloc(5), Buffer.alloc(16))).toThrow('an AES key of 5 octets')
  })
})

describe('encryption', () => {
  const fixed = (size: number) => Buffer.alloc(size, 0x42)

  it.each([AES128, AES256, RC4_HMAC])('of etype %i comes back, under its key and usage only', (etype) => {
    const key = stringToKey(etype, 'Summer2026!', SALT, 2)
    const other = stringToKey(etype, 'Summer2027!', SALT, 2)
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 200}), (octets) => {
        const encrypted = encrypt(key, 1, Buffer.from(octets), fixed)
        expect(decrypt(key, 1, encrypted)).toEqual(Buffer.from(octets))
        expect(refused((input) => decrypt(other, 1, input), encrypted)).toBe(true)
        expect(refused((input) => decrypt(key, 2, input), encrypted)).toBe(true)
        encrypted.writeUInt8(encrypted.readUInt8(0) ^ 1, 0)
        expect(refused((input) => decrypt(key, 1, input), encrypted)).toBe(true)
      }),
      {numRuns: 20},
    )
    for (let size = 0; size < 60; size++)
      expect(refused((input) => decrypt(key, 1, input), Buffer.alloc(size))).toBe(true)
  })

  it('of RC4 takes AS-REP and TGS-REP for one usage', () => {
    const key = stringToKey(RC4_HMAC, 'x', '')
    expect(decrypt(key, 9, encrypt(key, 3, Buffer.from('abc'), fixed)).toString()).toBe('abc')
  })

  it('refuses keys of another size', () => {
    expect(() => encrypt({etype: AES256, value: Buffer.alloc(16)}, 1, Buffer.alloc(1), fixed)).toThrow('16 octets')
  })

  it('derives keys as long as their base', () => {
    const usage = Buffer.from('0000000155', 'hex')
    expect(deriveKey(Buffer.alloc(16), usage)).toHaveLength(16)
    expect(deriveKey(Buffer.alloc(32), usage)).toHaveLength(32)
  })
})
