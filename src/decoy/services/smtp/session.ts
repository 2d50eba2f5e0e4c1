/** One connection to the decoy mail server (RFC 5321). */
import {type Action, CLOSE, type Connection, delay, type ProtocolSession, report, write} from '../../service.ts'
import type {AuthExchange} from './auth.ts'
import {type Body, ChunkBody, DataBody} from './body.ts'
import {authenticate, authStep, hello, other, type Said, startTls} from './commands.ts'
import {commandEvent, malformed, probe} from './evidence.ts'
import {IncomingMessage} from './message.ts'
import {type Call, type Client, type MailServer, newClient, type Role} from './state.ts'
import {mail, parseChunk, rcpt, reset} from './transaction.ts'
import {type Line, LineReader} from './wire/line-reader.ts'

/** First byte of a ClientHello. */
const TLS_RECORD = 0x16

export class SmtpSession implements ProtocolSession {
  readonly #server: MailServer
  readonly #connection: Connection
  readonly #role: Role
  readonly #reader: LineReader
  readonly #client: Client = newClient()
  /** An AUTH whose response is awaited. */
  #auth: {readonly exchange: AuthExchange; readonly call: Call} | null = null
  /** Takes what follows, instead of commands. */
  #body: Body | null = null
  /** Of BDAT, over several chunks. */
  #chunked: IncomingMessage
  #commands = 0
  #closing = false

  constructor(server: MailServer, role: Role, connection: Connection) {
    this.#server = server
    this.#role = role
    this.#connection = connection
    this.#chunked = new IncomingMessage(connection.limits)
    this.#reader = new LineReader(connection.limits.line)
  }

  open(): Action[] {
    return [write(`${this.#server.mta.greeting(this.#call(''))}\r\n`)]
  }

  feed(bytes: Buffer): Action[] {
    const actions: Action[] = []
    for (let rest = bytes; rest.length > 0 && !this.#closing; ) {
      rest = rest.subarray(this.#take(rest, actions))
      if (actions.at(-1)?.type === 'upgrade') {
        // What came in clear is dropped (CVE-2011-0411); the client that sees it is one that looks for it.
        if (rest.length > 0 && rest[0] !== TLS_RECORD) actions.push(this.#injection(rest))
        break
      }
    }
    return actions
  }

  secured(): Action[] {
    this.#client.secure = true
    return []
  }

  end(): Action[] {
    const {pending} = this.#reader
    if (pending.length === 0) return [CLOSE]
    return [report(malformed('no end of line', pending, this.#connection.limits)), CLOSE]
  }

  timeout(): Action[] {
    return [write(`${this.#server.mta.timeout(this.#call(''))}\r\n`)]
  }

  /** @returns how many of the bytes were used. */
  #take(bytes: Buffer, actions: Action[]): number {
    if (this.#body !== null) {
      const {used, said} = this.#body.feed(bytes)
      if (said !== null) {
        this.#body = null
        this.#say(said, actions)
      }
      return used
    }
    const {line, used} = this.#reader.feed(bytes)
    if (line === null) return used
    if (line.long) actions.push(report(malformed('long line', line.bytes, this.#connection.limits)))
    const said = this.#line(line)
    if (said !== null) this.#say(said, actions)
    return used
  }

  /** What is said to a line; null: nothing yet. */
  #line({text}: Line): Said | null {
    if (++this.#commands >= this.#connection.limits.commands) this.#closing = true
    if (this.#auth === null) return this.#command(this.#call(text))
    const {exchange, call} = this.#auth
    this.#auth = null
    return authStep(call, exchange, exchange.answer(text))
  }

  #call(line: string): Call {
    const text = line.trim()
    const at = text.search(/[ \t]/)
    return {
      command: (at === -1 ? text : text.slice(0, at)).toUpperCase(),
      argument: at === -1 ? '' : text.slice(at + 1).trim(),
      line,
      server: this.#server,
      client: this.#client,
      connection: this.#connection,
      role: this.#role,
    }
  }

  #command(call: Call): Said | null {
    switch (call.command) {
      case 'HELO':
      case 'EHLO':
        return hello(call)
      case 'MAIL':
        return {call, reply: mail(call)}
      case 'RCPT':
        return {call, reply: rcpt(call)}
      case 'RSET':
        this.#chunked = new IncomingMessage(this.#connection.limits)
        return {call, reply: reset(call)}
      case 'DATA':
        return this.#data(call)
      case 'BDAT':
        return this.#chunk(call)
      case 'STARTTLS':
        return startTls(call)
      case 'AUTH':
        return authenticate(call)
      default:
        return other(call)
    }
  }

  #data(call: Call): Said {
    const {mta} = this.#server
    const refusal = mta.gate(call) ?? mta.data(call)
    if (refusal !== null) return {call, reply: refusal}
    this.#body = new DataBody(call)
    return {call, reply: mta.dataReply}
  }

  #chunk(call: Call): Said | null {
    const {chunking} = this.#server.mta
    if (chunking === null) return other(call)
    const chunk = parseChunk(call.argument)
    const refusal = chunking.refusal(call, chunk)
    if (refusal !== null) return {call, ...refusal}
    if (this.#client.chunks === 'none') this.#chunked = new IncomingMessage(this.#connection.limits)
    const body = new ChunkBody(call, chunking, chunk, this.#chunked)
    if (chunk.size === 0) return body.end()
    this.#body = body
    return null
  }

  #say({call, reply, exchange, before = [], after = [], close = false, logon = false}: Said, actions: Action[]): void {
    actions.push(...before)
    if (exchange !== undefined) {
      this.#auth = {exchange, call}
      actions.push(write(`${reply}\r\n`))
      return
    }
    const ending = this.#server.mta.finish({call, reply, logon})
    actions.push(this.#record(call, ending.reply))
    if (ending.delayMs > 0) actions.push(delay(ending.delayMs))
    actions.push(write(`${ending.reply}\r\n`), ...after)
    if (close || ending.close) this.#closing = true
    if (this.#closing) actions.push(CLOSE)
  }

  #record({line}: Call, reply: string): Action {
    return report(commandEvent(line, reply.slice(0, 3), this.#client.user, this.#connection.limits))
  }

  #injection(rest: Buffer): Action {
    return report(probe('STARTTLS injection', rest, this.#connection.limits))
  }
}
