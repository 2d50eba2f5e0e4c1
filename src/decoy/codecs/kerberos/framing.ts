/** Kerberos over TCP (RFC 4120 §7.2.2): each message behind its length in 4 octets, big-endian. */
import {CodecError} from '../codec-error.ts'

export const PREFIX_SIZE = 4

/** Octets of the frame at the beginning, prefix included, or `null` until all of it has arrived. */
export function completeFrame(bytes: Buffer, limit: number): number | null {
  if (bytes.length < PREFIX_SIZE) return null
  const length = bytes.readUInt32BE(0)
  // The highest bit is reserved; a length that has it set is beyond every limit.
  if (length > limit) throw new CodecError(`a Kerberos message of ${length} octets where ${limit} are allowed`)
  const total = PREFIX_SIZE + length
  return total > bytes.length ? null : total
}

export function frame(message: Buffer): Buffer {
  const prefix = Buffer.alloc(PREFIX_SIZE)
  prefix.writeUInt32BE(message.length)
  return Buffer.concat([prefix, message])
}
