/** One connection to the decoy PostgreSQL. */
import type {ServiceEvent} from '../../../events/event.ts'
import {printable, sample} from '../../sample.ts'
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
import type {TlsInfo, TlsProfile} from '../../tls/profile.ts'
import {Authenticator, type AuthMethod, type AuthStep} from './authenticator.ts'
import {ancientError, errorResponse, fatal, PostgresError} from './errors.ts'
import {malformed, messageEvent, openingEvent} from './evidence.ts'
import {databases} from './inside/relations.ts'
import type {ServerFacts, SessionState} from './inside/session-state.ts'
import {REPORTED, settingsOf} from './inside/settings.ts'
import {QueryProcessor} from './queries.ts'
import {readyForQuery} from './results.ts'
import {CODE, major, minor, parseParameters} from './startup.ts'
import {int32, MessageReader, message, type Startup} from './wire.ts'

export interface PostgresServer {
  readonly facts: ServerFacts
  readonly method: AuthMethod
  readonly users: ReadonlyMap<string, string>
  /** Null: it answers that it has none. */
  readonly tls: TlsProfile | null
  readonly tlsRequired: boolean
  nextPid(now: number): number
}

type Phase = 'startup' | 'gss' | 'authentication' | 'queries' | 'over'

/** Octets of one message: a password, and a query. */
const MAX_LOGIN_MESSAGE = 64 * 1024
const MAX_MESSAGE = 1024 * 1024
const PID_AND_KEY = 'K'
const AUTHENTICATION_OK = message('R', int32(0))
/** What a client may send once it was let in; X ends the session. */
const KINDS = new Set('QPBDECSHFXdcf'.split(''))

export class PostgresSession implements ProtocolSession {
  readonly #server: PostgresServer
  readonly #connection: Connection
  readonly #reader = new MessageReader()
  #phase: Phase = 'startup'
  #tlsDone = false
  #gssDone = false
  #certificate: Buffer | null = null
  #parameters: ReadonlyMap<string, Buffer> = new Map()
  #authenticator: Authenticator | null = null
  #processor: QueryProcessor | null = null
  #messages = 0

  constructor(server: PostgresServer, connection: Connection) {
    this.#server = server
    this.#connection = connection
  }

  get authenticated(): boolean {
    return this.#processor !== null
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    const actions: Action[] = []
    this.#reader.feed(bytes)
    try {
      while (this.#phase !== 'over' && this.#next(actions)) if (actions.at(-1)?.type === 'upgrade') break
    } catch (error) {
      if (!(error instanceof PostgresError)) throw error
      this.#end(actions, errorResponse(error, this.#server.facts.release), malformed(error.message))
    }
    return actions
  }

  secured({certificate}: TlsInfo): Action[] {
    this.#certificate = certificate
    return []
  }

  end(): Action[] {
    return [CLOSE]
  }

  /** False when more input is needed. */
  #next(actions: Action[]): boolean {
    switch (this.#phase) {
      case 'startup':
        return this.#startup(actions, this.#reader.startup())
      case 'gss': {
        // Without a keytab the server hangs up on the first token.
        const token = this.#reader.startup()
        if (token !== null) this.#end(actions, null, {event: 'probe', data: {kind: 'gssapi'}})
        return token !== null
      }
      case 'authentication':
        return this.#password(actions)
      default:
        return this.#query(actions)
    }
  }

  #startup(actions: Action[], packet: Startup | null): boolean {
    if (packet === null) return false
    if (packet.type === 'bad-length') {
      this.#end(actions, null, openingEvent(packet.head))
    } else if (packet.code === CODE.TLS && !this.#tlsDone) this.#offerTls(actions)
    else if (packet.code === CODE.GSS && !this.#gssDone) this.#offerGss(actions)
    else if (packet.code === CODE.CANCEL) this.#end(actions, null, {event: 'probe', data: {kind: 'cancel request'}})
    else if (major(packet.code) !== 3) this.#unsupported(actions, packet.code, packet.body)
    else this.#login(actions, packet.code, packet.body)
    return true
  }

  #offerTls(actions: Action[]): void {
    this.#tlsDone = true
    const {tls} = this.#server
    actions.push(write(tls === null || this.#certificate !== null ? 'N' : 'S'))
    if (tls !== null && this.#certificate === null) actions.push(upgrade(tls, {received: this.#reader.rest()}))
  }

  #offerGss(actions: Action[]): void {
    this.#gssDone = true
    const {gssapi} = this.#server.facts.release
    if (gssapi) this.#phase = 'gss'
    actions.push(write(gssapi ? 'G' : 'N'))
  }

  #unsupported(actions: Action[], code: number, body: Buffer): void {
    const {release} = this.#server.facts
    const text = `unsupported frontend protocol ${major(code)}.${minor(code)}: server supports 3.0 to 3.0`
    const error = fatal('0A000', text, ['postmaster.c', release.startupLines.protocol, 'ProcessStartupPacket'])
    const event: ServiceEvent = {
      event: 'probe',
      data: {
        kind: 'protocol',
        version: `${major(code)}.${minor(code)}`,
        sample: sample(body, this.#connection.limits.sample),
      },
    }
    this.#end(actions, major(code) < 3 ? ancientError(`FATAL:  ${text}`) : errorResponse(error, release), event)
  }

  #login(actions: Action[], code: number, body: Buffer): void {
    const {release} = this.#server.facts
    this.#parameters = parseParameters(body)
    const extensions = [...this.#parameters.keys()].filter((name) => name.startsWith('_pq_.'))
    if (minor(code) > 0 || extensions.length > 0) {
      actions.push(
        write(message('v', int32(0x3_0000), int32(extensions.length), ...extensions.map((name) => `${name}\0`))),
      )
    }
    const user = this.#parameters.get('user') ?? Buffer.alloc(0)
    if (user.length === 0) {
      const source = ['postmaster.c', release.startupLines.user, 'ProcessStartupPacket'] as const
      throw fatal('28000', 'no PostgreSQL user name specified in startup packet', source)
    }
    this.#checkHosts(user)
    this.#authenticator = new Authenticator({
      method: this.#server.method,
      users: this.#server.users,
      persona: this.#server.facts.persona,
      connection: this.#connection,
      user,
      database: this.#database,
      certificate: this.#certificate,
    })
    this.#phase = 'authentication'
    this.#step(actions, this.#authenticator.begin())
  }

  get #database(): string {
    const user = this.#text('user')
    return this.#text('database') || user
  }

  #text(name: string): string {
    return this.#parameters.get(name)?.toString('utf8') ?? ''
  }

  /** As `pg_hba.conf` has it: no replication, and TLS where it is required. */
  #checkHosts(user: Buffer): void {
    const encryption = this.#certificate === null ? 'no encryption' : 'SSL encryption'
    const who = `host "${this.#connection.peer.ip}", user "${user.toString('utf8')}"`
    if (/^(?:true|on|yes|1|database)$/i.test(this.#text('replication'))) {
      const text = `no pg_hba.conf entry for replication connection from ${who}, ${encryption}`
      throw fatal('28000', text, ['auth.c', 536, 'ClientAuthentication'])
    }
    if (this.#server.tlsRequired && this.#certificate === null) {
      const text = `no pg_hba.conf entry for ${who}, database "${this.#database}", ${encryption}`
      throw fatal('28000', text, ['auth.c', 544, 'ClientAuthentication'])
    }
  }

  #password(actions: Action[]): boolean {
    const incoming = this.#reader.message(MAX_LOGIN_MESSAGE, (kind) => kind === 'p')
    if (incoming === null) return false
    if (incoming.type === 'bad-length') {
      this.#end(actions, null, malformed('length of password message'))
      return true
    }
    if (incoming.kind !== 'p') {
      const scram = this.#server.method === 'scram-sha-256'
      const text = `expected ${scram ? 'SASL' : 'password'} response, got message type ${incoming.kind.charCodeAt(0)}`
      throw fatal('08P01', text, scram ? ['auth-sasl.c', 97, 'CheckSASLAuth'] : ['auth.c', 718, 'recv_password_packet'])
    }
    if (this.#authenticator !== null) this.#step(actions, this.#authenticator.feed(incoming.body))
    return true
  }

  #step(actions: Action[], step: AuthStep): void {
    if (step.event !== null) actions.push(report(step.event))
    if (step.write !== null) actions.push(write(step.write))
    if (step.outcome === 'success') this.#enter(actions)
    if (step.outcome === 'failure') {
      const text = `password authentication failed for user "${this.#text('user')}"`
      this.#end(
        actions,
        errorResponse(fatal('28P01', text, ['auth.c', 334, 'auth_failed']), this.#server.facts.release),
        null,
      )
    }
  }

  #enter(actions: Action[]): void {
    const {facts} = this.#server
    const user = this.#text('user')
    const parameters = new Map([...this.#parameters.keys()].map((name) => [name, this.#text(name)]))
    const state: SessionState = {
      server: facts,
      connection: this.#connection,
      pid: this.#server.nextPid(this.#connection.now()),
      user,
      database: this.#database,
      settings: settingsOf(facts, user, parameters),
      transaction: 'I',
    }
    actions.push(write(AUTHENTICATION_OK))
    if (!databases(state).includes(state.database)) {
      const error = fatal('3D000', `database "${state.database}" does not exist`, ['postinit.c', 948, 'InitPostgres'])
      this.#end(actions, errorResponse(error, facts.release), null)
      return
    }
    const reported = REPORTED.map((name) => message('S', `${name}\0${state.settings.get(name) ?? ''}\0`))
    actions.push(
      ...reported.map(write),
      write(message(PID_AND_KEY, int32(state.pid), this.#connection.random(4))),
      write(readyForQuery('I')),
    )
    this.#processor = new QueryProcessor(state)
    this.#phase = 'queries'
  }

  #query(actions: Action[]): boolean {
    const incoming = this.#reader.message(MAX_MESSAGE, (kind) => KINDS.has(kind))
    if (incoming === null) return false
    if (incoming.type === 'bad-length') {
      this.#end(actions, null, malformed(`length of message ${printable(Buffer.from(incoming.kind, 'latin1'))}`))
      return true
    }
    const {kind, body} = incoming
    if (!KINDS.has(kind)) {
      throw fatal('08P01', `invalid frontend message type ${kind.charCodeAt(0)}`, ['postgres.c', 446, 'SocketBackend'])
    }
    if (kind === 'X' || this.#processor === null) {
      this.#end(actions, null, null)
      return true
    }
    const event = messageEvent(kind, body, this.#database, this.#connection.limits.sample)
    if (event !== null) actions.push(report(event))
    const reply = this.#processor.handle(kind, body)
    if (reply.delayMs > 0) actions.push(delay(reply.delayMs))
    actions.push(...reply.messages.map(write))
    if (++this.#messages >= this.#connection.limits.commands) this.#end(actions, null, null)
    return true
  }

  #end(actions: Action[], answer: Buffer | null, event: ServiceEvent | null): void {
    this.#phase = 'over'
    if (event !== null) actions.push(report(event))
    if (answer !== null) actions.push(write(answer))
    actions.push(CLOSE)
  }
}
