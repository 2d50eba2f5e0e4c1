/** One connection to the decoy CPU. */
import {printable, sample} from '../../sample.ts'
import {type Action, CLOSE, type Connection, type ProtocolSession, report, write} from '../../service.ts'
import type {Right} from './errors.ts'
import type {S7Host} from './host.ts'
import {Jobs} from './jobs.ts'
import {UserFunctions} from './user-data.ts'
import {readPdu} from './wire/pdu.ts'
import {
  type ConnectRequest,
  connectConfirm,
  dataPacket,
  disconnectRequest,
  type Tpdu,
  TransportReader,
} from './wire/transport.ts'

/** Kinds of connection in the first octet of a selector: programming device, operator panel, others. */
const KINDS: ReadonlySet<number> = new Set([1, 2, 3])
/** Rack 0, slot 2: where the CPU of an S7-300 is. */
const CPU_PLACE = 0x02
/** The selectors of S7 communication plus are names. */
const PLUS_SELECTOR = /^SIMATIC-ROOT/
const SAMPLE_BYTES = 64

export class S7Session implements ProtocolSession {
  readonly #connection: Connection
  readonly #reader = new TransportReader()
  readonly #jobs: Jobs
  readonly #functions: UserFunctions
  #connected = false
  #requests = 0
  #over = false

  constructor(host: S7Host, connection: Connection) {
    const right: Right = {granted: false}
    this.#connection = connection
    this.#jobs = new Jobs(host, connection, right)
    this.#functions = new UserFunctions(host, connection, right)
  }

  get authenticated(): boolean {
    return this.#jobs.pduSize !== null
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    if (this.#over) return []
    const actions: Action[] = []
    this.#reader.push(bytes)
    while (!this.#over) {
      const tpdu = this.#reader.next()
      if (tpdu === null) break
      this.#handle(tpdu, actions)
    }
    return actions
  }

  end(): Action[] {
    const rest = this.#reader.rest()
    const cut = rest.length > 0 && !this.#over
    this.#over = true
    return [...(cut ? [this.#malformed('cut short', rest)] : []), CLOSE]
  }

  #handle(tpdu: Tpdu, actions: Action[]): void {
    switch (tpdu.type) {
      case 'connect':
        this.#connect(tpdu.request, actions)
        break
      case 'data':
        this.#message(tpdu.message, actions)
        break
      case 'disconnect':
        this.#close(actions)
        break
      case 'bad':
        actions.push(this.#malformed(tpdu.reason, tpdu.bytes))
        this.#close(actions)
        break
      default:
        tpdu satisfies never
    }
  }

  #connect(request: ConnectRequest, actions: Action[]): void {
    const {called, calling} = request
    const shown = {called: shownSelector(called), calling: shownSelector(calling)}
    if (this.#connected) {
      actions.push(this.#malformed('connected twice', called))
      this.#close(actions)
      return
    }
    if (called.length !== 2 || !KINDS.has(called.readUInt8(0)) || called.readUInt8(1) !== CPU_PLACE) {
      const plus = PLUS_SELECTOR.test(called.toString('latin1'))
      actions.push(report({event: 'probe', data: {action: plus ? 'connect-plus' : 'connect', ...shown, refused: true}}))
      actions.push(write(disconnectRequest(request)))
      this.#close(actions)
      return
    }
    this.#connected = true
    actions.push(report({event: 'request', data: {action: 'connect', ...shown}}))
    actions.push(write(connectConfirm(request, this.#connection.random(2).readUInt16BE(0))))
  }

  #message(message: Buffer, actions: Action[]): void {
    if (!this.#connected) {
      actions.push(this.#malformed('not connected', message))
      this.#close(actions)
      return
    }
    const pdu = readPdu(message)
    switch (pdu.type) {
      case 'job':
        this.#answer(this.#jobs.handle(pdu), actions)
        break
      case 'user-data':
        this.#answer(this.#functions.handle(pdu, this.#jobs.pduSize ?? 0x70), actions)
        break
      case 'plus':
        // These CPUs know nothing of it.
        actions.push(report({event: 'probe', data: {action: 'plus', input: sample(message, SAMPLE_BYTES)}}))
        this.#close(actions)
        break
      case 'bad':
        actions.push(this.#malformed('pdu', message))
        this.#close(actions)
        break
      case 'other':
        actions.push(this.#malformed('kind', message))
        break
      default:
        pdu satisfies never
    }
    if (++this.#requests >= this.#connection.limits.commands && !this.#over) this.#close(actions)
  }

  #answer({reply, events}: ReturnType<Jobs['handle']>, actions: Action[]): void {
    actions.push(...events.map(report), write(dataPacket(reply)))
  }

  #malformed(reason: string, bytes: Buffer): Action {
    return report({event: 'malformed', data: {reason, input: sample(bytes, SAMPLE_BYTES)}})
  }

  #close(actions: Action[]): void {
    this.#over = true
    actions.push(CLOSE)
  }
}

/** `0102`, or a name. */
function shownSelector(selector: Buffer): string {
  const bounded = selector.subarray(0, 32)
  return bounded.length <= 2 ? bounded.toString('hex') : printable(bounded)
}
