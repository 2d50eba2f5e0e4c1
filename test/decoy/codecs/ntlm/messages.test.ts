import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {parseAuthenticate} from '../../../../src/decoy/codecs/ntlm/authenticate.ts'
import {AV, decodeAvPairs, encodeAvPairs} from '../../../../src/decoy/codecs/ntlm/av-pairs.ts'
import {buildChallenge, parseChallenge} from '../../../../src/decoy/codecs/ntlm/challenge.ts'
import {decodeFileTime} from '../../../../src/decoy/codecs/ntlm/file-time.ts'
import {challengeFlags} from '../../../../src/decoy/codecs/ntlm/flags.ts'
import {isNtlm} from '../../../../src/decoy/codecs/ntlm/message.ts'
import {MessageSecurity} from '../../../../src/decoy/codecs/ntlm/message-security.ts'
import {parseNegotiate} from '../../../../src/decoy/codecs/ntlm/negotiate.ts'
import {verifyResponse} from '../../../../src/decoy/codecs/ntlm/responses.ts'
import {anonymousSessionKey, micHolds, sessionKey} from '../../../../src/decoy/codecs/ntlm/session-keys.ts'
import {bestTime, fuzz, refusedTruncations} from '../hostile.ts'
import {
  authenticateMessage,
  clientBlob,
  fakeRandom,
  negotiateMessage,
  responseV1,
  responseV1Extended,
  responseV2,
  WINDOWS_CLIENT_FLAGS,
  windowsAnswer,
} from './client.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const NOW = Date.UTC(2026, 2, 14, 9, 26, 53, 589)
const SERVER_CHALLENGE = hex('0123456789abcdef')
const DOMAIN = {netbios: 'CORP', dns: 'corp.example.com', forest: 'example.com'}
const NAMES = {netbiosComputer: 'FILES01', dnsComputer: 'files01.corp.example.com', domain: DOMAIN}
const VERSION = {major: 10, minor: 0, build: 20_348}
const OPTIONS = {names: NAMES, version: VERSION, serverChallenge: SERVER_CHALLENGE, now: NOW}
const IDENTITY = {user: 'j.doe', domain: 'CORP', workstation: 'PC-0815', password: 'Summer2026!'}
const EMPTY = Buffer.alloc(0)

const NEGOTIATE = negotiateMessage(WINDOWS_CLIENT_FLAGS)
const CHALLENGE = buildChallenge(WINDOWS_CLIENT_FLAGS, OPTIONS)
const RANDOM = {clientChallenge: fakeRandom('client', 8), sessionKey: fakeRandom('session', 16)}
const {authenticate: AUTHENTICATE, exported: EXPORTED} = windowsAnswer(IDENTITY, NEGOTIATE, CHALLENGE, RANDOM)
const HANDSHAKE = {negotiate: NEGOTIATE, challenge: CHALLENGE, authenticate: AUTHENTICATE}

describe('flags of the challenge', () => {
  it.each([
    // What IIS answers to nmap's http-ntlm-info, and Windows to Windows.
    [0xa008_8207, true, 0xa289_8205],
    [0xa008_8207, false, 0xa28a_8205],
    [WINDOWS_CLIENT_FLAGS, true, 0xe289_8215],
    [0x0000_0202, false, 0x0280_0202],
    [0x0000_0281, false, 0x0280_0281],
  ])('to %i (in a domain: %s)', (asked, joined, answer) => expect(challengeFlags(asked, joined)).toBe(answer))

  it('need a character set', () => expect(() => challengeFlags(0x0000_0200, true)).toThrow('character set'))
})

describe('NEGOTIATE', () => {
  it('says who the client is', () => {
    const flags = 0xe208_b297
    expect(parseNegotiate(negotiateMessage(flags, {domain: 'CORP', workstation: 'PC-0815'}))).toEqual({
      flags,
      domain: 'CORP',
      workstation: 'PC-0815',
      version: {major: 10, minor: 0, build: 19_045},
    })
  })

  it('may end after the flags', () => {
    const short = negotiateMessage(0x0000_b207).subarray(0, 16)
    expect(parseNegotiate(short)).toEqual({flags: 0xb207, domain: '', workstation: '', version: null})
    expect(refusedTruncations(parseNegotiate, short)).toBe(16)
  })

  it('lets no field reach beyond its end', () => {
    const whole = negotiateMessage(0xe208_b297, {domain: 'CORP', workstation: 'PC-0815'})
    expect(() => parseNegotiate(whole.subarray(0, -1))).toThrow('7 octets at 44 in a message of 50')
    whole.writeUInt32LE(0, 28)
    expect(() => parseNegotiate(whole)).toThrow('7 octets at 0')
  })
})

describe('CHALLENGE', () => {
  it('is laid out as MS-NLMP §2.2.1.2 says', () => {
    const built = buildChallenge(0xe208_8237, {
      names: {netbiosComputer: 'Server', dnsComputer: 'Server', domain: null},
      version: {major: 6, minor: 0, build: 6000},
      serverChallenge: SERVER_CHALLENGE,
      now: 0,
    })
    expect(built.subarray(0, 56 + 12)).toEqual(
      hex(
        `4e544c4d53535000 02000000 0c000c0038000000 35828ae2 0123456789abcdef 0000000000000000
        5000500044000000 060070170000000f 530065007200760065007200`.replaceAll(/\s/g, ''),
      ),
    )
  })

  it('tells the names, the time and the version', () => {
    const message = parseChallenge(CHALLENGE)
    expect(message).toMatchObject({targetName: 'CORP', version: VERSION, serverChallenge: SERVER_CHALLENGE})
    const text = (id: number) => message.targetInfo.get(id)?.toString('utf16le')
    expect([...message.targetInfo.keys()]).toEqual([2, 1, 4, 3, 5, 7])
    expect([AV.NB_DOMAIN_NAME, AV.NB_COMPUTER_NAME, AV.DNS_DOMAIN_NAME].map(text)).toEqual([
      'CORP',
      'FILES01',
      DOMAIN.dns,
    ])
    expect([AV.DNS_COMPUTER_NAME, AV.DNS_TREE_NAME].map(text)).toEqual(['files01.corp.example.com', 'example.com'])
    expect(decodeFileTime(message.targetInfo.get(AV.TIMESTAMP) ?? EMPTY)).toBe(NOW)
  })

  it('names the machine itself where there is no domain, in OEM characters for those who want them', () => {
    const message = parseChallenge(buildChallenge(0x0000_0206, {...OPTIONS, names: {...NAMES, domain: null}}))
    expect(message.targetName).toBe('FILES01')
    expect([...message.targetInfo.keys()]).toEqual([2, 1, 4, 3, 7])
    expect(message.targetInfo.get(AV.NB_DOMAIN_NAME)?.toString('utf16le')).toBe('FILES01')
  })

  it('names no target that was not asked for', () => {
    expect(parseChallenge(buildChallenge(0x0000_0201, OPTIONS)).targetName).toBe('')
  })

  it('needs eight octets', () => {
    expect(() => buildChallenge(1, {...OPTIONS, serverChallenge: Buffer.alloc(7)})).toThrow('8 octets')
  })
})

describe('AUTHENTICATE', () => {
  it('as Windows 10 sends it', () => {
    const message = parseAuthenticate(AUTHENTICATE, 0)
    expect(message).toMatchObject({user: 'j.doe', domain: 'CORP', workstation: 'PC-0815'})
    expect(message.version).toEqual({major: 10, minor: 0, build: 19_045})
    if (message.response.kind !== 'ntlmv2') throw new Error(message.response.kind)
    expect(message.response.clientChallenge).toEqual(RANDOM.clientChallenge)
    expect(decodeFileTime(message.response.timestamp)).toBe(NOW)
    expect(message.response.pairs?.get(AV.TARGET_NAME)?.toString('utf16le')).toBe('cifs/files')
    expect(sessionKey(message, SERVER_CHALLENGE, IDENTITY.password)).toEqual(EXPORTED)
    expect(sessionKey(message, SERVER_CHALLENGE, 'summer2026!')).toBeNull()
    expect(sessionKey(message, Buffer.alloc(8), IDENTITY.password)).toBeNull()
    expect(message.mic).not.toBeNull()
    expect(micHolds(message, HANDSHAKE, EXPORTED)).toBe(true)
    expect(micHolds(message, {...HANDSHAKE, negotiate: negotiateMessage(1)}, EXPORTED)).toBe(false)
  })

  const respond = {
    ntlmv1: responseV1(IDENTITY.password, SERVER_CHALLENGE),
    'ntlmv1-ess': responseV1Extended(IDENTITY.password, SERVER_CHALLENGE, RANDOM.clientChallenge),
    ntlmv2: responseV2(
      IDENTITY,
      SERVER_CHALLENGE,
      RANDOM.clientChallenge,
      clientBlob(Buffer.alloc(8), RANDOM.clientChallenge, encodeAvPairs([])),
    ),
  }
  const variants = Object.entries(respond).flatMap(([kind, response]) =>
    [0x0008_0201, 0x0008_0202].flatMap((flags) => [64, 72, 88].map((size) => [kind, flags, size, response] as const)),
  )

  it.each(variants)('%s with flags %i behind a header of %i octets', (kind, flags, headerSize, response) => {
    const parts = {flags, lm: response.lm, nt: response.nt, sessionKey: EMPTY, headerSize}
    const message = parseAuthenticate(authenticateMessage(IDENTITY, parts), 0)
    expect(message).toMatchObject({user: 'j.doe', domain: 'CORP', workstation: 'PC-0815', flags, mic: null})
    expect(message.response.kind).toBe(kind)
    expect(verifyResponse(message, SERVER_CHALLENGE, IDENTITY.password)).toEqual(response.base)
    expect(verifyResponse(message, SERVER_CHALLENGE, 'wrong')).toBeNull()
  })

  it('of clients too old to repeat the flags', () => {
    const parts = {flags: 0x0201, lm: respond.ntlmv1.lm, nt: respond.ntlmv1.nt, sessionKey: EMPTY, headerSize: 52}
    const message = parseAuthenticate(authenticateMessage(IDENTITY, parts), 0x0201)
    expect(message).toMatchObject({user: 'j.doe', flags: 0x0201, version: null})
    expect(message.response.kind).toBe('ntlmv1')
  })

  it.each([
    ['no response', EMPTY],
    ['a single zero', Buffer.alloc(1)],
  ])('anonymous: %s', (_name, lm) => {
    const nobody = {user: '', domain: '', workstation: '', password: ''}
    const parts = {flags: 0xe208_8a05, lm, nt: EMPTY, sessionKey: fakeRandom('key', 16), headerSize: 88}
    const message = parseAuthenticate(authenticateMessage(nobody, parts), 0)
    expect(message.response).toEqual({kind: 'anonymous'})
    expect(message.version?.build).toBe(19_045)
    expect(verifyResponse(message, SERVER_CHALLENGE, '')).toBeNull()
    expect(anonymousSessionKey(message)).toHaveLength(16)
  })

  it('with LM alone is never let in', () => {
    const parts = {flags: 0x0201, lm: respond.ntlmv1.lm, nt: EMPTY, sessionKey: EMPTY, headerSize: 64}
    const message = parseAuthenticate(authenticateMessage(IDENTITY, parts), 0)
    expect(message.response.kind).toBe('lm')
    expect(verifyResponse(message, SERVER_CHALLENGE, IDENTITY.password)).toBeNull()
  })

  it('with a broken list of pairs is captured all the same', () => {
    const blob = clientBlob(Buffer.alloc(8), RANDOM.clientChallenge, hex('0100ffff'))
    const {lm, nt} = responseV2(IDENTITY, SERVER_CHALLENGE, RANDOM.clientChallenge, blob)
    const message = parseAuthenticate(
      authenticateMessage(IDENTITY, {flags: 0x0201, lm, nt, sessionKey: EMPTY, headerSize: 64}),
      0,
    )
    expect(message.response).toMatchObject({kind: 'ntlmv2', pairs: null, blob})
    expect(verifyResponse(message, SERVER_CHALLENGE, IDENTITY.password)).not.toBeNull()
  })

  it('with fields of impossible sizes is refused', () => {
    const build = (parts: {lm?: Buffer; nt?: Buffer; sessionKey?: Buffer}, flags = 0x0201) =>
      parseAuthenticate(
        authenticateMessage(IDENTITY, {flags, lm: EMPTY, nt: EMPTY, sessionKey: EMPTY, headerSize: 64, ...parts}),
        0,
      )
    expect(() => build({nt: Buffer.alloc(43)})).toThrow('an NT response of 43 octets')
    expect(() => build({lm: Buffer.alloc(23)})).toThrow('an LM response of 23 octets')
    const odd = build({nt: respond.ntlmv1.nt, lm: respond.ntlmv1.lm, sessionKey: Buffer.alloc(15)}, 0x4000_0201)
    expect(() => sessionKey(odd, SERVER_CHALLENGE, IDENTITY.password)).toThrow('15 octets')
    expect(() => parseAuthenticate(Buffer.concat([AUTHENTICATE, Buffer.alloc(16_384)]), 0)).toThrow('NTLM message of')
    expect(() => parseAuthenticate(CHALLENGE, 0)).toThrow('of type 2 where 3 is due')
    const unicode = Buffer.from(AUTHENTICATE)
    unicode.writeUInt16LE(9, 36)
    expect(() => parseAuthenticate(unicode, 0)).toThrow('odd size')
  })
})

describe('AV_PAIRs', () => {
  it('come back as they went', () => {
    const pair = fc.tuple(
      fc.integer({min: 1, max: 0xffff}),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    )
    const pairs = fc.uniqueArray(pair, {maxLength: 20, selector: ([id]) => id})
    fc.assert(fc.property(pairs, (list) => void expect([...decodeAvPairs(encodeAvPairs(list))]).toEqual(list)))
  })

  it('are bounded', () => {
    const many = Array.from({length: 40}, (_, index) => [index + 1, EMPTY] as const)
    expect(() => decodeAvPairs(encodeAvPairs(many))).toThrow('too many')
    expect(() => encodeAvPairs([[1, Buffer.alloc(0x1_0000)]])).toThrow('65536 octets')
  })
})

describe('message security', () => {
  it.each([0xe288_8235, 0xa008_8235, 0x0000_8231, 0x0000_82b1, 0x8000_82b1])(
    'goes on over many messages with flags %i',
    (flags) => {
      const ends = () => new MessageSecurity(flags, EXPORTED, 'server-to-client')
      const [sender, receiver] = [ends(), ends()]
      for (const text of ['one', '', 'three'.repeat(100)]) {
        expect(receiver.unseal(sender.seal(Buffer.from(text))).toString()).toBe(text)
        expect(receiver.verify(Buffer.from(text), sender.sign(Buffer.from(text)))).toBe(true)
      }
      const broken = sender.seal(Buffer.from('last'))
      broken.writeUInt8(broken.readUInt8(17) ^ 1, 17)
      expect(() => receiver.unseal(broken)).toThrow('wrong signature')
      expect(() => receiver.unseal(Buffer.alloc(15))).toThrow('without its signature')
    },
  )
})

describe('hostile input', () => {
  it('refuses every truncation', () => {
    expect(refusedTruncations((input) => parseAuthenticate(input, 0), AUTHENTICATE)).toBe(AUTHENTICATE.length)
    expect(refusedTruncations(parseChallenge, CHALLENGE)).toBe(CHALLENGE.length)
    expect(isNtlm(AUTHENTICATE.subarray(0, 7))).toBe(false)
  })

  it('throws nothing but CodecError', () => {
    const whole = negotiateMessage(0xe208_b297, {domain: 'CORP', workstation: 'PC-0815'})
    fuzz(parseNegotiate, [whole, NEGOTIATE], 10_000)
    fuzz(parseChallenge, [CHALLENGE], 5000)
    fuzz(
      (input) => {
        const message = parseAuthenticate(input, 0x0201)
        return sessionKey(message, SERVER_CHALLENGE, IDENTITY.password)
      },
      [AUTHENTICATE],
      20_000,
    )
  })

  it('takes work in proportion to the size', () => {
    const list = (size: number) => encodeAvPairs([[1, Buffer.alloc(size)]])
    const [small, large] = [list(500), list(16_000)]
    const run = (bytes: Buffer) => () => {
      for (let round = 0; round < 2000; round++) decodeAvPairs(bytes)
    }
    expect(bestTime(run(large))).toBeLessThan(bestTime(run(small)) * 32 + 20)
  })
})
