/** The password of a CPU, which travels in a form that anybody can undo: each octet mixed with the one two before it. */

const SIZE = 8
const MASK = 0x55

/** Null: those are no eight octets. */
export function decodePassword(encoded: Buffer): string | null {
  if (encoded.length !== SIZE) return null
  const plain = [...encoded].map((octet, index) => octet ^ MASK ^ (index < 2 ? 0 : (encoded[index - 2] ?? 0)))
  return Buffer.from(plain).toString('latin1').replace(/ +$/, '')
}
