/**
 * The connection phase (dev.mysql.com/doc/dev/mysql-server, "Connection Phase Packets"):
 *
 *   greeting = 0x0a version NUL thread:u32 salt[8] 0x00 caps:u16 charset:u8 status:u16 caps:u16 saltlen:u8 zero[6]
 *              extended:u32 salt[12] 0x00 plugin NUL
 *   response = caps:u32 maxpacket:u32 charset:u8 zero[23] user NUL proof [database NUL] [plugin NUL] [attributes]
 *   request for TLS = the first 32 octets of a response
 *   proof    = lenenc-octets / length:u8 octets / octets NUL           ; by capability
 */
import {CAPABILITY, has} from './protocol.ts'
import type {Release} from './releases.ts'
import {FieldReader, uint16, uint32} from './wire.ts'

export const SALT_SIZE = 20
const PROTOCOL_VERSION = 10
const SALT_HEAD = 8
/** Capabilities, packet size, character set and filler. */
const RESPONSE_HEAD = 32
const MAX_ATTRIBUTES = 32
const MAX_ATTRIBUTE = 256

export interface Greeting {
  readonly release: Release
  readonly capabilities: number
  readonly thread: number
  readonly salt: Buffer
  readonly status: number
}

export function greeting({release, capabilities, thread, salt, status}: Greeting): Buffer {
  return Buffer.concat([
    Buffer.from([PROTOCOL_VERSION]),
    Buffer.from(`${release.greeting}\0`, 'latin1'),
    uint32(thread),
    salt.subarray(0, SALT_HEAD),
    Buffer.from([0]),
    uint16(capabilities),
    Buffer.from([release.charset]),
    uint16(status),
    uint16(capabilities >>> 16),
    Buffer.from([SALT_SIZE + 1]),
    Buffer.alloc(6),
    uint32(release.extended),
    salt.subarray(SALT_HEAD),
    Buffer.from([0]),
    Buffer.from(`${release.plugin}\0`, 'latin1'),
  ])
}

/** A salt as the product draws it: MySQL 7 bits without NUL and `$`, MariaDB printable characters. */
export function salt(product: Release['product'], random: Buffer): Buffer {
  return Buffer.from(
    random.map((byte) => {
      if (product === 'mariadb') return 33 + (byte % 94)
      const bits = byte & 0x7f
      return bits === 0 || bits === 0x24 ? bits + 1 : bits
    }),
  )
}

export interface Response {
  readonly capabilities: number
  /** MariaDB's own. */
  readonly extended: number
  readonly charset: number
  readonly user: Buffer
  readonly proof: Buffer
  readonly database: Buffer | null
  /** Null: a client that knows no plugins. */
  readonly plugin: string | null
  readonly attributes: readonly (readonly [name: Buffer, value: Buffer])[]
}

export type Parsed =
  | {readonly type: 'response'; readonly response: Response}
  | {readonly type: 'tls'; readonly capabilities: number}
  /** From before 4.1. */
  | {readonly type: 'old'; readonly user: Buffer}
  | {readonly type: 'bad'}

/** `tls`: whether TLS was offered and is not on yet. */
export function parseResponse(payload: Buffer, tls: boolean): Parsed {
  if (payload.length < 4) return {type: 'bad'}
  if (!has(payload.readUInt16LE(), CAPABILITY.PROTOCOL_41)) {
    return {type: 'old', user: new FieldReader(payload, 5).terminatedOrRest()}
  }
  if (payload.length < RESPONSE_HEAD) return {type: 'bad'}
  const capabilities = payload.readUInt32LE()
  if (tls && has(capabilities, CAPABILITY.SSL)) return {type: 'tls', capabilities}
  const reader = new FieldReader(payload, RESPONSE_HEAD)
  const user = reader.terminated()
  const proof = user === null ? null : readProof(reader, capabilities)
  if (user === null || proof === null) return {type: 'bad'}
  const database = has(capabilities, CAPABILITY.CONNECT_WITH_DB) ? reader.terminatedOrRest() : null
  const plugin = has(capabilities, CAPABILITY.PLUGIN_AUTH) ? reader.terminatedOrRest().toString('latin1') : null
  const attributes = has(capabilities, CAPABILITY.CONNECT_ATTRIBUTES) ? readAttributes(reader) : []
  const charset = payload.readUInt8(8)
  // A client of MariaDB leaves out what once meant LONG_PASSWORD, and fills the last of the zeros.
  const extended = has(capabilities, CAPABILITY.LONG_PASSWORD) ? 0 : payload.readUInt32LE(RESPONSE_HEAD - 4)
  const named = database === null || database.length === 0 ? null : database
  return {
    type: 'response',
    response: {capabilities, extended, charset, user, proof, database: named, plugin, attributes},
  }
}

function readProof(reader: FieldReader, capabilities: number): Buffer | null {
  if (has(capabilities, CAPABILITY.LENENC_AUTH)) return reader.lenencBytes()
  if (!has(capabilities, CAPABILITY.SECURE_CONNECTION)) return reader.terminatedOrRest()
  const size = reader.uint8()
  return size === null ? null : reader.bytes(size)
}

/** Names and values of what the client says of itself; the server does not mind broken ones either. */
export function readAttributes(reader: FieldReader): Response['attributes'] {
  const all = reader.lenencBytes()
  if (all === null) return []
  const pairs: [Buffer, Buffer][] = []
  const inner = new FieldReader(all)
  while (inner.left > 0 && pairs.length < MAX_ATTRIBUTES) {
    const name = inner.lenencBytes()
    const value = name === null ? null : inner.lenencBytes()
    if (name === null || value === null) break
    pairs.push([name.subarray(0, MAX_ATTRIBUTE), value.subarray(0, MAX_ATTRIBUTE)])
  }
  return pairs
}

/** What both sides can do. */
export type Negotiated = Pick<Response, 'capabilities' | 'extended'>

/** COM_CHANGE_USER, behind its command octet: user NUL proof database NUL [charset:u16 [plugin NUL [attributes]]]. */
export function parseChangeUser(body: Buffer, {capabilities, extended}: Negotiated): Response | null {
  const reader = new FieldReader(body)
  const user = reader.terminated()
  const size = user === null ? null : reader.uint8()
  const proof = size === null ? null : reader.bytes(size)
  const database = proof === null ? null : reader.terminated()
  if (user === null || proof === null || database === null) return null
  const charset = reader.bytes(2)?.readUInt16LE() ?? 0
  const plugin = has(capabilities, CAPABILITY.PLUGIN_AUTH) ? reader.terminatedOrRest().toString('latin1') : null
  const attributes = has(capabilities, CAPABILITY.CONNECT_ATTRIBUTES) ? readAttributes(reader) : []
  return {
    capabilities,
    extended,
    charset,
    user,
    proof,
    database: database.length === 0 ? null : database,
    plugin,
    attributes,
  }
}

/** The server asks for another plugin: 0xfe plugin NUL salt NUL. */
export function switchRequest(plugin: string, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`\xfe${plugin}\0`, 'latin1'), data, Buffer.from([0])])
}
