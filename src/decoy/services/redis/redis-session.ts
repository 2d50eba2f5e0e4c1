/** One connection to the decoy Redis. */
import {printable, sample} from '../../sample.ts'
import {type Action, CLOSE, type Connection, delay, type ProtocolSession, report, write} from '../../service.ts'
import type {Effects} from './commands/call.ts'
import {dispatch} from './dispatch.ts'
import {type ProtocolError, type Request, RequestParser} from './parser.ts'
import {encode, error, type Reply} from './replies.ts'
import {type ClientState, newClient, type RedisServer} from './state.ts'

/** Arguments kept in evidence, and bytes of each: payloads are whole in most attacks. */
const EVIDENCE_ARGUMENTS = 16

/** What turns an open server into a foothold, or destroys what it holds. */
const DANGEROUS: ReadonlySet<string> = new Set([
  'bgrewriteaof',
  'bgsave',
  'config|rewrite',
  'config|set',
  'debug',
  'eval',
  'evalsha',
  'flushall',
  'flushdb',
  'function|load',
  'migrate',
  'module|load',
  'module|loadex',
  'replicaof',
  'restore',
  'save',
  'script|load',
  'shutdown',
  'slaveof',
])
const CONTAINERS: ReadonlySet<string> = new Set(['acl', 'client', 'config', 'function', 'memory', 'module', 'script'])
/** Their secrets are reported as credentials. */
const CREDENTIALS: ReadonlySet<string> = new Set(['auth', 'hello'])

export class RedisSession implements ProtocolSession {
  readonly #server: RedisServer
  readonly #connection: Connection
  readonly #parser: RequestParser
  readonly #client: ClientState
  #commands = 0
  #closed = false

  constructor(server: RedisServer, connection: Connection) {
    this.#server = server
    this.#connection = connection
    this.#parser = new RequestParser(server.facts.dialect)
    this.#client = newClient(server.nextClientId(connection.now()), connection, server.facts.password === null)
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    const actions: Action[] = []
    this.#parser.feed(bytes)
    while (!this.#closed) {
      const item = this.#parser.next(this.#client.authenticated)
      if (item === null) break
      if (item.type === 'error') this.#protocolError(actions, item, bytes)
      else this.#request(actions, item)
    }
    return actions
  }

  end(): Action[] {
    return [CLOSE]
  }

  #protocolError(actions: Action[], {message}: ProtocolError, bytes: Buffer): void {
    const input = sample(bytes, this.#connection.limits.sample)
    actions.push(report({event: 'malformed', data: {problem: message, input}}))
    this.#reply(actions, error(`ERR Protocol error: ${message}`))
    this.#close(actions)
  }

  #request(actions: Action[], request: Request): void {
    const now = this.#connection.now()
    const effects: Effects = {close: null, delayMs: 0, events: []}
    const source = this.#server.source(this.#connection.peer.ip, now)
    const {reply, known} = dispatch({server: this.#server, source, client: this.#client, now, effects}, request)
    this.#record(actions, request, known, effects)
    if (effects.close === 'silently') {
      // Replies of the same batch are not sent either: they wait in the buffer of the connection that is dropped.
      actions.splice(0, actions.length, ...actions.filter(({type}) => type !== 'write'))
    }
    if (effects.delayMs > 0) actions.push(delay(effects.delayMs))
    this.#reply(actions, reply)
    if (effects.close !== null || ++this.#commands >= this.#connection.limits.commands) this.#close(actions)
  }

  #record(actions: Action[], request: Request, known: string | null, {events}: Effects): void {
    for (const event of events) actions.push(report(event))
    const credentials = events.some(({credential}) => credential !== undefined)
    if (credentials && known !== null && CREDENTIALS.has(known)) return
    const [name = Buffer.alloc(0), ...args] = request.args
    const subcommand = args[0]?.subarray(0, 32).toString('latin1').toLowerCase() ?? ''
    const full = known !== null && CONTAINERS.has(known) && subcommand !== '' ? `${known}|${subcommand}` : known
    const {limits} = this.#connection
    actions.push(
      report({
        event: 'command',
        data: {
          command: printable(full === null ? name.subarray(0, 128) : Buffer.from(full, 'latin1')),
          args: args.slice(0, EVIDENCE_ARGUMENTS).map((arg) => sample(arg, limits.sample)),
          count: request.count,
          known: known !== null,
          ...(full !== null && (DANGEROUS.has(full) || DANGEROUS.has(known ?? '')) ? {dangerous: true} : {}),
        },
      }),
    )
  }

  #reply(actions: Action[], reply: Reply): void {
    if (reply.type === 'nothing') {
      if (this.#client.replies === 'skip-next') this.#client.replies = 'skip'
      return
    }
    const {replies} = this.#client
    if (replies === 'skip') this.#client.replies = 'on'
    if (replies === 'on') actions.push(write(encode(reply, this.#client.resp)))
  }

  #close(actions: Action[]): void {
    this.#closed = true
    actions.push(CLOSE)
  }
}
