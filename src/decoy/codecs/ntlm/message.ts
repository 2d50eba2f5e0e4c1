/** What the three NTLM messages have in common (MS-NLMP §2.2.1). All numbers are little-endian. */
import {CodecError} from '../codec-error.ts'

export const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1')
export const MESSAGE_TYPE = {NEGOTIATE: 1, CHALLENGE: 2, AUTHENTICATE: 3} as const
export const VERSION_SIZE = 8

/** Larger than what any client sends; a token of SMB or HTTP may announce more. */
const MAX_MESSAGE = 16 * 1024
const HEAD = 12

/** VERSION (§2.2.2.10). */
export interface NtlmVersion {
  readonly major: number
  readonly minor: number
  readonly build: number
}

const NTLMSSP_REVISION_W2K3 = 15

export function isNtlm(bytes: Buffer): boolean {
  return bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)
}

/** The number of the message's type; `CodecError` where it is no NTLM message of a sane size. */
export function messageType(bytes: Buffer): number {
  if (bytes.length > MAX_MESSAGE) throw new CodecError(`an NTLM message of ${bytes.length} octets`)
  if (bytes.length < HEAD || !isNtlm(bytes)) throw new CodecError('no NTLM message')
  return bytes.readUInt32LE(SIGNATURE.length)
}

export function requireMessage(bytes: Buffer, type: number, least: number): void {
  const found = messageType(bytes)
  if (found !== type) throw new CodecError(`an NTLM message of type ${found} where ${type} is due`)
  if (bytes.length < least) throw new CodecError('an NTLM message that ends within its header')
}

/** Where a field's octets are, as its descriptor in the header says: length, allocated length, offset. */
export interface FieldPlace {
  readonly offset: number
  readonly length: number
}

export function fieldPlace(bytes: Buffer, at: number): FieldPlace {
  return {length: bytes.readUInt16LE(at), offset: bytes.readUInt32LE(at + 4)}
}

/** The octets of a field, which must lie after the fixed header; an empty field may point anywhere. */
export function fieldBytes(bytes: Buffer, {offset, length}: FieldPlace, headerSize: number): Buffer {
  if (length === 0) return Buffer.alloc(0)
  if (offset < headerSize || offset + length > bytes.length) {
    throw new CodecError(`an NTLM field of ${length} octets at ${offset} in a message of ${bytes.length}`)
  }
  return bytes.subarray(offset, offset + length)
}

/** OEM text is read as Latin-1: the code page is never said. */
export function decodeText(bytes: Buffer, unicode: boolean): string {
  if (!unicode) return bytes.toString('latin1')
  if (bytes.length % 2 !== 0) throw new CodecError('Unicode text of an odd size')
  return bytes.toString('utf16le')
}

export function readVersion(bytes: Buffer, at: number): NtlmVersion {
  return {major: bytes.readUInt8(at), minor: bytes.readUInt8(at + 1), build: bytes.readUInt16LE(at + 2)}
}

export function writeVersion({major, minor, build}: NtlmVersion): Buffer {
  return Buffer.from([major, minor, build & 0xff, build >> 8, 0, 0, 0, NTLMSSP_REVISION_W2K3])
}
