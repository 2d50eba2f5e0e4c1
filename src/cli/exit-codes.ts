import type {ErrorCode} from '../fleet/errors.ts'

/** Every exit code and what it means: the help text and the documentation are made of this table. */
export const EXIT_CODES = {
  0: 'done, or nothing to do',
  1: 'a bug in decnet',
  2: 'changes or drift are present (only with --detailed-exitcode)',
  3: 'some deckies failed; running the same command again resumes',
  4: 'still open, or timed out',
  5: 'declined at the prompt',
  6: 'conflict with the fleet: name, address, network, engine or limit',
  64: 'wrong usage, or --yes missing where nobody can be asked',
  65: 'the fleet file is invalid',
  66: 'an input file is missing or unreadable',
  69: 'the engine or the platform is not available',
  74: 'the state cannot be read or written',
  75: 'another command holds the lock; try again',
  77: 'permission denied',
  130: 'interrupted (SIGINT)',
  141: 'the reader of the output went away',
  143: 'terminated (SIGTERM)',
} as const

export type ExitCode = keyof typeof EXIT_CODES

/** The exit code of every error. Adding an error code without one does not compile. */
export const EXIT = {
  USAGE: 64,
  CONFIRM_REQUIRED: 64,
  FLEET_FILE_INVALID: 65,
  FLEET_FILE_NOT_FOUND: 66,
  NAME_CONFLICT: 6,
  ADDRESS_CONFLICT: 6,
  NETWORK_CONFLICT: 6,
  ENGINE_CONFLICT: 6,
  LIMIT_EXCEEDED: 6,
  UNKNOWN_DECKY: 64,
  DECLINED: 5,
  TIMED_OUT: 4,
  ENGINE_UNAVAILABLE: 69,
  ENGINE_FAILED: 69,
  PLATFORM_UNSUPPORTED: 69,
  STATE_UNREADABLE: 74,
  STATE_LOCKED: 75,
  PERMISSION: 77,
  INTERRUPTED: 130,
  TERMINATED: 143,
  INTERNAL: 1,
} as const satisfies Readonly<Record<ErrorCode, ExitCode>>

/** What every command can end with. */
export const COMMON_EXITS = [0, 1, 64, 130, 141, 143] as const satisfies readonly ExitCode[]

/** Further exit codes of commands that read a fleet file. */
export const FLEET_FILE_EXITS = [65, 66] as const satisfies readonly ExitCode[]
/** Further exit codes of commands that open the state. */
export const STATE_EXITS = [74, 75, 77] as const satisfies readonly ExitCode[]
/** Further exit codes of commands that ask an engine, which needs the state too. */
export const ENGINE_EXITS = [4, 69, ...STATE_EXITS] as const satisfies readonly ExitCode[]
/** Further exit codes of commands that change the fleet. */
export const MUTATION_EXITS = [2, 3, 5, ...ENGINE_EXITS] as const satisfies readonly ExitCode[]

/** What a command can end with, in ascending order; `declared` is its `static exits`. */
export function exitsOf(declared: readonly ExitCode[]): readonly ExitCode[] {
  return [...new Set<ExitCode>([...COMMON_EXITS, ...declared])].toSorted((a, b) => a - b)
}

export function isExitCode(value: unknown): value is ExitCode {
  return typeof value === 'number' && Object.hasOwn(EXIT_CODES, value)
}
