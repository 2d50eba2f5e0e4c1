import type {DiagnosticCode} from './diagnostic-codes.ts'

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
  readonly code: DiagnosticCode
  readonly summary: string
  readonly hint?: string | undefined
  readonly place?: Place | undefined
}

/** Most diagnostics kept of one reading and severity: a file of 500,000 wrong lines must not exhaust the memory. */
const MAX_KEPT = 1000
/** Most diagnostics shown. */
const MAX_SHOWN = 100

/** Collects every problem of one reading, so that a user sees them all at once. */
export class Diagnostics {
  readonly #errors: Diagnostic[] = []
  readonly #warnings: Diagnostic[] = []
  #errorCount = 0
  #warningCount = 0

  error(code: DiagnosticCode, summary: string, at?: Place, hint?: string): void {
    this.#errorCount++
    if (this.#errors.length < MAX_KEPT) this.#errors.push({severity: 'error', code, summary, place: at, hint})
  }

  warning(code: DiagnosticCode, summary: string, at?: Place, hint?: string): void {
    this.#warningCount++
    if (this.#warnings.length < MAX_KEPT) this.#warnings.push({severity: 'warning', code, summary, place: at, hint})
  }

  get hasErrors(): boolean {
    return this.#errorCount > 0
  }

  /** All errors found, also those that `list` leaves out. */
  get errorCount(): number {
    return this.#errorCount
  }

  /** In file order, then in the order found; at most 100, errors before warnings, and then one that counts the rest. */
  get list(): readonly Diagnostic[] {
    const errors = this.#errors.toSorted(inFileOrder)
    const warnings = this.#warnings.toSorted(inFileOrder)
    const shown = [...errors, ...warnings].slice(0, MAX_SHOWN)
    const rest = this.#errorCount + this.#warningCount - shown.length
    shown.sort(inFileOrder)
    if (rest === 0) return shown
    const severity = this.#errorCount > MAX_SHOWN ? 'error' : 'warning'
    return [...shown, {severity, code: 'more-problems', summary: `${rest} more ${rest === 1 ? 'problem' : 'problems'}`}]
  }
}

function inFileOrder(a: Diagnostic, b: Diagnostic): number {
  return (
    (a.place?.line ?? Number.MAX_SAFE_INTEGER) - (b.place?.line ?? Number.MAX_SAFE_INTEGER) ||
    (a.place?.column ?? 0) - (b.place?.column ?? 0)
  )
}
