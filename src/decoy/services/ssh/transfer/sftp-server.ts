/** OpenSSH's sftp-server over the emulated file system: requests in, replies out. */
import {ByteQueue} from '../../../byte-queue.ts'
import {FsError, type FsErrorCode} from '../../../files/nodes.ts'
import {absolutePath, baseName, directoryName} from '../../../files/paths.ts'
import {string, uint64, WireError, WireReader} from '../wire.ts'
import {SftpHandles} from './sftp-handles.ts'
import * as wire from './sftp-wire.ts'
import type {TransferHost} from './transfer-host.ts'

const CODES: Partial<Record<FsErrorCode, wire.Status>> = {
  ENOENT: wire.STATUS.noSuchFile,
  ENOTDIR: wire.STATUS.noSuchFile,
  ELOOP: wire.STATUS.noSuchFile,
  EACCES: wire.STATUS.permissionDenied,
  EPERM: wire.STATUS.permissionDenied,
  EROFS: wire.STATUS.permissionDenied,
  ENAMETOOLONG: wire.STATUS.badMessage,
  EINVAL: wire.STATUS.badMessage,
}

/** Exit statuses of sftp-server. */
const EXIT_TOO_LARGE = 11
const EXIT_MALFORMED = 255
/** Real ones say nothing to a request they do not know. */
const SILENCE = Buffer.alloc(0)

export class SftpServer {
  readonly #host: TransferHost
  readonly #extensions: readonly (readonly [string, string])[]
  readonly #handles: SftpHandles
  readonly #queue = new ByteQueue()
  #started = false

  constructor(host: TransferHost, extensions: readonly (readonly [string, string])[]) {
    this.#host = host
    this.#handles = new SftpHandles(host)
    this.#extensions = extensions
  }

  /** The replies, or how the real server exits on what is no SFTP. */
  feed(bytes: Buffer): Buffer[] | {readonly exit: number} {
    this.#queue.push(bytes)
    const replies: Buffer[] = []
    for (let head = this.#queue.peek(4); head !== null; head = this.#queue.peek(4)) {
      const length = head.readUInt32BE()
      if (length > wire.MAX_PACKET) return {exit: EXIT_TOO_LARGE}
      const packet = this.#queue.take(4 + length)
      if (packet === null) break
      const reply = this.#packet(packet.subarray(4))
      if (reply === null) return {exit: EXIT_MALFORMED}
      if (reply.length > 0) replies.push(reply)
    }
    return replies
  }

  /** Records what was still being written. */
  end(): void {
    this.#handles.end()
  }

  /** Null: not even a request. */
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
        return this.#handles.open(id, this.#path(reader), reader.uint32(), wire.readAttributes(reader))
      case wire.REQUEST.close:
        return this.#handles.close(id, reader.string())
      case wire.REQUEST.read:
        return this.#handles.read(id, reader.string(), reader.uint64(), reader.uint32())
      case wire.REQUEST.write:
        return this.#handles.write(id, reader.string(), reader.uint64(), reader.string())
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
        return this.#handles.openDirectory(id, this.#path(reader))
      case wire.REQUEST.readdir:
        return this.#handles.readDirectory(id, reader.string())
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
        return SILENCE
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
        return this.#handles.sync(id, reader.string())
      case 'hardlink@openssh.com':
        this.#link(this.#path(reader), this.#path(reader))
        return wire.statusReply(id, wire.STATUS.ok)
      case 'copy-data': {
        const [from, offset, size] = [reader.string(), reader.uint64(), reader.uint64()]
        return this.#handles.copy(id, from, {offset, size, to: reader.string(), at: reader.uint64()})
      }
      case 'limits@openssh.com': {
        const values = [wire.MAX_PACKET, wire.MAX_READ, wire.MAX_READ, 1019]
        return wire.extendedReply(id, Buffer.concat(values.map((value) => uint64(value))))
      }
      case 'expand-path@openssh.com':
        return this.#name(id, this.#real(this.#expand(reader.text())))
      case 'home-directory':
        return this.#name(id, this.#host.account.home)
      case 'statvfs@openssh.com':
        this.#host.machine.files.node(this.#path(reader), this.#host.account)
        return this.#statvfs(id)
      case 'fstatvfs@openssh.com':
        return this.#handles.path(reader.string()) === null
          ? wire.statusReply(id, wire.STATUS.failure)
          : this.#statvfs(id)
      case 'users-groups-by-id@openssh.com': {
        const [users, groups] = [reader.string(), reader.string()]
        return wire.extendedReply(id, Buffer.concat([this.#names(users), this.#names(groups)]))
      }
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

  /** Only the last part of a path may be missing. */
  #real(path: string): string {
    const {files} = this.#host.machine
    const {account} = this.#host
    if (files.exists(path, account)) return files.realPath(path, account)
    return absolutePath(files.realPath(directoryName(path), account), baseName(path))
  }

  #name(id: number, path: string): Buffer {
    return wire.nameReply(id, [{name: path, longName: path, node: null}])
  }

  #fstat(id: number, bytes: Buffer): Buffer {
    const path = this.#handles.path(bytes)
    if (path === null) return wire.statusReply(id, wire.STATUS.failure)
    return wire.attributesReply(id, this.#host.machine.files.node(path, this.#host.account))
  }

  #fsetstat(id: number, bytes: Buffer, attributes: wire.Attributes): Buffer {
    const path = this.#handles.path(bytes)
    if (path === null) return wire.statusReply(id, wire.STATUS.failure)
    this.#setstat(path, attributes)
    return wire.statusReply(id, wire.STATUS.ok)
  }

  #setstat(path: string, {permissions, owner, mtime}: wire.Attributes): void {
    const {files} = this.#host.machine
    const {account} = this.#host
    if (permissions !== undefined) files.chmod(path, permissions, account)
    if (owner !== undefined) files.chown(path, owner.uid, owner.gid, account)
    if (mtime !== undefined) files.touch(path, account, mtime)
  }

  #rename(from: string, to: string, replace: boolean): void {
    const {files} = this.#host.machine
    if (!replace && files.exists(to, this.#host.account)) throw new FsError('EEXIST')
    files.rename(from, to, this.#host.account)
  }

  /** A copy: nodes with two names would let a session write more than the budget of the file system. */
  #link(from: string, to: string): void {
    const {files} = this.#host.machine
    const {account} = this.#host
    const data = files.read(from, account)
    if (files.exists(to, account)) throw new FsError('EEXIST')
    files.write(to, data, account)
  }

  #readLink(id: number, path: string): Buffer {
    const node = this.#host.machine.files.node(path, this.#host.account, false)
    if (node.kind !== 'link') throw new FsError('EINVAL')
    return wire.nameReply(id, [{name: node.target, longName: node.target, node: null}])
  }

  /** The names of a list of ids, one string of strings; an unknown id has an empty name. */
  #names(ids: Buffer): Buffer {
    const {accounts} = this.#host.machine
    const names: Buffer[] = []
    for (let at = 0; at + 4 <= ids.length; at += 4) {
      names.push(string(accounts.find(({uid}) => uid === ids.readUInt32BE(at))?.name ?? ''))
    }
    return string(Buffer.concat(names))
  }

  #statvfs(id: number): Buffer {
    const {disk, diskUsed} = this.#host.machine.hardware
    const blocks = Math.floor(disk / 4)
    const free = Math.floor((disk - diskUsed) / 4)
    const values = [4096, 4096, blocks, free, free, 2_560_000, 2_400_000, 2_400_000, 0x801, 0, 255]
    return wire.extendedReply(id, Buffer.concat(values.map((value) => uint64(value))))
  }
}
