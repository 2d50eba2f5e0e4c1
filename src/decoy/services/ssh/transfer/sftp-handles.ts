/** Open files and directories of one SFTP session. */
import {FsError, type Node, sizeOf} from '../../../files/nodes.ts'
import {absolutePath} from '../../../files/paths.ts'
import type {Upload} from '../../../files/upload.ts'
import {listTime, modeText, ownerName} from '../../../shell/programs/listing.ts'
import * as wire from './sftp-wire.ts'
import {beginUpload, endUpload, type TransferHost} from './transfer-host.ts'

const MAX_HANDLES = 64
const NAMES_PER_REPLY = 100

type Handle =
  | {readonly kind: 'read'; readonly path: string; readonly data: Buffer}
  | {readonly kind: 'write'; readonly path: string; readonly upload: Upload; readonly mode: number}
  | {readonly kind: 'directory'; readonly path: string; entries: [string, Node][]}

export interface CopyTarget {
  readonly offset: number
  readonly size: number
  readonly to: Buffer
  readonly at: number
}

/** Every method answers with the reply to one request. */
export class SftpHandles {
  readonly #host: TransferHost
  readonly #handles = new Map<number, Handle>()

  constructor(host: TransferHost) {
    this.#host = host
  }

  /** The path behind a handle; null: there is no such handle. */
  path(bytes: Buffer): string | null {
    return this.#find(bytes)?.path ?? null
  }

  /** Records what was still being written. */
  end(): void {
    for (const handle of this.#handles.values()) this.#release(handle)
    this.#handles.clear()
  }

  open(id: number, path: string, flags: number, attributes: wire.Attributes): Buffer {
    const {files} = this.#host.machine
    const {account} = this.#host
    const exists = files.exists(path, account)
    if ((flags & wire.OPEN.write) === 0) {
      const data = files.read(path, account)
      if (files.readable(path, account).bait || data.length > 0) this.#host.fileRead(path)
      return this.#handle(id, {kind: 'read', path, data})
    }
    if (!exists && (flags & wire.OPEN.create) === 0) throw new FsError('ENOENT')
    if (exists && (flags & wire.OPEN.exclusive) !== 0) throw new FsError('EEXIST')
    const keep = exists && (flags & wire.OPEN.truncate) === 0
    const before = keep ? files.read(path, account) : Buffer.alloc(0)
    const mode = attributes.permissions ?? 0o644
    // Shows now whether this account may write there, and truncates.
    files.write(path, before, account, {mode})
    const upload = beginUpload(this.#host)
    if (upload === null || !upload.preload(before)) return wire.statusReply(id, wire.STATUS.failure)
    return this.#handle(id, {kind: 'write', path, upload, mode})
  }

  close(id: number, bytes: Buffer): Buffer {
    const handle = this.#find(bytes)
    if (handle === undefined) return wire.statusReply(id, wire.STATUS.noSuchFile)
    this.#handles.delete(bytes.readUInt32BE(0))
    return wire.statusReply(id, this.#release(handle) ? wire.STATUS.ok : wire.STATUS.failure)
  }

  read(id: number, bytes: Buffer, offset: number, length: number): Buffer {
    const handle = this.#find(bytes)
    if (handle?.kind !== 'read') return wire.statusReply(id, wrongHandle(handle))
    const data = handle.data.subarray(offset, offset + Math.min(length, wire.MAX_READ))
    return data.length === 0 ? wire.statusReply(id, wire.STATUS.eof) : wire.dataReply(id, data)
  }

  write(id: number, bytes: Buffer, offset: number, data: Buffer): Buffer {
    const handle = this.#find(bytes)
    if (handle?.kind !== 'write') return wire.statusReply(id, wrongHandle(handle))
    return wire.statusReply(id, handle.upload.write(offset, data) ? wire.STATUS.ok : wire.STATUS.failure)
  }

  sync(id: number, bytes: Buffer): Buffer {
    return wire.statusReply(id, this.#find(bytes) === undefined ? wire.STATUS.noSuchFile : wire.STATUS.ok)
  }

  /** A size of 0 copies all that follows the offset. */
  copy(id: number, from: Buffer, target: CopyTarget): Buffer {
    const [source, sink] = [this.#find(from), this.#find(target.to)]
    if (source?.kind !== 'read' || sink?.kind !== 'write') return wire.statusReply(id, wire.STATUS.failure)
    const end = target.size === 0 ? source.data.length : target.offset + target.size
    const taken = sink.upload.write(target.at, source.data.subarray(target.offset, end))
    return wire.statusReply(id, taken ? wire.STATUS.ok : wire.STATUS.failure)
  }

  openDirectory(id: number, path: string): Buffer {
    const {files} = this.#host.machine
    const {account} = this.#host
    const entries: [string, Node][] = [
      ['.', files.node(path, account)],
      ['..', files.node(absolutePath(path, '..'), account)],
      ...files.list(path, account),
    ]
    return this.#handle(id, {kind: 'directory', path, entries})
  }

  readDirectory(id: number, bytes: Buffer): Buffer {
    const handle = this.#find(bytes)
    if (handle?.kind !== 'directory') return wire.statusReply(id, wire.STATUS.failure)
    if (handle.entries.length === 0) return wire.statusReply(id, wire.STATUS.eof)
    const batch = handle.entries.slice(0, NAMES_PER_REPLY)
    handle.entries = handle.entries.slice(NAMES_PER_REPLY)
    return wire.nameReply(
      id,
      batch.map(([name, node]) => ({name, longName: this.#longName(name, node), node})),
    )
  }

  #handle(id: number, handle: Handle): Buffer {
    if (this.#handles.size >= MAX_HANDLES) {
      if (handle.kind === 'write') handle.upload.finish()
      return wire.statusReply(id, wire.STATUS.failure)
    }
    let number = 0
    while (this.#handles.has(number)) number++
    this.#handles.set(number, handle)
    return wire.handleReply(id, handleBytes(number))
  }

  #find(handle: Buffer): Handle | undefined {
    return handle.length === 4 ? this.#handles.get(handle.readUInt32BE(0)) : undefined
  }

  #release(handle: Handle): boolean {
    return handle.kind !== 'write' || endUpload(this.#host, handle.path, handle.upload, handle.mode)
  }

  #longName(name: string, node: Node): string {
    const owner = ownerName(this.#host, node.uid).padEnd(8)
    const group = ownerName(this.#host, node.gid).padEnd(8)
    const time = listTime(node.mtime, this.#host.machine.now())
    return `${modeText(node)}    1 ${owner} ${group} ${String(sizeOf(node)).padStart(8)} ${time} ${name}`
  }
}

/** A file that is not open for this is a bad descriptor, which is told as a missing file. */
function wrongHandle(handle: Handle | undefined): wire.Status {
  return handle?.kind === 'read' || handle?.kind === 'write' ? wire.STATUS.noSuchFile : wire.STATUS.failure
}

function handleBytes(number: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(number)
  return bytes
}
