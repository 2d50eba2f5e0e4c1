/** What is said to an SSH server: openings without a transport, and conversations after the keys were exchanged. */
import {byte, string, uint32} from '../../../../src/decoy/services/ssh/wire.ts'
import {BEFORE_LOGIN} from './dialogues-before-login.ts'
import {CONNECTION} from './dialogues-connection.ts'
import {SFTP} from './dialogues-sftp.ts'
import {type Dialogue, PASSWORD, passwordRequest, type RawProbe, SERVICE_REQUEST} from './golden.ts'

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
  // nmap proposes this: a server that agrees on what it did not announce takes e for too large and closes.
  'an exchange that is not announced, before one that is': opening(
    kexInit({kex: 'diffie-hellman-group1-sha1,diffie-hellman-group14-sha256'}),
    Buffer.concat([byte(30), string(Buffer.alloc(256, 0x7f))]),
  ),
  'a padded DH e': opening(
    GROUP14,
    Buffer.concat([byte(30), string(Buffer.concat([byte(0), Buffer.alloc(256, 0x7f)]))]),
  ),
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

export const DIALOGUES: Readonly<Record<string, Dialogue>> = {...BEFORE_LOGIN, ...CONNECTION, ...SFTP}
