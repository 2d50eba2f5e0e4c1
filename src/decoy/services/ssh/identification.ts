/**
 * The client's identification line (RFC 4253 section 4.2) as OpenSSH reads it.
 *
 *   SSH-protoversion-softwareversion SP comments CR LF
 *
 * From 8.0 on a wrong line is answered `Invalid SSH identification string.` CR LF; 7.x said `Protocol mismatch.` LF.
 * Dropbear, IOS and iLO (`terse`) close without a word.
 */
export type IdentificationDialect = 'v7' | 'v8' | 'terse'

export type Identification =
  | {readonly kind: 'more'}
  /** `line` is what enters the exchange hash; `consumed` counts the bytes up to the end of the line. */
  | {readonly kind: 'client'; readonly line: Buffer; readonly consumed: number}
  | {readonly kind: 'refused'; readonly reason: string; readonly answer: string; readonly line: Buffer}

const CR = 13
const LF = 10
/** Longest line each dialect reads: SSH_MAX_BANNER_LEN of 8.0, the 256-byte buffer of 7.x. */
const LIMITS = {v7: 255, v8: 8192, terse: 255} as const

const INVALID = {v7: 'Protocol mismatch.\n', v8: 'Invalid SSH identification string.\r\n', terse: ''} as const
const MAJOR = {v7: 'Protocol major versions differ.\n', v8: 'Protocol major versions differ.\r\n', terse: ''} as const

/** Scans what has arrived so far; call again with more bytes while it says `more`. */
export function readIdentification(bytes: Buffer, dialect: IdentificationDialect): Identification {
  return dialect === 'v8' ? readV8(bytes) : readShort(bytes, dialect)
}

/** 8.0 reads byte by byte: a NUL, or anything but LF after CR, ends the attempt at once. */
function readV8(bytes: Buffer): Identification {
  let afterCr = false
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]
    if (byte === CR) {
      afterCr = true
    } else if (byte === LF) {
      const line = bytes.subarray(0, index)
      return judge(afterCr ? withoutCr(line) : line, index + 1, 'v8')
    } else if (byte === 0 || afterCr) {
      return refuse('invalid characters', INVALID.v8, bytes.subarray(0, index + 1))
    } else if (index >= LIMITS.v8) {
      return refuse('line too long', INVALID.v8, bytes.subarray(0, index + 1))
    }
  }
  return {kind: 'more'}
}

/** At most 255 bytes are taken, each CR ends the string, and what is then there is judged. */
function readShort(bytes: Buffer, dialect: 'v7' | 'terse'): Identification {
  const limit = LIMITS[dialect]
  const end = bytes.subarray(0, limit).indexOf(LF)
  if (end === -1 && bytes.length < limit) return {kind: 'more'}
  const taken = end === -1 ? limit : end
  const raw = bytes.subarray(0, taken)
  const cut = raw.findIndex((byte) => byte === CR || byte === 0)
  return judge(cut === -1 ? raw : raw.subarray(0, cut), end === -1 ? taken : taken + 1, dialect)
}

function judge(line: Buffer, consumed: number, dialect: IdentificationDialect): Identification {
  const match = /^SSH-([+-]?\d{1,9})\.([+-]?\d{1,9})-[^\n]/.exec(line.toString('latin1'))
  if (match === null) return refuse('not an identification', INVALID[dialect], line)
  const major = Number(match[1])
  const agreed = major === 2 || (major === 1 && Number(match[2]) === 99)
  if (!agreed) return refuse('protocol major versions differ', MAJOR[dialect], line)
  return {kind: 'client', line, consumed}
}

function refuse(reason: string, answer: string, line: Buffer): Identification {
  return {kind: 'refused', reason, answer, line}
}

function withoutCr(line: Buffer): Buffer {
  return Buffer.from(line.filter((byte) => byte !== CR))
}
