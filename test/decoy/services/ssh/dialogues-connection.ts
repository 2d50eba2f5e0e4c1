/** Conversations about channels, after a login. */
import {byte, string, uint32} from '../../../../src/decoy/services/ssh/wire.ts'
import {KEY} from './dialogues-before-login.ts'
import {type Dialogue, SERVICE_REQUEST, userauth} from './golden.ts'

const nothing = byte(0)
const yes = byte(1)
const WINDOW = 0x20_0000
const open = (type: string, id: number, window = WINDOW, size = 0x8000, rest: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([byte(90), string(type), uint32(id), uint32(window), uint32(size), rest])
export const session = (id: number, window?: number, size?: number): Buffer => open('session', id, window, size)
export const request = (channel: number, type: string, wants: boolean, rest: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([byte(98), uint32(channel), string(type), wants ? yes : nothing, rest])
const exec = (command: string, channel = 0): Buffer => request(channel, 'exec', true, string(command))
export const data = (channel: number, bytes: Buffer | string): Buffer =>
  Buffer.concat([byte(94), uint32(channel), string(bytes)])
export const eof = (channel: number): Buffer => Buffer.concat([byte(96), uint32(channel)])
export const close = (channel: number): Buffer => Buffer.concat([byte(97), uint32(channel)])
const global = (name: string, rest: Buffer = Buffer.alloc(0), wants = true): Buffer =>
  Buffer.concat([byte(80), string(name), wants ? yes : nothing, rest])
const tunnel = (host: string, port: number): Buffer =>
  open('direct-tcpip', 3, WINDOW, 0x8000, Buffer.concat([string(host), uint32(port), string('127.0.0.1'), uint32(4)]))
const pty = (term: string, columns: number, rows: number, modes: Buffer = byte(0)): Buffer =>
  Buffer.concat([string(term), uint32(columns), uint32(rows), uint32(0), uint32(0), string(modes)])

export const CONNECTION: Readonly<Record<string, Dialogue>> = {
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
