import {createHash, createHmac, pbkdf2Sync} from 'node:crypto'
import {describe, expect, it} from 'vitest'

import {type ScramExchange, scramLine, verifyScram} from '../../../../src/decoy/codecs/credentials/scram.ts'

describe('SCRAM', () => {
  function exchange(hash: 'SHA-1' | 'SHA-256', password: string): ScramExchange {
    const name = hash === 'SHA-1' ? 'sha1' : 'sha256'
    const salt = Buffer.from('salt of 16 bytes')
    const authMessage = 'n=user,r=abc,r=abcdef,s=c2FsdA==,i=4096,c=biws,r=abcdef'
    const clientKey = createHmac(name, pbkdf2Sync(password, salt, 4096, hash === 'SHA-1' ? 20 : 32, name))
      .update('Client Key')
      .digest()
    const signature = createHmac(name, createHash(name).update(clientKey).digest()).update(authMessage).digest()
    const proof = Buffer.from(clientKey.map((octet, index) => octet ^ (signature[index] ?? 0)))
    return {hash, user: 'us$er', salt, iterations: 4096, authMessage, proof}
  }

  it('by the example of RFC 7677 §3', () => {
    const server = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'
    const final = 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
    const example: ScramExchange = {
      hash: 'SHA-256',
      user: 'user',
      salt: Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'),
      iterations: 4096,
      authMessage: `n=user,r=rOprNGfwEbeRWgbNEkqO,${server},${final}`,
      proof: Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64'),
    }
    expect(verifyScram(example, 'pencil')).toBe(true)
    expect(verifyScram(example, 'pencils')).toBe(false)
  })

  it.each(['SHA-1', 'SHA-256'] as const)('with %s is kept whole in a form of our own', (hash) => {
    const captured = exchange(hash, 'Summer2026!')
    const found = scramLine(captured)
    expect(found?.format).toBe(`decnet-scram-${hash.toLowerCase()}`)
    const [, name, given, user, iterations, ...parts] = found?.line.split('$') ?? []
    const [salt, authMessage, proof] = parts.map((part) => Buffer.from(part, 'base64'))
    expect([name, given, Buffer.from(user ?? '', 'base64').toString(), iterations]).toEqual([
      'scram',
      hash,
      'us$er',
      '4096',
    ])
    expect({salt, authMessage: authMessage?.toString(), proof}).toEqual({
      salt: captured.salt,
      authMessage: captured.authMessage,
      proof: captured.proof,
    })
    expect(verifyScram(captured, 'Summer2026!')).toBe(true)
    expect(verifyScram(captured, 'Winter2026!')).toBe(false)
    expect(verifyScram({...captured, proof: Buffer.alloc(3)}, 'Summer2026!')).toBe(false)
  })
})
