import {abuse} from '../../../support/abuse.ts'
import {jetDirectService, UEL} from './support.ts'

const pjl = (...commands: string[]): Buffer =>
  Buffer.from(`${UEL}${commands.map((command) => `@PJL ${command}\r\n`).join('')}${UEL}`, 'latin1')

abuse({
  name: 'jetdirect',
  port: 9100,
  service: () => jetDirectService({password: 4213}),
  dialogues: [
    [
      pjl('INFO ID'),
      pjl('USTATUS DEVICE=VERBOSE', 'USTATUS JOB=ON', 'JOB PASSWORD=4213 NAME="x"', 'SET USERNAME="bob"'),
      Buffer.from(`@PJL ENTER LANGUAGE=PCL\r\n\x1bEhello\x1b%-1234\f${UEL}@PJL EOJ\r\n${UEL}`, 'latin1'),
    ],
    [
      pjl('FSDIRLIST NAME="0:\\" ENTRY=1 COUNT=65535', 'FSQUERY NAME="0:\\..\\..\\etc\\passwd"', 'INFO FILESYS'),
      Buffer.from('@PJL FSDOWNLOAD FORMAT:BINARY SIZE=11 NAME="0:\\x.txt"\r\nhello world', 'latin1'),
      pjl('FSUPLOAD NAME="0:\\x.txt" OFFSET=0 SIZE=11', 'FSDELETE NAME="0:\\x.txt"', 'ECHO done', 'DEFAULT PASSWORD=1'),
    ],
    [Buffer.from('%!PS\n(hello) print\nshowpage\n')],
    [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    [Buffer.from('@PJL FSDOWNLOAD SIZE=4294967295 NAME="0:/y"\r\nabc')],
  ],
  served: (reply) => reply.toString('latin1').startsWith('@PJL INFO ID\r\n"HP '),
})
