import {MYSQL_PORT} from '../../../../src/decoy/services/mysql/definition.ts'
import {abuse} from '../../../support/abuse.ts'
import {framed, head, MYSQL8, mysqlService, native, response, SSL} from './client.ts'

/** The salt that the suite's random octets become: the first draw of a connection is all ones. */
const SALT = Buffer.alloc(20, 1)
const login = framed(1, response({proof: native('secret', SALT), flags: (1 << 16) | (1 << 24)}))

abuse({
  name: 'mysql',
  port: MYSQL_PORT,
  service: () => mysqlService({...MYSQL8, auth: 'mysql_native_password'}),
  dialogues: [
    [
      login,
      framed(0, '\x03select @@version_comment limit 1'),
      framed(0, '\x03show databases; show tables; select * from information_schema.tables where table_name like "%s%"'),
      framed(
        0,
        '\x03select concat(\'a\', 1+2*3, "b\\"") as x, user() /* c */ from dual where not 1 in (2,3) and 4 between 1 and 5 order by 1 desc limit 1,2',
      ),
      Buffer.concat([
        framed(0, '\x02information_schema'),
        framed(0, '\x04TABLES\0'),
        framed(0, '\x0e'),
        framed(0, '\x01'),
      ]),
    ],
    [
      framed(1, response({user: 'root', proof: Buffer.alloc(20, 7), plugin: 'caching_sha2_password'})),
      framed(3, native('guess', SALT)),
    ],
    [framed(1, head(SSL))],
    [login, framed(0, '\x11root\0\x00\0\x2d\0mysql_native_password\0'), framed(2, Buffer.alloc(20, 9))],
    [Buffer.from('GET / HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n')],
  ],
  served: (reply) => reply[4] === 10,
})

abuse({
  name: 'mysql that asks for the password',
  port: MYSQL_PORT,
  service: () => mysqlService(MYSQL8),
  dialogues: [
    [
      framed(1, response({user: 'root', proof: Buffer.alloc(32, 7), plugin: 'caching_sha2_password'})),
      framed(3, 'guess\0'),
    ],
  ],
  served: (reply) => reply[4] === 10,
})
