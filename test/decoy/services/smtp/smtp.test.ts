import {createHash} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {loginName} from '../../../../src/decoy/active-directory/accounts.ts'
import {peopleOf} from '../../../../src/decoy/active-directory/people.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {mailboxesOf} from '../../../../src/decoy/persona/mailboxes.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import {lastKept} from '../../../support/kept.ts'
import {base64, dial, FACTS, mailService, PASSWORD, type TestClient, USERS, WINDOWS} from './support.ts'

const POSTFIX = {product: 'postfix', ...USERS}
const MESSAGE = 'From: a@b.example\r\nSubject: =?utf-8?q?Offer?=\r\n for you\r\nMessage-ID: <1@b.example>\r\n\r\n'

function begin(client: TestClient, to = 'alice@corp.example'): void {
  client.say('EHLO client.example')
  client.say('MAIL FROM:<a@b.example>')
  client.say(`RCPT TO:<${to}>`)
}

describe('the greeting', () => {
  it.each([
    [{}, {}, '220 mail01.corp.example ESMTP Postfix (Debian/GNU)'],
    [{}, {distro: 'ubuntu22'}, '220 mail01.corp.example ESMTP Postfix (Ubuntu)'],
    [{}, {distro: 'rocky9'}, '220 mail01.corp.example ESMTP Postfix'],
    [{}, {domain: null}, '220 mail01 ESMTP Postfix (Debian/GNU)'],
    [{product: 'exim'}, {}, '220 mail01.corp.example ESMTP Exim 4.96 Tue, 03 Feb 2026 05:06:07 +0000'],
    [{mta: 'exim', version: '4.92'}, {}, '220 mail01.corp.example ESMTP Exim 4.92 Tue, 03 Feb 2026 05:06:07 +0000'],
    [
      {product: 'sendmail'},
      {distro: 'rocky9'},
      '220 mail01.corp.example ESMTP Sendmail 8.16.1/8.16.1; Tue, 3 Feb 2026 05:06:07 GMT',
    ],
    [
      {product: 'sendmail'},
      {distro: 'ubuntu22', fleet: {seed: '01'.repeat(32), site: 'ber', controller: 'DC01'}},
      '220 mail01.corp.example ESMTP Sendmail 8.15.2/8.15.2/Debian-22ubuntu3; Tue, 3 Feb 2026 06:06:07 +0100; (No UCE/UBE) logging access from: [127.0.0.1](FAIL)-[127.0.0.1]',
    ],
    [
      {},
      {os: 'bsd', distro: 'freebsd'},
      '220 mail01.corp.example ESMTP Sendmail 8.17.2/8.17.2; Tue, 3 Feb 2026 05:06:07 GMT',
    ],
    [{}, WINDOWS, '220 EX01.corp.example Microsoft ESMTP MAIL Service ready at Tue, 3 Feb 2026 05:06:07 +0000'],
    [{product: 'postfix', mta: 'exim'}, {}, '220 mail01.corp.example ESMTP Postfix (Debian/GNU)'],
    [{banner: 'mx.corp.example ESMTP'}, {}, '220 mx.corp.example ESMTP'],
    [{banner: '220 mx.corp.example ESMTP'}, {}, '220 mx.corp.example ESMTP'],
  ] as const)('of %j on %j is %s', async (options, facts, greeting) => {
    expect(dial(await mailService(options, facts as Partial<PersonaFacts>)).greeting).toBe(`${greeting}\r\n`)
  })
})

describe('older versions', () => {
  it('of Postfix know less', async () => {
    const client = dial(await mailService({...POSTFIX, version: '2.10.1'}))
    const extensions = client.say('EHLO x')
    expect(extensions).not.toMatch(/SMTPUTF8|CHUNKING/)
    expect(extensions).toMatch(/^250 DSN\r$/m)
    expect(client.say('FOO')).toBe('502 5.5.2 Error: command not recognized\r\n')
    expect(client.say('BDAT 1 LAST')).toBe('502 5.5.2 Error: command not recognized\r\n')
    client.say('AUTH LOGIN')
    client.say(base64('root'))
    expect(client.say(base64('toor'))).toBe('535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6\r\n')
  })

  it('of Exim have no early pipelining', async () => {
    const client = dial(await mailService({product: 'exim', version: '4.93'}))
    expect(client.say('EHLO x')).not.toContain('PIPECONNECT')
  })
})

describe('a message', () => {
  it('to a mailbox is recorded with envelope, digest and beginning', async () => {
    const client = dial(await mailService(POSTFIX))
    begin(client)
    const body = `${MESSAGE}${'x'.repeat(100_000)}\r\n..dot\r\n`
    client.say('DATA')
    expect(client.say(`${body}.`)).toMatch(/^250 2\.0\.0 Ok: queued as [0-9A-F]{9,11}\r\n$/)
    const content = body.replace('\r\n..', '\r\n.')
    const [mail] = client.named('mail')
    expect(mail?.data).toMatchObject({
      from: 'a@b.example',
      to: ['alice@corp.example'],
      recipients: 1,
      subject: '=?utf-8?q?Offer?= for you',
      headers: {from: 'a@b.example', 'message-id': '<1@b.example>'},
      sha256: createHash('sha256').update(content, 'latin1').digest('hex'),
      size: content.length,
      accepted: true,
      foreign: false,
      hello: 'client.example',
      user: null,
      tls: false,
      head: {truncated: true},
    })
    const kept = lastKept(client.events).content.toString('latin1')
    expect(kept).toBe(content.slice(0, DEFAULT_LIMITS.capture))
  })

  it('names what is attached', async () => {
    const client = dial(await mailService(POSTFIX))
    begin(client)
    client.say('DATA')
    client.say(`${MESSAGE}Content-Disposition: attachment; filename="invoice.xlsm"\r\n\r\nUEsDB\r\n.`)
    expect(client.named('mail')[0]?.data?.attachments).toEqual(['invoice.xlsm'])
  })

  it('to the people of the company is taken, by any server', async () => {
    const persona = new Persona(FACTS)
    const [person] = peopleOf(persona)
    const name = loginName(persona, person?.given ?? '', person?.surname ?? '')
    expect(mailboxesOf(persona).map(({user}) => user)).toContain(name)
    for (const product of ['postfix', 'exim', 'sendmail', 'exchange']) {
      const client = dial(await mailService({product}))
      begin(client, `${name}@corp.example`)
      expect(client.say('DATA')).toMatch(/^354 /)
      client.say('hi\r\n.')
      expect(client.named('mail')[0]?.data).toMatchObject({to: [`${name}@corp.example`], accepted: true})
    }
  })

  it('longer than the server takes is refused, and recorded', async () => {
    const client = dial(await mailService(POSTFIX))
    begin(client)
    client.say('DATA')
    for (let sent = 0; sent < 11; sent++) client.send(Buffer.alloc(1_000_000, 'x'))
    expect(client.say('\r\n.')).toBe('552 5.3.4 Error: message file too big\r\n')
    expect(client.named('mail')[0]?.data).toMatchObject({accepted: false, size: 11_000_002})
  })

  it('in chunks is one message', async () => {
    const client = dial(await mailService({product: 'exchange', ...USERS}, WINDOWS))
    begin(client)
    const send = (text: string): string => client.send(Buffer.from(text, 'latin1'))
    expect(send('BDAT 12\r\nSubject: y\r\n')).toBe('250 2.6.0 CHUNK received OK, 12 octets\r\n')
    expect(send('BDAT 6 LAST\r\n\r\nbody')).toMatch(
      /^250 2\.6\.0 <[0-9a-f-]{36}@EX01\.corp\.example> \[InternalId=\d+, /,
    )
    expect(client.named('mail')[0]?.data).toMatchObject({size: 18, subject: 'y'})
  })
})

describe('smuggling', () => {
  const smuggle = async (product: string): Promise<TestClient> => {
    const client = dial(await mailService({product, ...USERS}))
    begin(client)
    client.say('DATA')
    client.say('Subject: x\r\n\r\nhi\n.\nMAIL FROM:<admin@corp.example>')
    return client
  }

  it('works with Postfix of that version, and is recorded', async () => {
    const client = await smuggle('postfix')
    expect(client.named('probe').map(({data}) => data?.reason)).toEqual(['SMTP smuggling'])
    expect(client.say('RCPT TO:<alice@corp.example>')).toBe('250 2.1.5 Ok\r\n')
  })

  it('ends the session of a corrected Sendmail', async () => {
    const client = await smuggle('sendmail')
    expect(client.closed).toBe(true)
    expect(client.named('probe').map(({data}) => data?.reason)).toEqual(['bare line feed'])
  })

  it.each(['exim', 'exchange'])('is content to %s', async (product) => {
    const client = await smuggle(product)
    client.say('\r\n.')
    expect(client.named('mail')).toHaveLength(1)
    expect(client.named('probe')).toEqual([])
  })
})

describe('relaying', () => {
  it.each([
    ['postfix', '454 4.7.1 <x@example.org>: Relay access denied'],
    ['exim', '550 relay not permitted'],
    ['sendmail', '550 5.7.1 <x@example.org>... Relaying denied. IP name lookup failed [127.0.0.1]'],
    ['exchange', '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain'],
  ])('is refused by %s, and allowed to honey users', async (product, refusal) => {
    const client = dial(await mailService({product, ...USERS}))
    begin(client)
    expect(client.say('RCPT TO:<x@example.org>')).toBe(`${refusal}\r\n`)
    client.say('RSET')
    if (product === 'exchange') {
      client.say('STARTTLS')
      client.say('EHLO client.example')
    }
    client.say('AUTH LOGIN')
    client.say(base64('alice'))
    expect(client.say(base64(PASSWORD))).toMatch(/^235 /)
    client.say('MAIL FROM:<alice@corp.example>')
    expect(client.say('RCPT TO:<x@example.org>')).toMatch(/^250 /)
    client.say('DATA')
    client.say('x\r\n.')
    expect(client.named('mail')[0]?.data).toMatchObject({foreign: true, user: 'alice', to: ['x@example.org']})
  })

  it('of an open relay is for everybody, and for users nobody has', async () => {
    for (const product of ['postfix', 'exim', 'sendmail', 'exchange']) {
      for (const port of [25, 587]) {
        const client = dial(await mailService({product}, {}, true), {port})
        begin(client, 'victim@example.org')
        expect(client.say('RCPT TO:<nobody@corp.example>')).toMatch(/^250 /)
        expect(client.say('DATA')).toMatch(/^354 /)
        expect(client.say('Subject: test\r\n\r\nhello\r\n.')).toMatch(/^250 /)
        expect(client.named('mail')[0]?.data).toMatchObject({foreign: true, accepted: true, recipients: 2})
      }
    }
  })
})

describe('Exchange', () => {
  const exchange = async (port = 25) => dial(await mailService({...USERS}, WINDOWS), {port})

  it('offers what its receive connectors do', async () => {
    expect((await exchange()).say('EHLO x').split('\r\n').slice(1, -1)).toEqual([
      '250-SIZE 37748736',
      '250-PIPELINING',
      '250-DSN',
      '250-ENHANCEDSTATUSCODES',
      '250-STARTTLS',
      '250-X-ANONYMOUSTLS',
      '250-AUTH NTLM',
      '250-X-EXPS GSSAPI NTLM',
      '250-8BITMIME',
      '250-BINARYMIME',
      '250-CHUNKING',
      '250 XRDST',
    ])
    const client = await exchange(587)
    expect(client.say('EHLO x')).toMatch(/250-AUTH GSSAPI NTLM\r\n/)
    client.say('STARTTLS')
    expect(client.say('EHLO x')).toMatch(/250-AUTH GSSAPI NTLM LOGIN\r\n/)
  })

  it('finds out after the message that there is no such recipient', async () => {
    const client = await exchange()
    begin(client, 'nobody@corp.example')
    client.say('DATA')
    expect(client.say('x\r\n.')).toMatch(/^550 5\.1\.10 RESOLVER\.ADR\.RecipientNotFound/)
    expect(client.named('mail')[0]?.data).toMatchObject({accepted: false, to: ['nobody@corp.example']})
  })

  it('wants a greeting, and clients that say who they are', async () => {
    const client = await exchange(587)
    expect(client.say('MAIL FROM:<a@b.example>')).toBe('503 5.5.2 Send hello first\r\n')
    expect(client.say('HELO')).toBe('250 EX01.corp.example Hello [127.0.0.1]\r\n')
    expect(client.say('MAIL FROM:<a@b.example>')).toMatch(/^530 5\.7\.57 /)
    expect(client.say('VRFY root')).toBe('252 2.1.5 Cannot VRFY user\r\n')
    expect(client.say('EXPN root')).toBe("500 5.3.3 Unrecognized command 'EXPN'\r\n")
    expect(client.say('HELP')).toMatch(/^214-This server supports the following commands:\r\n214 HELO EHLO STARTTLS /)
  })

  it('hangs up after too many errors', async () => {
    const client = await exchange()
    for (const attempt of [1, 2, 3, 4, 5]) expect(client.say(`X${attempt}`)).toMatch(/^500 5\.3\.3 [^\n]*\r\n$/)
    expect(client.say('X6')).toMatch(/421 4\.7\.0 Too many errors on this connection/)
    expect(client.closed).toBe(true)
  })
})

describe('a session', () => {
  it('drops what was sent in clear behind STARTTLS', async () => {
    const client = dial(await mailService(POSTFIX))
    client.say('EHLO x')
    expect(client.say('STARTTLS\r\nMAIL FROM:<a@b.example>')).toBe('220 2.0.0 Ready to start TLS\r\n')
    expect(client.say('RCPT TO:<alice@corp.example>')).toBe('503 5.5.1 Error: need MAIL command\r\n')
    expect(client.named('probe').map(({data}) => data?.reason)).toEqual(['STARTTLS injection'])
  })

  it('offers no STARTTLS where the fleet file says so', async () => {
    const client = dial(await mailService({...POSTFIX, tls: false}), {port: 587})
    expect(client.say('EHLO x')).not.toContain('STARTTLS')
    expect(client.say('STARTTLS')).toMatch(/^502 /)
    expect(client.say('AUTH PLAIN')).toBe('334 \r\n')
  })

  it('is over when the limit of commands is reached', async () => {
    const client = dial(await mailService(POSTFIX), {limits: {commands: 3}})
    client.say('NOOP')
    client.say('NOOP')
    expect(client.closed).toBe(false)
    client.say('NOOP')
    expect(client.closed).toBe(true)
  })

  it('records a line that is too long, and a web browser', async () => {
    const client = dial(await mailService({product: 'exim'}), {limits: {line: 100}})
    client.say(`NOOP ${'A'.repeat(1000)}`)
    client.say('GET / HTTP/1.0')
    expect(client.named('malformed').map(({data}) => data?.reason)).toEqual(['long line'])
    expect(client.named('probe').map(({data}) => data?.reason)).toEqual(['HTTP'])
  })

  it('takes 10,000 recipients without remembering them', async () => {
    const client = dial(await mailService({product: 'exim'}, {}, true), {limits: {commands: 20_000}})
    client.say('EHLO x')
    client.say('MAIL FROM:<a@b.example>')
    for (let index = 0; index < 10_000; index++) client.say(`RCPT TO:<u${index}@example.org>`)
    client.say('DATA')
    client.say('x\r\n.')
    const data = client.named('mail')[0]?.data
    expect(data?.recipients).toBe(10_000)
    expect(data?.to).toHaveLength(50)
  })

  it.each([
    ['postfix', '421 4.4.2 mail01.corp.example Error: timeout exceeded\r\n'],
    ['exim', '421 mail01.corp.example: SMTP command timeout - closing connection\r\n'],
  ])('of %s says when it was waited too long', async (product, reply) => {
    const client = dial(await mailService({product}))
    const [said] = client.session.timeout?.('idle') ?? []
    expect(said?.type === 'write' && said.data.toString('latin1')).toBe(reply)
  })
})

describe('two deckies and two installs', () => {
  it('differ in names of messages', async () => {
    const ids = new Set<unknown>()
    for (const seed of ['11', '22', '33']) {
      const client = dial(await mailService(POSTFIX, {seed: seed.repeat(32)}))
      begin(client)
      client.say('DATA')
      client.say('x\r\n.')
      ids.add(client.named('mail')[0]?.data?.id)
    }
    expect(ids.size).toBe(3)
  })
})
