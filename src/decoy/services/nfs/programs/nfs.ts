/** NFS version 3 (RFC 1813 §3), of a file system that is read-only. */
import type {ServiceEvent} from '../../../../events/event.ts'
import {type Actor, allows, contentOf, PERMISSION} from '../../../files/nodes.ts'
import {sample} from '../../../sample.ts'
import type {NfsHost} from '../host.ts'
import {attributes, UNCHANGED, WITHOUT, withAttributes} from '../volume/attributes.ts'
import type {Entry} from '../volume/volume.ts'
import type {Call} from '../wire/rpc.ts'
import {hyper, opaque, text, uint} from '../wire/xdr.ts'
import {type Listing, listed} from './listing.ts'
import {PROGRAM} from './portmap.ts'
import {type Answer, caller, type Program, shown} from './program.ts'

const PROCEDURE = {
  getAttributes: 1,
  lookUp: 3,
  access: 4,
  readLink: 5,
  read: 6,
  readDirectory: 16,
  readDirectoryPlus: 17,
  fileSystemState: 18,
  fileSystemInfo: 19,
  pathConfiguration: 20,
} as const
const WRITES: Readonly<Record<number, string>> = {
  2: 'set-attributes',
  7: 'write',
  8: 'create',
  9: 'mkdir',
  10: 'symlink',
  11: 'mknod',
  12: 'remove',
  13: 'rmdir',
  14: 'rename',
  15: 'link',
  21: 'commit',
}
const RENAME = 14
const LINK = 15
export const NFS_STATUS = {
  ok: 0,
  denied: 13,
  notDirectory: 20,
  isDirectory: 21,
  invalid: 22,
  readOnly: 30,
  noEntry: 2,
  stale: 70,
  badHandle: 10_001,
} as const
const HANDLE_MAX = 64
const NAME_MAX = 255
const ACCESS = {read: 1, lookUp: 2, execute: 32} as const
/** What one READ gives at most. */
const READ_MAX = 65_536
const NOBODY = 65_534
const SAMPLE_BYTES = 256
const MAX_SIZE = 0x0fff_ffff_f000

/** Of one connection: each file that is read is told once. */
export type Seen = Set<string>
const MAX_SEEN = 1000

export function nfsProgram(host: NfsHost, seen: Seen): Program {
  return {number: PROGRAM.nfs, versions: [3, 3], perform: (call) => new Procedure(host, call, seen).perform()}
}

class Procedure {
  readonly #host: NfsHost
  readonly #call: Call
  readonly #seen: Seen
  readonly #actor: Actor

  constructor(host: NfsHost, call: Call, seen: Seen) {
    this.#host = host
    this.#call = call
    this.#seen = seen
    const {uid = NOBODY, gid = NOBODY} = call.credential ?? {}
    // Whoever says that he is root is nobody: `root_squash` is the default.
    this.#actor = {uid: uid === 0 ? NOBODY : uid, gid: gid === 0 ? NOBODY : gid}
  }

  perform(): Answer | null {
    const {procedure, args} = this.#call
    const write = WRITES[procedure]
    if (write !== undefined) return this.#refuse(write)
    switch (procedure) {
      case PROCEDURE.getAttributes:
        return this.#on((entry) => getAttributes(entry), Buffer.alloc(0))
      case PROCEDURE.lookUp:
        return this.#on((entry) => this.#lookUp(entry, args.text(NAME_MAX)), WITHOUT)
      case PROCEDURE.access:
        return this.#on((entry) => this.#access(entry, args.uint()), WITHOUT)
      case PROCEDURE.readLink:
        return this.#on((entry) => readLink(entry), WITHOUT)
      case PROCEDURE.read:
        return this.#on((entry) => this.#read(entry, args.hyper(), args.uint()), WITHOUT)
      case PROCEDURE.readDirectory:
        return this.#on((entry) => this.#list(entry, this.#plain()), WITHOUT)
      case PROCEDURE.readDirectoryPlus:
        return this.#on((entry) => this.#list(entry, this.#plus()), WITHOUT)
      case PROCEDURE.fileSystemState:
        return this.#on((entry) => fileSystemState(entry), WITHOUT)
      case PROCEDURE.fileSystemInfo:
        return this.#on((entry) => fileSystemInfo(entry), WITHOUT)
      case PROCEDURE.pathConfiguration:
        return this.#on((entry) => pathConfiguration(entry), WITHOUT)
      default:
        return null
    }
  }

  /** `failed`: what follows the status where the handle is nobody's. */
  #on(run: (entry: Entry) => Answer, failed: Buffer): Answer {
    const handle = this.#call.args.opaque(HANDLE_MAX)
    const entry = this.#host.readable ? this.#host.volume.find(handle) : null
    if (entry !== null) return run(entry)
    const status = handle.length >= 4 && handle[0] === 1 ? NFS_STATUS.stale : NFS_STATUS.badHandle
    const event: ServiceEvent = {
      event: 'probe',
      data: {action: 'handle', handle: sample(handle, HANDLE_MAX), ...caller(this.#call)},
    }
    return {results: Buffer.concat([uint(status), failed]), events: [event]}
  }

  #lookUp(directory: Entry, name: string): Answer {
    const {node} = directory
    const own = withAttributes(directory)
    if (node.kind !== 'directory') return refusal(NFS_STATUS.notDirectory, own)
    if (!allows(node, this.#actor, PERMISSION.execute)) return refusal(NFS_STATUS.denied, own)
    const found = this.#host.volume.child(directory, name)
    if (found === null) return refusal(NFS_STATUS.noEntry, own)
    return {results: Buffer.concat([uint(NFS_STATUS.ok), opaque(found.handle), withAttributes(found), own]), events: []}
  }

  #access(entry: Entry, wanted: number): Answer {
    const {node} = entry
    const may = (permission: number): boolean => allows(node, this.#actor, permission)
    const search = node.kind === 'directory' ? ACCESS.lookUp : ACCESS.execute
    const granted = (may(PERMISSION.read) ? ACCESS.read : 0) | (may(PERMISSION.execute) ? search : 0)
    return {results: Buffer.concat([uint(NFS_STATUS.ok), withAttributes(entry), uint(granted & wanted)]), events: []}
  }

  #read(entry: Entry, offset: bigint, count: number): Answer {
    const {node, path} = entry
    const own = withAttributes(entry)
    if (node.kind === 'directory') return refusal(NFS_STATUS.isDirectory, own)
    if (node.kind !== 'file') return refusal(NFS_STATUS.invalid, own)
    const data = {path: shown(path), ...caller(this.#call)}
    if (!allows(node, this.#actor, PERMISSION.read)) {
      return {
        ...refusal(NFS_STATUS.denied, own),
        events: this.#once(path, {event: 'file.read', data: {...data, refused: true}}),
      }
    }
    const content = contentOf(node)
    const from = offset > BigInt(content.length) ? content.length : Number(offset)
    const part = content.subarray(from, from + Math.min(count, READ_MAX))
    const end = from + part.length >= content.length
    const results = Buffer.concat([uint(NFS_STATUS.ok), own, uint(part.length, Number(end)), opaque(part)])
    return {
      results,
      events: this.#once(path, {event: 'file.read', data: {...data, bytes: content.length, bait: node.bait}}),
    }
  }

  #plain(): Listing {
    const {args} = this.#call
    const [cookie, verifier, size] = [args.hyper(), args.fixed(8), args.uint()]
    return {cookie, verifier, names: size, size}
  }

  #plus(): Listing {
    const {args} = this.#call
    const [cookie, verifier, names, size] = [args.hyper(), args.fixed(8), args.uint(), args.uint()]
    return {cookie, verifier, names, size, plus: true}
  }

  #list(directory: Entry, listing: Listing): Answer {
    const {node, path} = directory
    const own = withAttributes(directory)
    if (node.kind !== 'directory') return refusal(NFS_STATUS.notDirectory, own)
    const event: ServiceEvent = {event: 'query', data: {action: 'list', path: shown(path), ...caller(this.#call)}}
    const events = listing.cookie === 0n ? [event] : []
    if (!allows(node, this.#actor, PERMISSION.read)) return {...refusal(NFS_STATUS.denied, own), events}
    const entries = listed(this.#host.volume.children(directory), listing)
    return {results: Buffer.concat([uint(NFS_STATUS.ok), own, entries]), events}
  }

  /** The first argument is a handle, a name follows it in most. */
  #refuse(action: string): Answer {
    const {procedure, args} = this.#call
    const handle = args.opaque(HANDLE_MAX)
    const entry = this.#host.readable ? this.#host.volume.find(handle) : null
    const rest = sample(args.rest(), SAMPLE_BYTES)
    const data = {action, path: shown(entry?.path ?? ''), refused: true, input: rest, ...caller(this.#call)}
    const before =
      procedure === RENAME ? [UNCHANGED, UNCHANGED] : procedure === LINK ? [WITHOUT, UNCHANGED] : [UNCHANGED]
    const status = entry === null ? NFS_STATUS.stale : NFS_STATUS.readOnly
    return {results: Buffer.concat([uint(status), ...before]), events: [{event: 'command', data}]}
  }

  #once(path: string, event: ServiceEvent): ServiceEvent[] {
    if (this.#seen.has(path) || this.#seen.size >= MAX_SEEN) return []
    this.#seen.add(path)
    return [event]
  }
}

const refusal = (status: number, rest: Buffer): Answer => ({results: Buffer.concat([uint(status), rest]), events: []})

const getAttributes = (entry: Entry): Answer => ({
  results: Buffer.concat([uint(NFS_STATUS.ok), attributes(entry)]),
  events: [],
})

function readLink(entry: Entry): Answer {
  const own = withAttributes(entry)
  if (entry.node.kind !== 'link') return refusal(NFS_STATUS.invalid, own)
  return {results: Buffer.concat([uint(NFS_STATUS.ok), own, text(entry.node.target)]), events: []}
}

/** Twenty gigabytes, half of them free, seen from the file system's own number. */
function fileSystemState(entry: Entry): Answer {
  const blocks = 4_000_000 + (entry.fileSystem.readUInt16BE(0) << 6)
  const free = Math.floor(blocks * (0.2 + (entry.fileSystem[2] ?? 0) / 512))
  const files = Math.floor(blocks / 4)
  const bytes = hyper(blocks * 4096, free * 4096, free * 4096, files, files - 60_000, files - 60_000)
  return {results: Buffer.concat([uint(NFS_STATUS.ok), withAttributes(entry), bytes, uint(0)]), events: []}
}

/** Sizes of reads, writes and listings, the largest file, how exact times are, and what the system can do. */
function fileSystemInfo(entry: Entry): Answer {
  const sizes = uint(READ_MAX, READ_MAX, 4096, READ_MAX, READ_MAX, 4096, READ_MAX)
  const rest = [sizes, hyper(MAX_SIZE), uint(0, 1), uint(0x1b)]
  return {results: Buffer.concat([uint(NFS_STATUS.ok), withAttributes(entry), ...rest]), events: []}
}

/** Links, lengths of names, and that owners stay, that names differ by case and keep it. */
function pathConfiguration(entry: Entry): Answer {
  const facts = uint(65_000, NAME_MAX, 1, 1, 0, 1)
  return {results: Buffer.concat([uint(NFS_STATUS.ok), withAttributes(entry), facts]), events: []}
}
