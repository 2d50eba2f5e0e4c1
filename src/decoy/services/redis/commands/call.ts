/** What a command gets, and what commands have in common. */
import type {ServiceEvent} from '../../../../events/event.ts'
import {NOT_AN_INTEGER, WRONG_TYPE} from '../dialect.ts'
import type {Entry, Keyspace, Value} from '../keyspace.ts'
import {strictInteger} from '../parser.ts'
import type {Reply} from '../replies.ts'
import type {ClientState, RedisServer, SourceState} from '../state.ts'

export interface Call {
  /** The command's own name comes first. */
  readonly args: readonly Buffer[]
  /** How many arguments were sent; more than `args` holds where they were too many to keep. */
  readonly count: number
  /** Lower case. */
  readonly name: string
  readonly client: ClientState
  readonly source: SourceState
  readonly server: RedisServer
  readonly now: number
  readonly effects: Effects
}

/** What a command does besides replying. */
export interface Effects {
  /** Closes after the reply; `silently` without anything. */
  close: 'after-reply' | 'silently' | null
  delayMs: number
  readonly events: ServiceEvent[]
}

export type Handler = (call: Call) => Reply
export type Handlers = Readonly<Record<string, Handler>>

/** Ends a command early with an error; caught by the dispatcher. */
export class ReplyError extends Error {
  readonly reply: Reply

  constructor(reply: Reply) {
    super('a command was refused')
    this.reply = reply
  }
}

export function text(call: Call, index: number): string {
  return call.args[index]?.toString('latin1') ?? ''
}

export function upper(call: Call, index: number): string {
  return text(call, index).toUpperCase()
}

export function bytes(call: Call, index: number): Buffer {
  return call.args[index] ?? Buffer.alloc(0)
}

/** The arguments from an index on, as text. */
export function rest(call: Call, from: number): string[] {
  return call.args.slice(from).map((arg) => arg.toString('latin1'))
}

export function integerArgument(call: Call, index: number, refusal: Reply = NOT_AN_INTEGER): number {
  const value = strictInteger(text(call, index))
  if (value === null) throw new ReplyError(refusal)
  return value
}

export function keyspaceOf(call: Call): Keyspace {
  return call.source.keyspace
}

export function entryOf(call: Call, key: string): Entry | undefined {
  return call.source.keyspace.entry(call.client.database, key, call.now)
}

/** The value of a key if it is of the kind that the command works on. */
export function valueAt<K extends Value['kind']>(
  call: Call,
  key: string,
  kind: K,
): Extract<Value, {readonly kind: K}> | undefined {
  const entry = entryOf(call, key)
  if (entry === undefined) return undefined
  if (entry.value.kind !== kind) throw new ReplyError(WRONG_TYPE)
  return entry.value as Extract<Value, {readonly kind: K}>
}

/** Stores a value and keeps the expiry unless told otherwise. */
export function store(call: Call, key: string, value: Value, expiresAt: number | null = null): void {
  call.source.keyspace.set(call.client.database, key, value, expiresAt)
  changed(call)
}

export function remove(call: Call, key: string): void {
  call.source.keyspace.delete(call.client.database, key)
  changed(call)
}

export function changed(call: Call): void {
  call.source.changes++
}

/** An index that may count from the end. */
export function fromEnd(index: number, length: number): number {
  return index < 0 ? Math.max(0, length + index) : index
}
