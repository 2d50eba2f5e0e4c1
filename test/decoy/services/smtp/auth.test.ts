import {describe, expect, it} from 'vitest'

import {AV} from '../../../../src/decoy/codecs/ntlm/av-pairs.ts'
import {parseChallenge} from '../../../../src/decoy/codecs/ntlm/challenge.ts'
import {ntHashV2, ntProof} from '../../../../src/decoy/codecs/ntlm/responses.ts'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {fakeRandom, negotiateMessage, WINDOWS_CLIENT_FLAGS, windowsAnswer} from '../../codecs/ntlm/client.ts'
import {base64, dial, mailService, PASSWORD, type TestClient, USERS, WINDOWS} from './support.ts'

const PLAIN = base64(`\0alice\0${PASSWORD}`)

describe('AUTH PLAIN and LOGIN', () => {
  it.each(['postfix', 'exim', 'sendmail'])('give the password away to %s', async (product) => {
    const client = dial(await mailService({product}))
    client.say('EHLO x')
    expect(client.say(`AUTH PLAIN ${PLAIN}`)).toMatch(/^535 /)
    client.say('AUTH LOGIN')
    client.say(base64('bob'))
    expect(client.say(base64('pass\x00word'))).toMatch(/^535 /)
    expect(client.named('auth.attempt').map(({credential}) => credential)).toMatchObject([
      {principal: 'alice', method: 'plain', secret: {text: PASSWORD}, outcome: 'failure'},
      {principal: 'bob', method: 'login', secret: {text: 'pass\\x00word'}, outcome: 'failure'},
    ])
  })

  it('let honey users in, by their whole address too', async () => {
    const client = dial(await mailService({product: 'postfix', ...USERS}))
    client.say('EHLO x')
    expect(client.say(`AUTH PLAIN ${base64(`\0Alice@corp.example\0${PASSWORD}`)}`)).toBe(
      '235 2.7.0 Authentication successful\r\n',
    )
    expect(client.named('auth.attempt')[0]?.credential?.outcome).toBe('success')
  })

  it('wait as Dovecot does before they refuse', async () => {
    const client = dial(await mailService({product: 'postfix'}))
    client.say('EHLO x')
    client.say(`AUTH PLAIN ${PLAIN}`)
    expect(client.actions.find(({type}) => type === 'delay')).toEqual({type: 'delay', ms: 2000})
  })

  it('are recorded where they are not taken', async () => {
    const client = dial(await mailService({product: 'postfix', ...USERS}), {port: 587})
    client.say('EHLO x')
    expect(client.say(`AUTH PLAIN ${PLAIN}`)).toBe('530 5.7.0 Must issue a STARTTLS command first\r\n')
    expect(client.named('auth.attempt').map(({credential}) => [credential?.secret?.text, credential?.outcome])).toEqual(
      [[PASSWORD, 'failure']],
    )
  })

  it('leave no password among the commands', async () => {
    const client = dial(await mailService({product: 'exim'}))
    client.say('EHLO x')
    client.say(`AUTH PLAIN ${PLAIN}`)
    client.say('AUTH LOGIN')
    client.say(base64('alice'))
    client.say(base64(PASSWORD))
    const lines = JSON.stringify(client.named('command'))
    for (const secret of [PASSWORD, PLAIN, base64(PASSWORD)]) expect(lines).not.toContain(secret)
  })
})

describe('AUTH NTLM of Exchange', () => {
  const NEGOTIATE = negotiateMessage(WINDOWS_CLIENT_FLAGS)
  const RANDOM = {clientChallenge: fakeRandom('challenge', 8), sessionKey: fakeRandom('session', 16)}

  const begun = async (options: OptionValues = USERS): Promise<TestClient> => {
    const client = dial(await mailService(options, WINDOWS))
    client.say('EHLO x')
    expect(client.say('AUTH NTLM')).toBe('334 NTLM supported\r\n')
    return client
  }

  const challenged = (client: TestClient): Buffer => {
    const reply = client.say(NEGOTIATE.toString('base64'))
    expect(reply).toMatch(/^334 TlRMTVNTUAAC[A-Za-z0-9+/=]+\r\n$/)
    return Buffer.from(reply.slice(4), 'base64')
  }

  const attempt = async (password: string) => {
    const client = await begun()
    const challenge = challenged(client)
    const identity = {user: 'alice', domain: 'CORP', workstation: 'PC7', password}
    const {authenticate} = windowsAnswer(identity, NEGOTIATE, challenge, RANDOM)
    return {client, challenge, authenticate, reply: client.say(authenticate.toString('base64'))}
  }

  it('names the machine and its domain', async () => {
    const {targetInfo} = parseChallenge(challenged(await begun()))
    const name = (id: number) => targetInfo.get(id)?.toString('utf16le')
    const ids = [AV.NB_DOMAIN_NAME, AV.NB_COMPUTER_NAME, AV.DNS_DOMAIN_NAME, AV.DNS_COMPUTER_NAME]
    expect(ids.map(name)).toEqual(['CORP', 'EX01', 'corp.example', 'EX01.corp.example'])
  })

  it('captures a NetNTLMv2 response that the password computes', async () => {
    const {client, challenge, authenticate, reply} = await attempt('guess')
    expect(reply).toBe('535 5.7.3 Authentication unsuccessful\r\n')
    expect(client.actions.find(({type}) => type === 'delay')).toEqual({type: 'delay', ms: 5000})
    const [event] = client.named('auth.attempt')
    expect(event?.credential).toMatchObject({principal: 'alice', domain: 'CORP', method: 'ntlmv2', outcome: 'failure'})
    const {serverChallenge} = parseChallenge(challenge)
    const [user = '', , domain = '', sent = '', proof = '', blob = ''] = (event?.credential?.hash?.line ?? '').split(
      ':',
    )
    expect([user, domain, sent]).toEqual(['alice', 'CORP', serverChallenge.toString('hex')])
    const hash = ntHashV2('guess', user, domain)
    expect(ntProof(hash, serverChallenge, Buffer.from(blob, 'hex')).toString('hex')).toBe(proof)
    expect(authenticate.includes(Buffer.from(proof, 'hex'))).toBe(true)
    expect(event?.credential?.hash?.hashcatMode).toBe(5600)
  })

  it('lets honey users in', async () => {
    const {client, reply} = await attempt(PASSWORD)
    expect(reply).toBe('235 2.7.0 Authentication successful\r\n')
    expect(client.named('auth.attempt')[0]?.credential?.outcome).toBe('success')
  })

  it('may begin in the same line, and can be given up', async () => {
    const client = dial(await mailService({}, WINDOWS))
    client.say('EHLO x')
    expect(client.say(`AUTH NTLM ${NEGOTIATE.toString('base64')}`)).toMatch(/^334 TlRMTVNTUAAC/)
    expect(client.say('*')).toMatch(/^501 /)
    expect(client.say('AUTH LOGIN')).toBe('504 5.7.4 Unrecognized authentication type\r\n')
  })

  it('records what is no message of NTLM', async () => {
    const client = await begun()
    expect(client.say(base64('garbage'))).toMatch(/^535 /)
    expect(client.named('malformed')).toHaveLength(1)
  })

  it('has a challenge of its own each time', async () => {
    const client = await begun()
    const first = parseChallenge(challenged(client)).serverChallenge
    client.say('*')
    client.say('AUTH NTLM')
    expect(parseChallenge(challenged(client)).serverChallenge).not.toEqual(first)
  })
})
