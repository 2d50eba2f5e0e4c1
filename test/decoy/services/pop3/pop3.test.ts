import {describe, expect, it} from 'vitest'

import type {PersonaFacts} from '../../../../src/decoy/persona.ts'
import {dial, imapService, type TestClient, USERS} from '../imap/support.ts'
import {pop3Service} from './support.ts'

const attempts = ({events}: TestClient) =>
  events.flatMap(({credential}) => (credential === undefined ? [] : [credential]))

describe('the greeting', () => {
  it.each([
    [{}, {}, '+OK Dovecot (Debian) ready.'],
    [{}, {distro: 'ubuntu20'}, '+OK Dovecot (Ubuntu) ready.'],
    [{}, {distro: 'rocky9'}, '+OK Dovecot ready.'],
    [{banner: 'hello'}, {}, '+OK hello'],
  ] as const)('with %j on %j is %s', async (options, facts, greeting) => {
    const service = await pop3Service(options, facts as Partial<PersonaFacts>)
    expect(dial(service, 110).greeting).toBe(`${greeting}\r\n`)
  })
})

describe('options', () => {
  const capabilities = async (options: Record<string, string | boolean | number>, port = 110) =>
    dial(await pop3Service(options), port).say('CAPA')

  it('decide what is offered', async () => {
    expect(await capabilities({})).toContain('STLS\r\nUSER\r\nSASL PLAIN LOGIN\r\n')
    expect(await capabilities({mechanisms: 'plain'})).toContain('USER\r\nSASL PLAIN\r\n')
    expect(await capabilities({plaintext: false})).toContain('STLS\r\nSASL\r\n')
    expect(await capabilities({tls: false})).not.toContain('STLS')
    expect(await capabilities({tls_port: 1995, plaintext: false}, 1995)).toContain('AUTH-RESP-CODE\r\nUSER\r\n')
  })
})

describe('a login', () => {
  it.each([
    ['USER and PASS', ['USER root', 'PASS to or '], 'to or ', 'password'],
    ['AUTH PLAIN', ['AUTH PLAIN', 'AHJvb3QAdG9vcg=='], 'toor', 'sasl-plain'],
    ['AUTH PLAIN at once', ['AUTH PLAIN AHJvb3QAdG9vcg=='], 'toor', 'sasl-plain'],
    ['AUTH LOGIN', ['AUTH LOGIN', 'cm9vdA==', 'dG9vcg=='], 'toor', 'sasl-login'],
  ])('by %s fails late, and gives the password away', async (_, lines, secret, method) => {
    const client = dial(await pop3Service(USERS), 110)
    expect(lines.map((line) => client.say(line)).at(-1)).toBe('-ERR [AUTH] Authentication failed.\r\n')
    expect(attempts(client)).toMatchObject([{principal: 'root', method, secret: {text: secret}, outcome: 'failure'}])
    expect(client.actions.some((action) => action.type === 'delay' && action.ms >= 2000)).toBe(true)
  })

  it('goes on inside TLS after STLS', async () => {
    const client = dial(await pop3Service({...USERS, plaintext: false}), 110)
    expect(client.say('USER deploy')).toMatch(/^-ERR \[AUTH\] Plaintext/)
    client.say('STLS')
    expect(client.actions.at(-1)?.type).toBe('upgrade')
    client.session.secured?.({} as never)
    client.say('USER deploy')
    expect(client.say('PASS Summer2024')).toBe('+OK Logged in.\r\n')
  })
})

describe('the maildrop', () => {
  it('is the inbox of IMAP, and what is taken is recorded', async () => {
    const imap = dial(await imapService(USERS))
    imap.say('a LOGIN deploy Summer2024')
    const [, count] = /\* (\d+) EXISTS/.exec(imap.say('b SELECT INBOX')) ?? []
    const mail = imap.say('c FETCH 2 BODY.PEEK[]')
    const client = dial(await pop3Service(USERS), 110)
    client.say('USER deploy')
    client.say('PASS Summer2024')
    expect(client.say('STAT')).toMatch(new RegExp(`^\\+OK ${count} \\d+\r\n$`))
    const [head = '', ...text] = client.say('RETR 2').split('\r\n')
    expect(head).toMatch(/^\+OK \d+ octets$/)
    expect(mail).toContain(text.slice(0, -2).join('\r\n'))
    client.say('TOP 3 0')
    const reads = client.events.filter(({event}) => event === 'file.read')
    expect(reads).toMatchObject([{data: {path: expect.stringMatching(/^deploy\/INBOX\/\d+$/)}}])
  })

  it('loses nothing when a session deletes', async () => {
    const service = await pop3Service(USERS)
    const enter = () => {
      const client = dial(service, 110)
      client.say('USER deploy')
      client.say('PASS Summer2024')
      return client
    }
    const client = enter()
    const before = client.say('STAT')
    client.say('DELE 1')
    expect(client.say('QUIT')).toBe('+OK Logging out, messages deleted.\r\n')
    expect(client.closed).toBe(true)
    expect(enter().say('STAT')).toBe(before)
  })

  it('does not say more at once than anybody reads', async () => {
    const client = dial(await pop3Service(USERS), 110)
    client.say('USER deploy')
    client.say('PASS Summer2024')
    expect(client.send('RETR 2\r\n'.repeat(8000)).length).toBeLessThan(4 * 1024 * 1024)
    expect(client.closed).toBe(true)
  })

  it('takes another protocol for a probe', async () => {
    const client = dial(await pop3Service(), 110)
    client.send('GET / HTTP/1.0\r\n')
    expect(client.events.map(({event}) => event)).toEqual(['probe'])
    expect(client.session.timeout?.('idle')).toMatchObject([
      {data: Buffer.from('-ERR Disconnected for inactivity.\r\n')},
    ])
  })
})
