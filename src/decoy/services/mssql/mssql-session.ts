/** One connection to the decoy SQL Server: negotiation, login, then requests until somebody hangs up. */
import type {Credential, ServiceEvent} from '../../../events/event.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {printable, sample} from '../../sample.ts'
import {
  type Action,
  CLOSE,
  type Connection,
  DOWNGRADE,
  type ProtocolSession,
  report,
  upgrade,
  write,
} from '../../service.ts'
import type {TlsProfile} from '../../tls/profile.ts'
import {TdsFraming} from '../../tls/tds-framing.ts'
import {Dialogue} from './dialogue.ts'
import {findDatabase, type Instance} from './inside/session-state.ts'
import {type LogonStep, type Self, sqlLogon, type Users, WindowsLogon} from './logon.ts'
import {probeKind} from './probes.ts'
import {DONE, ENCRYPT, PACKET, TDS_7_4, tdsName} from './tds/constants.ts'
import {type Login, parseLogin} from './tds/login7.ts'
import {type Incoming, type Message, MessageReader, reply} from './tds/packets.ts'
import {type EncryptionPolicy, negotiateEncryption, parsePrelogin, preloginReply} from './tds/prelogin.ts'
import {type SqlMessage, TokenWriter} from './tds/tokens.ts'

export interface MssqlServer {
  readonly instance: Instance
  readonly users: Users
  readonly self: Self | null
  readonly encryption: EncryptionPolicy
  /** TLS within TDS. */
  readonly tls: TlsProfile
  /** TLS before TDS (version 8.0), where the release has it. */
  readonly strict: TlsProfile | null
  nextSpid(): number
}

const MAX_PRELOGIN = 4096
const MAX_LOGIN = 128 * 1024
const MAX_REQUEST = 1024 * 1024
const TLS_HANDSHAKE = 0x16
const LOGIN_TYPES: ReadonlySet<number> = new Set([PACKET.PRELOGIN, PACKET.LOGIN7, PACKET.SSPI])

type Phase = 'prelogin' | 'login' | 'sspi' | 'inside' | 'over'

export class MssqlSession implements ProtocolSession {
  readonly #server: MssqlServer
  readonly #connection: Connection
  readonly #reader = new MessageReader()
  readonly #spid: number
  #phase: Phase = 'prelogin'
  /** As it was answered. */
  #encryption: number = ENCRYPT.NOT_SUPPORTED
  #secured = false
  /** TLS came before everything. */
  #strict = false
  #login: Login | null = null
  #windows: WindowsLogon | null = null
  #tokens: TokenWriter
  #dialogue: Dialogue | null = null

  constructor(server: MssqlServer, connection: Connection) {
    this.#server = server
    this.#connection = connection
    this.#spid = server.nextSpid()
    this.#tokens = new TokenWriter(TDS_7_4, server.instance.serverName)
  }

  get authenticated(): boolean {
    return this.#phase === 'inside'
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    const actions: Action[] = []
    this.#reader.feed(bytes)
    if (this.#opensTls()) return this.#secureFirst()
    while (this.#phase !== 'over') {
      const incoming = this.#reader.next(this.#limit())
      if (incoming === null) break
      actions.push(...this.#incoming(incoming))
      if (actions.at(-1)?.type === 'upgrade') break
    }
    return actions
  }

  secured(): Action[] {
    this.#secured = true
    return []
  }

  end(): Action[] {
    return [...this.#abandoned(), CLOSE]
  }

  timeout(): Action[] {
    return this.#abandoned()
  }

  /** A peer that left without the eight octets that every packet has at least. */
  #abandoned(): Action[] {
    const bytes = this.#reader.left
    if (this.#phase !== 'prelogin' || bytes.length === 0) return []
    return this.#broken('no whole packet', bytes, probeKind(bytes)).filter(({type}) => type === 'event')
  }

  #limit(): number {
    return this.#phase === 'inside' ? MAX_REQUEST : MAX_LOGIN
  }

  #opensTls(): boolean {
    const first = this.#reader.left[0]
    return this.#phase === 'prelogin' && !this.#secured && first === TLS_HANDSHAKE && this.#server.strict !== null
  }

  #secureFirst(): Action[] {
    if (this.#server.strict === null) return []
    this.#strict = true
    return [upgrade(this.#server.strict, {received: this.#reader.takeRest()})]
  }

  #incoming(incoming: Incoming): Action[] {
    if (incoming.kind === 'broken') {
      const kind = this.#phase === 'prelogin' ? probeKind(incoming.sample) : null
      return this.#broken(incoming.reason, incoming.sample, kind)
    }
    // Of a login that is all that is encrypted, the first packet is (2.2.6.4).
    const type = incoming.kind === 'part' ? incoming.type : incoming.message.type
    const leaves = this.#secured && !this.#strict && this.#encryption === ENCRYPT.OFF && type === PACKET.LOGIN7
    if (leaves) this.#secured = false
    if (incoming.kind === 'part' && this.#phase !== 'inside' && !LOGIN_TYPES.has(type)) {
      return this.#broken(`a message of type ${type} before the login`, Buffer.of(type))
    }
    const actions = incoming.kind === 'part' ? [] : this.#message(incoming.message)
    return leaves ? [DOWNGRADE, ...actions] : actions
  }

  #message(message: Message): Action[] {
    try {
      return this.#dispatch(message)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      return this.#broken(error.message, message.data)
    }
  }

  #dispatch(message: Message): Action[] {
    const {type, data} = message
    if (this.#dialogue !== null) {
      const said = this.#dialogue.answer(message)
      if (said.at(-1)?.type === 'close') this.#phase = 'over'
      return said
    }
    if (this.#phase === 'prelogin' && type === PACKET.PRELOGIN) return this.#prelogin(data)
    const due = this.#phase === 'sspi' ? PACKET.SSPI : PACKET.LOGIN7
    if (type !== due) return this.#broken(`a message of type ${type} before the login`, data)
    return type === PACKET.LOGIN7 ? this.#logs(data) : this.#step(this.#windows?.feed(data) ?? null)
  }

  #prelogin(data: Buffer): Action[] {
    if (data.length > MAX_PRELOGIN) throw new CodecError(`a PRELOGIN of ${data.length} octets`)
    const asked = parsePrelogin(data)
    const {instance, encryption, tls} = this.#server
    this.#encryption = this.#strict ? ENCRYPT.ON : negotiateEncryption(asked.encryption, encryption)
    this.#phase = 'login'
    const wanted = asked.instance.toString('latin1').toUpperCase()
    const answer = preloginReply(asked, {
      major: instance.release.major,
      build: instance.release.build,
      encryption: this.#encryption,
      instanceMatches: wanted === '' || wanted === instance.name.toUpperCase(),
    })
    // No process serves the connection yet: the number is that of nobody.
    const said = write(reply(answer, 0))
    if (this.#strict || this.#encryption === ENCRYPT.NOT_SUPPORTED) return [said]
    return [said, upgrade(tls, {framing: new TdsFraming(), received: this.#reader.takeRest()})]
  }

  #logs(data: Buffer): Action[] {
    const login = parseLogin(data)
    this.#login = login
    this.#tokens = new TokenWriter(login.version, this.#server.instance.serverName)
    if (this.#server.encryption === 'required' && !this.#secured) {
      return this.#broken('a login in clear where encryption is required', data)
    }
    if (!login.integrated) return this.#step(sqlLogon(login, this.#server.users, this.#connection))
    this.#windows = new WindowsLogon(this.#server.self, this.#server.users, this.#connection)
    return this.#step(this.#windows.feed(login.sspi))
  }

  #step(step: LogonStep | null): Action[] {
    if (step === null) return []
    switch (step.type) {
      case 'challenge':
        this.#phase = 'sspi'
        return [this.#send(this.#tokens.sspi(step.blob))]
      case 'deny':
        return this.#deny([step.error], step.credential)
      default:
        return this.#accept(step)
    }
  }

  #deny(errors: readonly SqlMessage[], credential: Credential): Action[] {
    this.#phase = 'over'
    const said = [...errors.map((error) => this.#tokens.message(error)), this.#tokens.done(DONE.ERROR)]
    return [this.#attempt(credential), this.#send(Buffer.concat(said)), CLOSE]
  }

  #accept({login, credential}: Extract<LogonStep, {type: 'accept'}>): Action[] {
    const asked = this.#login
    const {instance} = this.#server
    const database = asked === null || asked.database === '' ? 'master' : findDatabase(instance, asked.database)
    if (asked === null || database === null) {
      const name = asked?.database ?? ''
      const text = `Cannot open database "${name}" requested by the login. The login failed.`
      const failed = {number: 18_456, state: 1, severity: 14, text: `Login failed for user '${login}'.`}
      return this.#deny([{number: 4060, state: 1, severity: 11, text}, failed], credential)
    }
    this.#phase = 'inside'
    this.#dialogue = new Dialogue({
      tokens: this.#tokens,
      login: asked,
      state: {
        instance,
        connection: this.#connection,
        spid: this.#spid,
        login,
        application: asked.application,
        host: asked.host,
        database,
      },
    })
    return [this.#attempt(credential), this.#dialogue.welcome()]
  }

  #attempt(credential: Credential): Action {
    return report({event: 'auth.attempt', credential, data: this.#login === null ? {} : this.#facts(this.#login)})
  }

  /** What a client says of itself, and of what it wants. */
  #facts(login: Login): Record<string, unknown> {
    const limit = this.#connection.limits.sample
    const texts = Object.entries({
      application: login.application,
      host: login.host,
      library: login.library,
      server: login.server,
      database: login.database,
      language: login.language,
    }).flatMap(([name, value]) => (value === '' ? [] : [[name, sample(value, limit)] as const]))
    return {
      ...Object.fromEntries(texts),
      tds: tdsName(login.version),
      program: login.program,
      process: login.processId,
      clientId: login.clientId.toString('hex'),
      encryption: ENCRYPTION_NAMES[this.#encryption] ?? 'off',
      ...(login.newPassword === '' ? {} : {newPassword: sample(login.newPassword, this.#connection.limits.credential)}),
    }
  }

  /** SQL Server answers nothing to what it cannot read: it hangs up, and writes that to its own log. */
  #broken(reason: string, bytes: Buffer, kind: string | null = null): Action[] {
    this.#phase = 'over'
    const event: ServiceEvent = {
      event: kind === null ? 'malformed' : 'probe',
      data: {
        reason: printable(Buffer.from(reason)),
        ...(kind && {kind}),
        sample: sample(bytes, this.#connection.limits.sample),
      },
    }
    return [report(event), CLOSE]
  }

  #send(tokens: Buffer): Action {
    return write(reply(tokens, this.#spid))
  }
}

const ENCRYPTION_NAMES: Readonly<Record<number, string>> = {
  [ENCRYPT.OFF]: 'login',
  [ENCRYPT.ON]: 'on',
  [ENCRYPT.NOT_SUPPORTED]: 'off',
  [ENCRYPT.REQUIRED]: 'required',
}
