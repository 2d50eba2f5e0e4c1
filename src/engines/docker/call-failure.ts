import {printable} from '../../decoy/sample.ts'

/**
 * What is known of a call that did not succeed: the engine answered with an error (`refused`), never got the call
 * (`unsent`), or may have carried it out (`unknown`).
 */
export type CallOutcome = 'refused' | 'unsent' | 'unknown'

/** One call that failed, before it is translated for users. Never leaves `engines/docker/`. */
export class CallFailure extends Error {
  /** What was being done: `start container`. */
  readonly call: string
  readonly outcome: CallOutcome
  /** HTTP status; null where no answer came. */
  readonly status: number | null
  /** Node's error code, e.g. `ECONNREFUSED`; null for answers. */
  readonly code: string | null
  /** The engine's own words, made safe to show. */
  readonly text: string

  constructor(
    call: string,
    outcome: CallOutcome,
    facts: {status?: number; code?: string; text: string; cause?: unknown},
  ) {
    super(`${call}: ${facts.text}`, facts.cause === undefined ? undefined : {cause: facts.cause})
    this.name = 'CallFailure'
    this.call = call
    this.outcome = outcome
    this.status = facts.status ?? null
    this.code = facts.code ?? null
    this.text = facts.text
  }
}

/** Errors of connecting: nothing of the request was written. */
const UNSENT = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'EACCES',
  'EPERM',
  'ENOTSOCK',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EMFILE',
])

/** Most characters of an engine's message that are kept. */
const TEXT_LIMIT = 600

/** The failure of a call that got no complete answer. */
export function connectionFailure(call: string, error: unknown): CallFailure {
  if (error instanceof CallFailure) return error
  const code = codeOf(error)
  const text = error instanceof Error ? safeText(error.message) : 'the connection failed'
  const unsent = code !== null && (UNSENT.has(code) || isTlsRefusal(code))
  return new CallFailure(call, unsent ? 'unsent' : 'unknown', {...(code === null ? {} : {code}), text, cause: error})
}

/** The handshake fails before the request is written, so nothing was asked of the wrong peer. */
export function isTlsRefusal(code: string): boolean {
  return /^(CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|EPROTO$|HOSTNAME_MISMATCH)/.test(code)
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}

/** An engine's words may quote labels and host names, which hold any byte. */
export function safeText(text: string): string {
  return printable(Buffer.from(text.slice(0, TEXT_LIMIT), 'utf8')).trim()
}
