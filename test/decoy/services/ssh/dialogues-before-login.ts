/** Conversations after the keys were exchanged, up to the login. */
import {byte, string, uint32} from '../../../../src/decoy/services/ssh/wire.ts'
import {type Dialogue, passwordRequest, SERVICE_REQUEST, userauth} from './golden.ts'

const nothing = byte(0)
const yes = byte(1)
export const KEY = Buffer.concat([string('ssh-ed25519'), string(Buffer.alloc(32, 7))])
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

export const BEFORE_LOGIN: Readonly<Record<string, Dialogue>> = {
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
