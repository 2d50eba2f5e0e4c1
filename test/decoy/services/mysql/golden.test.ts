/** Compared with what MariaDB 10.11.19 of Debian 12 sent over the loopback to the same bytes. */
import {describe, expect, it} from 'vitest'

import {connectTo, framed, head, inside, MARIADB, mysqlService, native, response} from './client.ts'

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const REFUSED = 'Got packets out of order'

const OPENINGS: readonly (readonly [name: string, sent: Buffer, answer: string])[] = [
  ['HTTP', latin1('GET / HTTP/1.0\r\n\r\n'), `!\x00\x00\x01\xff\x84\x04#08S01${REFUSED}`],
  ['empty lines', latin1('\r\n\r\n'), '7\x00\x00\x01\xffj\x04#HY000Proxy header is not accepted from 192.168.1.77'],
  ['TLS', latin1(`\x16\x03\x01\x00\x7b\x01${'a'.repeat(60)}`), `!\x00\x00\x01\xff\x84\x04#08S01${REFUSED}`],
  ['sequence 2', framed(2, response({})), `!\x00\x00\x01\xff\x84\x04#08S01${REFUSED}`],
  ['one octet', framed(1, '\x01'), '\x16\x00\x00\x02\xff\x13\x04#08S01Bad handshake'],
  ['nothing', framed(1, ''), '\x16\x00\x00\x02\xff\x13\x04#08S01Bad handshake'],
  ['31 octets', framed(1, head().subarray(0, 31)), '\x16\x00\x00\x02\xff\x13\x04#08S01Bad handshake'],
  ['no user', framed(1, head()), '\x16\x00\x00\x02\xff\x13\x04#08S01Bad handshake'],
  ['TLS where there is none', framed(1, head(0x800)), '\x16\x00\x00\x02\xff\x13\x04#08S01Bad handshake'],
  [
    'a proof longer than the packet',
    framed(1, Buffer.concat([head(), latin1(`root\0\xff${'a'.repeat(20)}`)])),
    '\x16\x00\x00\x02\xff\x13\x04#08S01Bad handshake',
  ],
  [
    'a proof of 3 octets',
    framed(1, response({proof: latin1('aaa')})),
    '\x16\x00\x00\x02\xff\x13\x04#08S01Bad handshake',
  ],
  [
    'a client from before 4.1',
    framed(1, latin1('\x05\x00\xff\x00\x01root\0aaaaaaaa\0')),
    'i\x00\x00\x02\xff\xe3\x04Client does not support authentication protocol requested by server; consider upgrading MariaDB client',
  ],
  [
    'a wrong password',
    framed(1, response({user: 'root', proof: Buffer.alloc(20, 0x61)})),
    "K\x00\x00\x02\xff\x15\x04#28000Access denied for user 'root'@'192.168.1.77' (using password: YES)",
  ],
  [
    'no password',
    framed(1, response({user: ''})),
    "F\x00\x00\x02\xff\x15\x04#28000Access denied for user ''@'192.168.1.77' (using password: NO)",
  ],
  [
    'a name that is no UTF-8',
    framed(1, Buffer.concat([head(), latin1('r\xff\x01t\0\0mysql_native_password\0')])),
    "N\x00\x00\x02\xff\x15\x04#28000Access denied for user 'r?\\0001t'@'192.168.1.77' (using password: NO)",
  ],
]

describe('MariaDB 10.11', () => {
  it('greets', async () => {
    const {greeting, salt} = connectTo(await mysqlService(MARIADB))
    const recorded =
      "d\x00\x00\x00\n5.5.5-10.11.19-MariaDB-0+deb12u1\x00____$!vU'_+T\x00\xfe\xf7\x2d\x02\x00\xff\x81\x15\x00\x00\x00\x00\x00\x00\x1d\x00\x00\x00HL%r1:qKa&7#\x00mysql_native_password\x00"
    const bytes = latin1(recorded)
    const at = bytes.indexOf('____')
    greeting.copy(bytes, at, at, at + 4)
    salt.subarray(0, 8).copy(bytes, at + 4)
    salt.subarray(8).copy(bytes, bytes.indexOf('HL%r1'))
    expect(greeting.toString('latin1')).toBe(bytes.toString('latin1'))
  })

  it.each(OPENINGS)('answers %s', async (_, sent, answer) => {
    const client = connectTo(await mysqlService(MARIADB))
    const {written, last} = client.send(sent)
    expect(written.toString('latin1')).toBe(answer)
    expect(last).toBe('close')
    expect(client.events).toHaveLength(1)
  })

  it('asks for its plugin where the client has another, with the same salt', async () => {
    const client = connectTo(await mysqlService(MARIADB))
    const {written} = client.send(framed(1, response({plugin: 'caching_sha2_password', proof: latin1('aaa')})))
    expect(written).toEqual(
      framed(2, Buffer.concat([latin1('\xfemysql_native_password\0'), client.salt, Buffer.from([0])])),
    )
    expect(client.send(framed(3, native('secret', client.salt))).written.toString('latin1')).toBe(
      '\x07\x00\x00\x04\x00\x00\x00\x02\x00\x00\x00',
    )
  })

  const SAID: readonly (readonly [sent: string, answer: string])[] = [
    [
      '\x03select @@version_comment limit 1',
      "\x01\x00\x00\x01\x01'\x00\x00\x02\x03def\x00\x00\x00\x11@@version_comment\x00\x0c-\x00____\xfd\x00\x00'\x00\x00\n\x00\x00\x03\tDebian 12\x07\x00\x00\x04\xfe\x00\x00\x02\x00\x00\x00",
    ],
    [
      '\x03show databases',
      '\x01\x00\x00\x01\x01K\x00\x00\x02\x03def\x12information_schema\x08SCHEMATA\x08SCHEMATA\x08Database\x0bSCHEMA_NAME\x0c-\x00____\xfd',
    ],
    [
      '\x03select',
      "\x9d\x00\x00\x01\xff(\x04#42000You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '' at line 1",
    ],
    [
      '\x03foo bar',
      "\xa4\x00\x00\x01\xff(\x04#42000You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'foo bar' at line 1",
    ],
    [
      '\x03select a b c',
      "\x9e\x00\x00\x01\xff(\x04#42000You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'c' at line 1",
    ],
    ['\x03create database x', "9\x00\x00\x01\xff\x14\x04#42000Access denied for user 'app'@'%' to database 'x'"],
    [
      '\x03select * from mysql.user',
      "T\x00\x00\x01\xffv\x04#42000SELECT command denied to user 'app'@'192.168.1.77' for table `mysql`.`user`",
    ],
    [
      "\x03load data local infile '/etc/passwd' into table users",
      'v\x00\x00\x01\xffF\x10#HY000The used command is not allowed because the MariaDB server or client has disabled the local infile capability',
    ],
    [
      "\x03select 1 into outfile '/tmp/x'",
      '[\x00\x00\x01\xff\xcb\x04#42000Access denied; you need (at least one of) the FILE privilege(s) for this operation',
    ],
    [
      "\x03create function f returns string soname 'x.so'",
      "=\x00\x00\x01\xff\x14\x04#42000Access denied for user 'app'@'%' to database 'mysql'",
    ],
    [
      '\x03create user x',
      'b\x00\x00\x01\xff\xcb\x04#42000Access denied; you need (at least one of) the CREATE USER privilege(s) for this operation',
    ],
    [
      '\x03set global general_log=1',
      '\\\x00\x00\x01\xff\xcb\x04#42000Access denied; you need (at least one of) the SUPER privilege(s) for this operation',
    ],
    ['\x03select @@nope', "'\x00\x00\x01\xff\xa9\x04#HY000Unknown system variable 'nope'"],
    ['\x03', '\x18\x00\x00\x01\xff)\x04#42000Query was empty'],
    ['\x03;', '\x18\x00\x00\x01\xff)\x04#42000Query was empty'],
    ['\x03select * from users', '\x1d\x00\x00\x01\xff\x16\x04#3D000No database selected'],
    ['\x02nope', "<\x00\x00\x01\xff\x14\x04#42000Access denied for user 'app'@'%' to database 'nope'"],
    ['\x0e', '\x07\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00'],
    ['\xff', '\x18\x00\x00\x01\xff\x17\x04#08S01Unknown command'],
    ['\x00', '\x18\x00\x00\x01\xff\x17\x04#08S01Unknown command'],
    ['', '\x18\x00\x00\x01\xff\x17\x04#08S01Unknown command'],
    [
      '\x07\x01',
      ']\x00\x00\x01\xff\xcb\x04#42000Access denied; you need (at least one of) the RELOAD privilege(s) for this operation',
    ],
    ['\x0c\x01\x00\x00\x00', '\x1d\x00\x00\x01\xffF\x04#HY000Unknown thread id: 1'],
    ['\x1b\x00\x00', '\x07\x00\x00\x01\xfe\x00\x00\x02\x00\x00\x00'],
    [
      '\x17aaaaaaaaaaa',
      'U\x00\x00\x01\xff\xdb\x04#HY000Unknown prepared statement handler (1633771873) given to mysqld_stmt_execute',
    ],
    ['\x18aaaaaaaaaaa', ''],
    ['\x19\x01\x00\x00\x00', ''],
    ['\x02information_schema', '\x1e\x00\x00\x01\x00\x00\x00\x02@\x00\x00\x00\x15\x01\x13\x12information_schema'],
  ]

  it.each(SAID)('says to %j what the server says', async (sent, answer) => {
    const client = await inside(MARIADB, {flags: (1 << 24) | (1 << 23)})
    const said = client.send(framed(0, latin1(sent))).written.toString('latin1')
    // The length that a column may have depends on the server's tables.
    const [before = '', after = ''] = answer.split('____')
    expect(said.slice(0, before.length)).toBe(before)
    if (after === '') expect(answer === '' || answer.includes('____') ? before : said).toBe(before)
    else expect(said.slice(before.length + 4).startsWith(after)).toBe(true)
  })
})
