/** What the emulated file system is made of. Names and paths hold bytes as characters U+0000 to U+00FF. */

interface NodeBase {
  /** Permission bits, set-id and sticky included. */
  mode: number
  uid: number
  gid: number
  /** Seconds since the epoch. */
  mtime: number
}

export interface FileNode extends NodeBase {
  readonly kind: 'file'
  /** A function where the content depends on the moment, such as `/proc/uptime`. */
  content: Buffer | (() => Buffer)
  /** Reading it is worth an event of its own. */
  readonly bait: boolean
}

export interface DirectoryNode extends NodeBase {
  readonly kind: 'directory'
  readonly entries: Map<string, Node>
  /** Nothing can be created or removed in it, whoever asks: `/proc`, `/sys`. */
  readonly fixed: boolean
}

export interface LinkNode extends NodeBase {
  readonly kind: 'link'
  readonly target: string
}

/** A character device, such as `/dev/null`. */
export interface DeviceNode extends NodeBase {
  readonly kind: 'device'
  readonly major: number
  readonly minor: number
}

export type Node = FileNode | DirectoryNode | LinkNode | DeviceNode

export type FsErrorCode =
  | 'EPERM'
  | 'ENOENT'
  | 'EACCES'
  | 'EEXIST'
  | 'ENOTDIR'
  | 'EISDIR'
  | 'EINVAL'
  | 'ENOSPC'
  | 'EROFS'
  | 'ENOTEMPTY'
  | 'ELOOP'
  | 'ENAMETOOLONG'

/** What `strerror` of the C library says. */
const STRERROR: Readonly<Record<FsErrorCode, string>> = {
  EPERM: 'Operation not permitted',
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EINVAL: 'Invalid argument',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
  ENOTEMPTY: 'Directory not empty',
  ELOOP: 'Too many levels of symbolic links',
  ENAMETOOLONG: 'File name too long',
}

export class FsError extends Error {
  override readonly name = 'FsError'
  readonly code: FsErrorCode

  constructor(code: FsErrorCode) {
    super(STRERROR[code])
    this.code = code
  }
}

/** Who acts on a file. */
export interface Actor {
  readonly uid: number
  readonly gid: number
}

export const ROOT: Actor = {uid: 0, gid: 0}

export function contentOf(file: FileNode): Buffer {
  return typeof file.content === 'function' ? file.content() : file.content
}

/** The size `stat` reports: files that are made on demand report none, as those of procfs do. */
export function sizeOf(node: Node): number {
  if (node.kind === 'file') return typeof node.content === 'function' ? 0 : node.content.length
  if (node.kind === 'link') return node.target.length
  return node.kind === 'directory' && !node.fixed ? 4096 : 0
}

export const PERMISSION = {read: 4, write: 2, execute: 1} as const

/** Owner, group or other bits decide; root reads and writes everything and executes what anyone may. */
export function allows(node: Node, actor: Actor, permission: number): boolean {
  if (actor.uid === 0)
    return permission !== PERMISSION.execute || node.kind === 'directory' || (node.mode & 0o111) !== 0
  const shift = node.uid === actor.uid ? 6 : node.gid === actor.gid ? 3 : 0
  return ((node.mode >> shift) & permission) === permission
}
