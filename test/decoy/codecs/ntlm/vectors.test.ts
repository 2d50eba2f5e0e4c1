/** MS-NLMP §4.2: one user, one password, one challenge, through each version of the protocol. */
import {describe, expect, it} from 'vitest'

import {parseAuthenticate} from '../../../../src/decoy/codecs/ntlm/authenticate.ts'
import {AV, encodeAvPairs} from '../../../../src/decoy/codecs/ntlm/av-pairs.ts'
import {MessageSecurity} from '../../../../src/decoy/codecs/ntlm/message-security.ts'
import {rc4} from '../../../../src/decoy/codecs/ntlm/rc4.ts'
import {lmHash, ntHash, ntHashV2, verifyResponse} from '../../../../src/decoy/codecs/ntlm/responses.ts'
import {keyExchangeKey, sealingKey, sessionKey, signingKey} from '../../../../src/decoy/codecs/ntlm/session-keys.ts'
import {authenticateMessage, clientBlob, responseV1, responseV1Extended, responseV2} from './client.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const shown = (bytes: Buffer | null) => bytes?.toString('hex')

const IDENTITY = {user: 'User', domain: 'Domain', workstation: 'COMPUTER', password: 'Password'}
const SERVER_CHALLENGE = hex('0123456789abcdef')
const CLIENT_CHALLENGE = Buffer.alloc(8, 0xaa)
const RANDOM_KEY = Buffer.alloc(16, 0x55)
const MESSAGE = Buffer.from('Plaintext', 'utf16le')

/** The session as the server comes to it, and the message that the client seals first. */
function session(flags: number, response: {lm: Buffer; nt: Buffer}, encrypted: Buffer) {
  const bytes = authenticateMessage(IDENTITY, {flags, ...response, sessionKey: encrypted, headerSize: 72})
  const message = parseAuthenticate(bytes, 0)
  const base = verifyResponse(message, SERVER_CHALLENGE, IDENTITY.password)
  const exported = sessionKey(message, SERVER_CHALLENGE, IDENTITY.password)
  if (base === null || exported === null) throw new Error('the password was refused')
  const exchange = keyExchangeKey(message, SERVER_CHALLENGE, base, IDENTITY.password)
  const sealed = new MessageSecurity(flags, exported, 'client-to-server').seal(MESSAGE)
  expect(new MessageSecurity(flags, exported, 'client-to-server').unseal(sealed)).toEqual(MESSAGE)
  expect(sessionKey(message, SERVER_CHALLENGE, 'password')).toBeNull()
  return {message, base, exchange, exported, signature: sealed.subarray(0, 16), sealed: sealed.subarray(16)}
}

describe('NTLMv1 (§4.2.2)', () => {
  const FLAGS = 0xe202_8233
  const response = responseV1(IDENTITY.password, SERVER_CHALLENGE)

  it('computes hashes and responses', () => {
    expect(shown(lmHash(IDENTITY.password))).toBe('e52cac67419a9a224a3b108f3fa6cb6d')
    expect(shown(ntHash(IDENTITY.password))).toBe('a4f49c406510bdcab6824ee7c30fd852')
    expect(shown(response.lm)).toBe('98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13')
    expect(shown(response.nt)).toBe('67c43011f30298a2ad35ece64f16331c44bdbed927841f94')
  })

  it('derives keys, seals and signs', () => {
    const base = hex('d87262b0cde4b1cb7499becccdf10784')
    const found = session(FLAGS, response, rc4(base, RANDOM_KEY))
    expect(found.message.response.kind).toBe('ntlmv1')
    expect(found.base).toEqual(base)
    expect(shown(rc4(base, RANDOM_KEY))).toBe('518822b1b3f350c8958682ecbb3e3cb7')
    expect(found.exported).toEqual(RANDOM_KEY)
    expect(shown(found.sealed)).toBe('56fe04d861f9319af0d7238a2e3b4d457fb8')
    expect(shown(found.signature)).toBe('010000000000000009dcd1df2e459d36')
  })

  it('derives the exchange key of older flags', () => {
    const key = (flags: number) =>
      keyExchangeKey(
        {flags, response: {kind: 'ntlmv1', ...response}},
        SERVER_CHALLENGE,
        response.base,
        IDENTITY.password,
      )
    expect(shown(key(FLAGS))).toBe('d87262b0cde4b1cb7499becccdf10784')
    expect(shown(key(FLAGS | 0x40_0000))).toBe('e52cac67419a9a220000000000000000')
    expect(shown(key(FLAGS | 0x80))).toBe('b09e379f7fbecb1eaf0afdcb0383c8a0')
  })
})

describe('NTLMv1 with extended session security (§4.2.3)', () => {
  const FLAGS = 0x820a_8233

  it('computes the response, derives keys, seals and signs', () => {
    const response = responseV1Extended(IDENTITY.password, SERVER_CHALLENGE, CLIENT_CHALLENGE)
    expect(shown(response.nt)).toBe('7537f803ae367128ca458204bde7caf81e97ed2683267232')
    const found = session(FLAGS, response, Buffer.alloc(0))
    expect(found.message.response.kind).toBe('ntlmv1-ess')
    expect(shown(found.exported)).toBe('eb93429a8bd952f8b89c55b87f475edc')
    expect(shown(sealingKey(FLAGS, found.exported, 'client-to-server'))).toBe('04dd7f014d8504d265a25cc86a3a7c06')
    expect(shown(signingKey(FLAGS, found.exported, 'client-to-server'))).toBe('60e799be5c72fc92922ae8ebe961fb8d')
    expect(shown(found.sealed)).toBe('a02372f6530273f3aa1eb90190ce5200c99d')
    expect(shown(found.signature)).toBe('01000000ff2aeb52f681793a00000000')
  })
})

describe('NTLMv2 (§4.2.4)', () => {
  const FLAGS = 0xe28a_8233
  const pairs = encodeAvPairs([
    [AV.NB_DOMAIN_NAME, Buffer.from('Domain', 'utf16le')],
    [AV.NB_COMPUTER_NAME, Buffer.from('Server', 'utf16le')],
  ])
  const blob = clientBlob(Buffer.alloc(8), CLIENT_CHALLENGE, pairs)
  const response = responseV2(IDENTITY, SERVER_CHALLENGE, CLIENT_CHALLENGE, blob)

  it('computes hashes and responses', () => {
    expect(shown(ntHashV2('Password', 'User', 'Domain'))).toBe('0c868a403bfd7a93a3001ef22ef02e3f')
    expect(shown(response.lm)).toBe('86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa')
    expect(shown(response.nt.subarray(0, 16))).toBe('68cd0ab851e51c96aabc927bebef6a1c')
  })

  it('derives keys, seals and signs', () => {
    const base = hex('8de40ccadbc14a82f15cb0ad0de95ca3')
    const encrypted = rc4(base, RANDOM_KEY)
    expect(shown(encrypted)).toBe('c5dad2544fc9799094ce1ce90bc9d03e')
    const found = session(FLAGS, response, encrypted)
    expect(found.message).toMatchObject({user: 'User', domain: 'Domain', workstation: 'COMPUTER', mic: null})
    expect(found.message.response).toMatchObject({kind: 'ntlmv2', blob, clientChallenge: CLIENT_CHALLENGE})
    expect(found.base).toEqual(base)
    expect(found.exported).toEqual(RANDOM_KEY)
    expect(shown(sealingKey(FLAGS, RANDOM_KEY, 'client-to-server'))).toBe('59f600973cc4960a25480a7c196e4c58')
    expect(shown(signingKey(FLAGS, RANDOM_KEY, 'client-to-server'))).toBe('4788dc861b4782f35d43fd98fe1a2d39')
    expect(shown(found.sealed)).toBe('54e50165bf1936dc996020c1811b0f06fb5f')
    expect(shown(found.signature)).toBe('010000007fb38ec5c55d497600000000')
  })
})
