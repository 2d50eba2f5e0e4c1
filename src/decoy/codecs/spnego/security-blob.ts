/** The token of a client, in whichever wrapping it came: SMB, LDAP, HTTP and MS-RPC leave the choice to the client. */
import {BerReader} from '../ber/reader.ts'
import {CodecError} from '../codec-error.ts'
import {isNtlm} from '../ntlm/message.ts'
import {GSS_TAG, parseGss} from './gss.ts'
import {MECHANISM} from './mechanisms.ts'
import {INIT_TAG, type NegotiationToken, parseNegotiationToken, RESPONSE_TAG} from './negotiation.ts'

export type SecurityBlob =
  /** NTLMSSP without any wrapping; the answer must have none either. */
  | {readonly wrapping: 'none'; readonly mechanism: string; readonly token: Buffer}
  /** A mechanism's own initial token in a GSS-API frame, as of Kerberos without SPNEGO. */
  | {readonly wrapping: 'gss'; readonly mechanism: string; readonly token: Buffer}
  | {readonly wrapping: 'spnego'; readonly negotiation: NegotiationToken}

const MAX_BLOB = 128 * 1024

export function parseSecurityBlob(bytes: Buffer): SecurityBlob {
  if (bytes.length > MAX_BLOB) throw new CodecError(`a security token of ${bytes.length} octets`)
  if (isNtlm(bytes)) return {wrapping: 'none', mechanism: MECHANISM.NTLMSSP, token: bytes}
  const tag = new BerReader(bytes).peek()
  if (tag === INIT_TAG || tag === RESPONSE_TAG) return {wrapping: 'spnego', negotiation: parseNegotiationToken(bytes)}
  if (tag !== GSS_TAG) throw new CodecError('a security token of no known kind')
  const {mechanism, inner} = parseGss(bytes)
  if (mechanism !== MECHANISM.SPNEGO) return {wrapping: 'gss', mechanism, token: inner}
  return {wrapping: 'spnego', negotiation: parseNegotiationToken(inner)}
}

/** The NTLM message inside, or `null` where there is none, as in a token of Kerberos. */
export function ntlmMessage(blob: SecurityBlob): Buffer | null {
  const token = blob.wrapping === 'spnego' ? blob.negotiation.token : blob.token
  return token !== undefined && isNtlm(token) ? token : null
}
