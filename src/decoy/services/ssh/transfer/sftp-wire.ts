/** Constants and structures of SFTP version 3 (draft-ietf-secsh-filexfer-02). */
import {type Actor, type Node, sizeOf} from '../../../files/nodes.ts'
import {byte, string, uint32, uint64, type WireReader} from '../wire.ts'

/** SFTP_MAX_MSG_LENGTH of OpenSSH. */
export const MAX_PACKET = 256 * 1024
export const MAX_READ = MAX_PACKET - 1024

export const REQUEST = {
  init: 1,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  extended: 200,
} as const

const REPLY = {version: 2, status: 101, handle: 102, data: 103, name: 104, attrs: 105, extended: 201} as const

export const STATUS = {
  ok: 0,
  eof: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  unsupported: 8,
} as const
export type Status = (typeof STATUS)[keyof typeof STATUS]

/** The words of OpenSSH's sftp-server. */
const STATUS_TEXT: Readonly<Record<Status, string>> = {
  0: 'Success',
  1: 'End of file',
  2: 'No such file',
  3: 'Permission denied',
  4: 'Failure',
  5: 'Bad message',
  8: 'Operation unsupported',
}

export const OPEN = {read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32} as const

const ATTRIBUTE = {size: 1, owner: 2, permissions: 4, times: 8, extended: 0x80000000} as const
const TYPE_BITS: Readonly<Record<Node['kind'], number>> = {
  file: 0o100000,
  directory: 0o040000,
  link: 0o120000,
  device: 0o020000,
}

export interface Attributes {
  readonly permissions?: number
  readonly owner?: Actor
  readonly mtime?: number
}

/** Throws WireError. */
export function readAttributes(reader: WireReader): Attributes {
  const flags = reader.uint32()
  if ((flags & ATTRIBUTE.size) !== 0) reader.uint64()
  const owner = (flags & ATTRIBUTE.owner) === 0 ? {} : {owner: {uid: reader.uint32(), gid: reader.uint32()}}
  const permissions = (flags & ATTRIBUTE.permissions) === 0 ? {} : {permissions: reader.uint32() & 0o7777}
  if ((flags & ATTRIBUTE.times) === 0) return {...owner, ...permissions}
  reader.uint32()
  return {...owner, ...permissions, mtime: reader.uint32()}
}

export function attributes(node: Node): Buffer {
  return Buffer.concat([
    uint32(ATTRIBUTE.size | ATTRIBUTE.owner | ATTRIBUTE.permissions | ATTRIBUTE.times),
    uint64(sizeOf(node)),
    uint32(node.uid),
    uint32(node.gid),
    uint32(TYPE_BITS[node.kind] | node.mode),
    uint32(node.mtime),
    uint32(node.mtime),
  ])
}

function packet(type: number, ...fields: readonly Buffer[]): Buffer {
  return string(Buffer.concat([byte(type), ...fields]))
}

export function versionReply(extensions: readonly (readonly [string, string])[]): Buffer {
  return packet(REPLY.version, uint32(3), ...extensions.flatMap(([name, data]) => [string(name), string(data)]))
}

export function statusReply(id: number, status: Status): Buffer {
  return packet(REPLY.status, uint32(id), uint32(status), string(STATUS_TEXT[status]), string(''))
}

export const handleReply = (id: number, handle: Buffer): Buffer => packet(REPLY.handle, uint32(id), string(handle))
export const dataReply = (id: number, data: Buffer): Buffer => packet(REPLY.data, uint32(id), string(data))
export const attributesReply = (id: number, node: Node): Buffer => packet(REPLY.attrs, uint32(id), attributes(node))
export const extendedReply = (id: number, data: Buffer): Buffer => packet(REPLY.extended, uint32(id), data)

export interface NameEntry {
  readonly name: string
  readonly longName: string
  /** Null: no attributes, as in the answer to `realpath`. */
  readonly node: Node | null
}

export function nameReply(id: number, entries: readonly NameEntry[]): Buffer {
  const fields = entries.flatMap(({name, longName, node}) => [
    string(name),
    string(longName),
    node === null ? uint32(0) : attributes(node),
  ])
  return packet(REPLY.name, uint32(id), uint32(entries.length), ...fields)
}
