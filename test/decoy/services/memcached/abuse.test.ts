import {MEMCACHED_PORT} from '../../../../src/decoy/services/memcached/definition.ts'
import {abuse} from '../../../support/abuse.ts'
import {memcachedService} from './support.ts'

const SASL = Buffer.concat([
  Buffer.from('80210005000000000000001200000001', 'hex'),
  Buffer.alloc(8),
  Buffer.from('PLAIN\0admin\0secret'),
])
const BINARY_SET = Buffer.concat([
  Buffer.from('80010001080000000000000b00000002', 'hex'),
  Buffer.alloc(8),
  Buffer.from('\0\0\0\0\0\0\0\0bhi'),
])

abuse({
  name: 'memcached',
  port: MEMCACHED_PORT,
  service: () => memcachedService(),
  dialogues: [
    [
      Buffer.from('version\r\n'),
      Buffer.from('set a 5 0 5\r\nhello\r\ngets a\r\nincr a 1\r\n'),
      Buffer.from(
        'stats\r\nstats items\r\nstats slabs\r\nlru_crawler metadump all\r\nget nosuch\r\nflush_all\r\nquit\r\n',
      ),
    ],
    [Buffer.from('ms b 2 T0 F5\r\nhi\r\nmg b v f t s k O1\r\nma b\r\nmd b q\r\nmn\r\n')],
    [SASL, BINARY_SET, Buffer.from(`800b${'00'.repeat(22)}8007${'00'.repeat(22)}`, 'hex')],
    [Buffer.from('set big 0 0 70000\r\n'), Buffer.alloc(70_002, 'x'), Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ],
  served: (reply) => reply.toString('latin1') === 'VERSION 1.6.18\r\n',
})
