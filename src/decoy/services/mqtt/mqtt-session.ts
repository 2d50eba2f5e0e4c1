/** One connection to the decoy broker. */
import {printable} from '../../sample.ts'
import {
  type Action,
  CLOSE,
  type Connection,
  type Initiative,
  type ProtocolSession,
  RESET,
  report,
  write,
} from '../../service.ts'
import type {Broker} from './broker.ts'
import {type Connect, type ReadConnect, readConnect} from './connect.ts'
import {connectEvent, malformed, openingEvent} from './evidence.ts'
import {Login} from './login.ts'
import {Member} from './member.ts'
import {MqttError, REASON, RETURN_CODE} from './reason.ts'
import {PacketReader, packet, TYPE} from './wire.ts'

/** Bytes of one packet; the broker is set to no more (`max_packet_size`). */
const MAX_PACKET = 128 * 1024
/** How often a client is given what devices told meanwhile. */
const PACE_MS = 1000

export class MqttSession implements ProtocolSession {
  readonly #broker: Broker
  readonly #connection: Connection
  readonly #reader = new PacketReader(MAX_PACKET)
  #member: Member | null = null
  #initiative: Initiative | null = null
  #packets = 0
  #over = false
  #heardAt: number

  constructor(broker: Broker, connection: Connection) {
    this.#broker = broker
    this.#connection = connection
    this.#heardAt = connection.now()
  }

  get authenticated(): boolean {
    return this.#member !== null
  }

  begin(initiative: Initiative): void {
    this.#initiative = initiative
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    const actions: Action[] = []
    this.#heardAt = this.#connection.now()
    this.#broker.count('bytesIn', bytes.length)
    this.#reader.push(bytes)
    try {
      while (!this.#over && this.#next(actions, bytes));
    } catch (error) {
      if (!(error instanceof MqttError)) throw error
      this.#refuse(actions, error, bytes)
    }
    this.#flush(actions)
    return actions
  }

  end(): Action[] {
    return [CLOSE]
  }

  closed(): void {
    this.#member?.left(true)
  }

  /** False when more input is needed. */
  #next(actions: Action[], input: Buffer): boolean {
    const read = this.#reader.next(this.#member === null ? TYPE.CONNECT : undefined)
    if (read === null) return false
    if ('problem' in read) {
      const reason = read.problem === 'size' ? REASON.PACKET_TOO_LARGE : null
      throw new MqttError(PROBLEMS[read.problem], reason)
    }
    this.#broker.count('received')
    if (this.#member === null) this.#connect(actions, readConnect(read.body, read.flags), input)
    else if (!this.#member.handle(read, actions)) this.#close(actions)
    if (++this.#packets >= this.#connection.limits.commands) this.#close(actions)
    return true
  }

  #connect(actions: Action[], connect: ReadConnect, input: Buffer): void {
    if (typeof connect === 'string') {
      const answer =
        connect === 'unknown version'
          ? packet(TYPE.CONNACK, 0, Buffer.from([0, RETURN_CODE.VERSION]))
          : packet(TYPE.CONNACK, 0, Buffer.from([0, REASON.BAD_AUTHENTICATION_METHOD, 0]))
      actions.push(report(malformed(`CONNECT of ${connect}`, input, this.#connection)), write(answer))
      this.#close(actions)
      return
    }
    const login = new Login(this.#broker, connect, this.#connection)
    actions.push(report(connectEvent(connect, login.accepted, this.#connection)))
    if (login.accepted) this.#accept(actions, connect, login)
    else {
      actions.push(write(login.refusal()))
      this.#close(actions)
    }
  }

  #accept(actions: Action[], connect: Connect, login: Login): void {
    const member = new Member(this.#broker, this.#connection, connect, login.clientId, {
      wake: () => this.#wake(),
      replace: () => this.#replaced(),
    })
    this.#member = member
    actions.push(write(login.acceptance(member.present)))
    this.#schedule()
  }

  #refuse(actions: Action[], error: MqttError, input: Buffer): void {
    const problem = printable(Buffer.from(error.message))
    if (this.#member === null) {
      actions.push(report(openingEvent(input, problem, this.#connection)))
      this.#over = true
      // The broker hangs up on what it has not read, which the peer sees as a reset.
      actions.push(this.#reader.unread > 0 ? RESET : CLOSE)
      return
    }
    actions.push(report(malformed(problem, input, this.#connection)))
    this.#flush(actions)
    if (this.#member.version === 5 && error.reason !== null) {
      actions.push(write(packet(TYPE.DISCONNECT, 0, Buffer.from([error.reason]))))
    }
    this.#close(actions)
  }

  #flush(actions: Action[]): void {
    if (this.#over) return
    for (const bytes of this.#member?.outbox.take() ?? []) actions.push(write(bytes))
  }

  #close(actions: Action[]): void {
    if (this.#over) return
    this.#flush(actions)
    this.#over = true
    actions.push(CLOSE)
  }

  /** Something waits for the client, and nobody is speaking with it. */
  #wake(): void {
    this.#initiative?.perform(() => {
      const actions: Action[] = []
      if (!this.#over) this.#flush(actions)
      return actions
    })
  }

  #replaced(): void {
    this.#initiative?.perform(() => {
      const actions: Action[] = []
      this.#close(actions)
      return actions
    })
  }

  #schedule(): void {
    this.#initiative?.performAfter(PACE_MS, () => this.#pace())
  }

  #pace(): Action[] {
    const actions: Action[] = []
    const member = this.#member
    if (member === null || this.#over) return actions
    if (member.silentFor(this.#connection.now() - this.#heardAt)) this.#close(actions)
    else {
      member.hear()
      this.#flush(actions)
      this.#schedule()
    }
    return actions
  }
}

const PROBLEMS = {
  type: 'another packet than CONNECT first',
  length: 'remaining length of five bytes',
  size: 'packet too large',
} as const
