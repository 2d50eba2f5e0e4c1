/** What real clients and nmap make of it. */
import {createHash} from 'node:crypto'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {ntHashV2, ntProof} from '../../../../src/decoy/codecs/ntlm/responses.ts'
import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {FACTS, mailService, PASSWORD, USERS, WINDOWS} from './support.ts'

const SLOW = 60_000
const PRODUCTS = ['postfix', 'exim', 'sendmail', 'exchange'] as const
const servers = new Map<string, Served>()
let directory: string

beforeAll(async () => {
  for (const product of PRODUCTS) {
    const service = await mailService({product, ...USERS}, product === 'exchange' ? WINDOWS : {})
    for (const port of [25, 465, 587]) {
      servers.set(
        `${product} ${port}`,
        await serve(service, {port, service: 'smtp', limits: {connectionsPerSource: 64}}),
      )
    }
  }
  servers.set(
    'relay 25',
    await serve(await mailService({product: 'postfix'}, {}, true), {port: 25, service: 'smtp_relay'}),
  )
  directory = await mkdtemp(join(tmpdir(), 'smtp-clients-'))
})

afterAll(async () => {
  await Promise.all([...servers.values()].map((served) => served.close()))
  await rm(directory, {recursive: true, force: true})
})

function served(name: string, port = 25): Served {
  const server = servers.get(`${name} ${port}`)
  if (server === undefined) throw new RangeError(name)
  return server
}

const mails = (name: string, port = 25) => served(name, port).named('mail')

describe.runIf(findCommand('swaks') !== undefined)('swaks', () => {
  const swaks = (name: string, port: number, ...args: string[]) =>
    runTool('swaks', [
      ...['--server', '127.0.0.1', '--port', String(served(name, port).port), '--timeout', '15'],
      ...['--helo', 'client.example', '--from', 'a@b.example', ...args],
    ])

  it.each(PRODUCTS)('delivers to a mailbox of %s, in clear and after STARTTLS', {timeout: SLOW}, async (product) => {
    for (const tls of [[], ['--tls']]) {
      const subject = `swaks ${product} ${tls.length}`
      const {code, stdout} = await swaks(
        product,
        25,
        ...tls,
        '--to',
        'alice@corp.example',
        '--header',
        `Subject: ${subject}`,
      )
      expect(code, stdout).toBe(0)
      const mail = await eventually(() => mails(product).find(({data}) => data?.subject === subject))
      expect(mail.data).toMatchObject({to: ['alice@corp.example'], tls: tls.length > 0, hello: 'client.example'})
    }
  })

  it.each([
    ['postfix', 454],
    ['exim', 550],
    ['sendmail', 550],
    ['exchange', 550],
  ] as const)('is refused by %s when it wants to relay', {timeout: SLOW}, async (product, code) => {
    const outcome = await swaks(product, 25, '--to', 'x@example.org')
    // swaks: no recipient was accepted.
    expect(outcome.code, outcome.stdout).toBe(24)
    expect(outcome.stdout).toContain(`<** ${code} `)
  })

  it.each([
    ['postfix', 25, 'PLAIN', []],
    ['postfix', 587, 'LOGIN', ['--tls']],
    ['postfix', 465, 'PLAIN', ['--tls-on-connect']],
    ['exim', 25, 'LOGIN', []],
    ['exim', 465, 'PLAIN', ['--tls-on-connect']],
    ['sendmail', 587, 'LOGIN', ['--tls']],
    ['exchange', 587, 'LOGIN', ['--tls']],
  ] as const)('signs in to %s on %i by %s, and relays then', {timeout: SLOW}, async (product, port, method, flags) => {
    const to = `${method.toLowerCase()}-${port}@example.org`
    const sign = (password: string) =>
      swaks(product, port, ...flags, '--auth', method, '--auth-user', 'alice', '--auth-password', password, '--to', to)
    const refused = await sign('guess')
    expect(refused.code, refused.stdout).toBe(28)
    const {code, stdout} = await sign(PASSWORD)
    expect(code, stdout).toBe(0)
    const mail = await eventually(() => mails(product, port).find(({data}) => String(data?.to) === to))
    expect(mail.data).toMatchObject({user: 'alice', foreign: true, accepted: true})
    const attempts = served(product, port)
      .named('auth.attempt')
      .map(({credential}) => credential?.secret?.text)
    expect(attempts).toEqual(expect.arrayContaining(['guess', PASSWORD]))
  })

  it('uses an open relay', {timeout: SLOW}, async () => {
    const {code, stdout} = await swaks('relay', 25, '--to', 'victim@example.org', '--header', 'Subject: relayed')
    expect(code, stdout).toBe(0)
    const mail = await eventually(() => mails('relay').find(({data}) => data?.subject === 'relayed'))
    expect(mail.data).toMatchObject({foreign: true, accepted: true})
  })
})

describe.runIf(findCommand('curl') !== undefined)('curl', () => {
  const curl = (...args: string[]) => runTool('curl', ['-sS', '--max-time', '20', ...args])

  it.each([
    ['postfix', 'smtp', 25, []],
    ['postfix', 'smtp', 587, ['--ssl-reqd', '-k']],
    ['postfix', 'smtps', 465, ['-k']],
    ['exchange', 'smtp', 587, ['--ssl-reqd', '-k']],
  ] as const)('uploads to %s by %s on %i', {timeout: SLOW}, async (product, scheme, port, flags) => {
    const file = join(directory, `${product}-${port}`)
    const content = `Subject: curl ${port}\r\n\r\n.dots\r\n${'y'.repeat(70)}\r\n`.repeat(200)
    await writeFile(file, content)
    const {code, stderr} = await curl(
      ...flags,
      ...['-u', `alice:${PASSWORD}`, '--login-options', 'AUTH=LOGIN'].slice(0, product === 'exchange' ? 4 : 2),
      ...['--mail-from', 'a@b.example', '--mail-rcpt', 'alice@corp.example', '-T', file],
      `${scheme}://127.0.0.1:${served(product, port).port}/client.example`,
    )
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const sha256 = createHash('sha256').update(content).digest('hex')
    await eventually(() => mails(product, port).some(({data}) => data?.sha256 === sha256))
  })

  it('gives Exchange a NetNTLMv2 response', {timeout: SLOW}, async () => {
    const file = join(directory, 'ntlm')
    await writeFile(file, 'Subject: x\r\n\r\nx\r\n')
    const server = served('exchange')
    const {code} = await curl(
      ...['-u', 'CORP\\alice:guess', '--login-options', 'AUTH=NTLM', '--mail-from', 'a@b.example'],
      ...['--mail-rcpt', 'alice@corp.example', '-T', file, `smtp://127.0.0.1:${server.port}`],
    )
    expect(code).toBe(67)
    const attempt = await eventually(() =>
      server.named('auth.attempt').find(({credential}) => credential?.hash !== undefined),
    )
    const [user = '', , domain = '', challenge = '', proof = '', blob = ''] = (
      attempt.credential?.hash?.line ?? ''
    ).split(':')
    const hash = ntHashV2('guess', user, domain)
    expect(ntProof(hash, Buffer.from(challenge, 'hex'), Buffer.from(blob, 'hex')).toString('hex')).toBe(proof)
  })

  it('verifies names', {timeout: SLOW}, async () => {
    const {stdout} = await curl('-v', '-X', 'VRFY alice', `smtp://127.0.0.1:${served('sendmail').port}`)
    expect(stdout).toContain(`<alice@${FACTS.hostname}.corp.example>`)
  })
})

describe.runIf(findCommand('hydra') !== undefined)('hydra', () => {
  it.each(['postfix', 'exim'])('finds the password of a honey user of %s', {timeout: SLOW}, async (product) => {
    const passwords = join(directory, 'passwords')
    await writeFile(passwords, `guess\n${PASSWORD}\n`)
    const port = String(served(product).port)
    const {stdout} = await runTool(
      'hydra',
      ['-l', 'alice', '-P', passwords, '-t', '2', '-s', port, '-I', '127.0.0.1', 'smtp'],
      {
        timeoutMs: 50_000,
      },
    )
    expect(stdout).toMatch(new RegExp(`login: alice\\s+password: ${PASSWORD}`))
  })

  it('finds mailboxes', {timeout: SLOW}, async () => {
    const users = join(directory, 'users')
    await writeFile(users, 'alice\nnobody\nroot\n')
    const port = String(served('postfix').port)
    const args = ['-L', users, '-p', 'corp.example', '-t', '2', '-s', port, '-I', '127.0.0.1', 'smtp-enum', 'vrfy']
    const {stdout} = await runTool('hydra', args, {timeoutMs: 50_000})
    expect(stdout).toMatch(/login: alice/)
    expect(stdout).not.toMatch(/login: nobody/)
  })
})

describe.runIf(findCommand('nmap') !== undefined)('nmap', () => {
  const nmap = (name: string, port: number, scripts: string, ...args: string[]) =>
    runTool(
      'nmap',
      ['-Pn', '-n', '-sT', '-sV', '--script', scripts, ...args, '-p', String(served(name, port).port), '127.0.0.1'],
      {
        timeoutMs: 90_000,
      },
    )

  it.each([
    ['postfix', 25, /smtp\s+Postfix smtpd/, /smtp-commands: mail01\.corp\.example, PIPELINING, SIZE 10240000, VRFY/],
    ['postfix', 587, /smtp\s+Postfix smtpd/, /smtp-commands: mail01\.corp\.example, PIPELINING/],
    ['postfix', 465, /ssl\/smtp\s+Postfix smtpd/, /AUTH PLAIN LOGIN/],
    ['exim', 25, /smtp\s+Exim smtpd 4\.96/, /Commands supported: AUTH STARTTLS HELO/],
    ['sendmail', 25, /smtp\s+Sendmail 8\.17\.1\.9/, /This is sendmail version 8\.17\.1\.9/],
    [
      'exchange',
      25,
      /smtp\s+Microsoft Exchange smtpd/,
      /This server supports the following commands: HELO EHLO STARTTLS/,
    ],
  ] as const)('names %s on %i', {timeout: 120_000}, async (product, port, version, script) => {
    const {stdout} = await nmap(product, port, 'smtp-commands,ssl-cert')
    expect(stdout).toMatch(version)
    expect(stdout).toMatch(script)
    expect(stdout).not.toMatch(/ERROR|unrecognized despite/)
  })

  it('reads names out of NTLM', {timeout: 120_000}, async () => {
    const {stdout} = await nmap('exchange', 25, 'smtp-ntlm-info')
    expect(stdout).toMatch(/NetBIOS_Computer_Name: EX01/)
    expect(stdout).toMatch(/DNS_Domain_Name: corp\.example/)
    expect(stdout).toMatch(/Product_Version: 10\.0\.20348/)
  })

  it('finds users, and the open relay', {timeout: 120_000}, async () => {
    const users = join(directory, 'names')
    await writeFile(users, 'alice\nnobody\n')
    const args = `userdb=${users},smtp-enum-users.methods={RCPT},smtp.domain=corp.example`
    const listed = await nmap('postfix', 25, 'smtp-enum-users', '--script-args', args)
    expect(listed.stdout).toMatch(/smtp-enum-users:\s+\|_\s+alice\n/)
    const closed = await nmap('sendmail', 25, 'smtp-open-relay')
    expect(closed.stdout).toMatch(/Server doesn't seem to be an open relay, all tests failed/)
    const open = await nmap('relay', 25, 'smtp-open-relay')
    expect(open.stdout).toMatch(/Server is an open relay \(\d+\/16 tests\)/)
  })
})
