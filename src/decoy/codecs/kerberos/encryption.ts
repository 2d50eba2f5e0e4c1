/** The encryption types of Active Directory: RFC 3961 with AES (RFC 3962), and RC4-HMAC (RFC 4757). */
import {createHmac, pbkdf2Sync, timingSafeEqual} from 'node:crypto'

import {CodecError} from '../codec-error.ts'
import {rc4} from '../ntlm/rc4.ts'
import {ntHash} from '../ntlm/responses.ts'
import {decryptCts, encryptBlock, encryptCts} from './aes-cts.ts'
import {ETYPE} from './constants.ts'
import {nFold} from './n-fold.ts'

export interface Key {
  readonly etype: number
  readonly value: Buffer
}

interface Algorithm {
  readonly keySize: number
  readonly confounderSize: number
  stringToKey(password: string, salt: string, iterations: number): Buffer
  /** `confounder` holds random octets, `confounderSize` of them. */
  encrypt(key: Buffer, usage: number, plain: Buffer, confounder: Buffer): Buffer
  decrypt(key: Buffer, usage: number, encrypted: Buffer): Buffer
}

const AES_MAC = 12
const AES_BLOCK = 16
const RC4_MAC = 16
const RC4_CONFOUNDER = 8

/** RFC 3962 §4. Key derivation takes time in proportion, and a peer may name the count. */
export const DEFAULT_ITERATIONS = 4096
const MAX_ITERATIONS = 65_536

function aes(keySize: number): Algorithm {
  return {
    keySize,
    confounderSize: AES_BLOCK,
    stringToKey(password, salt, iterations) {
      if (iterations < 1 || iterations > MAX_ITERATIONS) throw new CodecError(`${iterations} iterations`)
      const seed = pbkdf2Sync(password, salt, iterations, keySize, 'sha1')
      return deriveKey(seed, Buffer.from('kerberos'))
    },
    encrypt(key, usage, plain, confounder) {
      const whole = Buffer.concat([confounder, plain])
      return Buffer.concat([encryptCts(usageKey(key, usage, 0xaa), whole), aesMac(key, usage, whole)])
    },
    decrypt(key, usage, encrypted) {
      if (encrypted.length < AES_BLOCK + AES_MAC) throw new CodecError('ciphertext too short')
      const whole = decryptCts(usageKey(key, usage, 0xaa), encrypted.subarray(0, -AES_MAC))
      if (!timingSafeEqual(aesMac(key, usage, whole), encrypted.subarray(-AES_MAC))) throw wrongKey()
      return whole.subarray(AES_BLOCK)
    },
  }
}

const RC4_HMAC: Algorithm = {
  keySize: 16,
  confounderSize: RC4_CONFOUNDER,
  stringToKey: (password) => ntHash(password),
  encrypt(key, usage, plain, confounder) {
    const whole = Buffer.concat([confounder, plain])
    const signing = hmac('md5', key, rc4Usage(usage))
    const checksum = hmac('md5', signing, whole)
    return Buffer.concat([checksum, rc4(hmac('md5', signing, checksum), whole)])
  },
  decrypt(key, usage, encrypted) {
    if (encrypted.length < RC4_MAC + RC4_CONFOUNDER) throw new CodecError('ciphertext too short')
    const signing = hmac('md5', key, rc4Usage(usage))
    const checksum = encrypted.subarray(0, RC4_MAC)
    const whole = rc4(hmac('md5', signing, checksum), encrypted.subarray(RC4_MAC))
    if (!timingSafeEqual(hmac('md5', signing, whole), checksum)) throw wrongKey()
    return whole.subarray(RC4_CONFOUNDER)
  },
}

const ALGORITHMS: ReadonlyMap<number, Algorithm> = new Map([
  [ETYPE.AES128_CTS_HMAC_SHA1_96, aes(16)],
  [ETYPE.AES256_CTS_HMAC_SHA1_96, aes(32)],
  [ETYPE.RC4_HMAC, RC4_HMAC],
])

export const isSupported = (etype: number): boolean => ALGORITHMS.has(etype)

/** The key of a password; RC4 knows neither salt nor iterations. */
export function stringToKey(etype: number, password: string, salt: string, iterations = DEFAULT_ITERATIONS): Key {
  return {etype, value: algorithmOf(etype).stringToKey(password, salt, iterations)}
}

/** `random` gives the confounder. */
export function encrypt(key: Key, usage: number, plain: Buffer, random: (size: number) => Buffer): Buffer {
  const algorithm = checked(key)
  return algorithm.encrypt(key.value, usage, plain, random(algorithm.confounderSize))
}

/** `CodecError` where the key is another one or the ciphertext was changed. */
export function decrypt(key: Key, usage: number, encrypted: Buffer): Buffer {
  return checked(key).decrypt(key.value, usage, encrypted)
}

/** A fresh session key. */
export function randomKey(etype: number, random: (size: number) => Buffer): Key {
  return {etype, value: random(algorithmOf(etype).keySize)}
}

/** DK of RFC 3961 §5.1 for AES, where random-to-key changes nothing. */
export function deriveKey(base: Buffer, constant: Buffer): Buffer {
  let block = nFold(constant, AES_BLOCK)
  const parts: Buffer[] = []
  for (let size = 0; size < base.length; size += AES_BLOCK) {
    block = encryptBlock(base, block)
    parts.push(block)
  }
  return Buffer.concat(parts)
}

function usageKey(base: Buffer, usage: number, purpose: number): Buffer {
  const constant = Buffer.alloc(5, purpose)
  constant.writeUInt32BE(usage)
  return deriveKey(base, constant)
}

const aesMac = (key: Buffer, usage: number, whole: Buffer): Buffer =>
  hmac('sha1', usageKey(key, usage, 0x55), whole).subarray(0, AES_MAC)

/** RFC 4757 §3: two numbers differ from those of RFC 4120. */
function rc4Usage(usage: number): Buffer {
  const number = Buffer.alloc(4)
  number.writeUInt32LE(usage === 3 || usage === 9 ? 8 : usage)
  return number
}

const hmac = (hash: string, key: Buffer, data: Buffer): Buffer => createHmac(hash, key).update(data).digest()

const wrongKey = (): CodecError => new CodecError('ciphertext of another key')

function checked({etype, value}: Key): Algorithm {
  const algorithm = algorithmOf(etype)
  if (value.length !== algorithm.keySize) throw new CodecError(`a key of ${value.length} octets for etype ${etype}`)
  return algorithm
}

function algorithmOf(etype: number): Algorithm {
  const algorithm = ALGORITHMS.get(etype)
  if (algorithm === undefined) throw new CodecError(`etype ${etype} is not supported`)
  return algorithm
}
