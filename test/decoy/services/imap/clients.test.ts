/** What real clients and nmap make of it. */
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {imapService, USERS} from './support.ts'

const SLOW = 60_000
let plain: Served
let secure: Served
let directory: string

beforeAll(async () => {
  const service = await imapService(USERS)
  plain = await serve(service, {port: 143, service: 'imap'})
  secure = await serve(service, {port: 993, service: 'imap'})
  directory = await mkdtemp(join(tmpdir(), 'imap-clients-'))
})

afterAll(async () => {
  await Promise.all([plain.close(), secure.close()])
  await rm(directory, {recursive: true, force: true})
})

const curl = (...args: string[]) => runTool('curl', ['-sS', '-k', '--max-time', '15', ...args])
const secrets = (served: Served) => served.named('auth.attempt').map(({credential}) => credential?.secret?.text)

describe.runIf(findCommand('curl') !== undefined)('curl', () => {
  it.each([
    ['imap', []],
    ['imap, STARTTLS', ['--ssl-reqd']],
    ['imap, LOGIN', ['--login-options', 'AUTH=LOGIN']],
    ['imaps', []],
  ])('reads a mail by %s', {timeout: SLOW}, async (name, flags) => {
    const served = name === 'imaps' ? secure : plain
    const url = `${name === 'imaps' ? 'imaps' : 'imap'}://127.0.0.1:${served.port}/INBOX`
    const user = ['-u', 'deploy:Summer2024']
    const list = await curl(...flags, ...user, url, '-X', 'SEARCH ALL')
    expect(list, list.stderr).toMatchObject({code: 0, stdout: expect.stringMatching(/^\* SEARCH 1 2 3/)})
    const mail = await curl(...flags, ...user, `${url};MAILINDEX=2`)
    expect(mail.stdout).toMatch(/^Return-Path: <[^>]+@corp\.example>\r\n/)
    await eventually(() => served.named('file.read').length > 0)
  })

  it('is refused with a wrong password', {timeout: SLOW}, async () => {
    const {code} = await curl('-u', 'deploy:guess', `imap://127.0.0.1:${plain.port}/`)
    expect(code).toBe(67)
    expect(secrets(plain)).toContain('guess')
  })

  it('leaves a mail', {timeout: SLOW}, async () => {
    const file = join(directory, 'mail')
    await writeFile(file, 'Subject: x\r\n\r\nbody\r\n')
    const {code, stderr} = await curl('-u', 'deploy:Summer2024', '-T', file, `imap://127.0.0.1:${plain.port}/Drafts`)
    expect(code, stderr).toBe(0)
    await eventually(() => plain.named('file.write').some(({data}) => data?.size === 20))
  })
})

describe.runIf(findCommand('python3') !== undefined)('imaplib', () => {
  it('goes through a mailbox', {timeout: SLOW}, async () => {
    const script = `
import imaplib, ssl, email
context = ssl._create_unverified_context()
box = imaplib.IMAP4('127.0.0.1', ${plain.port})
box.starttls(context)
box.login('deploy', 'Summer2024')
print(box.namespace())
print(len(box.list()[1]), box.select('INBOX')[0])
typ, data = box.search(None, 'SUBJECT', '"VPN"')
for number in data[0].split():
    message = email.message_from_bytes(box.fetch(number, '(RFC822)')[1][0][1])
    print(message['Subject'], message['From'])
print(box.uid('SEARCH', None, 'ALL')[0], box.status('Trash', '(MESSAGES UNSEEN)')[0])
print(box.append('Drafts', '\\\\Draft', imaplib.Time2Internaldate(1780000000), b'Subject: y\\r\\n\\r\\nz')[0])
print(box.store('1', '+FLAGS', '\\\\Deleted')[0], box.expunge())
box.close()
box.logout()
tls = imaplib.IMAP4_SSL('127.0.0.1', ${secure.port}, ssl_context=context)
print(tls.authenticate('PLAIN', lambda _: b'\\0deploy\\0Summer2024')[0])
print(tls.logout()[0])
`
    const {code, stdout, stderr} = await runTool('python3', ['-c', script], {timeoutMs: 40_000})
    expect(code, stderr).toBe(0)
    expect(stdout).toContain(`('OK', [b'(("" ".")) NIL NIL'])\n6 OK\n`)
    expect(stdout).toContain('VPN access from home')
    expect(stdout).toMatch(/OK \('OK', \[b'1'\]\)\nOK\nBYE\n$/)
  })
})

describe.runIf(findCommand('mutt') !== undefined && findCommand('script') !== undefined)('mutt', () => {
  it('copies a mail out of the inbox', {timeout: SLOW}, async () => {
    const target = join(directory, 'copy')
    const settings = join(directory, 'muttrc')
    const lines = [
      'set imap_user=deploy imap_pass=Summer2024 ssl_starttls=no ssl_force_tls=no',
      'set delete=no quit=yes confirmappend=no confirmcreate=no mbox_type=mbox copy=no wait_key=no',
      `push "<tag-pattern>~A<enter><tag-prefix><copy-message>${target}<enter><exit>"`,
    ]
    await writeFile(settings, `${lines.join('\n')}\n`)
    const command = `mutt -n -F ${settings} -f imap://127.0.0.1:${plain.port}/INBOX`
    // It wants a terminal.
    const env = {TERM: 'xterm', HOME: directory}
    const {stdout} = await runTool('script', ['-qec', command, '/dev/null'], {env, timeoutMs: 30_000})
    const copied = await readFile(target, 'latin1').catch(() => stdout)
    expect(copied).toMatch(/^From .*\n(?:.*\n)*To: deploy@corp\.example\n/)
  })
})

describe.runIf(findCommand('hydra') !== undefined)('hydra', () => {
  it('finds the honey credentials', {timeout: SLOW}, async () => {
    const list = join(directory, 'passwords')
    await writeFile(list, 'toor\nSummer2024\n')
    const {stdout} = await runTool(
      'hydra',
      ['-I', '-t', '2', '-l', 'deploy', '-P', list, '-s', String(plain.port), '127.0.0.1', 'imap'],
      {timeoutMs: 50_000, env: {HOME: directory}},
    )
    expect(stdout).toMatch(/login: deploy\s+password: Summer2024/)
    expect(secrets(plain)).toContain('toor')
  })
})

describe.runIf(findCommand('openssl') !== undefined)('openssl s_client', () => {
  it('gets TLS by STARTTLS', {timeout: SLOW}, async () => {
    const args = ['s_client', '-starttls', 'imap', '-crlf', '-ign_eof', '-connect', `127.0.0.1:${plain.port}`]
    const {stdout} = await runTool('openssl', args, {input: 'a CAPABILITY\nb LOGOUT\n'})
    expect(stdout).toMatch(/CN ?= ?mail01\.corp\.example/)
    expect(stdout).toMatch(
      /CAPABILITY IMAP4rev1 .* AUTH=PLAIN AUTH=LOGIN\r\na OK Pre-login[\s\S]*b OK Logout completed/,
    )
  })
})

describe.runIf(findCommand('nmap') !== undefined)('nmap', () => {
  it('names Dovecot and lists its capabilities', {timeout: 120_000}, async () => {
    const scripts = 'imap-capabilities,imap-ntlm-info,ssl-cert'
    const ports = `${plain.port},${secure.port}`
    const args = ['-Pn', '-n', '-sT', '-sV', '--script', scripts, '-p', ports, '127.0.0.1']
    const {stdout} = await runTool('nmap', args, {timeoutMs: 110_000})
    expect(stdout).toMatch(new RegExp(`${plain.port}/tcp open  imap\\s+Dovecot imapd`))
    expect(stdout).toMatch(new RegExp(`${secure.port}/tcp open  ssl/imap\\s+Dovecot imapd`))
    expect(stdout).toMatch(/imap-capabilities: .*LOGIN-REFERRALS/)
    expect(stdout).not.toMatch(/ERROR|unrecognized/)
  })
})
