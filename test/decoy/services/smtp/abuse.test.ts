import {abuse, abuseInside} from '../../../support/abuse.ts'
import {negotiateMessage} from '../../codecs/ntlm/client.ts'
import {base64, mailService, PASSWORD, USERS, WINDOWS} from './support.ts'

const lines = (...commands: string[]): Buffer =>
  Buffer.from(commands.map((command) => `${command}\r\n`).join(''), 'latin1')

const MESSAGE = 'From: a@b.example\r\nSubject: x\r\nMessage-ID: <1@b>\r\n\r\n..dot\r\n.line\r\n.'
const TRANSACTION = ['MAIL FROM:<a@b.example> SIZE=100', 'RCPT TO:<alice@corp.example>', 'RCPT TO:<x@example.org>']

abuse({
  name: 'smtp',
  port: 25,
  service: () => mailService({product: 'postfix', ...USERS}),
  dialogues: [
    [
      lines('EHLO client.example', `AUTH PLAIN ${base64(`\0alice\0${PASSWORD}`)}`),
      lines(...TRANSACTION, 'DATA', MESSAGE),
      lines(...TRANSACTION, 'BDAT 5', 'abcBDAT 4 LAST', 'xx'),
      lines('NOOP', 'RSET', 'VRFY alice', 'QUIT'),
    ],
    [lines('AUTH LOGIN', base64('bob'), base64('guess'), 'AUTH LOGIN', '*', 'AUTH PLAIN !!', 'MAIL FROM:<')],
    [lines('MAIL FROM:<a@b>', 'RCPT TO:<alice>', 'DATA', 'x\n.', 'ETRN x', 'BDAT 9223372036854775808 LAST')],
    [lines('EHLO x', 'STARTTLS')],
  ],
  served: (reply) => reply.toString('latin1').startsWith('220 mail01.corp.example ESMTP Postfix'),
})

abuse({
  name: 'smtp as Exchange',
  port: 25,
  service: () => mailService(USERS, WINDOWS),
  dialogues: [
    [
      lines('EHLO client.example', 'AUTH NTLM', negotiateMessage().toString('base64'), base64('NTLMSSP\0\x03\0\0\0')),
      lines(...TRANSACTION, 'DATA', MESSAGE),
      lines(...TRANSACTION, 'BDAT 9', 'Subject: BDAT 3 LAST', 'x'),
    ],
    [lines('HELO', 'AUTH GSSAPI', base64('x'), 'EXPN x', 'HELP', 'QUIT')],
  ],
  served: (reply) => reply.toString('latin1').includes('Microsoft ESMTP MAIL Service ready'),
})

const SUBMISSION = {
  service: () => mailService({product: 'postfix', ...USERS}),
  dialogues: [
    [
      lines('EHLO client.example', `AUTH PLAIN ${base64(`\0alice\0${PASSWORD}`)}`),
      lines(...TRANSACTION, 'DATA', MESSAGE, 'QUIT'),
    ],
    [lines('EHLO x', 'MAIL FROM:<a@b>', 'AUTH LOGIN', base64('bob'), base64('guess'))],
  ],
}

abuse({
  ...SUBMISSION,
  name: 'submission',
  port: 587,
  served: (reply) => reply.toString('latin1').startsWith('220 mail01.corp.example ESMTP Postfix'),
})
abuseInside({...SUBMISSION, name: 'smtps', port: 465})
