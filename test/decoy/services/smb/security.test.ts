import {createHmac} from 'node:crypto'
import {describe, expect, it} from 'vitest'

import {aesCmac} from '../../../../src/decoy/services/smb/security/cmac.ts'
import {sessionKeys} from '../../../../src/decoy/services/smb/security/keys.ts'
import {seal, unseal} from '../../../../src/decoy/services/smb/security/sealing.ts'
import {CIPHER} from '../../../../src/decoy/services/smb/wire/constants.ts'
import {insider} from './client.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
/** RFC 4493 §4. */
const KEY = hex('2b7e151628aed2a6abf7158809cf4f3c')
const MESSAGE = hex(
  '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
)

describe('AES-CMAC', () => {
  it.each([
    [0, 'bb1d6929e95937287fa37d129b756746'],
    [16, '070a16b46b4d4144f79bdd9dd04a287c'],
    [40, 'dfa66747de9ae63030ca32611497c827'],
    [64, '51f0bebf7e3b9d92fc49741779363cfe'],
  ])('is that of the RFC for %i octets', (length, mac) => {
    expect(aesCmac(KEY, MESSAGE.subarray(0, length)).toString('hex')).toBe(mac)
  })
})

describe('session keys', () => {
  /** The example that the authors of MS-SMB2 published with "The anatomy of signing and cryptographic keys". */
  it('are those of the published example of 3.0', () => {
    const keys = sessionKeys(0x0300, hex('7cd451825d0450d235424e44ba6e78cc'), Buffer.alloc(64))
    expect(keys.signing.toString('hex')).toBe('0b7e9c5cac36c0f6ea9ab275298cedce')
  })

  it('differ between directions and with the transcript', () => {
    const one = sessionKeys(0x0311, KEY, Buffer.alloc(64))
    const other = sessionKeys(0x0311, KEY, Buffer.alloc(64, 1))
    expect(one.signing.equals(other.signing)).toBe(false)
    expect(one.incoming?.equals(one.outgoing ?? Buffer.alloc(0))).toBe(false)
  })
})

describe('sealing', () => {
  it.each([CIPHER.AES_128_CCM, CIPHER.AES_128_GCM])('gives with cipher %i what unsealing takes back', (cipher) => {
    const sealed = seal(MESSAGE, cipher, KEY, 5n, 1n)
    expect(unseal(sealed, cipher, KEY)?.equals(MESSAGE)).toBe(true)
    sealed.writeUInt8(sealed.readUInt8(60) ^ 1, 60)
    expect(unseal(sealed, cipher, KEY)).toBeNull()
  })
})

describe('signatures', () => {
  it('are on the answers to signed requests, made with the key of the client', async () => {
    const inside = await insider({}, {signing: 'required'})
    // The random session key of the test's client.
    const key = Buffer.alloc(16, 0xbb)
    const unsigned = inside.connect('IT')
    expect(unsigned.status).toBe(0xc000_0022)
    const {message} = unsigned
    const blank = Buffer.from(message)
    blank.fill(0, 48, 64)
    const expected = createHmac('sha256', key).update(blank).digest().subarray(0, 16)
    expect(message.subarray(48, 64).equals(expected)).toBe(true)
  })
})
