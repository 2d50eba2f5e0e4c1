/** UUIDs as DCE/RPC writes them: the first three fields little-endian. */

export const UUID_SIZE = 16

export function encodeUuid(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex')
  return Buffer.concat([swapped(bytes, 0, 4), swapped(bytes, 4, 6), swapped(bytes, 6, 8), bytes.subarray(8, UUID_SIZE)])
}

export function decodeUuid(bytes: Buffer): string {
  const fields = [swapped(bytes, 0, 4), swapped(bytes, 4, 6), swapped(bytes, 6, 8)]
  const hex = [...fields, bytes.subarray(8, 10), bytes.subarray(10, UUID_SIZE)].map((part) => part.toString('hex'))
  return hex.join('-')
}

const swapped = (bytes: Buffer, from: number, to: number): Buffer => Buffer.from(bytes.subarray(from, to)).reverse()
