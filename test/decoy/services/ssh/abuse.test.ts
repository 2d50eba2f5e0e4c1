/** What comes before the keys, and the transfers behind the login; what is encrypted in between is `hostile.test.ts`. */
import {createHash} from 'node:crypto'
import {describe} from 'vitest'

import {createService} from '../../../../src/decoy/services/ssh/server.ts'
import {byte, mpint, string, uint32} from '../../../../src/decoy/services/ssh/wire.ts'
import {besieged} from '../../../support/abuse.ts'
import {abuseStream} from '../../../support/abuse-stream.ts'
import {kexInit, packet, RAW} from './corpus.ts'
import {HONEY, personaWith} from './ssh-world.ts'

const line = (software: string): Buffer => Buffer.from(`SSH-2.0-${software}\r\n`, 'latin1')
/** A point of the curve that anybody may have drawn. */
const POINT = createHash('sha256').update('a key').digest()
const e = Buffer.alloc(256, POINT)
const ecdh = packet(Buffer.concat([byte(30), string(POINT)]))
const OPENSSH = kexInit({
  kex: 'curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,diffie-hellman-group14-sha256,ext-info-c',
  hostKeys: 'ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512',
  ciphers: 'chacha20-poly1305@openssh.com,aes128-ctr,aes256-gcm@openssh.com',
  macs: 'umac-64-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-256',
  compression: 'none,zlib@openssh.com',
})
/** Bytes under keys that the server does not have. */
const noise = Buffer.concat([0, 1, 2, 3].map((round) => createHash('sha512').update(`${round}`).digest()))
const newKeys = packet(byte(21))

const dialogues = [
  [line('OpenSSH_9.2p1 Debian-2+deb12u7'), packet(OPENSSH), ecdh, newKeys, noise],
  [line('Go'), packet(kexInit({kex: 'curve25519-sha256@libssh.org', hostKeys: 'ssh-ed25519'})), ecdh, newKeys, noise],
  [
    line('libssh2_1.11.0'),
    packet(kexInit({kex: 'diffie-hellman-group14-sha256'})),
    packet(Buffer.concat([byte(30), mpint(e)])),
  ],
  [
    line('PuTTY_Release_0.78'),
    packet(kexInit({kex: 'diffie-hellman-group-exchange-sha256'})),
    packet(Buffer.concat([byte(34), uint32(1024), uint32(2048), uint32(8192)])),
    packet(Buffer.concat([byte(32), mpint(e)])),
  ],
  [line('paramiko_2.12.0'), Buffer.concat([packet(OPENSSH), packet(Buffer.concat([byte(2), string('x')])), ecdh])],
]

/** Numbers and keys are random: of packets only what they are is compared. */
const opening = (written: Buffer): string => written.subarray(0, written.indexOf('\n') + 1).toString('latin1')

abuseStream({
  name: 'ssh',
  port: 22,
  service: async () => createService(personaWith(), HONEY),
  dialogues,
  strange: Object.values(RAW).map((bytes) => [bytes]),
  readable: opening,
  forgets: true,
  inputs: 15_000,
})

abuseStream({
  name: 'ssh as Dropbear',
  port: 22,
  service: async () => createService(personaWith({os: 'embedded', distro: 'embedded'}), HONEY),
  dialogues,
  readable: opening,
  forgets: true,
  inputs: 8000,
})

describe('ssh under siege', () => {
  besieged({
    name: 'ssh',
    port: 22,
    service: async () => createService(personaWith(), HONEY),
    dialogues: [[line('OpenSSH_9.2p1'), packet(OPENSSH)]],
    served: (reply) => reply.toString('latin1').startsWith('SSH-2.0-OpenSSH_9.2p1') && reply.length > 500,
  })
})
