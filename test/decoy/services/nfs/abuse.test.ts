import {record} from '../../../../src/decoy/services/nfs/wire/rpc.ts'
import {opaque, text, uint} from '../../../../src/decoy/services/nfs/wire/xdr.ts'
import {abuse} from '../../../support/abuse.ts'
import {abuseUdp} from '../../../support/abuse-udp.ts'
import {call, mount, nfsService} from './support.ts'

const service = () => nfsService({exports: ['/srv']})
const handle = opaque(mount(await service(), '/srv'))
const nfs = (procedure: number, ...args: Buffer[]): Buffer =>
  record(call(100_003, 3, procedure, Buffer.concat([handle, ...args])))

abuse({
  name: 'rpcbind',
  port: 111,
  service,
  dialogues: [
    [record(call(100_000, 2, 4)), record(call(100_000, 2, 3, uint(100_003, 3, 6, 0)))],
    [record(call(100_000, 4, 9, Buffer.concat([uint(100_005, 3), text('tcp'), text(''), text('')])))],
    [record(call(100_000, 2, 5, uint(100_005, 1, 0, 0))), record(call(100_000, 9, 0))],
  ],
  served: (reply) => reply.subarray(4, 12).toString('hex') === '0102030400000001',
})

abuse({
  name: 'mountd',
  port: 20_048,
  service,
  dialogues: [[record(call(100_005, 3, 5)), record(call(100_005, 3, 1, text('/srv')))]],
  served: (reply) => reply.subarray(4, 12).toString('hex') === '0102030400000001',
})

abuse({
  name: 'nfs',
  port: 2049,
  service,
  dialogues: [
    [
      nfs(19),
      nfs(1),
      nfs(3, text('backup')),
      nfs(17, uint(0, 0, 0, 0, 4096, 32_768)),
      nfs(16, uint(0, 0, 0, 0, 4096)),
      nfs(6, uint(0, 0, 65_536)),
      nfs(7, uint(0, 0, 4, 0), opaque(Buffer.from('evil'))),
    ],
    [Buffer.from('GET / HTTP/1.0\r\n\r\n')],
  ],
  served: (reply) => reply.subarray(4, 12).toString('hex') === '0102030400000001',
})

abuseUdp({
  name: 'rpcbind, in datagrams',
  port: 111,
  service,
  datagrams: [
    call(100_000, 2, 0),
    call(100_000, 2, 3, uint(100_003, 3, 6, 0)),
    call(100_000, 2, 4),
    call(100_000, 2, 5, uint(100_005, 1, 0, 0)),
    call(100_000, 4, 9, Buffer.concat([uint(100_005, 3), text('udp'), text(''), text('')])),
    call(100_000, 9, 0),
  ],
})

abuseUdp({
  name: 'mountd, in datagrams',
  port: 20_048,
  service,
  datagrams: [
    call(100_005, 3, 0),
    call(100_005, 3, 1, text('/srv')),
    call(100_005, 1, 2),
    call(100_005, 3, 4),
    call(100_005, 3, 5),
    call(100_005, 3, 3, text('/srv')),
  ],
})
