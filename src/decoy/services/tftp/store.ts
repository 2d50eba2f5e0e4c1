/** The files of a decky's TFTP server: the lures, and what was uploaded, within bounds. */

/** Uploads that can be read again: a server that forgets what it took is none. */
const MAX_UPLOADS = 64
const MAX_UPLOAD_BYTES = 16 * 1024 * 1024

export type Found = {readonly kind: 'file'; readonly content: Buffer; readonly lure: boolean} | 'directory' | null

export class Store {
  readonly #lures: ReadonlyMap<string, Buffer>
  readonly #uploads = new Map<string, Buffer>()
  #bytes = 0

  constructor(lures: ReadonlyMap<string, Buffer>) {
    this.#lures = lures
  }

  find(path: string): Found {
    const lure = this.#lures.get(path)
    if (lure !== undefined) return {kind: 'file', content: lure, lure: true}
    const content = this.#uploads.get(path)
    if (content !== undefined) return {kind: 'file', content, lure: false}
    return path === '' ? 'directory' : null
  }

  /** What is forgotten when there is too much is what came first. */
  keep(path: string, content: Buffer): void {
    this.#forget(path)
    if (content.length > MAX_UPLOAD_BYTES) return
    this.#uploads.set(path, content)
    this.#bytes += content.length
    for (const first of this.#uploads.keys()) {
      if (this.#uploads.size <= MAX_UPLOADS && this.#bytes <= MAX_UPLOAD_BYTES) break
      this.#forget(first)
    }
  }

  #forget(path: string): void {
    this.#bytes -= this.#uploads.get(path)?.length ?? 0
    this.#uploads.delete(path)
  }
}

/** As the system resolves it below the directory that the server is locked in; null: in a directory that is none. */
export function resolvePath(file: string): string | null {
  const parts: string[] = []
  for (const part of file.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.length > 1 ? null : (parts[0] ?? '')
}
