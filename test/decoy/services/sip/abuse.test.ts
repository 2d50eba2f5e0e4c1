import {abuse} from '../../../support/abuse.ts'
import {abuseUdp} from '../../../support/abuse-udp.ts'
import {ASTERISK, FREEPBX, HONEY, lines, request, sipService} from './support.ts'

const overTcp = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1').replace('SIP/2.0/UDP', 'SIP/2.0/TCP'))
const AUTHORIZATION =
  'Authorization: Digest username="2001", realm="asterisk", nonce="00000000", uri="sip:x", response="00000000000000000000000000000000", algorithm=MD5'
const invite = lines(
  'INVITE sip:900@192.168.1.5 SIP/2.0',
  'Via: SIP/2.0/UDP 192.168.1.77:5062;branch=z9hG4bK-2;rport',
  'From: "x"<sip:100@192.168.1.5>;tag=9f',
  'To: <sip:900@192.168.1.5>',
  'Call-ID: 78@192.168.1.77',
  'CSeq: 1 INVITE',
  'Content-Type: application/sdp',
  'Content-Length: 10',
)
const messages = [
  request({method: 'OPTIONS', uri: 'sip:201@192.168.1.5'}),
  request(),
  request({cseq: 2, more: [AUTHORIZATION]}),
  Buffer.concat([invite, Buffer.from('v=0\r\no=- 1')]),
  request({method: 'BYE'}),
]

abuse({
  name: 'sip, chan_sip',
  port: 5060,
  service: () => sipService({...ASTERISK, ...HONEY}),
  dialogues: [
    messages.map(overTcp),
    [
      Buffer.from('\r\n\r\n'),
      overTcp(request({more: Array.from({length: 200}, (_, at) => `Via: SIP/2.0/TCP h${at}`)})),
    ],
    [Buffer.from(request().toString('latin1').replace('Content-Length: 0', 'Content-Length: 999999999'), 'latin1')],
  ],
  served: (reply) => reply.toString('latin1').startsWith('SIP/2.0 200 OK'),
})

abuseUdp({
  name: 'sip, chan_pjsip',
  port: 5060,
  service: () => sipService({...FREEPBX, ...HONEY, guests: true}),
  datagrams: messages,
})

abuse({
  name: 'sip, chan_pjsip',
  port: 5060,
  service: () => sipService({...FREEPBX, ...HONEY, guests: true}),
  dialogues: [messages.map(overTcp)],
  served: (reply) => reply.toString('latin1').startsWith('SIP/2.0 '),
})

abuseUdp({
  name: 'sip, chan_sip',
  port: 5060,
  service: () => sipService({...ASTERISK, ...HONEY}),
  datagrams: messages,
})
