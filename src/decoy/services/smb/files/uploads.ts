/** What intruders left in the shares: kept as long as there is room, oldest first to go. */
import type {FileNode, Node} from './nodes.ts'

/** Of one decky, all unfinished uploads and all kept ones together. */
const POOL_BYTES = 32 * 1024 * 1024
const MAX_FILES = 256

export class UploadPool {
  /** By share and path in lower case. */
  readonly #kept = new Map<string, {readonly directory: string; readonly node: FileNode}>()
  #used = 0

  /** Room for so many bytes more: false where there is none, even without what was kept. */
  reserve(bytes: number): boolean {
    for (const [key, {node}] of this.#kept) {
      if (this.#used + bytes <= POOL_BYTES) break
      this.#kept.delete(key)
      this.#used -= node.size
    }
    if (this.#used + bytes > POOL_BYTES) return false
    this.#used += bytes
    return true
  }

  release(bytes: number): void {
    this.#used -= bytes
  }

  /** Takes over a file whose bytes are reserved. */
  keep(share: string, directory: string, node: FileNode): void {
    const key = keyOf(share, directory === '' ? node.name : `${directory}\\${node.name}`)
    const former = this.#kept.get(key)
    if (former !== undefined) this.release(former.node.size)
    this.#kept.delete(key)
    this.#kept.set(key, {directory: keyOf(share, directory), node})
    if (this.#kept.size <= MAX_FILES) return
    for (const [oldest, {node: file}] of this.#kept) {
      this.#kept.delete(oldest)
      this.release(file.size)
      break
    }
  }

  isKept(share: string, path: string): boolean {
    return this.#kept.has(keyOf(share, path))
  }

  /** What lies in this directory of a share, besides what was there before. */
  listed(share: string, directory: string): readonly Node[] {
    const key = keyOf(share, directory)
    return [...this.#kept.values()].flatMap((each) => (each.directory === key ? [each.node] : []))
  }
}

const keyOf = (share: string, path: string): string => `${share}\\${path}`.toLowerCase()

/** One file while it is written. */
export class Upload {
  readonly #pool: UploadPool
  readonly #most: number
  #bytes: Buffer = Buffer.alloc(0)
  #size = 0

  constructor(pool: UploadPool, most: number) {
    this.#pool = pool
    this.#most = most
  }

  get size(): number {
    return this.#size
  }

  get content(): Buffer {
    return this.#bytes.subarray(0, this.#size)
  }

  /** False where there is no room for it. */
  write(offset: number, data: Buffer): boolean {
    if (!this.resize(Math.max(this.#size, offset + data.length))) return false
    data.copy(this.#bytes, offset)
    return true
  }

  resize(size: number): boolean {
    if (size > this.#most) return false
    if (size > this.#bytes.length) {
      const room = Math.min(this.#most, Math.max(size, 2 * this.#bytes.length))
      if (!this.#pool.reserve(room - this.#bytes.length)) return false
      const larger = Buffer.alloc(room)
      this.#bytes.copy(larger)
      this.#bytes = larger
    }
    if (size < this.#size) this.#bytes.fill(0, size, this.#size)
    this.#size = size
    return true
  }

  /** What was written, in no more memory than it needs; its bytes stay reserved. */
  finish(): Buffer {
    const content = Buffer.from(this.content)
    this.#pool.release(this.#bytes.length - content.length)
    return content
  }
}
