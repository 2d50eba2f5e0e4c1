import {abuse} from '../../../support/abuse.ts'
import {adu, modbusService} from './support.ts'

abuse({
  name: 'modbus',
  port: 502,
  service: () => modbusService({product: 'schneider'}),
  dialogues: [
    [
      adu('03 0000 0010'),
      adu('10 0000 0002 04 00c8 012c'),
      Buffer.concat([adu('0f 0000 000a 02 cd01'), adu('01 0000 000a'), adu('17 0000 0002 0004 0001 02 00ff')]),
      adu('2b 0e 01 00'),
    ],
    [adu('05 0001 ff00'), adu('06 0020 1234'), adu('08 0000 a537'), adu('16 0020 00f2 0025'), adu('11')],
    [Buffer.from('GET / HTTP/1.0\r\n\r\n')],
  ],
  served: (reply) => reply.length >= 9 && reply[7] === 3,
})
