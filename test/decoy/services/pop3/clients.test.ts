/** What real clients and nmap make of it. */
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {USERS} from '../imap/support.ts'
import {pop3Service} from './support.ts'

const SLOW = 60_000
let plain: Served
let secure: Served
let directory: string

beforeAll(async () => {
  const service = await pop3Service(USERS)
  plain = await serve(service, {port: 110, service: 'pop3'})
  secure = await serve(service, {port: 995, service: 'pop3'})
  directory = await mkdtemp(join(tmpdir(), 'pop3-clients-'))
})

afterAll(async () => {
  await Promise.all([plain.close(), secure.close()])
  await rm(directory, {recursive: true, force: true})
})

const curl = (...args: string[]) => runTool('curl', ['-sS', '-k', '--max-time', '15', ...args])
const secrets = (served: Served) => served.named('auth.attempt').map(({credential}) => credential?.secret?.text)

describe.runIf(findCommand('curl') !== undefined)('curl', () => {
  it.each([
    ['pop3', []],
    ['pop3, STLS', ['--ssl-reqd']],
    ['pop3, LOGIN', ['--login-options', 'AUTH=LOGIN']],
    ['pop3s', []],
  ])('takes a mail by %s', {timeout: SLOW}, async (name, flags) => {
    const served = name === 'pop3s' ? secure : plain
    const url = `${name === 'pop3s' ? 'pop3s' : 'pop3'}://127.0.0.1:${served.port}/`
    const user = ['-u', 'deploy:Summer2024']
    const list = await curl(...flags, ...user, url)
    expect(list, list.stderr).toMatchObject({code: 0, stdout: expect.stringMatching(/^1 \d+\r\n2 \d+\r\n/)})
    const mail = await curl(...flags, ...user, `${url}2`)
    expect(mail.stdout).toMatch(/^Return-Path: <[^>]+@corp\.example>\r\n/)
    await eventually(() => served.named('file.read').length > 0)
  })

  it('is refused with a wrong password', {timeout: SLOW}, async () => {
    const {code} = await curl('-u', 'deploy:guess', `pop3://127.0.0.1:${plain.port}/`)
    expect(code).toBe(67)
    expect(secrets(plain)).toContain('guess')
  })
})

describe.runIf(findCommand('python3') !== undefined)('poplib', () => {
  it('goes through the maildrop', {timeout: SLOW}, async () => {
    const script = `
import poplib, ssl, email
context = ssl._create_unverified_context()
box = poplib.POP3('127.0.0.1', ${plain.port})
print(sorted(box.capa()))
box.stls(context)
box.user('deploy')
box.pass_('Summer2024')
count, size = box.stat()
print(count == len(box.list()[1]), len(box.uidl()[1]) == count)
lines = box.retr(2)[1]
print(email.message_from_bytes(b'\\n'.join(lines))['Subject'] is not None, len(box.top(1, 1)[1]) > 10)
box.dele(1)
box.rset()
print(box.quit())
tls = poplib.POP3_SSL('127.0.0.1', ${secure.port}, context=context)
print(tls.getwelcome())
`
    const {code, stdout, stderr} = await runTool('python3', ['-c', script], {timeoutMs: 40_000})
    expect(code, stderr).toBe(0)
    expect(stdout).toContain(
      "['AUTH-RESP-CODE', 'CAPA', 'PIPELINING', 'RESP-CODES', 'SASL', 'STLS', 'TOP', 'UIDL', 'USER']\n",
    )
    expect(stdout).toContain("True True\nTrue True\nb'+OK Logging out.'\nb'+OK Dovecot (Debian) ready.'\n")
  })
})

describe.runIf(findCommand('fetchmail') !== undefined)('fetchmail', () => {
  it('fetches all of it', {timeout: SLOW}, async () => {
    const rc = join(directory, 'fetchmailrc')
    const lines = [
      `poll 127.0.0.1 proto pop3 port ${plain.port} user deploy password Summer2024 sslproto ""`,
      'keep fetchall mda "/bin/cat"',
    ]
    await writeFile(rc, `${lines.join('\n')}\n`)
    await chmod(rc, 0o600)
    const args = ['-f', rc, '--nodetach', '--idfile', join(directory, 'ids'), '--pidfile', join(directory, 'pid')]
    const {code, stdout, stderr} = await runTool('fetchmail', args, {env: {HOME: directory, FETCHMAILHOME: directory}})
    expect(code, `${stdout}${stderr}`).toBe(0)
    expect(`${stdout}${stderr}`).toMatch(/reading message deploy@\S+:\d+ of \d+/)
  })
})

describe.runIf(findCommand('hydra') !== undefined)('hydra', () => {
  it('finds the honey credentials', {timeout: SLOW}, async () => {
    const list = join(directory, 'passwords')
    await writeFile(list, 'toor\nSummer2024\n')
    const {stdout} = await runTool(
      'hydra',
      ['-I', '-t', '2', '-l', 'deploy', '-P', list, '-s', String(plain.port), '127.0.0.1', 'pop3'],
      {timeoutMs: 50_000, env: {HOME: directory}},
    )
    expect(stdout).toMatch(/login: deploy\s+password: Summer2024/)
    expect(secrets(plain)).toContain('toor')
  })
})

describe.runIf(findCommand('nmap') !== undefined)('nmap', () => {
  it('names Dovecot and lists its capabilities', {timeout: 120_000}, async () => {
    const ports = `${plain.port},${secure.port}`
    const args = ['-Pn', '-n', '-sT', '-sV', '--script', 'pop3-capabilities,ssl-cert', '-p', ports, '127.0.0.1']
    const {stdout} = await runTool('nmap', args, {timeoutMs: 110_000})
    expect(stdout).toMatch(new RegExp(`${plain.port}/tcp open  pop3\\s+Dovecot pop3d`))
    expect(stdout).toMatch(new RegExp(`${secure.port}/tcp open  ssl/pop3\\s+Dovecot pop3d`))
    expect(stdout).toMatch(/pop3-capabilities: .*AUTH-RESP-CODE/)
    expect(stdout).not.toMatch(/ERROR|unrecognized/)
  })
})
