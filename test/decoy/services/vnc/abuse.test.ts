import {vncResponse} from '../../../../src/decoy/services/vnc/challenge.ts'
import {abuse} from '../../../support/abuse.ts'
import {vncService} from './support.ts'

/** The suite draws sixteen octets of 1 for the first challenge. */
const RESPONSE = vncResponse('hunter2', Buffer.alloc(16, 1))
const SMALL_FORMAT = Buffer.from([0, 0, 0, 0, 8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 0, 3, 6, 0, 0, 0])

abuse({
  name: 'vnc',
  port: 5900,
  service: () => vncService({product: 'tightvnc', password: 'hunter2'}),
  dialogues: [
    [
      Buffer.from('RFB 003.008\n'),
      Buffer.from([2]),
      RESPONSE,
      Buffer.from([1]),
      Buffer.concat([
        SMALL_FORMAT,
        Buffer.from([2, 0, 0, 1, 0, 0, 0, 5]),
        Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x61, 4, 1, 0, 0, 0, 0, 0xff, 0x0d, 5, 1, 0, 1, 0, 1]),
        Buffer.from([6, 0, 0, 0, 0, 0, 0, 3, 0x61, 0x62, 0x63]),
        Buffer.from([3, 0, 0, 0, 0, 0, 0, 64, 0, 64]),
      ]),
    ],
    [Buffer.from('RFB 003.003\n'), Buffer.alloc(16), Buffer.from([1])],
    [Buffer.from('RFB 003.008\n'), Buffer.from([16]), Buffer.from([0, 0, 0, 2]), RESPONSE, Buffer.from([0, 99])],
  ],
  served: (reply) => reply.toString('latin1').startsWith('RFB 003.008\n'),
})
