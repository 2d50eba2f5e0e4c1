import {createHash} from 'node:crypto'
import {connect, type Socket} from 'node:net'
import {connect as connectTls} from 'node:tls'
import {describe, expect, it} from 'vitest'

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {MYSQL_PORT} from '../../../../src/decoy/services/mysql/definition.ts'
import {eventually, serve} from '../../../support/serve.ts'
import {
  connectTo,
  encrypted,
  errorOf,
  FACTS,
  framed,
  head,
  inside,
  MARIADB,
  MYSQL8,
  mysqlService,
  native,
  response,
  SSL,
  sha2,
} from './client.ts'

const SHA2 = 'caching_sha2_password'

describe('logging in', () => {
  it('leaves a line of hashcat 11200 from which the password follows', async () => {
    const client = connectTo(await mysqlService({...MYSQL8, auth: 'mysql_native_password'}))
    const {written} = client.send(framed(1, response({user: 'root', proof: native('hunter2', client.salt)})))
    expect(errorOf(written)).toBe("1045 28000 Access denied for user 'root'@'192.168.1.77' (using password: YES)")
    const hash = client.events[0]?.credential?.hash
    expect(hash?.hashcatMode).toBe(11_200)
    const [, salt = '', proof = ''] = /^\$mysqlna\$([0-9a-f]{40})\*([0-9a-f]{40})$/.exec(hash?.line ?? '') ?? []
    expect(native('hunter2', Buffer.from(salt, 'hex')).toString('hex')).toBe(proof)
    expect(native('hunter3', Buffer.from(salt, 'hex')).toString('hex')).not.toBe(proof)
  })

  it('gets the password without TLS from clients that ask for the public key', async () => {
    const client = connectTo(await mysqlService(MYSQL8))
    const full = client.send(framed(1, response({user: 'root', plugin: SHA2, proof: sha2('hunter2', client.salt)})))
    expect(full.written).toEqual(framed(2, Buffer.from([1, 4])))
    const key = client.send(framed(3, Buffer.from([2]))).written
    expect(key[4]).toBe(1)
    const pem = key.subarray(5).toString()
    const {written, last} = client.send(framed(5, encrypted('hunter2', client.salt, pem)))
    expect(errorOf(written)).toContain('(using password: YES)')
    expect(last).toBe('close')
    expect(client.events.map(({credential}) => credential?.secret?.text)).toEqual(['hunter2'])
  })

  it('keeps the proof of a client that goes away when it is asked for the password', async () => {
    const client = connectTo(await mysqlService(MYSQL8))
    client.send(framed(1, response({user: 'root', plugin: SHA2, proof: sha2('hunter2', client.salt)})))
    const [event] = client.session.end()
    const line = event?.type === 'event' ? event.event.credential?.hash?.line : undefined
    expect(line).toBe(`$mysqlsha2$${client.salt.toString('hex')}*${sha2('hunter2', client.salt).toString('hex')}`)
  })

  it('says whether a password was used', async () => {
    for (const proof of [Buffer.alloc(0), Buffer.alloc(1)]) {
      const client = connectTo(await mysqlService(MYSQL8))
      const {written} = client.send(framed(1, response({user: 'root', plugin: SHA2, proof})))
      expect(errorOf(written)).toBe("1045 28000 Access denied for user 'root'@'192.168.1.77' (using password: NO)")
    }
  })

  it('lets honey users in, the second time by their proof alone', async () => {
    const service = await mysqlService(MYSQL8)
    const first = connectTo(service)
    first.send(framed(1, response({plugin: SHA2, proof: sha2('secret', first.salt)})))
    const pem = first
      .send(framed(3, Buffer.from([2])))
      .written.subarray(5)
      .toString()
    expect(first.send(framed(5, encrypted('secret', first.salt, pem))).written[4]).toBe(0)
    const second = connectTo(service)
    const {written} = second.send(framed(1, response({plugin: SHA2, proof: sha2('secret', second.salt)})))
    expect(written.subarray(0, 6)).toEqual(framed(2, Buffer.from([1, 3])))
    expect(second.events.at(-1)?.credential).toMatchObject({principal: 'app', outcome: 'success'})
  })

  it('refuses other hosts where that is its option', async () => {
    const client = connectTo(await mysqlService({...MYSQL8, local_only: true}))
    expect(client.greeting.subarray(7).toString()).toBe(
      "Host '192.168.1.77' is not allowed to connect to this MySQL server",
    )
    expect(client.greeting.readUInt16LE(5)).toBe(1130)
  })

  it('never reads a packet of more than it keeps', async () => {
    const client = await inside(MYSQL8)
    const {written, last} = client.send(Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0]), Buffer.alloc(1000)]))
    expect(errorOf(written)).toBe("1153 08S01 Got a packet bigger than 'max_allowed_packet' bytes")
    expect(last).toBe('close')
  })

  it('checks again after COM_CHANGE_USER, with a plugin of its own choice', async () => {
    const client = await inside(MYSQL8)
    const asked = client.send(framed(0, Buffer.concat([Buffer.from('\x11root\0\x00\0\x2d\0mysql_native_password\0')])))
    expect(asked.written.subarray(4, 27).toString('latin1')).toBe('\xfemysql_native_password\0')
    expect(errorOf(client.send(framed(2, native('guess', client.salt))).written)).toContain("user 'root'")
  })
})

describe('TLS', () => {
  it('is what the client gets the password over', async () => {
    const server = await serve(await mysqlService(MYSQL8), {port: MYSQL_PORT, service: 'mysql'})
    const plain = connect(server.port, '127.0.0.1')
    const greeting = await read(plain)
    plain.write(framed(1, head(SSL)))
    const secure = connectTls({socket: plain, rejectUnauthorized: false})
    await new Promise((resolve) => secure.once('secureConnect', resolve))
    expect(secure.getPeerCertificate().subject.CN).toMatch(/^MySQL_Server_8\.0\.\d+_Auto_Generated_Server_Certificate$/)
    const at = greeting.indexOf(0, 5) + 5
    const salt = Buffer.concat([greeting.subarray(at, at + 8), greeting.subarray(at + 27, at + 39)])
    secure.write(framed(2, response({user: 'root', plugin: SHA2, proof: sha2('hunter2', salt), flags: SSL})))
    expect(await read(secure)).toEqual(framed(3, Buffer.from([1, 4])))
    secure.write(framed(4, 'hunter2\0'))
    expect(errorOf(await read(secure))).toContain('1045')
    const [attempt] = await eventually(() => server.named('auth.attempt').length > 0 && server.named('auth.attempt'))
    expect(attempt?.credential?.secret?.text).toBe('hunter2')
    secure.destroy()
    await server.close()
  })

  it('is offered by MySQL, not by MariaDB, unless an option says otherwise', async () => {
    const offers = async (options: OptionValues) => {
      const {greeting} = connectTo(await mysqlService({...options}))
      return (greeting.readUInt16LE(greeting.indexOf(0, 5) + 14) & SSL) !== 0
    }
    expect(await offers(MYSQL8)).toBe(true)
    expect(await offers({...MYSQL8, tls: false})).toBe(false)
    expect(await offers(MARIADB)).toBe(false)
    expect(await offers({...MARIADB, tls: true})).toBe(true)
  })
})

describe('inside', () => {
  const ask = async (sql: string, options: OptionValues = MYSQL8) => {
    const client = await inside(options)
    const text = client.send(framed(0, `\x03${sql}`)).written
    return {text: text.toString('latin1'), error: text[4] === 0xff ? errorOf(text) : null, events: client.events}
  }

  it('records every query', async () => {
    const {events} = await ask('select * from t; drop table x')
    expect(events.at(-1)).toMatchObject({event: 'query', data: {query: {text: 'select * from t; drop table x'}}})
  })

  it('holds what no other decky and no other install holds', async () => {
    const dump = async (seed: string) => {
      const client = connectTo(await mysqlService({...MYSQL8, auth: 'mysql_native_password'}, {seed}))
      client.send(framed(1, response({proof: native('secret', client.salt)})))
      const sql = "\x03select concat('<', table_schema, '>') from information_schema.tables where table_name = 'users'"
      const [, name = ''] = /<([a-z_]+)>/.exec(client.send(framed(0, sql)).written.toString('latin1')) ?? []
      const rows = client
        .send(framed(0, `\x03select email, password_hash from ${name}.users`))
        .written.toString('latin1')
      return {rows, thread: client.greeting.readUInt32LE(client.greeting.indexOf(0, 5) + 1)}
    }
    const [one, two] = [await dump('11'.repeat(32)), await dump('22'.repeat(32))]
    expect(one.rows).toContain('$2y$10$')
    expect(two.rows).toContain('$2y$10$')
    const hashes = (rows: string): string[] => rows.match(/\$2y\$10\$[./\w]{53}/g) ?? []
    expect(hashes(one.rows).filter((hash) => two.rows.includes(hash))).toEqual([])
    expect((await dump('11'.repeat(32))).rows).toBe(one.rows)
    expect(one.thread).not.toBe(two.thread)
  })

  it.each([
    [
      'prepare x from "select 1"',
      "1461 42000 Can't create more than max_prepared_stmt_count statements (current value: 0)",
    ],
    [
      'select 1; select 2',
      "1064 42000 You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near 'select 2' at line 1",
    ],
    [
      "load data local infile 'x' into table y",
      '3948 42000 Loading local data is disabled; this must be enabled on both the client and server sides',
    ],
    [
      'select a from (select 1) b',
      '3024 HY000 Query execution was interrupted, maximum statement execution time exceeded',
    ],
    ['select sys_eval("id")', '1305 42000 FUNCTION sys_eval does not exist'],
    ['use mysql', "1044 42000 Access denied for user 'app'@'%' to database 'mysql'"],
  ])('answers %j as MySQL does', async (sql, error) => {
    expect((await ask(sql)).error).toBe(error)
  })

  it('refuses to prepare over the protocol', async () => {
    const client = await inside(MYSQL8)
    expect(errorOf(client.send(framed(0, '\x16select 1')).written)).toContain('1461 42000')
    expect(client.events.at(-1)).toMatchObject({event: 'query', data: {prepared: true}})
  })

  it('reads past query attributes', async () => {
    const client = await inside(MYSQL8, {flags: 1 << 27})
    const attribute = Buffer.concat([Buffer.from([1, 1, 0, 1, 0xfd, 0]), Buffer.from('\x03key\x05value')])
    const {written} = client.send(framed(0, Buffer.concat([Buffer.from([3]), attribute, Buffer.from('select 42')])))
    expect(written.toString('latin1')).toContain('\x0242')
    expect(client.events.at(-1)?.data?.query).toMatchObject({text: 'select 42'})
  })

  it('waits where it is told to sleep, and not for long', async () => {
    const client = await inside(MYSQL8)
    const actions = client.session.feed(framed(0, '\x03select sleep(0.5), sleep(1000000)'))
    expect(actions.filter(({type}) => type === 'delay')).toEqual([{type: 'delay', ms: 5000}])
  })
})

describe('the self-test', () => {
  it('takes a greeting and a refusal for an answer, and nothing else', async () => {
    const service = await mysqlService(MYSQL8)
    const {accepts} = service.selfTest(MYSQL_PORT)
    expect(accepts(connectTo(service).greeting)).toBe(true)
    expect(accepts(connectTo(await mysqlService({local_only: true})).greeting)).toBe(true)
    expect(accepts(Buffer.from('HTTP/1.1 200 OK'))).toBe(false)
  })
})

describe('products', () => {
  it.each([
    ['debian', 'linux', /^5\.5\.5-10\.11\.6-MariaDB-0\+deb12u1$/],
    ['ubuntu22', 'linux', /^8\.0\.40-0ubuntu0\.22\.04\.1$/],
    ['windows2022', 'windows_server', /^8\.0\.40$/],
    ['rocky9', 'linux', /^8\.0\.36$/],
  ] as const)('fits %s', async (distro, os, version) => {
    const {greeting} = connectTo(await mysqlService({}, {...FACTS, distro, os}))
    expect(greeting.subarray(5, greeting.indexOf(0, 5)).toString()).toMatch(version)
  })

  it('draws another salt for every connection, without NUL', async () => {
    const service = await mysqlService(MYSQL8)
    const salts = Array.from({length: 40}, () => connectTo(service).salt)
    expect(new Set(salts.map((salt) => createHash('sha1').update(salt).digest('hex'))).size).toBeGreaterThan(35)
    expect(salts.some((salt) => salt.includes(0) || salt.includes(0x24))).toBe(false)
  })
})

function read(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    socket.once('data', resolve)
    socket.once('error', reject)
  })
}
