/** SIDs and GUIDs as a directory stores them (MS-DTYP §2.4.2.2, §2.3.4). */

const SID = /^S-1-(\d{1,15})((?:-\d{1,10}){1,15})$/i
const HEADER = 8

/** Null for what is no SID. */
export function encodeSid(text: string): Buffer | null {
  const match = SID.exec(text)
  if (match === null) return null
  const parts = (match[2] ?? '').split('-').slice(1).map(Number)
  if (parts.some((part) => part > 0xffff_ffff) || Number(match[1]) > 0xffff_ffff_ffff) return null
  const bytes = Buffer.alloc(HEADER + 4 * parts.length)
  bytes.writeUInt8(1, 0)
  bytes.writeUInt8(parts.length, 1)
  bytes.writeUIntBE(Number(match[1]), 2, 6)
  for (const [index, part] of parts.entries()) bytes.writeUInt32LE(part, HEADER + 4 * index)
  return bytes
}

/** Of a GUID as text; the first three fields are little-endian. */
export function encodeGuid(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex')
  for (const [start, end] of [
    [0, 4],
    [4, 6],
    [6, 8],
  ] as const) {
    bytes.subarray(start, end).reverse()
  }
  return bytes
}
