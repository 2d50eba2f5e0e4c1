/** What real clients and nmap make of it. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {HONEY} from '../ldap/support.ts'
import {kerberosService, REALM} from './support.ts'

const SLOW = 60_000
let served: Served
let directory: string

beforeAll(async () => {
  served = await serve(await kerberosService(), {port: 88, service: 'kerberos'})
  directory = await mkdtemp(join(tmpdir(), 'kerberos-clients-'))
  const settings = [
    '[libdefaults]',
    `default_realm = ${REALM}`,
    'udp_preference_limit = 1',
    'dns_lookup_kdc = false',
    '[realms]',
    `${REALM} = {`,
    ` kdc = 127.0.0.1:${served.port}`,
    '}',
  ]
  await writeFile(join(directory, 'krb5.conf'), `${settings.join('\n')}\n`)
})

afterAll(async () => {
  await served.close()
  await rm(directory, {recursive: true, force: true})
})

async function run(tool: string, args: readonly string[], input = '') {
  const env = {KRB5_CONFIG: join(directory, 'krb5.conf'), KRB5CCNAME: `FILE:${join(directory, 'cache')}`}
  const {code, stdout, stderr} = await runTool(tool, args, {env, input})
  return {code, said: `${stdout}${stderr}`}
}

describe.runIf(findCommand('kinit') !== undefined)('kinit', () => {
  it('is told that a user does not exist', async () => {
    expect((await run('kinit', ['nobody'], 'x\n')).said).toMatch(/not found in Kerberos database/)
  })

  it('is refused with a wrong password, which is captured', async () => {
    const {code, said} = await run('kinit', ['Administrator'], 'Sommer-2025\n')
    expect(said).toMatch(/Password incorrect|Preauthentication failed/)
    expect(code).not.toBe(0)
    await eventually(() =>
      served.named('auth.attempt').some(({credential}) => credential?.hash?.hashcatMode === 19_900),
    )
  })

  it('gets a honey user a ticket, with which there is nothing to be had', async () => {
    expect((await run('kinit', [HONEY.name], `${HONEY.password}\n`)).code).toBe(0)
    expect((await run('klist', [])).said).toContain(`krbtgt/${REALM}@${REALM}`)
    expect((await run('kvno', ['host/nowhere.corp.example'])).said).toMatch(/not found in Kerberos database/)
  })
})

describe.runIf(findCommand('nmap') !== undefined)('nmap', () => {
  it('names the KDC of Windows', {timeout: SLOW}, async () => {
    const args = ['-Pn', '-n', '-sT', '-sV', '-p', String(served.port), '127.0.0.1']
    const {stdout} = await runTool('nmap', args, {timeoutMs: SLOW})
    expect(stdout).toMatch(/kerberos-sec\s+Microsoft Windows Kerberos \(server time: /)
  })
})
