/** OpenSSH's sftp-server over the emulated file system: requests in, replies out. */
import {FsError, type FsErrorCode, type Node, sizeOf} from '../files/nodes.ts'
import {absolutePath} from '../files/paths.ts'
import {listTime, modeText, ownerName} from '../shell/programs/listing.ts'
import {uint64, WireError, WireReader} from '../wire.ts'
import * as wire from './sftp-wire.ts'
import {beginUpload, endUpload, type TransferHost} from './transfer-host.ts'
import type {Upload} from './upload.ts'

/** SFTP_MAX_MSG_LENGTH of OpenSSH. */
const MAX_PACKET = 256 * 1024
const MAX_READ = MAX_PACKET - 1024
const MAX_HANDLES = 64
const NAMES_PER_REPLY = 100

type Handle =
  | {readonly kind: 'read'; readonly path: string; readonly data: Buffer}
  | {readonly kind: 'write'; readonly path: string; readonly upload: Upload; readonly mode: number}
  | {readonly kind: 'directory'; readonly path: string; entries: [string, Node][]}

const CODES: Partial<Record<FsErrorCode, wire.Status>> = {
  ENOENT: wire.STATUS.noSuchFile,
  ENOTDIR: wire.STATUS.noSuchFile,
  ELOOP: wire.STATUS.noSuchFile,
  EACCES: wire.STATUS.permissionDenied,
  EPERM: wire.STATUS.permissionDenied,
  EROFS: wire.STATUS.permissionDenied,
  ENAMETOOLONG: wire.STATUS.failure,
}

export class SftpServer {
  readonly #host: TransferHost
  readonly #extensions: readonly (readonly [string, string])[]
  readonly #handles = new Map<number, Handle>()
  #nextHandle = 0
  /** Joined only once a packet is complete, so that many small pieces stay cheap. */
  #pieces: Buffer[] = []
  #size = 0
  #started = false

  constructor(host: TransferHost, extensions: readonly (readonly [string, string])[]) {
    this.#host = host
    this.#extensions = extensions
  }

  /** Null: the stream is no SFTP; the real server exits with status 11. */
  feed(bytes: Buffer): Buffer[] | null {
    this.#pieces.push(bytes)
    this.#size += bytes.length
    const replies: Buffer[] = []
    for (let length = this.#length(); length !== null; length = this.#length()) {
      if (length > MAX_PACKET || length === 0) return null
      if (this.#size < 4 + length) break
      const all = this.#joined()
      this.#keep(all.subarray(4 + length))
      const reply = this.#packet(all.subarray(4, 4 + length))
      if (reply === null) return null
      replies.push(reply)
    }
    return replies
  }

  #length(): number | null {
    if (this.#size < 4) return null
    const [first] = this.#pieces
    return first !== undefined && first.length >= 4 ? first.readUInt32BE(0) : this.#joined().readUInt32BE(0)
  }

  #joined(): Buffer {
    const all = this.#pieces.length === 1 ? (this.#pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#pieces)
    this.#pieces = [all]
    return all
  }

  #keep(rest: Buffer): void {
    this.#pieces = rest.length === 0 ? [] : [rest]
    this.#size = rest.length
  }

  /** Records what was still being written. */
  end(): void {
    for (const handle of this.#handles.values()) this.#release(handle)
    this.#handles.clear()
  }

  #packet(packet: Buffer): Buffer | null {
    try {
      const reader = new WireReader(packet)
      const type = reader.byte()
      const id = reader.uint32()
      if (type === wire.REQUEST.init) {
        this.#started = true
        return wire.versionReply(this.#extensions)
      }
      return this.#started ? this.#request(type, id, reader) : null
    } catch (error) {
      if (error instanceof WireError) return null
      throw error
    }
  }

  #request(type: number, id: number, reader: WireReader): Buffer {
    try {
      return this.#answer(type, id, reader)
    } catch (error) {
      if (!(error instanceof FsError)) throw error
      return wire.statusReply(id, CODES[error.code] ?? wire.STATUS.failure)
    }
  }

  #answer(type: number, id: number, reader: WireReader): Buffer {
    const {files} = this.#host.machine
    const {account} = this.#host
    const done = (act: () => void): Buffer => {
      act()
      return wire.statusReply(id, wire.STATUS.ok)
    }
    switch (type) {
      case wire.REQUEST.open:
        return this.#open(id, this.#path(reader), reader.uint32(), wire.readAttributes(reader))
      case wire.REQUEST.close:
        return this.#close(id, reader.string())
      case wire.REQUEST.read:
        return this.#read(id, reader.string(), reader.uint64(), reader.uint32())
      case wire.REQUEST.write:
        return this.#write(id, reader.string(), reader.uint64(), reader.string())
      case wire.REQUEST.stat:
        return wire.attributesReply(id, files.node(this.#path(reader), account))
      case wire.REQUEST.lstat:
        return wire.attributesReply(id, files.node(this.#path(reader), account, false))
      case wire.REQUEST.fstat:
        return this.#fstat(id, reader.string())
      case wire.REQUEST.setstat:
        return done(() => this.#setstat(this.#path(reader), wire.readAttributes(reader)))
      case wire.REQUEST.fsetstat:
        return this.#fsetstat(id, reader.string(), wire.readAttributes(reader))
      case wire.REQUEST.opendir:
        return this.#openDirectory(id, this.#path(reader))
      case wire.REQUEST.readdir:
        return this.#readDirectory(id, reader.string())
      case wire.REQUEST.remove:
        return done(() => files.unlink(this.#path(reader), account))
      case wire.REQUEST.mkdir: {
        const path = this.#path(reader)
        return done(() => files.mkdir(path, account, wire.readAttributes(reader).permissions ?? 0o755))
      }
      case wire.REQUEST.rmdir:
        return done(() => files.rmdir(this.#path(reader), account))
      case wire.REQUEST.realpath:
        return this.#name(id, this.#real(this.#path(reader)))
      case wire.REQUEST.rename:
        return done(() => this.#rename(this.#path(reader), this.#path(reader), false))
      case wire.REQUEST.readlink:
        return this.#readLink(id, this.#path(reader))
      case wire.REQUEST.symlink:
        // OpenSSH swapped the two arguments long ago, and every client follows it.
        return done(() => files.symlink(reader.text(), this.#path(reader), account))
      case wire.REQUEST.extended:
        return this.#extended(id, reader.text(), reader)
      default:
        return wire.statusReply(id, wire.STATUS.unsupported)
    }
  }

  #extended(id: number, name: string, reader: WireReader): Buffer {
    if (!this.#extensions.some(([known]) => known === name)) return wire.statusReply(id, wire.STATUS.unsupported)
    switch (name) {
      case 'posix-rename@openssh.com':
        this.#rename(this.#path(reader), this.#path(reader), true)
        return wire.statusReply(id, wire.STATUS.ok)
      case 'lsetstat@openssh.com':
        this.#setstat(this.#path(reader), wire.readAttributes(reader))
        return wire.statusReply(id, wire.STATUS.ok)
      case 'fsync@openssh.com':
        return wire.statusReply(id, wire.STATUS.ok)
      case 'limits@openssh.com': {
        const values = [MAX_PACKET, MAX_READ, MAX_READ, 1019]
        return wire.extendedReply(id, Buffer.concat(values.map((value) => uint64(value))))
      }
      case 'expand-path@openssh.com':
        return this.#name(id, this.#real(this.#expand(reader.text())))
      case 'home-directory':
        return this.#name(id, this.#host.account.home)
      case 'statvfs@openssh.com':
        return this.#statvfs(id)
      default:
        return wire.statusReply(id, wire.STATUS.unsupported)
    }
  }

  #path(reader: WireReader): string {
    return absolutePath(this.#host.account.home, reader.text())
  }

  #expand(text: string): string {
    return absolutePath(this.#host.account.home, text.replace(/^~(?=\/|$)/, this.#host.account.home))
  }

  /** A path that does not exist yet is its own name. */
  #real(path: string): string {
    try {
      return this.#host.machine.files.realPath(path, this.#host.account)
    } catch {
      return path
    }
  }

  #name(id: number, path: string): Buffer {
    return wire.nameReply(id, [{name: path, longName: path, node: null}])
  }

  #open(id: number, path: string, flags: number, attributes: wire.Attributes): Buffer {
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

  #handle(id: number, handle: Handle): Buffer {
    if (this.#handles.size >= MAX_HANDLES) {
      if (handle.kind === 'write') handle.upload.finish()
      return wire.statusReply(id, wire.STATUS.failure)
    }
    const number = this.#nextHandle++
    this.#handles.set(number, handle)
    return wire.handleReply(id, handleBytes(number))
  }

  #find(handle: Buffer): Handle | undefined {
    return handle.length === 4 ? this.#handles.get(handle.readUInt32BE(0)) : undefined
  }

  #close(id: number, bytes: Buffer): Buffer {
    const handle = this.#find(bytes)
    if (handle === undefined) return wire.statusReply(id, wire.STATUS.failure)
    this.#handles.delete(bytes.readUInt32BE(0))
    return wire.statusReply(id, this.#release(handle) ? wire.STATUS.ok : wire.STATUS.failure)
  }

  #release(handle: Handle): boolean {
    return handle.kind !== 'write' || endUpload(this.#host, handle.path, handle.upload, handle.mode)
  }

  #read(id: number, bytes: Buffer, offset: number, length: number): Buffer {
    const handle = this.#find(bytes)
    if (handle?.kind !== 'read') return wire.statusReply(id, wire.STATUS.failure)
    const data = handle.data.subarray(offset, offset + Math.min(length, MAX_READ))
    return data.length === 0 ? wire.statusReply(id, wire.STATUS.eof) : wire.dataReply(id, data)
  }

  #write(id: number, bytes: Buffer, offset: number, data: Buffer): Buffer {
    const handle = this.#find(bytes)
    const taken = handle?.kind === 'write' && handle.upload.write(offset, data)
    return wire.statusReply(id, taken ? wire.STATUS.ok : wire.STATUS.failure)
  }

  #fstat(id: number, bytes: Buffer): Buffer {
    const handle = this.#find(bytes)
    if (handle === undefined) return wire.statusReply(id, wire.STATUS.failure)
    return wire.attributesReply(id, this.#host.machine.files.node(handle.path, this.#host.account))
  }

  #fsetstat(id: number, bytes: Buffer, attributes: wire.Attributes): Buffer {
    const handle = this.#find(bytes)
    if (handle === undefined) return wire.statusReply(id, wire.STATUS.failure)
    this.#setstat(handle.path, attributes)
    return wire.statusReply(id, wire.STATUS.ok)
  }

  #setstat(path: string, {permissions, owner, mtime}: wire.Attributes): void {
    const {files} = this.#host.machine
    const {account} = this.#host
    files.node(path, account)
    if (permissions !== undefined) files.chmod(path, permissions, account)
    if (owner !== undefined) files.chown(path, owner.uid, owner.gid, account)
    if (mtime !== undefined) files.touch(path, account, mtime)
  }

  #rename(from: string, to: string, replace: boolean): void {
    const {files} = this.#host.machine
    if (!replace && files.exists(to, this.#host.account)) throw new FsError('EEXIST')
    files.rename(from, to, this.#host.account)
  }

  #openDirectory(id: number, path: string): Buffer {
    const {files} = this.#host.machine
    const {account} = this.#host
    const entries: [string, Node][] = [
      ['.', files.node(path, account)],
      ['..', files.node(absolutePath(path, '..'), account)],
      ...files.list(path, account),
    ]
    return this.#handle(id, {kind: 'directory', path, entries})
  }

  #readDirectory(id: number, bytes: Buffer): Buffer {
    const handle = this.#find(bytes)
    if (handle?.kind !== 'directory') return wire.statusReply(id, wire.STATUS.failure)
    if (handle.entries.length === 0) return wire.statusReply(id, wire.STATUS.eof)
    const batch = handle.entries.slice(0, NAMES_PER_REPLY)
    handle.entries = handle.entries.slice(NAMES_PER_REPLY)
    return wire.nameReply(id, batch.map(([name, node]) => ({name, longName: this.#longName(name, node), node})))
  }

  #longName(name: string, node: Node): string {
    const owner = ownerName(this.#host, node.uid).padEnd(8)
    const group = ownerName(this.#host, node.gid).padEnd(8)
    const time = listTime(node.mtime, this.#host.machine.now())
    return `${modeText(node)}    1 ${owner} ${group} ${String(sizeOf(node)).padStart(8)} ${time} ${name}`
  }

  #readLink(id: number, path: string): Buffer {
    const node = this.#host.machine.files.node(path, this.#host.account, false)
    if (node.kind !== 'link') return wire.statusReply(id, wire.STATUS.failure)
    return wire.nameReply(id, [{name: node.target, longName: node.target, node: null}])
  }

  #statvfs(id: number): Buffer {
    const {disk, diskUsed} = this.#host.machine.hardware
    const blocks = Math.floor(disk / 4)
    const free = Math.floor((disk - diskUsed) / 4)
    const values = [4096, 4096, blocks, free, free, 2_560_000, 2_400_000, 2_400_000, 0x801, 0, 255]
    return wire.extendedReply(id, Buffer.concat(values.map((value) => uint64(value))))
  }
}

function handleBytes(number: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(number)
  return bytes
}
