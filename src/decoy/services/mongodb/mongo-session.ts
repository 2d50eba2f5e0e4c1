/** One connection to the decoy MongoDB. */
import type {ServiceEvent} from '../../../events/event.ts'
import {type BsonDocument, document, isDocument, numeric} from '../../codecs/bson/values.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {printable} from '../../sample.ts'
import {
  type Action,
  CLOSE,
  type Connection,
  type Initiative,
  type ProtocolSession,
  report,
  write,
} from '../../service.ts'
import type {Call, Client} from './call.ts'
import type {Compressor} from './compression.ts'
import {dispatch} from './dispatch.ts'
import {CommandError} from './errors.ts'
import {malformed, openingEvent} from './evidence.ts'
import type {MongoServer} from './mongo-server.ts'
import {
  type Command,
  type Envelope,
  HEADER,
  type LegacyQuery,
  MessageReader,
  msg,
  OPCODE,
  readMsg,
  readQuery,
  reply,
} from './wire.ts'

const HTTP_METHOD = Buffer.from('GET ')
const HTTP_TEXT = 'It looks like you are trying to access MongoDB over HTTP on the native driver port.\r\n'
const HTTP_ANSWER = `HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${HTTP_TEXT.length}\r\n\r\n${HTTP_TEXT}`
/** Requests of the old protocol that have no answer. */
const WRITES: ReadonlyMap<number, string> = new Map([
  [OPCODE.UPDATE, 'OP_UPDATE'],
  [OPCODE.INSERT, 'OP_INSERT'],
  [OPCODE.DELETE, 'OP_DELETE'],
  [OPCODE.KILL_CURSORS, 'OP_KILL_CURSORS'],
])
const MAX_AWAIT_MS = 60_000

export class MongoSession implements ProtocolSession {
  readonly #server: MongoServer
  readonly #connection: Connection
  readonly #client: Client
  readonly #reader = new MessageReader()
  #initiative: Initiative | null = null
  #begun = false
  #messages = 0
  #answers = 0
  #over = false

  constructor(server: MongoServer, connection: Connection) {
    this.#server = server
    this.#connection = connection
    this.#client = {
      id: server.nextConnectionId(connection.now()),
      connection,
      user: null,
      conversation: null,
      concluding: false,
      compressors: [],
      cursors: new Map(),
    }
  }

  begin(initiative: Initiative): void {
    this.#initiative = initiative
  }

  open(): Action[] {
    this.#server.open++
    return []
  }

  closed(): void {
    this.#server.open--
  }

  feed(bytes: Buffer): Action[] {
    const actions: Action[] = []
    this.#reader.push(bytes)
    try {
      while (!this.#over && this.#next(actions, bytes));
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      this.#fail(actions, error.message, bytes)
    }
    return actions
  }

  end(): Action[] {
    return [CLOSE]
  }

  /** False when more input is needed. */
  #next(actions: Action[], input: Buffer): boolean {
    if (!this.#begun && (this.#http(actions, input) || this.#handshake(actions, input))) return false
    const message = this.#reader.next()
    if (message === null) return false
    if ('problem' in message) {
      this.#fail(actions, message.problem, input)
      return false
    }
    this.#begun = true
    this.#perform(actions, message, input)
    if (++this.#messages >= this.#connection.limits.commands) this.#close(actions)
    return true
  }

  #http(actions: Action[], input: Buffer): boolean {
    if (this.#reader.peek(HTTP_METHOD.length)?.equals(HTTP_METHOD) !== true) return false
    actions.push(report(openingEvent('HTTP', input, this.#connection)), write(HTTP_ANSWER))
    this.#close(actions)
    return true
  }

  /** What answers nothing that was asked cannot be a first message: the server takes it for TLS, which it has not. */
  #handshake(actions: Action[], input: Buffer): boolean {
    const responseTo = this.#reader.peek(HEADER)?.readInt32LE(8) ?? 0
    if (responseTo === 0 || responseTo === -1) return false
    this.#fail(actions, 'TLS handshake', input)
    return true
  }

  #perform(actions: Action[], message: Envelope, input: Buffer): void {
    const {opcode, body} = message
    if (opcode === OPCODE.MSG) this.#msg(actions, message, input)
    else if (opcode === OPCODE.QUERY) this.#query(actions, message)
    else if (opcode === OPCODE.GET_MORE) this.#answerLegacy(actions, message, [])
    else {
      const name = WRITES.get(opcode)
      if (name === undefined) this.#fail(actions, `opcode ${opcode}`, input)
      else actions.push(report({...malformed(name, body, this.#connection), event: 'command'}))
    }
  }

  #msg(actions: Action[], message: Envelope, input: Buffer): void {
    const command = this.#readMsg(actions, message)
    if (command === 'answered') return
    if (command === null) {
      this.#fail(actions, 'flags of a message', input)
      return
    }
    const awaits = awaited(command)
    if (awaits !== null && this.#initiative !== null) {
      this.#await({message, command, ms: awaits, responseTo: message.requestId})
      return
    }
    const {answer, events, hangUp} = this.#run(command)
    for (const event of events) actions.push(report(event))
    if (hangUp) this.#close(actions)
    else if (!command.silent) actions.push(write(this.#answer(message, answer, message.requestId, false).bytes))
  }

  /** A body that cannot be read is answered, and the connection goes on. */
  #readMsg(actions: Action[], message: Envelope): Command | null | 'answered' {
    try {
      return readMsg(message.body)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      actions.push(report(malformed(printable(Buffer.from(error.message)), message.body, this.#connection)))
      const answer = new CommandError('InvalidBSON', error.message).document()
      actions.push(write(this.#answer(message, answer, message.requestId, false).bytes))
      return 'answered'
    }
  }

  /** A driver that waits for news of the server is told after a while that there are none, and again. */
  #await(waiting: {message: Envelope; command: Command; ms: number; responseTo: number}): void {
    const {message, command, ms, responseTo} = waiting
    this.#initiative?.performAfter(ms, () => {
      if (this.#over) return []
      const {answer} = this.#run(command)
      const {bytes, id} = this.#answer(message, answer, responseTo, command.exhaust)
      if (command.exhaust) this.#await({...waiting, responseTo: id})
      return [write(bytes)]
    })
  }

  #run(command: Command): {answer: BsonDocument; events: readonly ServiceEvent[]; hangUp: boolean} {
    const call: Call = {
      server: this.#server,
      client: this.#client,
      command,
      store: this.#server.source(this.#connection.peer.ip),
      now: this.#connection.now(),
      events: [],
      hangUp: false,
    }
    const answer = dispatch(call)
    return {answer, events: call.events, hangUp: call.hangUp}
  }

  #answer(
    {compressor}: Envelope,
    answer: BsonDocument,
    responseTo: number,
    moreToCome: boolean,
  ): {bytes: Buffer; id: number} {
    const id = ++this.#answers
    const shared = {requestId: id, responseTo, compressor: this.#allowed(compressor)}
    return {bytes: msg({...shared, document: answer, moreToCome}), id}
  }

  /** Only what was negotiated is used in the answer. */
  #allowed(compressor: Compressor | null): Compressor | null {
    return compressor !== null && (compressor === 'noop' || this.#client.compressors.includes(compressor))
      ? compressor
      : null
  }

  #query(actions: Action[], message: Envelope): void {
    const query = readQuery(message.body)
    if (query.collection !== '$cmd') {
      this.#documents(actions, message, query)
      return
    }
    const {answer, events, hangUp} = this.#run(query)
    for (const event of events) actions.push(report(event))
    if (hangUp) this.#close(actions)
    else this.#answerLegacy(actions, message, [answer])
  }

  /** A query of a collection, as drivers of long ago sent them. */
  #documents(actions: Action[], message: Envelope, query: LegacyQuery): void {
    if (!this.#server.facts.release.legacy) {
      const text = 'OP_QUERY is no longer supported. The client driver may require an upgrade.'
      this.#answerLegacy(actions, message, [document({$err: text, code: 5_739_101})])
      return
    }
    const body = document({
      find: query.collection,
      filter: query.body,
      skip: Math.max(0, query.skip),
      limit: Math.abs(query.count),
    })
    const {answer, events} = this.#run({...query, body})
    for (const event of events) actions.push(report(event))
    const cursor = answer.get('cursor')
    const batch = isDocument(cursor) ? cursor.get('firstBatch') : undefined
    const denied = document({$err: `not authorized for query on ${query.database}.${query.collection}`, code: 13})
    const found = Array.isArray(batch) ? batch.filter(isDocument) : [denied]
    this.#answerLegacy(actions, message, found)
  }

  #answerLegacy(actions: Action[], {requestId, compressor}: Envelope, documents: readonly BsonDocument[]): void {
    const answer = {requestId: ++this.#answers, responseTo: requestId, compressor: this.#allowed(compressor)}
    actions.push(write(reply(documents, answer)))
  }

  /** The server closes without a word. */
  #fail(actions: Action[], problem: string, input: Buffer): void {
    const text = printable(Buffer.from(problem))
    const event = this.#begun ? malformed : openingEvent
    actions.push(report(event(text, input, this.#connection)))
    this.#close(actions)
  }

  #close(actions: Action[]): void {
    if (this.#over) return
    this.#over = true
    actions.push(CLOSE)
  }
}

/** How long a greeting waits for news, which come never; null: it is to be answered now. */
function awaited({body}: Command): number | null {
  const [name = ''] = body.keys()
  if (!/^(?:hello|isMaster|ismaster)$/.test(name) || !isDocument(body.get('topologyVersion'))) return null
  const ms = numeric(body.get('maxAwaitTimeMS'))
  return ms === null ? null : Math.min(MAX_AWAIT_MS, Math.max(100, ms))
}
