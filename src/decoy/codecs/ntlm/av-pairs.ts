/**
 * AV_PAIR lists (MS-NLMP §2.2.2.1).
 *
 *   list = *(id:u16 length:u16 value) 0:u16 0:u16
 */
import {CodecError} from '../codec-error.ts'

export const AV = {
  EOL: 0,
  NB_COMPUTER_NAME: 1,
  NB_DOMAIN_NAME: 2,
  DNS_COMPUTER_NAME: 3,
  DNS_DOMAIN_NAME: 4,
  DNS_TREE_NAME: 5,
  FLAGS: 6,
  TIMESTAMP: 7,
  SINGLE_HOST: 8,
  TARGET_NAME: 9,
  CHANNEL_BINDINGS: 10,
} as const

/** In FLAGS: the AUTHENTICATE message carries a MIC. */
export const AV_FLAG_MIC = 0x2

export type AvPairs = ReadonlyMap<number, Buffer>

const MAX_PAIRS = 32

/** The pairs up to the end mark; of one that comes twice, the first counts. */
export function decodeAvPairs(bytes: Buffer): AvPairs {
  const pairs = new Map<number, Buffer>()
  let at = 0
  for (let count = 0; count < MAX_PAIRS; count++) {
    if (at + 4 > bytes.length) throw new CodecError('an AV_PAIR list without its end')
    const id = bytes.readUInt16LE(at)
    const end = at + 4 + bytes.readUInt16LE(at + 2)
    if (id === AV.EOL) return pairs
    if (end > bytes.length) throw new CodecError('an AV_PAIR longer than its list')
    if (!pairs.has(id)) pairs.set(id, bytes.subarray(at + 4, end))
    at = end
  }
  throw new CodecError('too many AV_PAIRs')
}

export function encodeAvPairs(pairs: Iterable<readonly [number, Buffer]>): Buffer {
  return Buffer.concat(
    [...pairs, [AV.EOL, Buffer.alloc(0)] as const].flatMap(([id, value]) => [header(id, value), value]),
  )
}

function header(id: number, value: Buffer): Buffer {
  if (value.length > 0xffff) throw new CodecError(`an AV_PAIR of ${value.length} octets`)
  const bytes = Buffer.alloc(4)
  bytes.writeUInt16LE(id, 0)
  bytes.writeUInt16LE(value.length, 2)
  return bytes
}
