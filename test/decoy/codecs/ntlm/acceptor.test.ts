import {describe, expect, it} from 'vitest'
import {NtlmAcceptor} from '../../../../src/decoy/codecs/ntlm/acceptor.ts'
import {MessageSecurity} from '../../../../src/decoy/codecs/ntlm/message-security.ts'
import {MECHANISM} from '../../../../src/decoy/codecs/spnego/mechanisms.ts'
import {
  buildInit,
  buildResponse,
  mechanismList,
  type NegTokenResponse,
  parseNegotiationToken,
} from '../../../../src/decoy/codecs/spnego/negotiation.ts'
import {fakeRandom, negotiateMessage, WINDOWS_CLIENT_FLAGS, windowsAnswer} from './client.ts'

const NAMES = {netbiosComputer: 'FILES', dnsComputer: 'FILES', domain: null}
const IDENTITY = {user: 'alice', domain: '', workstation: 'PC7', password: 'Winter-2024'}
const RANDOM = {clientChallenge: fakeRandom('challenge', 8), sessionKey: fakeRandom('session', 16)}

const acceptor = (): NtlmAcceptor =>
  new NtlmAcceptor({
    identity: {names: NAMES, version: {major: 10, minor: 0, build: 17_763}},
    passwords: (user) => (user === 'alice' ? ['other', 'Winter-2024'] : []),
    random: (size) => Buffer.alloc(size, 1),
    now: () => 0,
  })

/** SPNEGO with a MIC over the mechanisms; `list`: what the client signs. */
function negotiate(list = mechanismList([MECHANISM.NTLMSSP])) {
  const server = acceptor()
  const negotiateToken = negotiateMessage()
  const first = server.step(buildInit({mechanisms: [MECHANISM.NTLMSSP], token: negotiateToken}))
  if (first.type !== 'continue') throw new TypeError(first.type)
  const challenge = (parseNegotiationToken(first.token) as NegTokenResponse).token ?? Buffer.alloc(0)
  const {authenticate, exported} = windowsAnswer(IDENTITY, negotiateToken, challenge, RANDOM)
  const security = (direction: 'client-to-server' | 'server-to-client', sequence: number) =>
    new MessageSecurity(WINDOWS_CLIENT_FLAGS, exported, direction, sequence)
  const mic = security('client-to-server', 0).sign(list)
  return {step: server.step(buildResponse({token: authenticate, mic})), security}
}

describe('an NTLM acceptor', () => {
  it('signs the mechanisms in its turn, and goes on with number 1 and a new key stream', () => {
    const {step, security} = negotiate()
    if (step.type !== 'judged' || step.token === null) throw new TypeError(step.type)
    const {mic = Buffer.alloc(0)} = parseNegotiationToken(step.token) as NegTokenResponse
    expect(security('server-to-client', 0).verify(mechanismList([MECHANISM.NTLMSSP]), mic)).toBe(true)
    const message = Buffer.from('the first')
    expect(step.session?.incoming.unseal(security('client-to-server', 1).seal(message))).toEqual(message)
    const answer = step.session?.outgoing.seal(message) ?? Buffer.alloc(0)
    expect(security('server-to-client', 1).unseal(answer)).toEqual(message)
  })

  it('lets nobody in whose mechanisms were changed on the way', () => {
    const {step} = negotiate(mechanismList([MECHANISM.KRB5, MECHANISM.NTLMSSP]))
    expect(step).toMatchObject({type: 'judged', session: null, token: null})
  })

  it('offers NTLM to who prefers Kerberos, and nothing to who has that alone', () => {
    const mechanisms = [MECHANISM.MS_KRB5, MECHANISM.NTLMSSP]
    expect(acceptor().step(buildInit({mechanisms})).type).toBe('continue')
    const alone = [MECHANISM.MS_KRB5]
    expect(acceptor().step(buildInit({mechanisms: alone}))).toEqual({type: 'foreign', mechanisms: alone})
  })

  it('takes no answer without a challenge, and none twice', () => {
    const server = acceptor()
    const first = server.step(negotiateMessage())
    if (first.type !== 'continue') throw new TypeError(first.type)
    const {authenticate} = windowsAnswer(IDENTITY, negotiateMessage(), first.token, RANDOM)
    expect(() => acceptor().step(authenticate)).toThrow('without a challenge')
    expect(server.step(authenticate)).toMatchObject({type: 'judged', token: null})
    expect(() => server.step(authenticate)).toThrow('without a challenge')
  })
})
