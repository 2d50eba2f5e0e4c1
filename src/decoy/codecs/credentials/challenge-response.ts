/** Captures of protocols with one challenge and one digest: MySQL, PostgreSQL, CRAM-MD5, VNC, SNMPv3. */
import type {CrackableHash} from '../../../events/event.ts'
import {crackable, field, fits, hex} from './line.ts'

const MAX_POSTGRES_USER = 32
const MAX_CRAM = {challenge: 256, answer: 64 + 33} as const
const SNMP = {message: 1500, engineIdLeast: 13, engineIdMost: 17} as const
/** Numbers of John's format, modes of hashcat, and octets that are left of the digest (RFC 3414, RFC 7860). */
const SNMP_HASHES = {
  md5: {kind: 1, mode: 25_100, digest: 12},
  sha1: {kind: 2, mode: 25_200, digest: 12},
  /** MD5 or SHA-1: a message does not tell which. */
  'md5-or-sha1': {kind: 0, mode: 25_000, digest: 12},
  sha224: {kind: 3, mode: 26_700, digest: 16},
  sha256: {kind: 4, mode: 26_800, digest: 24},
  sha384: {kind: 5, mode: 26_900, digest: 32},
  sha512: {kind: 6, mode: 27_300, digest: 48},
} as const

/** mysql_native_password: 20 octets of salt (without the final NUL) and of response; hashcat 11200. */
export function mysqlNativeLine(salt: Buffer, response: Buffer): CrackableHash | null {
  const mode = salt.length === 20 && response.length === 20 ? 11_200 : null
  return crackable('mysqlna', mode, `$mysqlna$${hex(salt)}*${hex(response)}`)
}

/**
 * The fast proof of caching_sha2_password, 20 octets of salt and 32 of proof, where the client went no further. No tool
 * reads it: the proof is SHA256(p) XOR SHA256(SHA256(SHA256(p)), salt).
 */
export function mysqlSha2Line(salt: Buffer, proof: Buffer): CrackableHash | null {
  return crackable('decnet-mysql-sha2', null, `$mysqlsha2$${hex(salt)}*${hex(proof)}`)
}

/** AuthenticationMD5Password: `digest` is what the client sent behind `md5`, 32 hexadecimal digits; hashcat 11100. */
export function postgresMd5Line(user: string, salt: Buffer, digest: string): CrackableHash | null {
  const name = field(user, '*$')
  const proof = field(digest, '*$')
  const exact = fits(name, MAX_POSTGRES_USER) && salt.length === 4 && /^[0-9a-f]{32}$/.test(digest)
  return crackable('dynamic_1034', exact ? 11_100 : null, `$postgres$${name.text}*${hex(salt)}*${proof.text}`)
}

/** CRAM-MD5 (RFC 2195): the challenge and the answer `user digest`, both before base64; hashcat 10200. */
export function cramMd5Line(challenge: Buffer, answer: Buffer): CrackableHash | null {
  const short = challenge.length <= MAX_CRAM.challenge && answer.length <= MAX_CRAM.answer
  const complete = short && /^.+ [0-9a-f]{32}$/s.test(answer.toString('latin1'))
  const line = `$cram_md5$${challenge.toString('base64')}$${answer.toString('base64')}`
  return crackable('cram-md5', complete ? 10_200 : null, line)
}

/** VNC authentication (RFC 6143 §7.2.2); hashcat has no mode for it. */
export function vncLine(challenge: Buffer, response: Buffer): CrackableHash | null {
  return crackable('vnc', null, `$vnc$*${hex(challenge).toUpperCase()}*${hex(response).toUpperCase()}`)
}

export interface SnmpV3Capture {
  readonly hash: keyof typeof SNMP_HASHES
  /** Where in the capture it was seen; a label. */
  readonly packet: number
  /** The whole message, its msgAuthenticationParameters zeroed (RFC 3414 §6.3.1, §7.3.1). */
  readonly message: Buffer
  readonly engineId: Buffer
  /** The octets that stood in their place. */
  readonly digest: Buffer
}

/** hashcat 25000 to 25200 for HMAC-MD5-96 and HMAC-SHA-96, 26700 to 26900 and 27300 for HMAC-SHA-2. */
export function snmpV3Line({hash, packet, message, engineId, digest}: SnmpV3Capture): CrackableHash | null {
  const {kind, mode, digest: octets} = SNMP_HASHES[hash]
  const line = ['', 'SNMPv3', kind, packet, hex(message), hex(engineId), hex(digest)].join('$')
  const sized = engineId.length >= SNMP.engineIdLeast && engineId.length <= SNMP.engineIdMost
  const read = sized && message.length <= SNMP.message && digest.length === octets
  return crackable('snmp', read ? mode : null, line)
}

/** Which hash a digest of that length may be of; null: none of the standard's. */
export function snmpV3Hash(digestLength: number): SnmpV3Capture['hash'] | null {
  const names: Readonly<Record<number, SnmpV3Capture['hash']>> = {
    12: 'md5-or-sha1',
    16: 'sha224',
    24: 'sha256',
    32: 'sha384',
    48: 'sha512',
  }
  return names[digestLength] ?? null
}
