/** What is said to an SSH server: openings without a transport, and conversations after the keys were exchanged. */
import {byte, string, uint32} from '../../../../src/decoy/services/ssh/wire.ts'
import {type Dialogue, PASSWORD, passwordRequest, type RawProbe, SERVICE_REQUEST, userauth} from './golden.ts'

const IDENTIFICATION = 'SSH-2.0-test\r\n'
const text = (value: string): Buffer => Buffer.from(value, 'latin1')
const nothing = byte(0)
const yes = byte(1)

interface Lists {
  readonly kex?: string
  readonly hostKeys?: string
  readonly ciphers?: string
  readonly macs?: string
  readonly compression?: string
}

export function packet(payload: Buffer): Buffer {
  const short = 8 - ((5 + payload.length) % 8)
  const padding = short < 4 ? short + 8 : short
  return Buffer.concat([uint32(1 + payload.length + padding), byte(padding), payload, Buffer.alloc(padding)])
}

export function kexInit(lists: Lists = {}): Buffer {
  const {kex = 'curve25519-sha256', hostKeys = 'ssh-ed25519', compression = 'none'} = lists
  const {ciphers = 'aes128-ctr', macs = 'hmac-sha2-256'} = lists
  const names = [kex, hostKeys, ciphers, ciphers, macs, macs, compression, compression, '', '']
  return Buffer.concat([byte(20), Buffer.alloc(16), ...names.map((list) => string(list)), nothing, uint32(0)])
}

/** An identification, then packets in the clear. */
function opening(...payloads: readonly Buffer[]): RawProbe {
  return Buffer.concat([text(IDENTIFICATION), ...payloads.map((payload) => packet(payload))])
}

const GROUP14 = kexInit({kex: 'diffie-hellman-group14-sha256'})
const GROUP_EXCHANGE = kexInit({kex: 'diffie-hellman-group-exchange-sha256'})
const gex = (min: number, wanted: number, max: number): Buffer =>
  Buffer.concat([byte(34), uint32(min), uint32(wanted), uint32(max)])

export const RAW: Readonly<Record<string, RawProbe>> = {
  'a right identification': text(IDENTIFICATION),
  'an identification with a bare LF': text('SSH-2.0-test\n'),
  'version 1.99': text('SSH-1.99-test\r\n'),
  'version 1.0': text('SSH-1.0-test\r\n'),
  'version 1.5': text('SSH-1.5-Nmap-SSH1-Hostkey\r\n'),
  'version 1337': text('SSH-1337-OpenSSH_9.0\r\n'),
  'version 1111': text('SSH-1111-OpenSSH_9.0\r\n'),
  'version 3.0': text('SSH-3.0-test\r\n'),
  'version 2.1': text('SSH-2.1-test\r\n'),
  'no software version': text('SSH-2.0-\r\n'),
  HTTP: text('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  garbage: text('\x01\x02\x03garbage\r\n'),
  'a TLS ClientHello': Buffer.from('16030100c8010000c403030000', 'hex'),
  'a NUL': text('SSH-2.0-te\0st\r\n'),
  'a CR in the middle': text('SSH-2.0-te\rst\r\n'),
  'a blank line first': text(`\r\n${IDENTIFICATION}`),
  'nine blank lines': text('\n'.repeat(9)),
  'an identification and nine blank lines': text(`SSH-2.0-OpenSSH\n${'\n'.repeat(9)}`),
  'the identification twice': text(`${IDENTIFICATION}${IDENTIFICATION}`),
  'an identification of 254 bytes': text(`SSH-2.0-${'x'.repeat(246)}\r\n`),
  'an identification of 300 bytes': text(`SSH-2.0-${'x'.repeat(292)}\r\n`),
  'an identification of 8,191 bytes': text(`SSH-2.0-${'x'.repeat(8183)}\n`),
  'an identification of 8,192 bytes': text(`SSH-2.0-${'x'.repeat(8184)}\n`),
  'an endless line': text('x'.repeat(9000)),
  'an unfinished line': text('SSH-2.0-test'),
  'packet length 0': Buffer.concat([text(IDENTIFICATION), Buffer.alloc(64)]),
  'packet length 0x7fffffff': Buffer.concat([text(IDENTIFICATION), uint32(0x7fffffff), Buffer.alloc(60)]),
  'a packet length that is no multiple of 8': Buffer.concat([text(IDENTIFICATION), uint32(13), Buffer.alloc(60)]),
  'padding longer than the packet': Buffer.concat([text(IDENTIFICATION), uint32(12), byte(255), Buffer.alloc(11)]),
  'padding of three bytes': Buffer.concat([text(IDENTIFICATION), uint32(12), byte(3), byte(2), Buffer.alloc(10)]),
  'a packet of 262,152 bytes': Buffer.concat([text(IDENTIFICATION), uint32(262_152), Buffer.alloc(60)]),
  'no common key exchange': opening(kexInit({kex: 'none-such'})),
  'no common host key': opening(kexInit({hostKeys: 'ssh-dss'})),
  'no common cipher': opening(kexInit({ciphers: '3des-cbc'})),
  'no common MAC': opening(kexInit({macs: 'hmac-md5'})),
  'no common compression': opening(kexInit({compression: 'zlib'})),
  'a truncated KEXINIT': opening(kexInit().subarray(0, 60)),
  'an empty packet': opening(Buffer.alloc(0)),
  'authentication before the keys': opening(passwordRequest(PASSWORD)),
  'a service request before the keys': opening(SERVICE_REQUEST),
  'IGNORE before the keys': opening(Buffer.concat([byte(2), string('noise')])),
  'DEBUG before the keys': opening(Buffer.concat([byte(4), yes, string('noise'), string('')])),
  'UNIMPLEMENTED before the keys': opening(Buffer.concat([byte(3), uint32(0)])),
  'an unknown message before the keys': opening(byte(192)),
  'DISCONNECT before the keys': opening(Buffer.concat([byte(1), uint32(11), string('bye'), string('')])),
  'KEXINIT twice': opening(kexInit(), kexInit()),
  'NEWKEYS without an exchange': opening(kexInit(), byte(21)),
  'a curve point of the wrong length': opening(kexInit(), Buffer.concat([byte(30), string('short')])),
  'a curve point of zeros': opening(kexInit(), Buffer.concat([byte(30), string(Buffer.alloc(32))])),
  'a curve exchange cut short': opening(kexInit(), byte(30)),
  'DH e = 0': opening(GROUP14, Buffer.concat([byte(30), string(byte(0))])),
  'DH e = 1': opening(GROUP14, Buffer.concat([byte(30), string(byte(1))])),
  'DH e < 0': opening(GROUP14, Buffer.concat([byte(30), string(Buffer.alloc(256, 0xff))])),
  'a short hybrid key': opening(
    kexInit({kex: 'sntrup761x25519-sha512@openssh.com'}),
    Buffer.concat([byte(30), string('x')]),
  ),
  'a group of 1 bit': opening(GROUP_EXCHANGE, gex(1, 1, 1)),
  'a group with min above max': opening(GROUP_EXCHANGE, gex(4096, 3072, 2048)),
  'a group of 1024 bits as nmap asks': opening(GROUP_EXCHANGE, gex(1024, 1024, 8192)),
  'a group request cut short': opening(GROUP_EXCHANGE, byte(34)),
  'the old group request': opening(GROUP_EXCHANGE, Buffer.concat([byte(30), uint32(2048)])),
}

const KEY = Buffer.concat([string('ssh-ed25519'), string(Buffer.alloc(32, 7))])
const publicKey = (algorithm: string, blob: Buffer, signature?: Buffer): Buffer =>
  userauth(
    'publickey',
    Buffer.concat([
      signature === undefined ? nothing : yes,
      string(algorithm),
      string(blob),
      ...(signature === undefined ? [] : [string(signature)]),
    ]),
  )

const BEFORE_LOGIN: Readonly<Record<string, Dialogue>> = {
  extensions: {from: 'keys', turns: [[]]},
  'an unknown service': {from: 'keys', turns: [[Buffer.concat([byte(5), string('ssh-nonsense')])]]},
  'the connection service': {from: 'keys', turns: [[Buffer.concat([byte(5), string('ssh-connection')])]]},
  'a service request cut short': {from: 'keys', turns: [[byte(5)]]},
  'the service twice': {from: 'service', turns: [[SERVICE_REQUEST]]},
  'authentication without the service': {from: 'keys', turns: [[userauth('none')]]},
  'IGNORE and DEBUG': {
    from: 'keys',
    turns: [[Buffer.concat([byte(2), string('x')])], [Buffer.concat([byte(4), yes, string('x'), string('')])]],
  },
  'message 192': {from: 'keys', turns: [[byte(192)]]},
  'message 0': {from: 'keys', turns: [[byte(0)]]},
  'message 100': {from: 'keys', turns: [[byte(100)]]},
  'message 60': {from: 'service', turns: [[byte(60)]]},
  'a channel before the login': {
    from: 'service',
    turns: [[Buffer.concat([byte(90), string('session'), uint32(0), uint32(1024), uint32(1024)])]],
  },
  'a global request before the login': {
    from: 'service',
    turns: [[Buffer.concat([byte(80), string('keepalive@openssh.com'), yes])]],
  },
  'none, twice': {from: 'service', turns: [[userauth('none')], [userauth('none')]]},
  'none for an unknown user': {from: 'service', turns: [[userauth('none', undefined, 'nobody-here')]]},
  'an unknown method': {from: 'service', turns: [[userauth('nonsense')]]},
  'keyboard-interactive': {
    from: 'service',
    turns: [[userauth('keyboard-interactive', Buffer.concat([string(''), string('')]))]],
  },
  hostbased: {from: 'service', turns: [[userauth('hostbased', Buffer.concat([string('ssh-rsa'), string('x')]))]]},
  gssapi: {from: 'service', turns: [[userauth('gssapi-with-mic', uint32(0))]]},
  'a key that is not known': {from: 'service', turns: [[publicKey('ssh-ed25519', KEY)]]},
  'a key with a wrong signature': {from: 'service', turns: [[publicKey('ssh-ed25519', KEY, string('sig'))]]},
  'a key of another type': {from: 'service', turns: [[publicKey('ssh-rsa', KEY)]]},
  'a key of an unknown type': {from: 'service', turns: [[publicKey('ssh-nonsense', KEY)]]},
  'a key that is none': {from: 'service', turns: [[publicKey('ssh-ed25519', string('ssh-ed25519'))]]},
  'a key request cut short': {from: 'service', turns: [[userauth('publickey', nothing)]]},
  'a password request cut short': {from: 'service', turns: [[userauth('password')]]},
  'a password request with more behind it': {
    from: 'service',
    turns: [[userauth('password', Buffer.concat([nothing, string('x'), string('y')]))]],
  },
  'a change of the password': {
    from: 'service',
    turns: [[userauth('password', Buffer.concat([yes, string('x'), string('y')]))]],
  },
  'another user': {from: 'service', turns: [[userauth('none')], [userauth('none', undefined, 'other')]]},
  'another service': {from: 'service', turns: [[userauth('none')], [userauth('none', undefined, undefined, 'x')]]},
  'an unknown service of a user': {from: 'service', turns: [[userauth('none', undefined, undefined, 'ssh-x')]]},
  'a user name of 300 bytes': {from: 'service', turns: [[userauth('none', undefined, 'u'.repeat(300))]]},
  'an empty user name': {from: 'service', turns: [[userauth('none', undefined, '')]]},
  'six wrong keys': {
    from: 'service',
    turns: Array.from({length: 6}, (_, index) => [
      publicKey('ssh-ed25519', Buffer.concat([string('ssh-ed25519'), string(Buffer.alloc(32, index + 1))])),
    ]),
  },
  'a response that nobody asked for': {
    from: 'service',
    turns: [[Buffer.concat([byte(61), uint32(1), string('x')])]],
  },
  'a wrong password': {from: 'service', turns: [[userauth('none')], [passwordRequest('wrong')]]},
  'an empty password': {from: 'service', turns: [[passwordRequest('')]]},
  'a wrong password of an unknown user': {
    from: 'service',
    turns: [[passwordRequest('wrong', 'nobody-here')]],
  },
}

const WINDOW = 0x20_0000
const open = (type: string, id: number, window = WINDOW, size = 0x8000, rest: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([byte(90), string(type), uint32(id), uint32(window), uint32(size), rest])
const session = (id: number, window?: number, size?: number): Buffer => open('session', id, window, size)
const request = (channel: number, type: string, wants: boolean, rest: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([byte(98), uint32(channel), string(type), wants ? yes : nothing, rest])
const exec = (command: string, channel = 0): Buffer => request(channel, 'exec', true, string(command))
const data = (channel: number, bytes: Buffer | string): Buffer =>
  Buffer.concat([byte(94), uint32(channel), string(bytes)])
const eof = (channel: number): Buffer => Buffer.concat([byte(96), uint32(channel)])
const close = (channel: number): Buffer => Buffer.concat([byte(97), uint32(channel)])
const global = (name: string, rest: Buffer = Buffer.alloc(0), wants = true): Buffer =>
  Buffer.concat([byte(80), string(name), wants ? yes : nothing, rest])
const tunnel = (host: string, port: number): Buffer =>
  open('direct-tcpip', 3, WINDOW, 0x8000, Buffer.concat([string(host), uint32(port), string('127.0.0.1'), uint32(4)]))
const pty = (term: string, columns: number, rows: number, modes: Buffer = byte(0)): Buffer =>
  Buffer.concat([string(term), uint32(columns), uint32(rows), uint32(0), uint32(0), string(modes)])

const CONNECTION: Readonly<Record<string, Dialogue>> = {
  'a login': {from: 'login', turns: []},
  'a session': {from: 'login', turns: [[session(5)]]},
  'a command and its end': {from: 'login', turns: [[session(5)], [exec('echo hi; exit 3')], [close(0)]]},
  'a command without a reply': {
    from: 'login',
    turns: [[session(5)], [request(0, 'exec', false, string('exit 0'))], [close(0)]],
  },
  'a command that reads': {from: 'login', turns: [[session(5)], [exec('cat')], [data(0, 'abc')], [eof(0)], [close(0)]]},
  'a command on standard error': {from: 'login', turns: [[session(5)], [exec('echo oops >&2')]]},
  'a command that is killed': {from: 'login', turns: [[session(5)], [exec('kill -9 $$')], [close(0)]]},
  'a command that is not there': {from: 'login', turns: [[session(5)], [exec('exit 127')]]},
  'a signal': {
    from: 'login',
    turns: [[session(5)], [exec('sleep 30')], [request(0, 'signal', false, string('TERM'))]],
  },
  'a window of 16 bytes': {
    from: 'login',
    turns: [
      [session(5, 16, 0x8000)],
      [exec('echo 0123456789abcdefghij')],
      [Buffer.concat([byte(93), uint32(5), uint32(1)])],
    ],
  },
  'packets of 8 bytes': {from: 'login', turns: [[session(5, WINDOW, 8)], [exec('echo 0123456789abcdefghij')]]},
  environment: {
    from: 'login',
    turns: [
      [session(5)],
      [request(0, 'env', true, Buffer.concat([string('LANG'), string('C')]))],
      [request(0, 'env', true, Buffer.concat([string('LC_ALL'), string('C')]))],
      [request(0, 'env', true, Buffer.concat([string('PATH'), string('/x')]))],
    ],
  },
  'an unknown request': {from: 'login', turns: [[session(5)], [request(0, 'nonsense@x', true)]]},
  'an unknown request without a reply': {from: 'login', turns: [[session(5)], [request(0, 'nonsense@x', false)]]},
  'an unknown subsystem': {from: 'login', turns: [[session(5)], [request(0, 'subsystem', true, string('nonsense'))]]},
  'a command after a command': {from: 'login', turns: [[session(5)], [exec('sleep 30')], [exec('id')]]},
  'a terminal': {from: 'login', turns: [[session(5)], [request(0, 'pty-req', true, pty('xterm', 80, 24))]]},
  'two terminals': {
    from: 'login',
    turns: [
      [session(5)],
      [request(0, 'pty-req', true, pty('xterm', 80, 24))],
      [request(0, 'pty-req', true, pty('xterm', 80, 24))],
    ],
  },
  'a new window size': {
    from: 'login',
    turns: [
      [session(5)],
      [request(0, 'window-change', true, Buffer.concat([uint32(1), uint32(1), uint32(0), uint32(0)]))],
    ],
  },
  'a break': {from: 'login', turns: [[session(5)], [request(0, 'break', true, uint32(500))]]},
  'an agent': {from: 'login', turns: [[session(5)], [request(0, 'auth-agent-req@openssh.com', true)]]},
  'a request for no channel': {from: 'login', turns: [[request(7, 'exec', true, string('id'))]]},
  'data for no channel': {from: 'login', turns: [[data(7, 'x')]]},
  'the end of no channel': {from: 'login', turns: [[close(7)]]},
  'a window for no channel': {from: 'login', turns: [[Buffer.concat([byte(93), uint32(7), uint32(1)])]]},
  'data before a command': {from: 'login', turns: [[session(5)], [data(0, 'x')]]},
  'the end before a command': {from: 'login', turns: [[session(5)], [close(0)]]},
  'eleven sessions': {from: 'login', turns: Array.from({length: 11}, (_, index) => [session(index)])},
  'a session that follows a closed one': {
    from: 'login',
    turns: [[session(5)], [exec('exit 0')], [close(0)], [session(6)]],
  },
  'no more sessions': {
    from: 'login',
    turns: [[global('no-more-sessions@openssh.com', undefined, false)], [session(5)]],
  },
  'an unknown channel type': {from: 'login', turns: [[open('nonsense', 3)]]},
  'an X11 channel': {from: 'login', turns: [[open('x11', 3)]]},
  'a tunnel to a closed port': {from: 'login', turns: [[tunnel('127.0.0.1', 1)]]},
  'a tunnel to no host': {from: 'login', turns: [[tunnel('256.256.256.256', 80)]]},
  'a tunnel to a missing socket': {
    from: 'login',
    turns: [
      [
        open(
          'direct-streamlocal@openssh.com',
          3,
          WINDOW,
          0x8000,
          Buffer.concat([string('/nonexistent/socket'), string(''), uint32(0)]),
        ),
      ],
    ],
  },
  'a tunnel request cut short': {from: 'login', turns: [[open('direct-tcpip', 3)]]},
  'a remote forward to a privileged port': {
    from: 'login',
    turns: [[global('tcpip-forward', Buffer.concat([string('127.0.0.1'), uint32(81)]))]],
  },
  'the end of a forward that is not there': {
    from: 'login',
    turns: [[global('cancel-tcpip-forward', Buffer.concat([string('127.0.0.1'), uint32(81)]))]],
  },
  'keep-alive': {
    from: 'login',
    turns: [[global('keepalive@openssh.com')], [global('keepalive@openssh.com', undefined, false)]],
  },
  'an unknown global request': {
    from: 'login',
    turns: [[global('nonsense@x')], [global('nonsense@x', undefined, false)]],
  },
  'a proof for a key that is not ours': {
    from: 'login',
    turns: [[global('hostkeys-prove-00@openssh.com', string(KEY))]],
  },
  'authentication after the login': {from: 'login', turns: [[userauth('none')]]},
  'a service after the login': {from: 'login', turns: [[SERVICE_REQUEST]]},
  'an unknown message after the login': {from: 'login', turns: [[byte(192)]]},
  'a ping': {from: 'login', turns: [[Buffer.concat([byte(192), string('ping')])]]},
  'IGNORE after the login': {from: 'login', turns: [[Buffer.concat([byte(2), string('x')])]]},
}

const sftp = (type: number, ...fields: readonly Buffer[]): Buffer =>
  data(0, string(Buffer.concat([byte(type), ...fields])))
const extended = (id: number, name: string, ...fields: readonly Buffer[]): Buffer =>
  sftp(200, uint32(id), string(name), ...fields)
const NO_ATTRIBUTES = uint32(0)
const SUBSYSTEM: Buffer[][] = [[session(5)], [request(0, 'subsystem', true, string('sftp'))]]
const SFTP_OPEN: Buffer[][] = [...SUBSYSTEM, [sftp(1, uint32(3))]]
const files = (...turns: readonly Buffer[]): Dialogue => ({
  from: 'login',
  turns: [...SFTP_OPEN, ...turns.map((turn) => [turn])],
})

const SFTP: Readonly<Record<string, Dialogue>> = {
  sftp: {from: 'login', turns: SFTP_OPEN},
  'sftp: an old version': {from: 'login', turns: [...SUBSYSTEM, [sftp(1, uint32(2))]]},
  'sftp: a later version': {from: 'login', turns: [...SUBSYSTEM, [sftp(1, uint32(6))]]},
  'sftp: a request before the version': {from: 'login', turns: [...SUBSYSTEM, [sftp(17, uint32(1), string('/'))]]},
  'sftp: the version twice': files(sftp(1, uint32(3))),
  'sftp: where': files(sftp(16, uint32(7), string('/etc/../etc/passwd')), sftp(16, uint32(8), string('/none/there'))),
  'sftp: nothing there': files(
    sftp(17, uint32(1), string('/none')),
    sftp(7, uint32(2), string('/none')),
    sftp(3, uint32(3), string('/none'), uint32(1), NO_ATTRIBUTES),
    sftp(11, uint32(4), string('/none')),
    sftp(13, uint32(5), string('/none')),
    sftp(15, uint32(6), string('/none')),
    sftp(18, uint32(7), string('/none'), string('/other')),
    sftp(19, uint32(8), string('/none')),
    sftp(9, uint32(9), string('/none'), NO_ATTRIBUTES),
  ),
  'sftp: the wrong kind': files(
    sftp(11, uint32(1), string('/etc/passwd')),
    sftp(14, uint32(2), string('/etc'), NO_ATTRIBUTES),
    sftp(13, uint32(3), string('/etc')),
    sftp(15, uint32(4), string('/etc')),
    sftp(19, uint32(5), string('/etc')),
    sftp(17, uint32(6), string('/etc/passwd/x')),
    sftp(3, uint32(7), string('/etc/shadow'), uint32(1), NO_ATTRIBUTES),
    sftp(3, uint32(8), string('/etc/passwd'), uint32(2), NO_ATTRIBUTES),
  ),
  'sftp: wrong handles': files(
    sftp(4, uint32(1), string('\0\0\0\x09')),
    sftp(5, uint32(2), string('\0\0\0\x09'), uint32(0), uint32(0), uint32(10)),
    sftp(6, uint32(3), string('\0\0\0\x09'), uint32(0), uint32(0), string('x')),
    sftp(8, uint32(4), string('\0\0\0\x09')),
    sftp(12, uint32(5), string('\0\0\0\x09')),
    sftp(10, uint32(6), string('\0\0\0\x09'), NO_ATTRIBUTES),
    sftp(4, uint32(7), string('nonsense')),
  ),
  'sftp: a file': files(
    sftp(3, uint32(1), string('/etc/hostname'), uint32(1), NO_ATTRIBUTES),
    sftp(5, uint32(2), string('\0\0\0\0'), uint32(0), uint32(4096), uint32(10)),
    sftp(4, uint32(3), string('\0\0\0\0')),
    sftp(4, uint32(4), string('\0\0\0\0')),
  ),
  'sftp: upload': files(
    sftp(3, uint32(1), string('/tmp/golden-upload'), uint32(26), NO_ATTRIBUTES),
    sftp(6, uint32(2), string('\0\0\0\0'), uint32(0), uint32(0), string('hello')),
    sftp(4, uint32(3), string('\0\0\0\0')),
    sftp(3, uint32(4), string('/tmp/golden-upload'), uint32(42), NO_ATTRIBUTES),
    sftp(3, uint32(5), string('/tmp/golden-upload'), uint32(1), NO_ATTRIBUTES),
    sftp(5, uint32(6), string('\0\0\0\0'), uint32(0), uint32(0), uint32(100)),
    sftp(5, uint32(7), string('\0\0\0\0'), uint32(0), uint32(5), uint32(100)),
    sftp(6, uint32(8), string('\0\0\0\0'), uint32(0), uint32(0), string('x')),
    sftp(4, uint32(9), string('\0\0\0\0')),
    sftp(14, uint32(10), string('/tmp/golden-upload'), NO_ATTRIBUTES),
    sftp(13, uint32(11), string('/tmp/golden-upload')),
  ),
  'sftp: unknown requests': files(sftp(99, uint32(1)), extended(2, 'nonsense@x'), sftp(21, uint32(3))),
  'sftp: extensions': files(
    extended(1, 'limits@openssh.com'),
    extended(2, 'expand-path@openssh.com', string('/tmp')),
    extended(3, 'users-groups-by-id@openssh.com', string(uint32(0)), string(uint32(0))),
    extended(4, 'users-groups-by-id@openssh.com', string(uint32(54_321)), string(Buffer.alloc(0))),
    extended(5, 'fsync@openssh.com', string('\0\0\0\x09')),
    extended(6, 'hardlink@openssh.com', string('/none'), string('/tmp/other')),
    extended(7, 'posix-rename@openssh.com', string('/none'), string('/tmp/other')),
    extended(8, 'statvfs@openssh.com', string('/none')),
    extended(9, 'fstatvfs@openssh.com', string('\0\0\0\x09')),
    extended(10, 'lsetstat@openssh.com', string('/none'), NO_ATTRIBUTES),
    extended(11, 'home-directory', string('golden')),
    extended(12, 'copy-data', string('\0\0\0\x09'), Buffer.alloc(16), string('\0\0\0\x09'), Buffer.alloc(8)),
  ),
  'sftp: a packet of 4 GiB': {from: 'login', turns: [...SFTP_OPEN, [data(0, Buffer.alloc(9, 0xff))]]},
  'sftp: the end': {from: 'login', turns: [...SFTP_OPEN, [eof(0)], [close(0)]]},
}

export const DIALOGUES: Readonly<Record<string, Dialogue>> = {...BEFORE_LOGIN, ...CONNECTION, ...SFTP}
