import {abuse} from '../../../support/abuse.ts'
import {item, NMAP, password, read, readList, START, STOP, s7Service, userData, writeOctets} from './support.ts'

abuse({
  name: 's7',
  port: 102,
  service: () => s7Service({protection: 'write', password: 'pump3'}),
  dialogues: [
    [
      NMAP.connect,
      NMAP.setup,
      password('pump3'),
      Buffer.concat([NMAP.module, NMAP.component, readList('0424')]),
      read(item(2, 16, 1, 0x84, 16), item(1, 1, 0, 0x82, 0, 1)),
      writeOctets(item(2, 2, 1, 0x84, 0), '01f4'),
      Buffer.concat([STOP, START]),
    ],
    [NMAP.connect, NMAP.setup, userData(3, 1, ''), userData(3, 2, '3041'), userData(7, 1, ''), readList('ffff')],
    [Buffer.from('GET / HTTP/1.0\r\n\r\n')],
  ],
  served: (reply) => reply.subarray(4, 6).toString('hex') === '11d0',
})
