/** MD4 (RFC 1320): the hash of Windows passwords, which OpenSSL 3 no longer offers by default. */

const BLOCK = 64
const SHIFTS: readonly (readonly [number, number, number, number])[] = [
  [3, 7, 11, 19],
  [3, 5, 9, 13],
  [3, 9, 11, 15],
]
/** The order in which a round takes the words of its block, and what it adds to each (§3.4). */
const ORDERS: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
]
const CONSTANTS = [0, 0x5a827999, 0x6ed9eba1] as const

export function md4(message: Buffer): Buffer {
  const padded = pad(message)
  let state: State = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476]
  for (let at = 0; at < padded.length; at += BLOCK) state = compress(state, padded, at)
  const digest = Buffer.alloc(16)
  for (const [index, word] of state.entries()) digest.writeInt32LE(word, index * 4)
  return digest
}

type State = [number, number, number, number]

function pad(message: Buffer): Buffer {
  const zeros = (BLOCK + 55 - (message.length % BLOCK)) % BLOCK
  const tail = Buffer.alloc(1 + zeros + 8)
  tail[0] = 0x80
  tail.writeBigUInt64LE(BigInt(message.length) * 8n, 1 + zeros)
  return Buffer.concat([message, tail])
}

function compress(before: State, bytes: Buffer, at: number): State {
  let [a, b, c, d] = before
  for (const [round, order] of ORDERS.entries()) {
    const shifts = SHIFTS[round] ?? []
    for (const [step, word] of order.entries()) {
      const sum = (a + mix(round, b, c, d) + bytes.readInt32LE(at + word * 4) + (CONSTANTS[round] ?? 0)) | 0
      const shift = shifts[step % 4] ?? 0
      ;[a, b, c, d] = [d, (sum << shift) | (sum >>> (32 - shift)), b, c]
    }
  }
  return [(before[0] + a) | 0, (before[1] + b) | 0, (before[2] + c) | 0, (before[3] + d) | 0]
}

function mix(round: number, x: number, y: number, z: number): number {
  if (round === 0) return (x & y) | (~x & z)
  return round === 1 ? (x & y) | (x & z) | (y & z) : x ^ y ^ z
}
