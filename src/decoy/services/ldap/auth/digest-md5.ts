/** DIGEST-MD5 (RFC 2831) as far as a server that refuses everybody needs it. */
import type {Connection} from '../../../service.ts'

const NONCE = 64
const USER = /(?:^|,)\s*username="((?:[^"\\]|\\.){0,256})"/

/** Windows' nonces begin with a marker of its version of the protocol. */
export function digestChallenge(realm: string, {random}: Connection): Buffer {
  const nonce = `+Upgraded+v1${random(NONCE).toString('hex')}`
  const text =
    `qop="auth,auth-int,auth-conf",cipher="3des,rc4",algorithm=md5-sess,nonce="${nonce}",` +
    `charset=utf-8,realm="${realm}"`
  return Buffer.from(text, 'latin1')
}

export function digestUser(response: Buffer): string {
  return USER.exec(response.toString('utf8'))?.[1] ?? ''
}
