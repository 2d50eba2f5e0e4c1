/** What tells one mail server from another. Replies are given without the end of their last line. */

import type {Patience} from '../../../deadlines.ts'
import type {Verdict} from '../addresses.ts'
import type {MtaName} from '../choice.ts'
import type {Call, Role} from '../state.ts'
import type {LineEnds} from '../wire/data-reader.ts'
import type {Given} from '../wire/path.ts'

/** How a command went, for those who count. */
export interface Finished {
  readonly call: Call
  readonly reply: string
  /** A password was wrong. */
  readonly logon: boolean
}

export interface Ending {
  readonly reply: string
  readonly close: boolean
  /** Waited before the reply. */
  readonly delayMs: number
}

/** What is said of an attempt to sign in (RFC 4954). */
export interface AuthWords {
  readonly success: string
  readonly cancelled: string
  /** Whether a LOGIN without a name is asked for a password. */
  readonly emptyNames: boolean
  failure(mechanism: string, prompt: string): string
  undecodable(text: string, initial: boolean): string
}

export interface Chunk {
  /** Null: it is no number, or too large for one. */
  readonly size: number | null
  readonly last: boolean
  /** There is more behind it than LAST. */
  readonly odd: boolean
}

export interface Accepted {
  readonly id: string
  readonly reply: string
}

export interface Mta {
  readonly name: MtaName
  /** Roles whose port is TLS from the first byte. */
  readonly implicitTls: ReadonlySet<Role>
  readonly lineEnds: LineEnds
  /** Bytes of a message. */
  readonly maxSize: number
  /** Sets a mailbox apart from what its owner adds to it. */
  readonly extension: string | null
  greeting(call: Call): string
  /** HELO and EHLO: the first line of the reply, or a refusal. */
  hello(call: Call): {readonly reply: string; readonly accepted: boolean}
  /** What EHLO lists. */
  extensions(call: Call): readonly string[]
  /** Commands that have no effect on the session, by name. */
  readonly commands: Readonly<Record<string, (call: Call) => string>>
  /** Commands that close the session, by name. */
  readonly ending: Readonly<Record<string, (call: Call) => string>>
  /** A line that begins with no command. `close`: it is the last word. */
  unknown(call: Call): {readonly reply: string; readonly close: boolean}
  /** A refusal before anything else is looked at, e.g. without TLS; null: none. */
  gate(call: Call): string | null
  reset(call: Call): {readonly reply: string; readonly done: boolean}
  /** Null: begin TLS. */
  startTls(call: Call): string | null
  readonly startTlsReply: string
  /** `given` is null where the keyword is missing. Null: accepted. */
  mail(call: Call, given: Given | null): string | null
  mailReply(call: Call, given: Given): string
  rcpt(call: Call, given: Given | null, verdict: Verdict | null): string | null
  rcptReply(call: Call, given: Given): string
  /** Null: go on with the message. */
  data(call: Call): string | null
  readonly dataReply: string
  /** Null: there is no BDAT. */
  readonly chunking: Chunking | null
  /** The message is in; a refusal, or what is said of it. */
  accept(call: Call, message: {readonly size: number; readonly messageId: string | null}): Accepted | string
  readonly tooLarge: string
  /** Of a bare LF, where one ends the session. */
  readonly bareLf: string
  readonly auth: AuthWords
  /** A refusal of AUTH as such; null: begin. */
  authRefusal(call: Call, mechanism: string): string | null
  /** Counts, delays, and shows the door. */
  finish(finished: Finished): Ending
  timeout(call: Call): string
  /** Until a command, before a login and after it. */
  readonly patience: Patience
}

export interface Chunking {
  /** A refusal that has no bytes behind it; null: the bytes follow. */
  refusal(call: Call, chunk: Chunk): {readonly reply: string; readonly close: boolean} | null
  /** Said after the bytes of a chunk that is taken. */
  taken(bytes: number): string
  /** Said after the bytes of one that is not. */
  discarded(call: Call, bytes: number): string
  /** In the place of what DATA has: the last chunk completed the message. */
  complete(accepted: Accepted, sizes: {readonly chunk: number; readonly total: number}): string
}

/** Lines of one reply with one code. */
export function lines(code: number, texts: readonly string[]): string {
  return texts.map((text, index) => `${code}${index === texts.length - 1 ? ' ' : '-'}${text}`).join('\r\n')
}

export const fine = (reply: string, delayMs = 0): Ending => ({reply, close: false, delayMs})
