import type {Diagnostic} from './diagnostics.ts'

/**
 * Why a command cannot continue. The list is closed: `cli/exit-codes.ts` maps every code to an exit code and
 * does not compile when one is missing.
 */
export type ErrorCode =
  | 'USAGE'
  | 'CONFIRM_REQUIRED'
  | 'FLEET_FILE_INVALID'
  | 'FLEET_FILE_NOT_FOUND'
  | 'NAME_CONFLICT'
  | 'ADDRESS_CONFLICT'
  | 'NETWORK_CONFLICT'
  | 'ENGINE_CONFLICT'
  | 'LIMIT_EXCEEDED'
  | 'UNKNOWN_DECKY'
  | 'DECLINED'
  | 'TIMED_OUT'
  | 'ENGINE_UNAVAILABLE'
  | 'ENGINE_FAILED'
  | 'PLATFORM_UNSUPPORTED'
  | 'STATE_UNREADABLE'
  | 'STATE_LOCKED'
  | 'PERMISSION'
  | 'INTERRUPTED'
  | 'TERMINATED'
  | 'INTERNAL'

export interface DecnetErrorOptions {
  /** What the user can do about it, preferably a command. */
  readonly hint?: string | undefined
  readonly cause?: unknown
  /** Every problem found, where the error is about the fleet file. */
  readonly diagnostics?: readonly Diagnostic[]
}

/** An expected failure: shown without a stack trace and mapped to an exit code. Anything else thrown is a bug. */
export class DecnetError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly diagnostics: readonly Diagnostic[]

  constructor(code: ErrorCode, message: string, options: DecnetErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause})
    this.name = 'DecnetError'
    this.code = code
    this.hint = options.hint
    this.diagnostics = options.diagnostics ?? []
  }
}
