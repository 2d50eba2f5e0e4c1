/** Contents of primitive elements (X.690 §8.2 to §8.6). */
import {CodecError} from '../codec-error.ts'

/** Octets of the largest INTEGER: an RSA key of 16,384 bits with its sign octet. */
const MAX_INTEGER_OCTETS = 2049

export interface BitString {
  readonly bytes: Buffer
  /** Bits at the end of the last octet that do not count. */
  readonly unused: number
}

/** Two's complement. */
export function decodeBigInteger(content: Buffer): bigint {
  if (content.length === 0 || content.length > MAX_INTEGER_OCTETS) throw new CodecError('integer of a wrong size')
  const value = BigInt(`0x${content.toString('hex')}`)
  return BigInt.asIntN(content.length * 8, value)
}

export function decodeInteger(content: Buffer): number {
  const value = content.length > 8 ? null : Number(decodeBigInteger(content))
  if (value === null || !Number.isSafeInteger(value)) throw new CodecError('integer out of range')
  return value
}

export function encodeInteger(value: number | bigint): Buffer {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new CodecError(`${value} is no whole number`)
  const whole = BigInt(value)
  // A negative number needs as many bits as its complement: -128 fits one octet, as 127 does.
  const magnitude = whole < 0n ? -whole - 1n : whole
  const bits = magnitude === 0n ? 0 : magnitude.toString(2).length
  const octets = Math.floor(bits / 8) + 1
  const hex = BigInt.asUintN(octets * 8, whole).toString(16)
  return Buffer.from(hex.padStart(octets * 2, '0'), 'hex')
}

export function decodeBoolean(content: Buffer): boolean {
  if (content.length !== 1) throw new CodecError('boolean of a wrong size')
  return content[0] !== 0
}

export function decodeBitString(content: Buffer): BitString {
  const unused = content[0]
  if (unused === undefined || unused > 7 || (unused > 0 && content.length === 1)) throw new CodecError('bit string')
  return {bytes: content.subarray(1), unused}
}

/** UTF-16 in big-endian order. */
export function decodeBmpString(content: Buffer): string {
  if (content.length % 2 !== 0) throw new CodecError('BMPString of an odd size')
  return Buffer.from(content).swap16().toString('utf16le')
}
