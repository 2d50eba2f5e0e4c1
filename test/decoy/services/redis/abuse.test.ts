import {REDIS_PORT} from '../../../../src/decoy/services/redis/definition.ts'
import {abuse} from '../../../support/abuse.ts'
import {redisService} from './support.ts'

abuse({
  name: 'redis',
  port: REDIS_PORT,
  service: () => redisService({version: '7.0.15', password: 'hunter2'}),
  dialogues: [
    [
      Buffer.from('*1\r\n$4\r\nPING\r\n'),
      Buffer.from('*3\r\n$4\r\nAUTH\r\n$7\r\ndefault\r\n$7\r\nhunter2\r\n'),
      Buffer.from('*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$5\r\nhello\r\n*2\r\n$3\r\nGET\r\n$1\r\nx\r\n'),
    ],
    [Buffer.from('AUTH wrong\r\nCONFIG SET dir /var/spool/cron\r\nHELLO 3 AUTH default hunter2\r\nKEYS *\r\nQUIT\r\n')],
    [Buffer.from('POST / HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n')],
  ],
  served: (reply) => reply.toString('latin1').startsWith('-NOAUTH'),
})
