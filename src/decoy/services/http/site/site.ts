/** The documents of a decoy web server. */
export interface Document {
  readonly body: Buffer
  /** Media type without parameters. */
  readonly type: string
  /** When the file was last written, in ms since the epoch. */
  readonly modified: number
}

export type Found =
  | {readonly kind: 'document'; readonly document: Document}
  /** A directory named without its slash. */
  | {readonly kind: 'redirect'; readonly path: string}
  /** A directory without an index document. */
  | {readonly kind: 'directory'}
  | {readonly kind: 'missing'}

export class Site {
  readonly #documents: ReadonlyMap<string, Document>
  readonly #directories: ReadonlySet<string>
  readonly #indexes: readonly string[]

  /** Paths are absolute and decoded; directories end with a slash and hold at least what `documents` puts in them. */
  constructor(documents: ReadonlyMap<string, Document>, directories: readonly string[], indexes: readonly string[]) {
    this.#documents = documents
    this.#indexes = indexes
    this.#directories = new Set(['/', ...directories, ...[...documents.keys()].flatMap(parents)])
  }

  find(path: string): Found {
    if (path.endsWith('/')) {
      for (const index of this.#indexes) {
        const document = this.#documents.get(path + index)
        if (document !== undefined) return {kind: 'document', document}
      }
      return {kind: this.#directories.has(path) ? 'directory' : 'missing'}
    }
    const document = this.#documents.get(path)
    if (document !== undefined) return {kind: 'document', document}
    return this.#directories.has(`${path}/`) ? {kind: 'redirect', path: `${path}/`} : {kind: 'missing'}
  }

  paths(): string[] {
    return [...this.#documents.keys()]
  }

  get(path: string): Document | undefined {
    return this.#documents.get(path)
  }
}

/** `/a/b/c.css` → `/a/`, `/a/b/`. */
function parents(path: string): string[] {
  const names = path.split('/').slice(1, -1)
  return names.map((_, index) => `/${names.slice(0, index + 1).join('/')}/`)
}
