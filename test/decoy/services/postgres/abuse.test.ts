import {POSTGRES_PORT} from '../../../../src/decoy/services/postgres/definition.ts'
import {abuse} from '../../../support/abuse.ts'
import {GSS_REQUEST, message, postgresService, query, sasl, startup, TLS_REQUEST} from './client.ts'

const login = [startup({user: 'app', database: 'postgres', application_name: 'psql'}), message('p', 'secret\0')]

abuse({
  name: 'postgres',
  port: POSTGRES_PORT,
  service: () => postgresService({auth: 'password', tls: 'off'}),
  dialogues: [
    [
      ...login,
      query(
        "select version(), E'a\\'b', $$x$$ as y, 1+2*3 from pg_database where datname like 't%' order by 1 limit 2",
      ),
      query(
        'select n.nspname as "Schema", c.relname as "Name" FROM pg_catalog.pg_class c JOIN x ON (a=b) WHERE c.relkind IN (\'r\',\'\')',
      ),
      Buffer.concat([
        message('P', 's\0select $1::int, datname from pg_database\0\0\0'),
        message('B', Buffer.from('\0s\0\0\0\0\x01\0\0\0\x017\0\x01\0\x01')),
        message('D', 'P\0'),
        message('D', 'Ss\0'),
        message('E', '\0\0\0\0\x01'),
        message('S'),
        message('X'),
      ]),
    ],
    [...login, query("begin; copy t from program 'id'; select 1"), query('rollback'), message('F', Buffer.alloc(12))],
    [TLS_REQUEST, TLS_REQUEST],
    [GSS_REQUEST, Buffer.from('\0\0\0\x08abcd')],
    [Buffer.from('GET / HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n')],
  ],
  served: (reply) => reply.toString('latin1').startsWith('R\0\0\0\x08\0\0\0\x03'),
})

abuse({
  name: 'postgres by SCRAM',
  port: POSTGRES_PORT,
  service: () => postgresService(),
  dialogues: [
    [
      startup({user: 'root'}),
      sasl('n,,n=,r=rOprNGfwEbeRWgbN'),
      message('p', `c=biws,r=rOprNGfwEbeRWgbN,p=${'A'.repeat(43)}=`),
    ],
    [TLS_REQUEST],
  ],
  served: (reply) => reply.toString('latin1').includes('SCRAM-SHA-256'),
})
