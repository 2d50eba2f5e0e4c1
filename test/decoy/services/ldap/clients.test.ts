/** What real clients and nmap make of it. */
import {existsSync} from 'node:fs'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {HONEY, LINUX, ldapService} from './support.ts'

const SLOW = 60_000
const BASE = 'dc=corp,dc=example'
const DN = `CN=${HONEY.name},CN=Users,${BASE}`
let plain: Served
let secure: Served
let linux: Served

beforeAll(async () => {
  const service = await ldapService()
  plain = await serve(service, {port: 389, service: 'ldap'})
  secure = await serve(service, {port: 636, service: 'ldap'})
  linux = await serve(await ldapService({users: ['anna:Winter-2024']}, LINUX), {port: 389, service: 'ldap'})
})

afterAll(async () => {
  for (const served of [plain, secure, linux]) await served.close()
})

async function ldapsearch(args: readonly string[], {port} = plain, scheme = 'ldap') {
  const all = ['-x', '-H', `${scheme}://127.0.0.1:${port}`, ...args]
  const {code, stdout, stderr} = await runTool('ldapsearch', all, {env: {LDAPTLS_REQCERT: 'never'}})
  return {code, said: `${stdout}${stderr}`}
}

describe.runIf(findCommand('ldapsearch') !== undefined)('ldapsearch', () => {
  it('reads the rootDSE', async () => {
    const {code, said} = await ldapsearch(['-b', '', '-s', 'base'])
    expect(code).toBe(0)
    expect(said).toContain('dnsHostName: BER-DC01.corp.example')
  })

  it.each([DN, `${HONEY.name}@corp.example`, `CORP\\${HONEY.name}`])('binds as %s', async (name) => {
    const args = ['-D', name, '-w', HONEY.password, '-b', BASE, '-E', 'pr=5/noprompt', '(sAMAccountName=krbtgt)', 'cn']
    const {code, said} = await ldapsearch(args)
    expect(said).toContain('cn: krbtgt')
    expect(code).toBe(0)
  })

  it('is refused with a wrong password, which is captured', async () => {
    const {code, said} = await ldapsearch(['-D', 'CORP\\anna', '-w', 'Sommer-2025', '-b', BASE])
    expect(code).toBe(49)
    expect(said).toContain('data 52e')
    await eventually(() =>
      plain.named('auth.attempt').some(({credential}) => credential?.secret?.text === 'Sommer-2025'),
    )
  })

  it('starts TLS', async () => {
    const {code, said} = await ldapsearch(['-ZZ', '-D', DN, '-w', HONEY.password, '-b', BASE, '-s', 'base'])
    expect(said).toContain('dc: corp')
    expect(code).toBe(0)
    await eventually(() => plain.named('session.tls').length > 0)
  })

  it('speaks TLS from the first byte', async () => {
    const {said} = await ldapsearch(['-D', DN, '-w', HONEY.password, '-b', BASE, '-s', 'base'], secure, 'ldaps')
    expect(said).toContain('dc: corp')
  })

  it('reads the people of an OpenLDAP, and is refused there as well', async () => {
    expect((await ldapsearch(['-b', BASE, '(objectClass=posixAccount)', 'uid'], linux)).said).toContain('uid: anna')
    const wrong = await ldapsearch(['-D', `uid=anna,ou=people,${BASE}`, '-w', 'wrong'], linux)
    expect(wrong.code).toBe(49)
    expect(wrong.said).not.toContain('additional info')
  })
})

/** The NTLM plug-in of GSS-API, from the package `gss-ntlmssp`. */
const NTLM_PLUGIN = '/etc/gss/mech.d/mech.ntlmssp.conf'

describe.runIf(findCommand('ldapsearch') !== undefined && existsSync(NTLM_PLUGIN))('ldapsearch with NTLM', () => {
  it('binds by GSS-SPNEGO, and everything after it is sealed', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ldap-clients-'))
    try {
      const file = join(directory, 'credentials')
      await writeFile(file, `CORP:${HONEY.name}:${HONEY.password}\n`)
      const args = ['-Y', 'GSS-SPNEGO', '-H', `ldap://127.0.0.1:${plain.port}`, '-b', BASE, '(cn=krbtgt)', 'cn']
      const env = {NTLM_USER_FILE: file, KRB5_CONFIG: '/dev/null'}
      const {code, stdout, stderr} = await runTool('ldapsearch', args, {env})
      expect(stderr).toContain('SASL data security layer installed')
      expect(stdout).toContain('cn: krbtgt')
      expect(code).toBe(0)
      const modes = () => plain.named('auth.attempt').map(({credential}) => credential?.hash?.hashcatMode)
      await eventually(() => modes().includes(5600))
    } finally {
      await rm(directory, {recursive: true, force: true})
    }
  })
})

describe.runIf(findCommand('nmap') !== undefined)('nmap', () => {
  it('reads the rootDSE without an error', {timeout: SLOW}, async () => {
    const ports = ['-p', String(plain.port)]
    const args = ['-Pn', '-n', '-sT', '--script', '+ldap-rootdse', ...ports, '127.0.0.1']
    const {stdout} = await runTool('nmap', args, {timeoutMs: SLOW})
    expect(stdout).toContain('domainControllerFunctionality: 7')
    expect(stdout).not.toMatch(/ERROR/)
  })
})
