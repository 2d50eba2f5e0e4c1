/** A position in the fleet file: 1-based, columns count UTF-16 units of the line as written. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The whole source line, unescaped; views escape it before they print it. */
  readonly snippet: string
}

/** One problem of the fleet file. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  /** Stable machine-readable name, e.g. `unknown-key`. */
  readonly code: string
  readonly summary: string
  readonly hint?: string | undefined
  readonly place?: Place | undefined
}

/** Collects every problem of one reading, so that a user sees them all at once. */
export class Diagnostics {
  readonly #list: Diagnostic[] = []

  error(code: string, summary: string, at?: Place, hint?: string): void {
    this.#list.push({severity: 'error', code, summary, place: at, hint})
  }

  warning(code: string, summary: string, at?: Place, hint?: string): void {
    this.#list.push({severity: 'warning', code, summary, place: at, hint})
  }

  get hasErrors(): boolean {
    return this.#list.some((diagnostic) => diagnostic.severity === 'error')
  }

  /** In file order, then in the order found. */
  get list(): readonly Diagnostic[] {
    return this.#list.toSorted(
      (a, b) =>
        (a.place?.line ?? Number.MAX_SAFE_INTEGER) - (b.place?.line ?? Number.MAX_SAFE_INTEGER) ||
        (a.place?.column ?? 0) - (b.place?.column ?? 0),
    )
  }
}
