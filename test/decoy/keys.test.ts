import {checkPrimeSync, createPublicKey, type KeyObject, sign, verify} from 'node:crypto'
import {describe, expect, it} from 'vitest'

import {deriveEd25519Key, deriveP256Key, deriveRsaKey} from '../../src/decoy/keys.ts'
import {Persona} from '../../src/decoy/persona.ts'

function persona(seed: string): Persona {
  return new Persona({
    hostname: 'h',
    domain: null,
    os: 'linux',
    distro: 'debian',
    archetype: null,
    ip: '10.0.0.9',
    mac: '',
    seed: seed.repeat(32),
    since: '2026-01-01T00:00:00Z',
  })
}

const pem = (key: KeyObject): string => key.export({type: 'pkcs8', format: 'pem'}).toString()

describe.each([
  ['ed25519', (owner: Persona) => deriveEd25519Key(owner, 'test'), null],
  ['p256', (owner: Persona) => deriveP256Key(owner, 'test'), 'sha256'],
  ['rsa', (owner: Persona) => deriveRsaKey(owner, 'test', 2048), 'sha256'],
] as const)('%s', (_name, derive, hash) => {
  it('is the same for the same persona and another for another', () => {
    expect(pem(derive(persona('11')))).toBe(pem(derive(persona('11'))))
    expect(pem(derive(persona('22')))).not.toBe(pem(derive(persona('11'))))
  })

  it('signs what its public half verifies', () => {
    const key = derive(persona('11'))
    const message = Buffer.from('exchange hash')
    expect(verify(hash, message, createPublicKey(key), sign(hash, message, key))).toBe(true)
  })
})

describe('deriveRsaKey', () => {
  it.each([2048, 3072])('makes a modulus of exactly %i bits from two primes', (bits) => {
    const key = deriveRsaKey(persona('33'), 'test', bits)
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(bits)
    const {p = '', q = ''} = key.export({format: 'jwk'})
    expect(checkPrimeSync(Buffer.from(p, 'base64url'))).toBe(true)
    expect(checkPrimeSync(Buffer.from(q, 'base64url'))).toBe(true)
    expect(p).not.toBe(q)
  })

  it('gives another key for another purpose', () => {
    expect(pem(deriveRsaKey(persona('33'), 'tls', 2048))).not.toBe(pem(deriveRsaKey(persona('33'), 'ssh', 2048)))
  })
})
