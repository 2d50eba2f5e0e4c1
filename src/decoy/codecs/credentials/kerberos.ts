/** Kerberos captures: hashcat 7500, 19800, 19900 (pre-authentication) and 18200 (AS-REP). */
import type {CrackableHash} from '../../../events/event.ts'
import {ETYPE} from '../kerberos/constants.ts'
import type {EncryptedData} from '../kerberos/types.ts'
import {crackable, field, fits, hex} from './line.ts'

/** Checksum of RC4-HMAC (RFC 4757), which stands before the ciphertext on the wire. */
const RC4_CHECKSUM = 16
/** hashcat takes a timestamp with RC4 at this size only: with 3 octets of microseconds, as nearly all have. */
const RC4_TIMESTAMP = 52
const AES_TIMESTAMP = {least: 52, most: 56} as const
const MAX_RC4_NAME = 64
const MAX_AES_USER = 512
const MAX_AES_REALM = 128

/** `user` and `realm` as they stand in the salt that the KDC announced: hashcat takes the salt to be realm and user. */
export function preauthLine(user: string, realm: string, {etype, cipher}: EncryptedData): CrackableHash | null {
  const name = field(user, '$')
  const domain = field(realm, '$')
  const head = `$krb5pa$${etype}$${name.text}$${domain.text}`
  if (etype === ETYPE.RC4_HMAC) {
    const [checksum, rest] = [cipher.subarray(0, RC4_CHECKSUM), cipher.subarray(RC4_CHECKSUM)]
    // The field after the realm is a salt, which RC4 has none of; names do not matter either.
    const short = [name, domain].every(({text}) => Buffer.byteLength(text) <= MAX_RC4_NAME)
    const mode = short && cipher.length === RC4_TIMESTAMP ? 7500 : null
    return crackable('krb5pa-md5', mode, `${head}$$${hex(rest)}${hex(checksum)}`)
  }
  if (etype !== ETYPE.AES256_CTS_HMAC_SHA1_96 && etype !== ETYPE.AES128_CTS_HMAC_SHA1_96) return null
  const sized = cipher.length >= AES_TIMESTAMP.least && cipher.length <= AES_TIMESTAMP.most
  const exact = sized && fits(name, MAX_AES_USER) && fits(domain, MAX_AES_REALM)
  const mode = etype === ETYPE.AES256_CTS_HMAC_SHA1_96 ? 19_900 : 19_800
  return crackable('krb5pa-sha1', exact ? mode : null, `${head}$${hex(cipher)}`)
}

/** What an intruder's tool makes of a forged AS-REP; RC4 only. */
export function asReplyLine(user: string, realm: string, {etype, cipher}: EncryptedData): CrackableHash | null {
  if (etype !== ETYPE.RC4_HMAC) return null
  const name = field(`${user}@${realm}`, ':$').text
  const [checksum, rest] = [cipher.subarray(0, RC4_CHECKSUM), cipher.subarray(RC4_CHECKSUM)]
  return crackable('krb5asrep', 18_200, `$krb5asrep$23$${name}:${hex(checksum)}$${hex(rest)}`)
}
