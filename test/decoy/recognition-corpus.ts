/** What scanners send to a port that they know nothing of. */

const text = (...lines: string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex')

/** A ClientHello of TLS 1.2 with one cipher. */
const CLIENT_HELLO = hex(`1603010035 01000031 0303 ${'5a'.repeat(32)} 00 0004 c02f002f 0100 0004 00170000`)
/** SMB1 NEGOTIATE with the dialects of Windows NT. */
const SMB1 = hex(
  '00000054 ff534d42 72 00000000 18 01 28 0000 0000000000000000 0000 0000 2f4b 0000 c55e 00 3100' +
    '02 4c414e4d414e312e3000 02 4c4d312e325830303200 02 4e54204c414e4d414e20312e3000 02 4e54204c4d20302e313200',
)

export const OPENINGS: Readonly<Record<string, Buffer>> = {
  'HTTP GET': text('GET / HTTP/1.1', 'Host: 10.0.0.1', 'User-Agent: Mozilla/5.0'),
  'HTTP of version 1337': text('GET / HTTP/1337', 'Host: 10.0.0.1'),
  'RTSP OPTIONS': text('OPTIONS / RTSP/1.0', 'CSeq: 1'),
  'SIP OPTIONS': text('OPTIONS sip:nm SIP/2.0', 'Via: SIP/2.0/TCP nm;branch=foo', 'CSeq: 42 OPTIONS'),
  CRLF: Buffer.from('\r\n\r\n'),
  'help\\r\\n': Buffer.from('HELP\r\n'),
  'TLS ClientHello': CLIENT_HELLO,
  'SMB1 NEGOTIATE': SMB1,
  'SMB1 with the constant that finds Dionaea': hex(
    '00000025 ff534d42 72 00000000 18 01 28 0000 6538547e6c42 0000 0000 0000 0000 0000 0000 00 0000',
  ),
  'SSH of version 1337': Buffer.from('SSH-1337-OpenSSH_9.0\r\n'),
  'SSH with nine blank lines': Buffer.from(`SSH-2.0-OpenSSH\n${'\n'.repeat(9)}`),
  'RDP connection request': hex('0300000b06e00000000000'),
  'LDAP bind': hex('300c02010160070201030400 8000'),
  'LDAP search of the root': hex(
    '30840000002d 020107 638400000024 0400 0a0100 0a0100 020100 020164 010100 870b6f626a656374436c617373 308400000000',
  ),
  'DNS over TCP': hex('001e 0006 0100 0001 0000 0000 0000 07 76657273696f6e 04 62696e64 0000100003'),
  'TDS PRELOGIN': hex('1201001a0000000000000b000601000000ffff 110000000000 0000'),
  'PostgreSQL SSLRequest': hex('0000000804d2162f'),
  'Redis arrays that never end': Buffer.from('[[,[[\r\n'),
  'MQTT 5 CONNECT': hex('1010 0004 4d515454 05 02 003c 00 0003 616263'),
  'MongoDB isMaster': hex(
    '3a000000 01000000 00000000 d4070000 00000000 61646d696e2e24636d6400 00000000 01000000 13000000 1069736d617374657200 01000000 00',
  ),
  'memcached stats': Buffer.from('stats\r\n'),
  NULs: Buffer.alloc(64),
  'random octets': Buffer.from(Array.from({length: 200}, (_, index) => (index * 167 + 13) & 0xff)),
}
