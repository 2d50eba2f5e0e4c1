/**
 * The authentication protocol (RFC 4252, RFC 4256) as bytes. The library's own reader decodes names and passwords as
 * UTF-8 and so loses what was sent; it also gives up on methods it does not know, where sshd answers.
 *
 *   byte 50, string user, string service, string method, method-specific fields
 */
import {MESSAGE} from './transport/messages.ts'
import {byte, string, uint32, WireReader} from './wire.ts'

export interface AuthRequest {
  readonly user: Buffer
  readonly service: string
  readonly method: string
  readonly password?: Buffer
  /** The client wants to set another password, which sshd does not support. */
  readonly change?: boolean
  readonly key?: {readonly algorithm: string; readonly blob: Buffer}
}

/** `publickey` bound to the host key, which OpenSSH 8.9 and later send to a server that announces it. */
const HOSTBOUND = 'publickey-hostbound-v00@openssh.com'

/** Throws WireError when a field is missing. */
export function readAuthRequest(payload: Buffer): AuthRequest {
  const reader = new WireReader(payload, 1)
  const user = Buffer.from(reader.string())
  const service = reader.text()
  const named = reader.text()
  const method = named === HOSTBOUND ? 'publickey' : named
  if (method === 'password') {
    const change = reader.boolean()
    const password = Buffer.from(reader.string())
    if (change) reader.string()
    reader.end()
    return {user, service, method, password, change}
  }
  if (method === 'publickey') {
    reader.boolean()
    return {user, service, method, key: {algorithm: reader.text(), blob: Buffer.from(reader.string())}}
  }
  return {user, service, method}
}

/** RFC 4256 section 3.4. Throws WireError. */
export function readInfoResponse(payload: Buffer): Buffer[] {
  const reader = new WireReader(payload, 1)
  const count = reader.uint32()
  // Only one prompt is ever asked; sshd refuses any other number of answers.
  return count === 1 ? [Buffer.from(reader.string())] : []
}

export function failureMessage(methods: readonly string[]): Buffer {
  return Buffer.concat([byte(MESSAGE.userauthFailure), string(methods.join(',')), byte(0)])
}

export function bannerMessage(text: string): Buffer {
  return Buffer.concat([byte(MESSAGE.userauthBanner), string(Buffer.from(text, 'utf8')), string('')])
}

/** One hidden prompt, as PAM's `pam_unix` words it. */
export function infoRequestMessage(prompt: string): Buffer {
  const prompts = Buffer.concat([uint32(1), string(prompt), byte(0)])
  return Buffer.concat([byte(MESSAGE.userauthInfoRequest), string(''), string(''), string(''), prompts])
}
