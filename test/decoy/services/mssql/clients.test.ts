/** Clients of Debian on the loopback: FreeTDS and Impacket, with TLS inside of TDS. */
import {spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {describe, expect, it} from 'vitest'

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {MSSQL_PORT} from '../../../../src/decoy/services/mssql/definition.ts'
import {findCommand} from '../../../lab/debian.ts'
import {type Served, serve} from '../../../support/serve.ts'
import {mssqlService} from './support.ts'

const tsql = findCommand('tsql')
/** Debian's Python: others do not see its packages. */
const python = '/usr/bin/python3'
const impacket = '/usr/share/doc/python3-impacket/examples/mssqlclient.py'

async function run(command: string, args: readonly string[], input = ''): Promise<string> {
  const child = spawn(command, args, {timeout: 20_000})
  const said: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  await new Promise((resolve) => child.once('close', resolve))
  return Buffer.concat(said).toString()
}

async function served(options: OptionValues = {}): Promise<Served> {
  return serve(await mssqlService(options), {port: MSSQL_PORT, service: 'mssql'})
}

describe.skipIf(tsql === undefined)('tsql', () => {
  const ask = (server: Served, password: string, sql: string) =>
    run(tsql ?? '', ['-H', '127.0.0.1', '-p', String(server.port), '-U', 'sa', '-P', password], sql)

  it.each(['on', 'off', 'required'])('is refused with encryption %s, and leaves its password', async (encryption) => {
    const server = await served({encryption})
    const said = await ask(server, 'hunter2', '')
    expect(said).toContain("Login failed for user 'sa'.")
    expect(said).toContain('Msg 18456 (severity 14, state 1) from BER-SQL02')
    expect(server.named('auth.attempt')[0]?.credential).toMatchObject({
      principal: 'sa',
      secret: {text: 'hunter2'},
      outcome: 'failure',
    })
    expect(server.named('session.tls')).toHaveLength(encryption === 'off' ? 0 : 1)
    await server.close()
  })

  it.each(['on', 'off', 'required'])('is let in with encryption %s', async (encryption) => {
    const server = await served({encryption})
    const said = await ask(
      server,
      'secret',
      "select @@servername\ngo\nselect count(*) from sys.databases\ngo\nexec xp_cmdshell 'whoami'\ngo\n",
    )
    expect(said).toContain('BER-SQL02')
    expect(said).toMatch(/^5$/m)
    expect(said).toContain('Msg 15281')
    expect(said).not.toMatch(/out of sync|Bad token/)
    expect(server.named('query').length).toBeGreaterThanOrEqual(3)
    await server.close()
  })
})

describe.skipIf(!existsSync(impacket))("impacket's mssqlclient", () => {
  const ask = (server: Served, args: readonly string[], sql: string) =>
    run(python, [impacket, '-port', String(server.port), ...args], `${sql}\nexit\n`)

  it('is let in, and finds that it cannot start a program', async () => {
    const server = await served()
    const said = await ask(
      server,
      ['sa:secret@127.0.0.1'],
      'enable_xp_cmdshell\nxp_cmdshell whoami\nselect name from master..sysdatabases',
    )
    expect(said).toContain('ACK: Result: 1 - Microsoft SQL Server')
    expect(said).toContain("Configuration option 'xp_cmdshell' changed from 0 to 1.")
    expect(said).toContain("A call to 'CreateProcess' failed with error code: '5'.")
    expect(said).toMatch(/^tempdb\s*$/m)
    await server.close()
  })

  it('leaves a NetNTLMv2 response, and gets in with the right one', async () => {
    const server = await served()
    const refused = await ask(server, ['-windows-auth', 'CORP/sa:Winter2024@127.0.0.1'], '')
    expect(refused).toContain('The login is from an untrusted domain')
    expect(server.named('auth.attempt')[0]?.credential?.hash?.hashcatMode).toBe(5600)
    const said = await ask(server, ['-windows-auth', 'CORP/sa:secret@127.0.0.1'], 'select system_user')
    expect(said).toContain('CORP\\sa')
    await server.close()
  })
})
