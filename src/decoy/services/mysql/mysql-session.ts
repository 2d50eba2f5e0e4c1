/** One connection to the decoy MySQL or MariaDB. */
import type {ServiceEvent} from '../../../events/event.ts'
import {
  type Action,
  CLOSE,
  type Connection,
  delay,
  type ProtocolSession,
  report,
  upgrade,
  write,
} from '../../service.ts'
import type {TlsProfile} from '../../tls/profile.ts'
import {Authenticator, type AuthPolicy, type AuthStep} from './authenticator.ts'
import {type CommandContext, perform} from './commands.ts'
import {commandEvent, malformed, outOfOrderEvent} from './evidence.ts'
import {greeting, parseChangeUser, parseResponse, type Response, SALT_SIZE, salt} from './handshake.ts'
import {useDatabase} from './inside/schema.ts'
import type {ServerFacts, SessionState} from './inside/session-state.ts'
import {MAX_LOGIN_PACKET, MAX_PACKET} from './limits.ts'
import {CAPABILITY, COMMAND, type SqlError, STATUS, StatementError, sqlError} from './protocol.ts'
import {errorPayload, Responder} from './results.ts'
import {type Incoming, PacketReader, packet} from './wire.ts'

export interface MysqlServer {
  readonly facts: ServerFacts
  readonly policy: AuthPolicy
  readonly tls: TlsProfile | null
  readonly localOnly: boolean
  nextThread(now: number): number
}

const BAD_HANDSHAKE = sqlError(1043, '08S01', 'Bad handshake')
const OUT_OF_ORDER = sqlError(1156, '08S01', 'Got packets out of order')
const TOO_BIG = sqlError(1153, '08S01', "Got a packet bigger than 'max_allowed_packet' bytes")
/** Nobody uses an encoding of more than one octet for these. */
const CONTROL = /[\0-\x1f]/g

type Phase = 'response' | 'authentication' | 'commands' | 'over'

export class MysqlSession implements ProtocolSession {
  readonly #server: MysqlServer
  readonly #connection: Connection
  readonly #reader = new PacketReader()
  readonly #salt: Buffer
  readonly #state: SessionState
  #phase: Phase = 'response'
  /** The sequence number that the client's next packet must have; what is sent takes the numbers from it on. */
  #due = 0
  #secure = false
  #authenticator: Authenticator | null = null
  #response: Response | null = null
  #context: CommandContext | null = null

  constructor(server: MysqlServer, connection: Connection) {
    this.#server = server
    this.#connection = connection
    const {release} = server.facts
    this.#salt = salt(release.product, connection.random(SALT_SIZE))
    this.#state = {
      server: server.facts,
      connection,
      thread: server.nextThread(connection.now()),
      user: '',
      password: Buffer.alloc(0),
      database: null,
      questions: 0,
    }
  }

  get authenticated(): boolean {
    return this.#context !== null
  }

  open(): Action[] {
    const {release} = this.#server.facts
    if (this.#server.localOnly) {
      this.#phase = 'over'
      const text = `Host '${this.#connection.peer.ip}' is not allowed to connect to this ${release.brand} server`
      return [
        report({event: 'probe', data: {kind: 'refused host'}}),
        this.#send(errorPayload(sqlError(1130, 'HY000', text), false)),
        CLOSE,
      ]
    }
    const payload = greeting({
      release,
      capabilities: this.#capabilities,
      thread: this.#state.thread,
      salt: this.#salt,
      status: STATUS.AUTOCOMMIT,
    })
    return [this.#send(payload)]
  }

  feed(bytes: Buffer): Action[] {
    const actions: Action[] = []
    this.#reader.feed(bytes)
    while (this.#phase !== 'over') {
      const incoming = this.#reader.next(this.#due, this.#phase === 'commands' ? MAX_PACKET : MAX_LOGIN_PACKET)
      if (incoming === null) break
      if (incoming.type === 'packet') this.#packet(actions, incoming.payload)
      else this.#broken(actions, incoming)
      if (actions.at(-1)?.type === 'upgrade') break
    }
    return actions
  }

  secured(): Action[] {
    this.#secure = true
    return []
  }

  end(): Action[] {
    return [...this.#abandoned(), CLOSE]
  }

  timeout(): Action[] {
    return this.#abandoned()
  }

  get #capabilities(): number {
    const {release} = this.#server.facts
    return this.#server.tls === null ? release.capabilities : release.capabilities | CAPABILITY.SSL
  }

  #packet(actions: Action[], payload: Buffer): void {
    this.#due = (this.#due + 1) & 0xff
    switch (this.#phase) {
      case 'response':
        this.#answered(actions, payload)
        break
      case 'authentication':
        if (this.#authenticator !== null) this.#step(actions, this.#authenticator.feed(payload))
        break
      default:
        this.#command(actions, payload)
    }
  }

  #answered(actions: Action[], payload: Buffer): void {
    const offered = this.#server.tls !== null && !this.#secure
    const parsed = parseResponse(payload, offered)
    if (parsed.type === 'tls' && this.#server.tls !== null) {
      actions.push(upgrade(this.#server.tls, {received: this.#reader.rest()}))
      return
    }
    if (parsed.type === 'old') {
      const {brand} = this.#server.facts.release
      const text = `Client does not support authentication protocol requested by server; consider upgrading ${brand} client`
      this.#refuse(
        actions,
        malformed('protocol before 4.1', payload, this.#connection),
        sqlError(1251, '08004', text),
        false,
      )
    } else if (parsed.type === 'response') this.#login(actions, parsed.response, true)
    else this.#refuse(actions, malformed('handshake response', payload, this.#connection), BAD_HANDSHAKE)
  }

  #login(actions: Action[], response: Response, reuse: boolean): void {
    this.#response = response
    this.#phase = 'authentication'
    this.#authenticator = new Authenticator(this.#server.policy, response, this.#salt, this.#secure)
    this.#step(actions, this.#authenticator.begin(reuse))
  }

  #step(actions: Action[], step: AuthStep): void {
    switch (step.type) {
      case 'ask':
        actions.push(this.#send(step.payload))
        return
      case 'bad':
        this.#refuse(actions, step.event, BAD_HANDSHAKE)
        return
      case 'deny': {
        const using = `(using password: ${step.password ? 'YES' : 'NO'})`
        const text = `Access denied for user '${this.#shownUser()}'@'${this.#connection.peer.ip}' ${using}`
        this.#refuse(actions, step.event, sqlError(1045, '28000', text))
        return
      }
      case 'accept':
        actions.push(report(step.event))
        if (step.before !== null) actions.push(this.#send(step.before))
        this.#enter(actions)
        return
      default:
        step satisfies never
    }
  }

  #enter(actions: Action[]): void {
    const response = this.#response
    if (response === null) return
    const state = this.#state
    state.user = response.user.toString('utf8')
    state.password = this.#server.policy.users.get(state.user) ?? Buffer.alloc(0)
    state.database = null
    const {extended} = this.#server.facts.release
    const negotiated = {
      capabilities: response.capabilities & this.#capabilities,
      extended: response.extended & extended,
    }
    const responder = new Responder(negotiated, response.charset)
    try {
      if (response.database !== null) state.database = useDatabase(state, response.database.toString('utf8'))
    } catch (error) {
      if (!(error instanceof StatementError)) throw error
      this.#refuse(actions, null, error.error)
      return
    }
    this.#context = {state, responder, ...negotiated}
    this.#phase = 'commands'
    actions.push(this.#send(responder.ok(state.database === null ? {} : {database: state.database})))
    this.#due = 0
  }

  #command(actions: Action[], payload: Buffer): void {
    const code = payload[0]
    const body = payload.subarray(1)
    const context = this.#context
    if (context === null || code === COMMAND.QUIT) {
      this.#over(actions)
      return
    }
    if (code === COMMAND.CHANGE_USER) {
      const response = parseChangeUser(body, context)
      if (response === null)
        this.#refuse(
          actions,
          malformed('COM_CHANGE_USER', payload, this.#connection),
          sqlError(1047, '08S01', 'Unknown command'),
        )
      // The salt of the greeting is spent: the server asks again with its plugin.
      else this.#login(actions, response, false)
      return
    }
    actions.push(report(commandEvent(payload, context, this.#connection.limits.sample)))
    const reply = perform(code, body, context)
    if (reply.delayMs > 0) actions.push(delay(reply.delayMs))
    actions.push(...reply.payloads.map((each) => this.#send(each)))
    this.#due = 0
    if (context.state.questions >= this.#connection.limits.commands) this.#over(actions)
  }

  #broken(actions: Action[], incoming: Exclude<Incoming, {type: 'packet'}>): void {
    if (incoming.type === 'too-big') {
      this.#due = (incoming.sequence + 1) & 0xff
      this.#refuse(actions, {event: 'malformed', data: {problem: 'packet too big', size: incoming.size}}, TOO_BIG)
      return
    }
    const {release} = this.#server.facts
    const event = outOfOrderEvent(incoming.header, this.#phase === 'response')
    // MariaDB looks for the PROXY protocol there, versions 1 and 2, and takes it from hosts it was told of only.
    const proxied = this.#phase === 'response' && /^(?:PROX|\r\n\r\n)$/.test(incoming.header.toString('latin1'))
    if (release.product === 'mariadb' && proxied) {
      const text = `Proxy header is not accepted from ${this.#connection.peer.ip}`
      this.#refuse(actions, event, sqlError(1130, 'HY000', text))
    } else this.#refuse(actions, event, OUT_OF_ORDER)
  }

  #refuse(actions: Action[], event: ServiceEvent | null, error: SqlError, state = true): void {
    if (event !== null) actions.push(report(event))
    actions.push(this.#send(errorPayload(error, state)))
    this.#over(actions)
  }

  #over(actions: Action[]): void {
    this.#phase = 'over'
    actions.push(CLOSE)
  }

  #abandoned(): Action[] {
    const event = this.#phase === 'authentication' ? this.#authenticator?.abandoned() : null
    return event === null || event === undefined ? [] : [report(event)]
  }

  /** As messages show it: what is no UTF-8 as `?`, control characters by their numbers, cut. */
  #shownUser(): string {
    const {userLength} = this.#server.facts.release
    const text = (this.#response?.user ?? Buffer.alloc(0))
      .toString('utf8')
      .replaceAll('\ufffd', '?')
      .slice(0, userLength)
    return text.replace(CONTROL, (character) => `\\${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
  }

  #send(payload: Buffer): Action {
    const bytes = packet(this.#due, payload)
    this.#due = (this.#due + 1) & 0xff
    return write(bytes)
  }
}
