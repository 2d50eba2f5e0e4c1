/** The lengths of aligned PER (X.691 §11.9) as T.124 and T.125 use them: one octet below 128, else two. */
import {CodecError} from '../../../codecs/codec-error.ts'

export interface PerLength {
  readonly value: number
  /** Where what it measures begins. */
  readonly end: number
}

export function readPerLength(bytes: Buffer, at: number): PerLength {
  const first = bytes[at]
  if (first === undefined) throw new CodecError('the bytes end before a length')
  if (first < 0x80) return {value: first, end: at + 1}
  const second = bytes[at + 1]
  if (second === undefined) throw new CodecError('the bytes end within a length')
  return {value: ((first & 0x7f) << 8) | second, end: at + 2}
}

export function perLength(value: number): Buffer {
  if (value < 0x80) return Buffer.from([value])
  return Buffer.from([0x80 | (value >> 8), value & 0xff])
}
