import {abuse} from '../../../support/abuse.ts'
import {mailService} from '../smtp/support.ts'

const lines = (...commands: string[]): Buffer =>
  Buffer.from(commands.map((command) => `${command}\r\n`).join(''), 'latin1')

abuse({
  name: 'smtp_relay',
  port: 25,
  service: () => mailService({product: 'exim'}, {}, true),
  dialogues: [
    [
      lines('EHLO client.example', 'AUTH PLAIN AHgAeQ==', 'MAIL FROM:<a@b.example>', 'RCPT TO:<x@example.org>'),
      lines('DATA', 'Subject: test', '', 'hello', '.', 'QUIT'),
    ],
    [lines('HELO x', 'MAIL FROM:<a@b> SIZE=1', 'RCPT TO:<"a b"@c>', 'BDAT 1', 'xBDAT 0 LAST', 'RSET', 'NOOP')],
  ],
  served: (reply) => reply.toString('latin1').includes('ESMTP Exim'),
})
