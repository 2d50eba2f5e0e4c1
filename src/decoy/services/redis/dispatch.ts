/** From a request to its reply: the checks of `processCommand`, in the order of the claimed version. */
import {arityFits, type CommandRow} from './command-table.ts'
import type {Call, Effects} from './commands/call.ts'
import {ReplyError} from './commands/call.ts'
import {notPermitted} from './commands/container.ts'
import {HANDLERS} from './commands/index.ts'
import {NO_AUTH} from './dialect.ts'
import {array, error, OK, type Reply, simple} from './replies.ts'
import type {ClientState, Queued, RedisServer, SourceState} from './state.ts'

/** Requests, and bytes of them, that wait in one transaction. */
const MAX_QUEUED = 1000
const MAX_QUEUED_BYTES = 64 * 1024

/** Where a subscribed RESP2 client may go. */
const WHILE_SUBSCRIBED: ReadonlySet<string> = new Set([
  'ping',
  'subscribe',
  'ssubscribe',
  'sunsubscribe',
  'psubscribe',
  'unsubscribe',
  'punsubscribe',
  'quit',
  'reset',
])
const NEVER_QUEUED: ReadonlySet<string> = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset'])
const HTTP_WORDS: ReadonlySet<string> = new Set(['post', 'host:'])
const BEFORE_LOGIN: ReadonlySet<string> = new Set(['auth', 'hello', 'reset', 'quit'])

export interface Dispatch {
  readonly server: RedisServer
  readonly source: SourceState
  readonly client: ClientState
  readonly now: number
  readonly effects: Effects
}

/** A request's reply, and its name in the table or null when the version does not know it. */
export interface Outcome {
  readonly reply: Reply
  readonly known: string | null
}

export function dispatch(context: Dispatch, request: Queued): Outcome {
  const name = (request.args[0] ?? Buffer.alloc(0)).toString('latin1').toLowerCase()
  const row = context.server.facts.table.get(name)
  // QUIT, and in 7.0 what looks like HTTP, is answered before anything is looked up; in 6.0 `post` is a command.
  const early = name === 'quit' || (context.server.facts.dialect.major >= 7 && HTTP_WORDS.has(name))
  if (early) return {known: name, reply: run(context, request, name)}
  const refusal = refused(context, request, name, row)
  if (refusal !== null) {
    // What a transaction refuses makes the whole of it fail.
    if (context.client.queue !== null) context.client.queueFailed = true
    return {known: row === undefined ? null : name, reply: refusal}
  }
  return {known: name, reply: permitted(context, request, name)}
}

function refused(context: Dispatch, request: Queued, name: string, row: CommandRow | undefined): Reply | null {
  const {dialect} = context.server.facts
  const words = request.args.map((arg) => arg.toString('latin1'))
  if (row === undefined) return dialect.unknownCommand(words[0] ?? '', words.slice(1))
  const mismatch = wrongShape(context, request, name, row, words[1] ?? '')
  if (mismatch !== null) return mismatch
  if (!context.client.authenticated && !BEFORE_LOGIN.has(name)) return NO_AUTH
  return refusedByState(context, request, row)
}

function wrongShape(
  {server}: Dispatch,
  request: Queued,
  name: string,
  row: CommandRow,
  subcommand: string,
): Reply | null {
  const {dialect} = server.facts
  if (row.subcommands.size > 0 && request.count > 1) {
    const sub = row.subcommands.get(subcommand.toLowerCase())
    if (sub === undefined) return dialect.unknownSubcommand(name, subcommand)
    return arityFits(sub, request.count) ? null : dialect.wrongArity(name, subcommand)
  }
  return arityFits(row, request.count) ? null : dialect.wrongArity(name)
}

function refusedByState({source, client, server}: Dispatch, request: Queued, row: CommandRow): Reply | null {
  if (row.flags.includes('write') && source.master !== null && source.config.get('replica-read-only') !== 'no') {
    return error("READONLY You can't write against a read only replica.")
  }
  const bytes = request.args.reduce((sum, arg) => sum + arg.length, 0)
  if (row.flags.includes('denyoom') && !source.keyspace.book(bytes, request.args.length)) {
    return error("OOM command not allowed when used memory > 'maxmemory'.")
  }
  const subscribed = client.resp === 2 && client.channels.size + client.patterns.size > 0
  return subscribed && !WHILE_SUBSCRIBED.has(row.name) ? server.facts.dialect.subscribed(row.name) : null
}

function permitted(context: Dispatch, request: Queued, name: string): Reply {
  const {client} = context
  if (client.queue !== null && !NEVER_QUEUED.has(name)) return enqueue(client, request)
  switch (name) {
    case 'multi':
      return begin(client)
    case 'exec':
      return execute(context)
    case 'discard':
      return client.queue === null ? error('ERR DISCARD without MULTI') : end(client)
    case 'watch':
      return client.queue === null ? OK : error('ERR WATCH inside MULTI is not allowed')
    case 'unwatch':
      return OK
    default:
      return run(context, request, name)
  }
}

function begin(client: ClientState): Reply {
  if (client.queue !== null) return error('ERR MULTI calls can not be nested')
  client.queue = []
  client.queueFailed = false
  return OK
}

function end(client: ClientState): Reply {
  client.queue = null
  client.queueFailed = false
  return OK
}

function enqueue(client: ClientState, request: Queued): Reply {
  const queue = client.queue ?? []
  const size = (queued: Queued) => queued.args.reduce((sum, arg) => sum + arg.length, 0)
  const held = queue.reduce((sum, queued) => sum + size(queued), 0)
  if (queue.length >= MAX_QUEUED || held + size(request) > MAX_QUEUED_BYTES) client.queueFailed = true
  else queue.push(request)
  return simple('QUEUED')
}

function execute(context: Dispatch): Reply {
  const {client} = context
  const {queue, queueFailed} = client
  if (queue === null) return error('ERR EXEC without MULTI')
  end(client)
  if (queueFailed) return error('EXECABORT Transaction discarded because of previous errors.')
  return array(queue.map((request) => run(context, request, (request.args[0]?.toString('latin1') ?? '').toLowerCase())))
}

function run(context: Dispatch, request: Queued, name: string): Reply {
  const handler = HANDLERS.get(name)
  if (handler === undefined) return notPermitted(name)
  const call: Call = {...context, ...request, name}
  try {
    return handler(call)
  } catch (thrown) {
    if (thrown instanceof ReplyError) return thrown.reply
    throw thrown
  }
}
