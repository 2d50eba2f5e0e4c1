/**
 * Messages sealed by NTLM in an HTTP body (MS-WSMV §2.2.9.1.1):
 *
 *   body = "--Encrypted Boundary" CRLF HT "Content-Type: application/HTTP-SPNEGO-session-encrypted" CRLF
 *          HT "OriginalContent: type=" type ";Length=" digits CRLF
 *          "--Encrypted Boundary" CRLF HT "Content-Type: application/octet-stream" CRLF
 *          size:u32le signature:16 *OCTET "--Encrypted Boundary--" CRLF
 */
import {CodecError} from '../../codecs/codec-error.ts'
import type {SealedSession} from '../../codecs/ntlm/acceptor.ts'
import {SIGNATURE_SIZE} from '../../codecs/ntlm/message-security.ts'

const PROTOCOL = 'application/HTTP-SPNEGO-session-encrypted'
const BOUNDARY = '--Encrypted Boundary'
export const ENCRYPTED_TYPE = `multipart/encrypted;protocol="${PROTOCOL}";boundary="Encrypted Boundary"`
const OCTETS = Buffer.from('Content-Type: application/octet-stream\r\n', 'latin1')
/** What comes before the sealed octets fits well into this. */
const MAX_HEADER = 1024

export const isEncrypted = (contentType: string): boolean => /^multipart\/encrypted\b/i.test(contentType)

/** @throws CodecError where the body is broken, or was not sealed by this client. */
export function decryptBody(body: Buffer, session: SealedSession): Buffer {
  const at = body.subarray(0, MAX_HEADER).indexOf(OCTETS)
  const length = /;Length=(\d{1,7})\r\n/.exec(body.toString('latin1', 0, Math.max(0, at)))?.[1]
  if (at < 0 || length === undefined) throw new CodecError('no sealed message')
  const start = at + OCTETS.length
  const size = 4 + SIGNATURE_SIZE + Number(length)
  if (start + size > body.length || body.readUInt32LE(start) !== SIGNATURE_SIZE) {
    throw new CodecError('a sealed message of another size')
  }
  return session.incoming.unseal(body.subarray(start + 4, start + size))
}

export function encryptBody(message: Buffer, type: string, session: SealedSession): Buffer {
  const head =
    `${BOUNDARY}\r\n\tContent-Type: ${PROTOCOL}\r\n\tOriginalContent: type=${type};Length=${message.length}\r\n` +
    `${BOUNDARY}\r\n\tContent-Type: application/octet-stream\r\n`
  const size = Buffer.alloc(4)
  size.writeUInt32LE(SIGNATURE_SIZE)
  const tail = `${BOUNDARY}--\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), size, session.outgoing.seal(message), Buffer.from(tail, 'latin1')])
}
