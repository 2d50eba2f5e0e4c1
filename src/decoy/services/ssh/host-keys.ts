/** The host keys of a decky: for the library, as public blobs, and as signers. */
import {createPublicKey, type KeyObject, sign} from 'node:crypto'

import {deriveEd25519Key, deriveP256Key, deriveRsaKey} from '../../keys.ts'
import type {Persona} from '../../persona.ts'
import {byte, mpint, string, uint32} from './wire.ts'

export interface HostKey {
  /** Part of every name of its algorithms. */
  readonly type: 'rsa' | 'ecdsa' | 'ed25519'
  /** In a format that the library reads. */
  readonly pem: string
  /** As it goes over the wire (RFC 4253 section 6.6). */
  readonly blob: Buffer
  /** A signature with its algorithm, as it goes over the wire. */
  sign(message: Buffer): Buffer
}

const PURPOSE = 'ssh host key'

/** RSA first, as sshd loads them: the order shows in the proposal. */
export function hostKeys(persona: Persona, rsaBits: number): HostKey[] {
  return [rsaHostKey(deriveRsaKey(persona, PURPOSE, rsaBits)), ...curveHostKeys(persona)]
}

/** The keys that cost next to nothing to derive. */
export function curveHostKeys(persona: Persona): HostKey[] {
  return [ecdsaHostKey(deriveP256Key(persona, PURPOSE)), ed25519HostKey(deriveEd25519Key(persona, PURPOSE))]
}

function publicFields(key: KeyObject): (name: 'n' | 'e' | 'x' | 'y') => Buffer {
  const jwk = createPublicKey(key).export({format: 'jwk'})
  return (name) => Buffer.from(String(jwk[name] ?? ''), 'base64url')
}

function rsaHostKey(key: KeyObject): HostKey {
  const field = publicFields(key)
  return {
    type: 'rsa',
    pem: key.export({type: 'pkcs1', format: 'pem'}).toString(),
    blob: Buffer.concat([string('ssh-rsa'), mpint(field('e')), mpint(field('n'))]),
    sign: (message) => Buffer.concat([string('rsa-sha2-512'), string(sign('sha512', message, key))]),
  }
}

function ecdsaHostKey(key: KeyObject): HostKey {
  const field = publicFields(key)
  const point = Buffer.concat([byte(4), field('x'), field('y')])
  return {
    type: 'ecdsa',
    pem: key.export({type: 'sec1', format: 'pem'}).toString(),
    blob: Buffer.concat([string('ecdsa-sha2-nistp256'), string('nistp256'), string(point)]),
    sign: (message) => {
      const signature = sign('sha256', message, {key, dsaEncoding: 'ieee-p1363'})
      const numbers = Buffer.concat([mpint(signature.subarray(0, 32)), mpint(signature.subarray(32))])
      return Buffer.concat([string('ecdsa-sha2-nistp256'), string(numbers)])
    },
  }
}

function ed25519HostKey(key: KeyObject): HostKey {
  const open = publicFields(key)('x')
  const blob = Buffer.concat([string('ssh-ed25519'), string(open)])
  return {
    type: 'ed25519',
    pem: opensshPem(blob, open, Buffer.from(key.export({format: 'jwk'}).d ?? '', 'base64url')),
    blob,
    sign: (message) => Buffer.concat([string('ssh-ed25519'), string(sign(null, message, key))]),
  }
}

/** OpenSSH's `PROTOCOL.key`, unencrypted: the only format in which the library reads Ed25519. */
function opensshPem(blob: Buffer, open: Buffer, seed: Buffer): string {
  const check = uint32(0)
  const secret = string(Buffer.concat([seed, open]))
  const body = Buffer.concat([check, check, blob, secret, string('')])
  const padding = Buffer.from(Array.from({length: (8 - (body.length % 8)) % 8}, (_, index) => index + 1))
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1', 'latin1'),
    byte(0),
    string('none'),
    string('none'),
    string(''),
    uint32(1),
    string(blob),
    string(Buffer.concat([body, padding])),
  ])
  const lines = file.toString('base64').replace(/.{70}/g, '$&\n')
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`
}
