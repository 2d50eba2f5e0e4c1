/** Builds a tree of nodes path by path. */
import type {DirectoryNode, Node} from './nodes.ts'

export interface FileOptions {
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly bait?: boolean
  readonly mtime?: number
}

export class ImageBuilder {
  readonly root: DirectoryNode
  readonly #mtime: (path: string) => number

  /** @param mtime the time of what has none of its own, by path. */
  constructor(mtime: (path: string) => number) {
    this.#mtime = mtime
    this.root = this.#newDirectory('/', {})
  }

  directory(path: string, options: FileOptions & {readonly fixed?: boolean} = {}): DirectoryNode {
    let node = this.root
    const parts = path.split('/').filter((part) => part !== '')
    for (const [index, part] of parts.entries()) {
      const existing = node.entries.get(part)
      if (existing?.kind === 'directory') {
        node = existing
        continue
      }
      const last = index === parts.length - 1
      const created = this.#newDirectory(`/${parts.slice(0, index + 1).join('/')}`, last ? options : {}, options.fixed)
      node.entries.set(part, created)
      node = created
    }
    return node
  }

  file(path: string, content: string | Buffer | (() => string), options: FileOptions = {}): void {
    const made = typeof content === 'function' ? () => Buffer.from(content(), 'latin1') : content
    const bytes = typeof made === 'string' ? Buffer.from(made, 'latin1') : made
    this.#put(path, {
      kind: 'file',
      ...this.#attributes(path, 0o644, options),
      content: bytes,
      bait: options.bait ?? false,
    })
  }

  link(path: string, target: string): void {
    this.#put(path, {kind: 'link', ...this.#attributes(path, 0o777, {}), target})
  }

  device(path: string, major: number, minor: number, mode = 0o666): void {
    this.#put(path, {kind: 'device', ...this.#attributes(path, mode, {}), major, minor})
  }

  #put(path: string, node: Node): void {
    const end = path.lastIndexOf('/')
    this.directory(path.slice(0, end)).entries.set(path.slice(end + 1), node)
  }

  #newDirectory(path: string, options: FileOptions, fixed = false): DirectoryNode {
    return {kind: 'directory', ...this.#attributes(path, fixed ? 0o555 : 0o755, options), entries: new Map(), fixed}
  }

  #attributes(path: string, mode: number, options: FileOptions) {
    return {
      mode: options.mode ?? mode,
      uid: options.uid ?? 0,
      gid: options.gid ?? options.uid ?? 0,
      mtime: options.mtime ?? this.#mtime(path),
    }
  }
}
