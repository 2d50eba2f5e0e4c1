/**
 * The opening of RFB (RFC 6143 section 7.1 and 7.2), of 3.3, 3.7 and 3.8:
 *
 *   version   = "RFB 003.008\n", both sides
 *   3.7, 3.8:   count(1) *type(1)        -> type(1);  count 0: length(4) *reason
 *   3.3:        type(4)                     type 0:  length(4) *reason
 *   VNC:        challenge(16)            -> response(16)
 *   result    = 0(4), or 1(4) and from 3.8 on length(4) *reason
 */

export const VERSION = Buffer.from('RFB 003.008\n', 'latin1')
export const VERSION_SIZE = 12
export const RESULT = {ok: 0, failed: 1, goOn: 0xffffffff} as const

export interface ClientVersion {
  readonly major: number
  readonly minor: number
}

/** Null: not a version at all. */
export function readVersion(bytes: Buffer): ClientVersion | null {
  const match = /^RFB (\d{3})\.(\d{3})\n$/.exec(bytes.toString('latin1'))
  return match === null ? null : {major: Number(match[1]), minor: Number(match[2])}
}

/** The dialect that is spoken with a client of that minor version: 3, 7 or 8. */
export function dialectOf(minor: number): number {
  if (minor >= 8) return 8
  return minor === 7 ? 7 : 3
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export function counted(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  return Buffer.concat([uint32(bytes.length), bytes])
}

/** A refusal in the place of the security types. */
export function refusal(dialect: number, reason: string): Buffer {
  return Buffer.concat([dialect === 3 ? uint32(0) : Buffer.from([0]), counted(reason)])
}

/** A capability of the Tight security type: code, vendor, signature. */
export function capability(code: number, vendor: string, signature: string): Buffer {
  return Buffer.concat([uint32(code), Buffer.from(vendor + signature, 'latin1')])
}
