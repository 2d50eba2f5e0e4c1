/** What curl and pywinrm make of it. */
import {spawnSync} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {WINRM_PORT} from '../../../../src/decoy/services/winrm/definition.ts'
import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {winrmService} from './support.ts'

const SLOW = 30_000
const PYTHON = '/usr/bin/python3'
const hasPywinrm = spawnSync(PYTHON, ['-c', 'import winrm']).status === 0
/** NTLM needs MD4, which OpenSSL 3 has in its legacy provider. */
const LEGACY = 'openssl_conf=o\n[o]\nproviders=p\n[p]\ndefault=d\nlegacy=l\n[d]\nactivate=1\n[l]\nactivate=1\n'
const SCRIPT = `
import sys, winrm
session = winrm.Session(sys.argv[1], auth=('CORP\\\\alice', sys.argv[2]), transport='ntlm')
print(session.run_cmd('whoami', ['/priv']))
`
let served: Served
let directory: string

beforeAll(async () => {
  served = await serve(await winrmService(), {port: WINRM_PORT, service: 'winrm'})
  directory = await mkdtemp(join(tmpdir(), 'winrm-clients-'))
})

afterAll(async () => {
  await served.close()
  await rm(directory, {recursive: true, force: true})
})

describe.runIf(findCommand('curl') !== undefined)('curl', () => {
  it('identifies the service', {timeout: SLOW}, async () => {
    const url = `http://127.0.0.1:${served.port}/wsman`
    const {stdout} = await runTool('curl', ['-s', '-H', 'WSMANIDENTIFY: unauthenticated', '-d', '<Identify/>', url])
    expect(stdout).toContain('Microsoft Corporation')
  })
})

describe.runIf(hasPywinrm)('pywinrm', () => {
  async function run(password: string): Promise<string> {
    const configuration = join(directory, 'openssl.cnf')
    await writeFile(configuration, LEGACY)
    const args = ['-W', 'ignore', '-c', SCRIPT, `http://127.0.0.1:${served.port}/wsman`, password]
    const {stdout, stderr} = await runTool(PYTHON, args, {env: {OPENSSL_CONF: configuration}})
    return stdout + stderr
  }

  it('is rejected with a wrong password', {timeout: SLOW}, async () => {
    expect(await run('guess')).toContain('the specified credentials were rejected by the server')
    await eventually(() => served.named('auth.attempt').some(({credential}) => credential?.hash?.hashcatMode === 5600))
  })

  it('seals its command, which is recorded, and hears of a quota', {timeout: SLOW}, async () => {
    expect(await run('Winter-2024')).toContain(
      'The maximum number of concurrent operations for this user has been exceeded',
    )
    const [command] = await eventually(() => served.named('command').length > 0 && served.named('command'))
    expect(command?.data).toMatchObject({command: {text: 'whoami /priv'}})
  })
})
