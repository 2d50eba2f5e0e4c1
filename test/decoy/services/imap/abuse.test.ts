import {abuse, abuseInside} from '../../../support/abuse.ts'
import {imapService, USERS} from './support.ts'

const lines = (...commands: string[]): Buffer =>
  Buffer.from(commands.map((command) => `${command}\r\n`).join(''), 'latin1')

abuse({
  name: 'imap',
  port: 143,
  service: () => imapService(USERS),
  dialogues: [
    [
      lines('a LOGIN deploy {10}'),
      lines('Summer2024', 'b LIST "" *', 'c SELECT INBOX'),
      lines(
        'd FETCH 1:3 (FLAGS ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (From To)])',
        'e SEARCH OR TEXT vpn NOT SEEN',
      ),
      lines('f STORE 1 +FLAGS (\\Deleted x)', 'g EXPUNGE', 'h APPEND Drafts (\\Seen) {5+}', 'hello', 'i IDLE'),
      lines('DONE', 'j UID FETCH 1:* (BODY[1.MIME]<0.10>)', 'k LOGOUT'),
    ],
    [
      lines('a AUTHENTICATE PLAIN'),
      lines('AGRlcGxveQBTdW1tZXIyMDI0'),
      lines('b CREATE x.y', 'c COPY 1 x.y', 'd SORT (DATE) UTF-8 ALL'),
    ],
    [lines('a CAPABILITY', 'b LOGIN "x" {99999999999}')],
    [
      lines('a LOGIN deploy Summer2024'),
      lines('b SELECT INBOX', 'c THREAD REFS UTF-8 ALL', 'd MOVE 1:2 Trash', 'e STATUS Trash (MESSAGES)'),
    ],
  ],
  served: (reply) => reply.toString('latin1').startsWith('* OK [CAPABILITY'),
})

abuseInside({
  name: 'imaps',
  port: 993,
  service: () => imapService(USERS),
  dialogues: [
    [
      lines(
        'a CAPABILITY',
        'b STARTTLS',
        'c LOGIN deploy Summer2024',
        'd SELECT INBOX',
        'e FETCH 1 (FLAGS)',
        'f LOGOUT',
      ),
    ],
  ],
})
