/** Numbers as the C library reads them: white space and a sign before, and whatever follows a white space behind. */

const MAX_UINT64 = 0xffffffffffffffffn
const MAX_INT64 = 0x7fffffffffffffffn

/** Unsigned 32 bits, cut; a minus is refused. Null: no number. */
export function unsigned32(token: string): number | null {
  const value = unsigned64(token)
  return value === null ? null : Number(value & 0xffffffffn)
}

/** Null: no number, or one below zero or above 64 bits. */
export function unsigned64(token: string): bigint | null {
  const digits = /^[\t\v\f\r ]*\+?(\d{1,20})(?:[\t\v\f\r ]|$)/.exec(token)?.[1]
  if (digits === undefined) return null
  const value = BigInt(digits)
  return value > MAX_UINT64 ? null : value
}

/** A whole number of 64 bits with a sign. Null: none. */
export function signed(token: string): number | null {
  const digits = /^[\t\v\f\r ]*\+?(-?\d{1,19})(?:[\t\v\f\r ]|$)/.exec(token)?.[1]
  if (digits === undefined) return null
  const value = BigInt(digits)
  return value > MAX_INT64 || value < -MAX_INT64 - 1n ? null : Number(BigInt.asIntN(53, value))
}
