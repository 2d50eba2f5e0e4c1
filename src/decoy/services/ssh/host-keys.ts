/** The host keys of a decky in the formats that the library reads. */
import type {KeyObject} from 'node:crypto'

import {deriveEd25519Key, deriveP256Key, deriveRsaKey} from '../../keys.ts'
import type {Persona} from '../../persona.ts'
import {byte, string, uint32} from './wire.ts'

/** RSA first, as sshd loads them: the order shows in the proposal. */
export function hostKeys(persona: Persona, rsaBits: number): string[] {
  return [
    deriveRsaKey(persona, 'ssh host key', rsaBits).export({type: 'pkcs1', format: 'pem'}).toString(),
    deriveP256Key(persona, 'ssh host key').export({type: 'sec1', format: 'pem'}).toString(),
    opensshPem(deriveEd25519Key(persona, 'ssh host key')),
  ]
}

/** OpenSSH's `PROTOCOL.key`, unencrypted: the only format in which the library reads Ed25519. */
function opensshPem(key: KeyObject): string {
  const jwk = key.export({format: 'jwk'})
  const open = Buffer.from(jwk.x ?? '', 'base64url')
  const secret = Buffer.concat([Buffer.from(jwk.d ?? '', 'base64url'), open])
  const type = string('ssh-ed25519')
  const check = uint32(0)
  const body = Buffer.concat([check, check, type, string(open), string(secret), string('')])
  const padding = Buffer.from(Array.from({length: (8 - (body.length % 8)) % 8}, (_, index) => index + 1))
  const blob = Buffer.concat([
    Buffer.from('openssh-key-v1', 'latin1'),
    byte(0),
    string('none'),
    string('none'),
    string(''),
    uint32(1),
    string(Buffer.concat([type, string(open)])),
    string(Buffer.concat([body, padding])),
  ])
  const lines = blob.toString('base64').replace(/.{70}/g, '$&\n')
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`
}
