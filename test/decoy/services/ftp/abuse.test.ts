import {abuse} from '../../../support/abuse.ts'
import {ftpService, USERS} from './support.ts'

const lines = (...commands: string[]): Buffer =>
  Buffer.from(commands.map((command) => `${command}\r\n`).join(''), 'latin1')

abuse({
  name: 'ftp',
  port: 21,
  service: () => ftpService({product: 'vsftpd', anonymous: true, ...USERS}),
  dialogues: [
    [
      lines('USER deploy', 'PASS Summer2024'),
      lines('SYST', 'FEAT', 'PWD', 'TYPE I', 'CWD /etc', 'STAT passwd', 'MKD x', 'RNFR x', 'RNTO y', 'SIZE passwd'),
      lines('PASV', 'LIST -la', 'RETR /etc/passwd', 'EPSV', 'STOR up.bin', 'NOOP', 'QUIT'),
    ],
    [
      lines('USER anonymous', 'PASS a@b.c'),
      lines('PORT 10,0,0,1,0,80', 'EPRT |1|10.0.0.1|80|', 'REST 99999999999999', 'ABOR'),
    ],
    [lines('AUTH FOO', 'USER x', 'PASS y', 'SITE EXEC id', '../../x')],
  ],
  served: (reply) => reply.toString('latin1').startsWith('220 (vsFTPd'),
})
