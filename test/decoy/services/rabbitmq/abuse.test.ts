import {abuse} from '../../../support/abuse.ts'
import {CHANNEL, declare, get, HEADER, method, OPEN, publish, rabbitService, startOk, TUNE_OK} from './support.ts'

const service = () => rabbitService({users: ['ops:hunter2']})

abuse({
  name: 'rabbitmq',
  port: 5672,
  service,
  dialogues: [
    [
      HEADER,
      startOk('\0ops\0hunter2'),
      Buffer.concat([TUNE_OK, OPEN, CHANNEL]),
      Buffer.concat([declare('work', 2), publish('', 'work', 'hello'), get('work', 0)]),
      method(1, 60, 80, Buffer.from('000000000000000100', 'hex')),
      method(1, 20, 40, Buffer.from('00c8000000000000', 'hex')),
      method(0, 10, 50, Buffer.from('00c80000000000', 'hex')),
    ],
    [HEADER, startOk('\0guest\0guest')],
    [HEADER, startOk('\x05LOGINS\0\0\0\x03ops\x08PASSWORDS\0\0\0\x05wrong', 'AMQPLAIN')],
    [Buffer.from('GET / HTTP/1.0\r\n\r\n')],
  ],
  served: (reply) => reply.subarray(7, 11).toString('hex') === '000a000a',
})

abuse({
  name: 'epmd',
  port: 4369,
  service,
  dialogues: [[Buffer.from('\0\x01n', 'latin1')], [Buffer.from('\0\x07zrabbit', 'latin1')], [Buffer.from('\0\x01k')]],
  served: (reply) => reply.subarray(0, 4).toString('hex') === '00001111',
})

abuse({
  name: 'rabbitmq management',
  port: 15_672,
  service,
  dialogues: [
    [Buffer.from('GET /api/whoami HTTP/1.1\r\nHost: a\r\nAuthorization: Basic b3BzOmh1bnRlcjI=\r\n\r\n')],
    [Buffer.from('POST /api/queues/%2F/orders/get HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}')],
  ],
  served: (reply) => reply.toString('latin1').startsWith('HTTP/1.1 200 OK'),
})
