/** psql of Debian, on the loopback. */
import {execFile} from 'node:child_process'
import {promisify} from 'node:util'
import {describe, expect, it} from 'vitest'

import {POSTGRES_PORT} from '../../../../src/decoy/services/postgres/definition.ts'
import {findCommand} from '../../../lab/debian.ts'
import {type Served, serve} from '../../../support/serve.ts'
import {postgresService} from './client.ts'

const psql = findCommand('psql')

interface Ran {
  readonly stdout: string
  readonly stderr: string
}

async function run(
  {port}: Served,
  user: string,
  password: string,
  sslmode: string,
  database: string,
  ...sql: string[]
): Promise<Ran> {
  const target = `host=127.0.0.1 port=${port} user=${user} dbname=${database} sslmode=${sslmode} connect_timeout=10`
  const args = [target, '-X', '-A', '-t', ...sql.flatMap((each) => ['-c', each])]
  const env = {...process.env, PGPASSWORD: password, LC_ALL: 'C'}
  return promisify(execFile)(psql ?? '', args, {timeout: 20_000, env}).catch((error: Ran) => error)
}

describe.skipIf(psql === undefined)('psql of Debian', () => {
  const methods = ['password', 'md5', 'scram-sha-256'] as const
  const cases = methods.flatMap((auth) => (['disable', 'require'] as const).map((sslmode) => ({auth, sslmode})))

  it.each(cases)('is refused, and let in, by $auth with sslmode=$sslmode', async ({auth, sslmode}) => {
    const server = await serve(await postgresService({auth}), {port: POSTGRES_PORT, service: 'postgres'})
    const refused = await run(server, 'postgres', 'hunter2', sslmode, 'postgres', 'select 1')
    expect(refused.stderr).toContain('FATAL:  password authentication failed for user "postgres"')
    const {credential} = server.named('auth.attempt')[0] ?? {}
    if (auth === 'password') expect(credential?.secret?.text).toBe('hunter2')
    else expect(credential?.hash?.line).toMatch(auth === 'md5' ? /^\$postgres\$postgres\*/ : /^\$scram\$SHA-256\$/)
    const {stdout, stderr} = await run(
      server,
      'app',
      'secret',
      sslmode,
      'postgres',
      'select current_user',
      'show server_version_num',
    )
    expect(stderr).toBe('')
    expect(stdout).toBe('app\n150018\n')
    await server.close()
  })

  it.each(['14.5', '15.18'])('gets its lists from %s', async (version) => {
    const server = await serve(await postgresService({version}), {port: POSTGRES_PORT, service: 'postgres'})
    const names = (
      await run(server, 'app', 'secret', 'disable', 'postgres', 'select datname from pg_database')
    ).stdout.split('\n')
    const database = names[1] ?? ''
    const {stdout, stderr} = await run(
      server,
      'app',
      'secret',
      'require',
      database,
      '\\l',
      '\\dt',
      '\\du',
      '\\dn',
      '\\dx',
      '\\df',
    )
    expect(stderr).toBe('')
    for (const line of [
      'template0|postgres|UTF8|',
      'public|users|table|',
      'app||{}',
      'public|pg_database_owner',
      'plpgsql|1.0|',
    ]) {
      expect(stdout).toContain(line)
    }
    expect((await run(server, 'app', 'secret', 'disable', 'nope', 'select 1')).stderr).toContain(
      'database "nope" does not exist',
    )
    await server.close()
  })

  it('has no TLS where there is none', async () => {
    const server = await serve(await postgresService({tls: 'off'}), {port: POSTGRES_PORT, service: 'postgres'})
    const {stderr} = await run(server, 'app', 'secret', 'require', 'postgres', 'select 1')
    expect(stderr).toContain('server does not support SSL, but SSL was required')
    await server.close()
  })
})
