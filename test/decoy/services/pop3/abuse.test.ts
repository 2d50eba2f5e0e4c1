import {abuse, abuseInside} from '../../../support/abuse.ts'
import {USERS} from '../imap/support.ts'
import {pop3Service} from './support.ts'

const lines = (...commands: string[]): Buffer =>
  Buffer.from(commands.map((command) => `${command}\r\n`).join(''), 'latin1')

abuse({
  name: 'pop3',
  port: 110,
  service: () => pop3Service(USERS),
  dialogues: [
    [
      lines('CAPA', 'USER deploy', 'PASS Summer2024'),
      lines('STAT', 'LIST', 'UIDL 3', 'RETR 1', 'TOP 2 5', 'DELE 1', 'RSET', 'QUIT'),
    ],
    [lines('AUTH PLAIN'), lines('AGRlcGxveQBTdW1tZXIyMDI0'), lines('LIST 99999999999', 'TOP 1 -1', 'RETR 1 2', 'UIDL')],
    [lines('APOP x y', 'AUTH LOGIN'), lines('eA=='), lines('eQ==', 'USER x', 'PASS y')],
  ],
  served: (reply) => reply.toString('latin1').startsWith('+OK Dovecot'),
})

abuseInside({
  name: 'pop3s',
  port: 995,
  service: () => pop3Service(USERS),
  dialogues: [[lines('CAPA', 'STLS', 'USER deploy', 'PASS Summer2024', 'STAT', 'RETR 1', 'QUIT')]],
})
