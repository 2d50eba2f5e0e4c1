/**
 * The emulated file system of one decky. It outlives sessions: what an intruder writes in one is there in the next,
 * within a budget; after that the disk is full.
 */
import {
  type Actor,
  allows,
  contentOf,
  type DirectoryNode,
  type FileNode,
  FsError,
  type LinkNode,
  type Node,
  PERMISSION,
} from './nodes.ts'
import {absolutePath, baseName, directoryName} from './paths.ts'

/** Content and nodes that sessions may add. */
const BUDGET_BYTES = 16 * 1024 * 1024
const BUDGET_NODES = 4000
/** What the kernel follows before it gives up. */
const MAX_LINKS = 40

export interface WriteOptions {
  readonly append?: boolean
  readonly mode?: number
}

export class FileSystem {
  readonly root: DirectoryNode
  readonly #now: () => number
  #bytes = 0
  #nodes = 0

  /** @param now milliseconds since the epoch, for the times of what is written. */
  constructor(root: DirectoryNode, now: () => number) {
    this.root = root
    this.#now = now
  }

  /** The node at an absolute path; the last link is followed unless `follow` is false. Throws FsError. */
  node(path: string, actor: Actor, follow = true): Node {
    return this.#walk(path, actor, follow, 0).node
  }

  /** The path with every link in it resolved. Throws FsError. */
  realPath(path: string, actor: Actor): string {
    return this.#walk(path, actor, true, 0).path
  }

  exists(path: string, actor: Actor): boolean {
    try {
      this.node(path, actor)
      return true
    } catch {
      return false
    }
  }

  read(path: string, actor: Actor): Buffer {
    return contentOf(this.readable(path, actor))
  }

  readable(path: string, actor: Actor): FileNode {
    const node = this.node(path, actor)
    if (node.kind === 'directory') throw new FsError('EISDIR')
    if (!allows(node, actor, PERMISSION.read)) throw new FsError('EACCES')
    if (node.kind !== 'file') {
      return {kind: 'file', mode: node.mode, uid: 0, gid: 0, mtime: node.mtime, content: Buffer.alloc(0), bait: false}
    }
    return node
  }

  list(path: string, actor: Actor): [string, Node][] {
    const node = this.#directory(path, actor)
    if (!allows(node, actor, PERMISSION.read)) throw new FsError('EACCES')
    return [...node.entries].sort(([left], [right]) => (left < right ? -1 : 1))
  }

  write(path: string, data: Buffer, actor: Actor, options: WriteOptions = {}): void {
    const existing = this.#find(path, actor)
    if (existing === null) {
      const file: FileNode = {
        kind: 'file',
        mode: options.mode ?? 0o644,
        uid: actor.uid,
        gid: actor.gid,
        mtime: this.#seconds(),
        content: Buffer.alloc(0),
        bait: false,
      }
      this.#insert(this.#target(path, actor), file, actor)
      this.#fill(file, data, false)
      return
    }
    if (existing.kind === 'directory') throw new FsError('EISDIR')
    if (!allows(existing, actor, PERMISSION.write)) throw new FsError('EACCES')
    if (existing.kind !== 'file') return
    if (typeof existing.content === 'function') throw new FsError('EACCES')
    this.#fill(existing, data, options.append === true)
  }

  mkdir(path: string, actor: Actor, mode = 0o755): void {
    if (this.#find(path, actor, false) !== null) throw new FsError('EEXIST')
    const directory: DirectoryNode = {
      kind: 'directory',
      mode,
      uid: actor.uid,
      gid: actor.gid,
      mtime: this.#seconds(),
      entries: new Map(),
      fixed: false,
    }
    this.#insert(path, directory, actor)
  }

  symlink(target: string, path: string, actor: Actor): void {
    if (this.#find(path, actor, false) !== null) throw new FsError('EEXIST')
    const link: LinkNode = {kind: 'link', mode: 0o777, uid: actor.uid, gid: actor.gid, mtime: this.#seconds(), target}
    this.#insert(path, link, actor)
  }

  unlink(path: string, actor: Actor): void {
    const node = this.node(path, actor, false)
    // Whether this actor may remove anything there comes before what it is.
    this.#parent(path, actor)
    if (node.kind === 'directory') throw new FsError('EISDIR')
    this.#detach(path, actor)
    this.#release(node)
  }

  rmdir(path: string, actor: Actor): void {
    const node = this.node(path, actor, false)
    this.#parent(path, actor)
    if (node.kind !== 'directory') throw new FsError('ENOTDIR')
    if (node.entries.size > 0) throw new FsError('ENOTEMPTY')
    this.#detach(path, actor)
    this.#release(node)
  }

  rename(from: string, to: string, actor: Actor): void {
    const node = this.node(from, actor, false)
    if (to === from) return
    if (to.startsWith(`${from}/`)) throw new FsError('EINVAL')
    const existing = this.#find(to, actor, false)
    if (existing?.kind === 'directory') throw new FsError(existing.entries.size > 0 ? 'ENOTEMPTY' : 'EISDIR')
    this.#parent(to, actor)
    this.#detach(from, actor)
    if (existing !== null) this.#release(existing)
    this.#parent(to, actor).entries.set(baseName(to), node)
  }

  chmod(path: string, mode: number, actor: Actor): void {
    const node = this.node(path, actor)
    if (actor.uid !== 0 && actor.uid !== node.uid) throw new FsError('EPERM')
    node.mode = mode & 0o7777
  }

  chown(path: string, uid: number, gid: number, actor: Actor): void {
    const node = this.node(path, actor)
    if (actor.uid !== 0) throw new FsError('EPERM')
    node.uid = uid
    node.gid = gid
  }

  touch(path: string, actor: Actor, mtime?: number): void {
    const node = this.#find(path, actor)
    if (node === null) {
      this.write(path, Buffer.alloc(0), actor)
      return
    }
    if (!allows(node, actor, PERMISSION.write)) throw new FsError('EACCES')
    node.mtime = mtime ?? this.#seconds()
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1000)
  }

  #walk(path: string, actor: Actor, follow: boolean, links: number): {node: Node; path: string} {
    let node: Node = this.root
    let done = ''
    const parts = path.split('/').filter((part) => part !== '')
    for (const [index, part] of parts.entries()) {
      if (node.kind !== 'directory') throw new FsError('ENOTDIR')
      if (!allows(node, actor, PERMISSION.execute)) throw new FsError('EACCES')
      const next: Node | undefined = node.entries.get(part)
      if (next === undefined) throw new FsError('ENOENT')
      const last = index === parts.length - 1
      if (next.kind === 'link' && (follow || !last)) {
        if (links >= MAX_LINKS) throw new FsError('ELOOP')
        const target = absolutePath(done === '' ? '/' : done, next.target)
        return this.#walk([target, ...parts.slice(index + 1)].join('/'), actor, follow, links + 1)
      }
      node = next
      done += `/${part}`
    }
    return {node, path: done === '' ? '/' : done}
  }

  #find(path: string, actor: Actor, follow = true): Node | null {
    try {
      return this.node(path, actor, follow)
    } catch (error) {
      if (error instanceof FsError && error.code === 'ENOENT') return null
      throw error
    }
  }

  /** Where a new file goes: a link that leads nowhere yet is written through. */
  #target(path: string, actor: Actor): string {
    const link = this.#find(path, actor, false)
    return link?.kind === 'link' ? absolutePath(directoryName(path), link.target) : path
  }

  #directory(path: string, actor: Actor): DirectoryNode {
    const node = this.node(path, actor)
    if (node.kind !== 'directory') throw new FsError('ENOTDIR')
    return node
  }

  /** The directory above, if this actor may change it. */
  #parent(path: string, actor: Actor): DirectoryNode {
    const parent = this.#directory(directoryName(path), actor)
    if (parent.fixed) throw new FsError(actor.uid === 0 ? 'ENOENT' : 'EACCES')
    if (!allows(parent, actor, PERMISSION.write | PERMISSION.execute)) throw new FsError('EACCES')
    return parent
  }

  #insert(path: string, node: Node, actor: Actor): void {
    const parent = this.#parent(path, actor)
    if (this.#nodes >= BUDGET_NODES) throw new FsError('ENOSPC')
    this.#nodes++
    parent.entries.set(baseName(path), node)
    parent.mtime = this.#seconds()
  }

  #detach(path: string, actor: Actor): void {
    const parent = this.#parent(path, actor)
    const node = parent.entries.get(baseName(path))
    const sticky = (parent.mode & 0o1000) !== 0 && actor.uid !== 0 && actor.uid !== parent.uid
    if (sticky && node?.uid !== actor.uid) throw new FsError('EPERM')
    parent.entries.delete(baseName(path))
    parent.mtime = this.#seconds()
  }

  #fill(file: FileNode, data: Buffer, append: boolean): void {
    const before = typeof file.content === 'function' ? Buffer.alloc(0) : file.content
    const after = append ? Buffer.concat([before, data]) : Buffer.from(data)
    if (this.#bytes + after.length - before.length > BUDGET_BYTES) throw new FsError('ENOSPC')
    this.#bytes += after.length - before.length
    file.content = after
    file.mtime = this.#seconds()
  }

  #release(node: Node): void {
    this.#nodes = Math.max(0, this.#nodes - 1)
    if (node.kind === 'file' && typeof node.content !== 'function') {
      // What the image held was never counted.
      this.#bytes = Math.max(0, this.#bytes - node.content.length)
    }
  }
}
