/** What a command comes to, for the session to send and to record. */
import type {Item} from './item.ts'

export interface Outcome {
  /** In pieces; values are not copied. Empty: nothing is said. */
  readonly reply: readonly Buffer[]
  readonly close?: true
  /** A value follows, of which the command is done when it is there. */
  readonly awaits?: Pending
  /** Bytes that follow and are dropped; the reply is sent after them. */
  readonly swallow?: number
  /** The command is none that the server knows. */
  readonly unknown?: true
}

export interface Pending {
  /** Without the end of the line. */
  readonly size: number
  store(value: Buffer): Outcome
  /** What did not end where it should. */
  bad(): Outcome
}

/** Of one answer; above it the server says that it has no memory left. */
export const MAX_REPLY = 1024 * 1024

export const SILENT: Outcome = {reply: []}
export const text = (line: string): Outcome => ({reply: [Buffer.from(`${line}\r\n`, 'latin1')]})
export const UNKNOWN: Outcome = {...text('ERROR'), unknown: true}
/** A command that is known, its words wrong. */
export const WRONG = text('ERROR')
export const BAD_FORMAT = text('CLIENT_ERROR bad command line format')
export const BAD_CHUNK = text('CLIENT_ERROR bad data chunk')
export const BAD_EXPTIME = text('CLIENT_ERROR invalid exptime argument')
export const NOT_NUMERIC = text('CLIENT_ERROR cannot increment or decrement non-numeric value')
export const TOO_LARGE = text('SERVER_ERROR object too large for cache')
export const NO_MEMORY = text('SERVER_ERROR out of memory storing object')
export const NO_MEMORY_READ = text('SERVER_ERROR out of memory writing get response')

export const CRLF = Buffer.from('\r\n')
export const END = Buffer.from('END\r\n')

/** `VALUE key flags size [cas]`, and the value. */
export function valueReply(item: Item, withCas: boolean): Buffer[] {
  const cas = withCas ? ` ${item.cas}` : ''
  return [Buffer.from(`VALUE ${item.key} ${item.flags} ${item.data.length}${cas}\r\n`, 'latin1'), item.data, CRLF]
}
