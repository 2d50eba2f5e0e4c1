/** Digest access authentication of SIP and HTTP (RFC 2617 §3.2.2); hashcat 11400. */
import type {CrackableHash} from '../../../events/event.ts'
import {crackable, field} from './line.ts'

/** Octets in all that hashcat takes of user and realm, and of method and URI. */
const MAX_IDENTITY = 117
const MAX_REQUEST = 250
const MAX_NONCE = 512

export interface DigestCapture {
  readonly user: string
  readonly realm: string
  readonly method: string
  readonly uri: string
  readonly nonce: string
  readonly response: string
  /** All three or none: without `qop` the digest is that of RFC 2069. */
  readonly protection?: {readonly qop: string; readonly nonceCount: string; readonly clientNonce: string}
}

/** Addresses of the two ends: labels, which take no part. */
export interface DigestEnds {
  readonly server: string
  readonly client: string
}

/**
 * `$sip$*server*client*user*realm*method*scheme*resource*suffix*nonce*cnonce*nc*qop*MD5*response`; HTTP's is computed alike, so its lines
 * are the same, without a scheme.
 */
export function digestLine(digest: DigestCapture, ends: DigestEnds): CrackableHash | null {
  const {protection} = digest
  const uri = splitUri(digest.uri)
  const given = [
    digest.user,
    digest.realm,
    digest.method,
    ...uri,
    digest.nonce,
    protection?.clientNonce ?? '',
    protection?.nonceCount ?? '',
    protection?.qop ?? '',
    'MD5',
    digest.response,
  ].map((text) => field(text, '*'))
  const line = ['$sip$', ends.server, ends.client, ...given.map(({text}) => text)].join('*')
  const whole = given.every((each) => each.exact) && uri.filter(Boolean).join(':') === digest.uri
  return crackable('sip', whole && plain(digest) && short(digest) ? 11_400 : null, line)
}

/** `auth-int` covers the body too, which the line has no place for. */
const plain = ({response, protection}: DigestCapture): boolean =>
  /^[0-9a-f]{32}$/.test(response) && (protection === undefined || protection.qop === 'auth')

function short({user, realm, method, uri, nonce}: DigestCapture): boolean {
  const size = (...texts: readonly string[]) => Buffer.byteLength(texts.join(''))
  return size(user, realm) <= MAX_IDENTITY && size(method, uri) <= MAX_REQUEST && size(nonce) <= MAX_NONCE
}

/** hashcat joins them again by colons, and leaves out those that are empty. */
function splitUri(uri: string): [scheme: string, resource: string, suffix: string] {
  const [first = '', second, ...rest] = uri.split(':')
  return second === undefined ? ['', first, ''] : [first, second, rest.join(':')]
}
