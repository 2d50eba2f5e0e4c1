import {describe, expect, it} from 'vitest'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import type {PersonaFacts} from '../../../../src/decoy/persona.ts'
import {lastKept} from '../../../support/kept.ts'
import {dial, imapService, NOW, type TestClient, USERS} from './support.ts'

const GREETING = 'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+'
const DAY_MS = 86_400_000

async function signedIn(
  options: OptionValues = USERS,
  facts: Partial<PersonaFacts> = {},
  now = NOW,
): Promise<TestClient> {
  const client = dial(await imapService(options, facts), 143, now)
  expect(client.say('a LOGIN deploy Summer2024')).toMatch(/^a OK \[CAPABILITY .*\] Logged in\r\n$/)
  return client
}

/** The texts of all mails in the inbox. */
async function inbox(facts: Partial<PersonaFacts> = {}, now = NOW): Promise<string> {
  const client = await signedIn(USERS, facts, now)
  client.say('b EXAMINE INBOX')
  return client.say('c FETCH 1:* (UID INTERNALDATE BODY.PEEK[])')
}

describe('the greeting', () => {
  it.each([
    [{}, {}, `${GREETING} STARTTLS AUTH=PLAIN AUTH=LOGIN] Dovecot (Debian) ready.`],
    [{plaintext: false}, {}, `${GREETING} STARTTLS LOGINDISABLED] Dovecot (Debian) ready.`],
    [{mechanisms: 'plain'}, {}, `${GREETING} STARTTLS AUTH=PLAIN] Dovecot (Debian) ready.`],
    [{tls: false}, {}, `${GREETING} AUTH=PLAIN AUTH=LOGIN] Dovecot (Debian) ready.`],
    [{}, {distro: 'ubuntu22'}, `${GREETING} STARTTLS AUTH=PLAIN AUTH=LOGIN] Dovecot (Ubuntu) ready.`],
    [{}, {distro: 'rocky9'}, `${GREETING} STARTTLS AUTH=PLAIN AUTH=LOGIN] Dovecot ready.`],
    [{banner: 'Mail'}, {}, `${GREETING} STARTTLS AUTH=PLAIN AUTH=LOGIN] Mail`],
    [
      {},
      {distro: 'centos7'},
      'IMAP4rev1 LITERAL+ SASL-IR LOGIN-REFERRALS ID ENABLE IDLE STARTTLS AUTH=PLAIN AUTH=LOGIN] Dovecot ready.',
    ],
  ] as const)('with %j on %j', async (options, facts, text) => {
    const client = dial(await imapService(options, facts as Partial<PersonaFacts>))
    expect(client.greeting).toBe(`* OK [CAPABILITY ${text}\r\n`)
  })

  it('inside TLS offers no other TLS', async () => {
    const service = await imapService({plaintext: false, tls_port: 1993})
    expect(dial(service, 1993).greeting).toBe(
      `* OK [CAPABILITY ${GREETING} AUTH=PLAIN AUTH=LOGIN] Dovecot (Debian) ready.\r\n`,
    )
    expect(service.tcp?.(1993)).toHaveProperty('tls')
    expect(service.tcp?.(143)).not.toHaveProperty('tls')
  })

  it.each([
    ['2.3.7.2', 'SNIPPET=FUZZY PREVIEW=FUZZY LITERAL+ NOTIFY SPECIAL-USE'],
    ['2.3.16', 'PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE'],
    ['2.2.36', 'MOVE SNIPPET=FUZZY SPECIAL-USE'],
  ])('of version %s ends its capabilities after a login in %s', async (version, end) => {
    const client = dial(await imapService({...USERS, version}))
    expect(client.say('a LOGIN deploy Summer2024')).toContain(`${end}] Logged in`)
  })
})

describe('a login', () => {
  const attempts = ({events}: TestClient) =>
    events.flatMap(({credential}) => (credential === undefined ? [] : [credential]))

  it.each([
    ['LOGIN', ['a LOGIN root toor']],
    ['LOGIN, quoted', ['a LOGIN "root" "toor"']],
    ['LOGIN, literals', ['a LOGIN {4}', 'root {4}', 'toor']],
    ['LOGIN, literals without waiting', ['a LOGIN {4+}\r\nroot {4+}\r\ntoor']],
    ['PLAIN', ['a AUTHENTICATE PLAIN', 'AHJvb3QAdG9vcg==']],
    ['PLAIN at once', ['a AUTHENTICATE PLAIN AHJvb3QAdG9vcg==']],
    ['LOGIN of SASL', ['a AUTHENTICATE LOGIN', 'cm9vdA==', 'dG9vcg==']],
  ])('by %s fails late, and gives the password away', async (name, lines) => {
    const client = dial(await imapService(USERS))
    expect(lines.map((line) => client.say(line)).at(-1)).toBe('a NO [AUTHENTICATIONFAILED] Authentication failed.\r\n')
    const method = name.startsWith('PLAIN') ? 'sasl-plain' : name.includes('SASL') ? 'sasl-login' : 'login'
    expect(attempts(client)).toMatchObject([{principal: 'root', method, secret: {text: 'toor'}, outcome: 'failure'}])
    const delays = client.actions.flatMap((action) => (action.type === 'delay' ? [action.ms] : []))
    expect(delays[0]).toBeGreaterThanOrEqual(2000)
  })

  it.each([
    'LOGIN DEPLOY Summer2024',
    'LOGIN deploy@corp.example Summer2024',
    'LOGIN a.berger@corp.example pass:word',
    'AUTHENTICATE PLAIN AGRlcGxveQBTdW1tZXIyMDI0',
  ])('with honey credentials succeeds: %s', async (command) => {
    const client = dial(await imapService(USERS))
    expect(client.say(`a ${command}`)).toMatch(/^a OK /)
    expect(attempts(client)).toMatchObject([{outcome: 'success'}])
    expect(client.session.authenticated).toBe(true)
  })

  it('without TLS is refused where that is asked for, and recorded all the same', async () => {
    const client = dial(await imapService({...USERS, plaintext: false}))
    expect(client.say('a LOGIN deploy Summer2024')).toContain('a NO [PRIVACYREQUIRED]')
    client.say('b AUTHENTICATE PLAIN AGRlcGxveQBTdW1tZXIyMDI0')
    expect(attempts(client)).toMatchObject([
      {principal: 'deploy', secret: {text: 'Summer2024'}, outcome: 'failure'},
      {principal: 'deploy', secret: {text: 'Summer2024'}, outcome: 'failure'},
    ])
  })

  it('goes on inside TLS after STARTTLS', async () => {
    const client = dial(await imapService({...USERS, plaintext: false}))
    client.say('a STARTTLS')
    expect(client.actions.at(-1)?.type).toBe('upgrade')
    client.session.secured?.({} as never)
    expect(client.say('b CAPABILITY')).toContain(`* CAPABILITY ${GREETING} AUTH=PLAIN AUTH=LOGIN\r\n`)
    expect(client.say('c STARTTLS')).toBe('c BAD TLS is already active.\r\n')
  })

  it('has no literal as large as a client likes', async () => {
    const client = dial(await imapService())
    expect(client.say('a LOGIN {99999999999}')).toBe('* BYE Literal size too large\r\n')
    expect(client.closed).toBe(true)
    expect(client.events.map(({event}) => event)).toContain('malformed')
  })
})

describe('the bait', () => {
  it('is read, which is recorded; a list of mails is not', async () => {
    const client = await signedIn()
    client.say('b SELECT INBOX')
    client.say('c FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])')
    const reads = () => client.events.filter(({event}) => event === 'file.read')
    expect(reads()).toEqual([])
    client.say('d FETCH 1 BODY[]')
    expect(reads()).toEqual([
      {event: 'file.read', data: {path: expect.stringMatching(/^deploy\/INBOX\/\d+$/), subject: expect.any(String)}},
    ])
  })

  it('holds lures of the company: VPN, passwords, hosts of its domain', async () => {
    const text = await inbox()
    for (const lure of ['vpn.corp.example', 'Password reset', 'lon-nas01.corp.example', 'CORP\\svc_backup']) {
      expect(text).toContain(lure)
    }
    expect(text).toMatch(/password: +[A-Z][a-z]+-\d{4}\r\n/)
  })

  it('is never old, and what was there is there again a day later', async () => {
    const dates = (text: string) => [...text.matchAll(/UID (\d+) INTERNALDATE "([^"]+)"/g)]
    const today = dates(await inbox())
    const newest = Date.parse(today.at(-1)?.[2]?.replace(/-/g, ' ') ?? '')
    expect(newest).toBeLessThanOrEqual(NOW)
    expect(newest).toBeGreaterThan(NOW - 4 * DAY_MS)
    const oldest = Date.parse(today[0]?.[2]?.replace(/-/g, ' ') ?? '')
    expect(oldest).toBeGreaterThan(NOW - 60 * DAY_MS)
    const tomorrow = await inbox({}, NOW + DAY_MS)
    const kept = today.slice(4)
    for (const [line] of kept) expect(tomorrow).toContain(line)
    expect(dates(tomorrow).length).toBe(today.length)
  })

  it('is another one on another decky and in another install', async () => {
    const ids = async (facts: Partial<PersonaFacts>) =>
      new Set((await inbox(facts)).match(/Message-ID: <[^>]+>|[A-Z][a-z]+-\d{4}\r\n/g))
    const own = await ids({})
    for (const facts of [{seed: '45'.repeat(32)}, {seed: '46'.repeat(32), since: '2026-02-01T00:00:00.000Z'}]) {
      const other = await ids(facts)
      // A word and four digits may be the same once in a while.
      expect([...own].filter((id) => other.has(id)).length).toBeLessThan(2)
    }
  })

  it('is changed for the one who changes it only', async () => {
    const service = await imapService(USERS)
    const [one, other] = [dial(service), dial(service)]
    for (const client of [one, other]) {
      client.say('a LOGIN deploy Summer2024')
      client.say('b SELECT INBOX')
    }
    const before = other.say('c FETCH 1 FLAGS')
    one.say('c STORE 1 FLAGS (\\Deleted)')
    expect(one.say('d EXPUNGE')).toContain('* 1 EXPUNGE')
    expect(other.say('c FETCH 1 FLAGS')).toBe(before)
  })
})

describe('what an intruder leaves', () => {
  it('is evidence, and there as long as the session', async () => {
    const client = await signedIn()
    expect(client.say('b APPEND INBOX (\\Seen) {26}')).toBe('+ OK\r\n')
    expect(client.say('Subject: hi\r\n\r\nclick here\n')).toMatch(/^b OK \[APPENDUID \d+ \d+\] Append completed/)
    const [event] = client.events.filter(({event: name}) => name === 'file.write')
    expect(event?.data).toMatchObject({path: 'INBOX', size: 26, head: {bytes: 26, truncated: false}})
    expect(event?.data?.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(lastKept(client.events).content.toString()).toBe('Subject: hi\r\n\r\nclick here\n')
  })

  it('is hashed whole, but kept in part only where it is large', async () => {
    const client = await signedIn()
    expect(client.say('b APPEND INBOX {1000000+}')).toBe('')
    expect(client.send(`${'x'.repeat(1_000_000)}\r\n`)).toMatch(/^b NO \[OVERQUOTA\]/)
    const [event] = client.events.filter(({event: name}) => name === 'file.write')
    expect(event?.data).toMatchObject({
      sha256: '1b977e9f84f1b26b6ed7f68b0498faee2385ea4125bd29adce4a7d9106ba3134',
      size: 1_000_000,
    })
    expect(lastKept(client.events).content).toEqual(Buffer.alloc(DEFAULT_LIMITS.capture, 'x'))
  })
})

describe('sessions', () => {
  it('end with the words of Dovecot when nobody speaks', async () => {
    const client = await signedIn()
    expect(client.session.timeout?.('idle')).toMatchObject([
      {type: 'write', data: Buffer.from('* BYE Disconnected for inactivity.\r\n')},
    ])
  })

  it('do not say more at once than anybody reads', async () => {
    const client = await signedIn()
    client.say('b SELECT INBOX')
    for (let at = 0; at < 5; at++) client.say('c COPY 1:* INBOX')
    const said = client.send('d FETCH 1:* (BODY[] BODY[])\r\n'.repeat(60))
    expect(said.length).toBeLessThan(4 * 1024 * 1024)
    expect(said).toMatch(/\* BYE Disconnected for inactivity in reading our output\.\r\n$/)
    expect(client.closed).toBe(true)
  })

  it('of another protocol are probes', async () => {
    const client = dial(await imapService())
    client.send('GET / HTTP/1.1\r\n')
    expect(client.events.map(({event}) => event)).toEqual(['probe'])
  })

  it('record commands with their answers, and a login that was none', async () => {
    const client = dial(await imapService(USERS))
    client.say('a LOGIN x')
    client.say('b NOOP')
    client.say('c LOGIN deploy Summer2024')
    client.say('d SELECT nosuch')
    expect(client.events.map(({event, data}) => [event, data?.status, data?.user])).toEqual([
      ['command', 'BAD', null],
      ['command', 'OK', null],
      ['auth.attempt', undefined, undefined],
      ['command', 'NO', 'deploy'],
    ])
  })

  it('keep a folder from growing without end', async () => {
    const client = await signedIn()
    client.say('b SELECT INBOX')
    let answer = ''
    for (let at = 0; at < 12; at++) answer = client.say('c COPY 1:* INBOX')
    expect(answer).toMatch(/^c NO \[OVERQUOTA\]/)
  })
})
