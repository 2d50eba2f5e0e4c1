/** The client of Debian, which is MariaDB's, on the loopback. */
import {execFile} from 'node:child_process'
import {promisify} from 'node:util'
import {describe, expect, it} from 'vitest'

import {MYSQL_PORT} from '../../../../src/decoy/services/mysql/definition.ts'
import {findCommand} from '../../../lab/debian.ts'
import {serve} from '../../../support/serve.ts'
import {MARIADB, MYSQL8, mysqlService} from './client.ts'

const client = findCommand('mysql')
const dump = findCommand('mysqldump')

interface Ran {
  readonly stdout: string
  readonly stderr: string
}

async function run(command: string, port: number, args: readonly string[]): Promise<Ran> {
  const all = ['--no-defaults', '-h127.0.0.1', `-P${port}`, ...args]
  return promisify(execFile)(command, all, {timeout: 20_000}).catch((error: Ran) => error)
}

describe.skipIf(client === undefined)('mysql of Debian', () => {
  const cases = [
    ['MySQL over TLS', MYSQL8, ['--ssl', '--ssl-verify-server-cert=0'], 'hunter2'],
    ['MySQL without TLS', MYSQL8, ['--skip-ssl'], 'hunter2'],
    ['MariaDB', MARIADB, [], undefined],
  ] as const

  it.each(cases)('is refused by %s, and leaves its password', async (_, options, args, captured) => {
    const server = await serve(await mysqlService(options), {port: MYSQL_PORT, service: 'mysql'})
    const {stderr} = await run(client ?? '', server.port, [...args, '-uroot', '-phunter2', '-e', 'select 1'])
    expect(stderr).toContain("ERROR 1045 (28000): Access denied for user 'root'@'127.0.0.1' (using password: YES)")
    const [attempt] = server.named('auth.attempt')
    expect(attempt?.credential?.secret?.text).toBe(captured)
    if (captured === undefined) expect(attempt?.credential?.hash?.hashcatMode).toBe(11_200)
    await server.close()
  })

  it.each(cases)('is let in by %s', async (_, options, args) => {
    const server = await serve(await mysqlService(options), {port: MYSQL_PORT, service: 'mysql'})
    const ask = async (...sql: string[]) =>
      (await run(client ?? '', server.port, [...args, '-uapp', '-psecret', '-N', '-B', ...sql])).stdout
    const databases = (await ask('-e', 'show databases')).trim().split('\n')
    const database = databases.find((name) => !name.endsWith('_schema')) ?? ''
    expect(await ask(database, '-e', 'show tables')).toBe('customers\norders\nsettings\nusers\n')
    expect(await ask(database, '-e', 'select username from users where id = 1; select 1+1')).toBe('admin\n2\n')
    expect(await ask('-e', 'select version()')).toContain(options.version)
    expect(await ask('-e', 'status')).toMatch(/Protocol version:\s+10/)
    expect(server.named('query').length).toBeGreaterThan(5)
    await server.close()
  })

  it.skipIf(dump === undefined)('dumps the bait', async () => {
    const server = await serve(await mysqlService(MARIADB), {port: MYSQL_PORT, service: 'mysql'})
    const login = ['-uapp', '-psecret']
    const {stdout: list} = await run(client ?? '', server.port, [...login, '-N', '-e', 'show databases'])
    const database =
      list
        .trim()
        .split('\n')
        .find((name) => !name.endsWith('_schema')) ?? ''
    const {stdout, stderr} = await run(dump ?? '', server.port, [
      ...login,
      '--skip-lock-tables',
      '--no-tablespaces',
      database,
    ])
    expect(stderr).toBe('')
    expect(stdout).toContain("'smtp_password'")
    expect(stdout).toContain('-- Dump completed')
    await server.close()
  })
})
