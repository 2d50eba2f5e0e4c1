import {abuse} from '../../../support/abuse.ts'
import {job, lpdService} from './support.ts'

abuse({
  name: 'lpd',
  port: 515,
  service: () => lpdService(),
  dialogues: [
    job('%!PS\nshowpage\n'),
    [Buffer.from('\x02raw\n'), Buffer.from('\x030 dfA001x\n'), Buffer.from('endless data')],
    [Buffer.from('\x03raw 1 2 3\n')],
    [Buffer.from('\x05raw root 12\n')],
    [Buffer.from('\x02raw\n\x01\n\x024294967295 cfA\n')],
    [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ],
  served: (reply) => reply.toString('latin1') === '\0',
})
