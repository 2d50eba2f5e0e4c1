/**
 * Packets of the NetBIOS name service (RFC 1002 §4.2), big-endian as those of DNS:
 *
 *   packet   = id:u16 flags:u16 questions:u16 answers:u16 authorities:u16 additionals:u16 *question *resource
 *   question = name type:u16 class:u16
 *   resource = name type:u16 class:u16 ttl:u32 length:u16 *OCTET
 */
import {decodeName, encodeName, NAME_SIZE, type NetbiosName} from '../../codecs/netbios-name.ts'

const HEADER = 12
const RESPONSE = 0x8000
export const OPCODE = {QUERY: 0, REGISTRATION: 5, RELEASE: 6, WACK: 7, REFRESH: 8} as const
/** §4.2.1.3: a general name, and the status of a node. */
export const TYPE = {NAME: 0x20, STATUS: 0x21} as const
const CLASS_INTERNET = 1
const AUTHORITATIVE = 0x0400

export interface NameRequest {
  readonly id: number
  readonly opcode: number
  readonly name: NetbiosName
  readonly type: number
}

export type Read =
  | {readonly state: 'request'; readonly request: NameRequest}
  /** Somebody's answer: nothing is said to it. */
  | {readonly state: 'response'}
  | {readonly state: 'malformed'}

export function readPacket(bytes: Buffer): Read {
  if (bytes.length < HEADER + NAME_SIZE + 4) return {state: 'malformed'}
  const flags = bytes.readUInt16BE(2)
  if ((flags & RESPONSE) !== 0) return {state: 'response'}
  const name = decodeName(bytes, HEADER)
  const wellMade = bytes.readUInt16BE(4) === 1 && bytes.readUInt16BE(HEADER + NAME_SIZE + 2) === CLASS_INTERNET
  if (name === null || !wellMade) return {state: 'malformed'}
  const request = {
    id: bytes.readUInt16BE(0),
    opcode: (flags >> 11) & 0x0f,
    name,
    type: bytes.readUInt16BE(HEADER + NAME_SIZE),
  }
  return {state: 'request', request}
}

export interface Answer {
  /** Besides those that every answer has. */
  readonly flags: number
  /** Seconds. */
  readonly ttl: number
  readonly data: Buffer
}

/** A positive response with one resource; both answers that there are have that form (§4.2.13, §4.2.18). */
export function respond({id, name, type}: NameRequest, {flags, ttl, data}: Answer): Buffer {
  const header = Buffer.alloc(HEADER)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(RESPONSE | AUTHORITATIVE | flags, 2)
  header.writeUInt16BE(1, 6)
  const fields = Buffer.alloc(10)
  fields.writeUInt16BE(type, 0)
  fields.writeUInt16BE(CLASS_INTERNET, 2)
  fields.writeUInt32BE(ttl, 4)
  fields.writeUInt16BE(data.length, 8)
  return Buffer.concat([header, encodeName(name), fields, data])
}
