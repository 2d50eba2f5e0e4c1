import type {Errors} from '@oclif/core'

import {EngineError} from '../engines/engine.ts'
import type {Diagnostic} from '../fleet/diagnostics.ts'
import {DecnetError, type ErrorCode} from '../fleet/errors.ts'

import {EXIT, type ExitCode} from './exit-codes.ts'

/** An error as the user gets it, whatever was thrown. */
export interface Failure {
  readonly code: ErrorCode
  readonly exit: ExitCode
  readonly message: string
  readonly hint: string | undefined
  readonly diagnostics: readonly Diagnostic[]
}

const ENGINE_FAULT_CODES: Partial<Readonly<Record<EngineError['fault'], ErrorCode>>> = {
  unavailable: 'ENGINE_UNAVAILABLE',
  permission: 'PERMISSION',
  timeout: 'TIMED_OUT',
}

/** How oclif joins `Parsing --flag` and the reason that its parser gave. */
const OF_A_FLAG = ' \n\t'

export function failureOf(error: unknown): Failure {
  if (error instanceof DecnetError) return failure(error.code, error.message, error.hint, error.diagnostics)
  if (error instanceof EngineError) {
    return failure(ENGINE_FAULT_CODES[error.fault] ?? 'ENGINE_FAILED', error.message, error.hint)
  }
  if (isUsageError(error)) {
    const [message = '', ...rest] = error.message.replace(OF_A_FLAG, ': ').split('\n')
    const details = rest.filter((line) => line !== '' && !line.startsWith('See more help'))
    return failure('USAGE', [message, ...details].join('\n'), 'see --help')
  }
  const message = error instanceof Error ? error.message : String(error)
  return failure('INTERNAL', message, 'this is a bug: run it again with DEBUG=* and report what it prints')
}

/** oclif marks what its parser throws with `parse`, and all else that is wrong usage with our exit code for that. */
function isUsageError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const {oclif} = error as Partial<Errors.CLIError>
  return 'parse' in error || oclif?.exit === EXIT.USAGE
}

function failure(code: ErrorCode, message: string, hint?: string, diagnostics: readonly Diagnostic[] = []): Failure {
  return {code, exit: EXIT[code], message, hint, diagnostics}
}

/** The JSON document of an error, `decnet.error/v1`. */
export function errorDocument({code, message, hint, diagnostics}: Failure): unknown {
  return {
    schema: 'decnet.error/v1',
    ok: false,
    error: {
      code,
      message,
      ...(hint === undefined ? {} : {hint}),
      diagnostics: diagnostics.map(({severity, code: name, summary, hint: advice, place}) => ({
        severity,
        code: name,
        summary,
        ...(advice === undefined ? {} : {hint: advice}),
        ...(place === undefined
          ? {}
          : {file: place.file, line: place.line, column: place.column, snippet: place.snippet}),
      })),
    },
  }
}
