/** FILETIME (MS-DTYP §2.3.3): 100 nanoseconds since 1601, in 8 little-endian octets. */

const EPOCH_MS = 11_644_473_600_000n
const PER_MS = 10_000n

export function encodeFileTime(ms: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt.asUintN(64, (BigInt(Math.floor(ms)) + EPOCH_MS) * PER_MS))
  return bytes
}

/** Milliseconds since the Unix epoch. */
export function decodeFileTime(bytes: Buffer): number {
  return Number(bytes.readBigUInt64LE(0) / PER_MS - EPOCH_MS)
}
