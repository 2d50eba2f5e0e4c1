/**
 * Names of NetBIOS in their first-level encoding (RFC 1001 §14.1): each half of a byte is a letter from `A` on.
 *
 *   name = %x20 32("A"-"P") %x00        ; 15 characters padded with spaces, and the kind of the name
 */

/** Bytes of an encoded name without a scope. */
export const NAME_SIZE = 34

const ENCODED = 32
const CHARACTERS = 15
const LETTER_A = 0x41

export interface NetbiosName {
  /** Without the padding; what is no ASCII is Latin-1. */
  readonly name: string
  readonly kind: number
}

/** Null: there is no such name at this place. */
export function decodeName(bytes: Buffer, at: number): NetbiosName | null {
  if (bytes.length < at + NAME_SIZE || bytes[at] !== ENCODED || bytes[at + NAME_SIZE - 1] !== 0) return null
  const plain = Buffer.alloc(CHARACTERS + 1)
  for (let index = 0; index <= CHARACTERS; index++) {
    const high = (bytes[at + 1 + 2 * index] ?? 0) - LETTER_A
    const low = (bytes[at + 2 + 2 * index] ?? 0) - LETTER_A
    if (high < 0 || high > 15 || low < 0 || low > 15) return null
    plain[index] = high * 16 + low
  }
  const name = plain.toString('latin1', 0, CHARACTERS).replace(/[ \0]+$/, '')
  return {name, kind: plain.readUInt8(CHARACTERS)}
}

export function encodeName({name, kind}: NetbiosName): Buffer {
  const padded = plainName({name, kind})
  const letters = [...padded].flatMap((byte) => [LETTER_A + (byte >> 4), LETTER_A + (byte & 15)])
  return Buffer.from([ENCODED, ...letters, 0])
}

/** The sixteen bytes of a name, as a table of names lists them. `*` is padded with zeros, all others with spaces. */
export function plainName({name, kind}: NetbiosName): Buffer {
  const plain = Buffer.alloc(CHARACTERS + 1, name === '*' ? 0 : 0x20)
  plain.write(name.slice(0, CHARACTERS), 'latin1')
  plain.writeUInt8(kind, CHARACTERS)
  return plain
}
