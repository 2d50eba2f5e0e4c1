/** Captures of protocols with one challenge and one digest: MySQL, PostgreSQL, CRAM-MD5, VNC, SNMPv3. */
import type {CrackableHash} from '../../../events/event.ts'
import {crackable, field, hex} from './line.ts'

/** mysql_native_password: 20 octets of salt (without the final NUL) and of response; hashcat 11200. */
export function mysqlNativeLine(salt: Buffer, response: Buffer): CrackableHash | null {
  const mode = salt.length === 20 && response.length === 20 ? 11_200 : null
  return crackable('mysqlna', mode, `$mysqlna$${hex(salt)}*${hex(response)}`)
}

/** AuthenticationMD5Password: `digest` is what the client sent behind `md5`, 32 hexadecimal digits; hashcat 11100. */
export function postgresMd5Line(user: string, salt: Buffer, digest: string): CrackableHash | null {
  const name = field(user, '*$')
  const proof = field(digest, '*$')
  const exact = name.exact && salt.length === 4 && /^[0-9a-f]{32}$/.test(digest)
  return crackable('dynamic_1034', exact ? 11_100 : null, `$postgres$${name.text}*${hex(salt)}*${proof.text}`)
}

/** CRAM-MD5 (RFC 2195): the challenge and the answer `user digest`, both before base64; hashcat 10200. */
export function cramMd5Line(challenge: Buffer, answer: Buffer): CrackableHash | null {
  const complete = /^.+ [0-9a-f]{32}$/s.test(answer.toString('latin1'))
  const line = `$cram_md5$${challenge.toString('base64')}$${answer.toString('base64')}`
  return crackable('cram-md5', complete ? 10_200 : null, line)
}

/** VNC authentication (RFC 6143 §7.2.2); hashcat has no mode for it. */
export function vncLine(challenge: Buffer, response: Buffer): CrackableHash | null {
  return crackable('vnc', null, `$vnc$*${hex(challenge).toUpperCase()}*${hex(response).toUpperCase()}`)
}

export interface SnmpV3Capture {
  readonly hash: 'md5' | 'sha1'
  /** Where in the capture it was seen; a label. */
  readonly packet: number
  /** The whole message, its msgAuthenticationParameters zeroed (RFC 3414 §6.3.1, §7.3.1). */
  readonly message: Buffer
  readonly engineId: Buffer
  /** The 12 octets that stood in their place. */
  readonly digest: Buffer
}

/** hashcat 25100 and 25200; its 25000 takes both and tries either hash. */
export function snmpV3Line({hash, packet, message, engineId, digest}: SnmpV3Capture): CrackableHash | null {
  const [kind, mode] = hash === 'md5' ? [1, 25_100] : [2, 25_200]
  const line = ['', 'SNMPv3', kind, packet, hex(message), hex(engineId), hex(digest)].join('$')
  return crackable('snmp', digest.length === 12 ? mode : null, line)
}
