/** One connection to a decoy Remote Desktop: negotiation, TLS, CredSSP, and the beginning of a conference. */
import {ByteQueue} from '../../byte-queue.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {
  type Action,
  CLOSE,
  type Connection,
  type ProtocolSession,
  RESET,
  report,
  upgrade,
  write,
} from '../../service.ts'
import type {TlsInfo} from '../../tls/profile.ts'
import {Conference} from './conference.ts'
import {CredSsp} from './credssp/credssp.ts'
import {connectEvent, malformedEvent, rdstlsEvent} from './evidence.ts'
import type {RdpHost} from './host.ts'
import {parseRdstlsRequest, RDSTLS_CAPABILITIES, RDSTLS_REFUSAL, rdstlsLength} from './wire/rdstls.ts'
import {TPKT_HEADER, tpktLength} from './wire/tpkt.ts'
import {type ConnectionRequest, confirm, FAILURE, failure, PROTOCOL, parseConnectionRequest} from './wire/x224.ts'

/** An X.224 length is one octet. */
const MAX_CONNECTION_REQUEST = 4 + 256
const MAX_CONFERENCE_PDU = 16 * 1024
/** Octets of the shortest message of each stage: so many are awaited before anything is judged. */
const LEAST = {connect: 11, credssp: 7, rdstls: 6, conference: 7} as const
/** Early User Authorization Result (MS-RDPBCGR §2.2.10.2): AUTHZ_SUCCESS. */
const AUTHORIZED = Buffer.alloc(4)

type Stage =
  /** `inner`: within TLS, where the client began with that. */
  | {readonly name: 'connect'; readonly inner: boolean}
  | {readonly name: 'handshake'}
  | {readonly name: 'credssp'; readonly credssp: CredSsp}
  | {readonly name: 'rdstls'}
  | {readonly name: 'conference'; readonly conference: Conference}
  | {readonly name: 'closed'}

/** The content type of a TLS record (RFC 8446 §5.1). */
const TLS_HANDSHAKE = 0x16

export class RdpSession implements ProtocolSession {
  readonly #host: RdpHost
  readonly #connection: Connection
  #stage: Stage = {name: 'connect', inner: false}
  readonly #queue = new ByteQueue()
  /** What is being read, for the evidence should it be broken. */
  #suspect: Buffer = Buffer.alloc(0)
  #selected: number = PROTOCOL.HYBRID
  /** TLS came first (MS-RDPBCGR §5.4.2.2). */
  #direct = false
  #requested = 0

  constructor(host: RdpHost, connection: Connection) {
    this.#host = host
    this.#connection = connection
  }

  get authenticated(): boolean {
    return this.#stage.name === 'conference' || (this.#stage.name === 'connect' && this.#stage.inner)
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    if (this.#stage.name === 'closed') return []
    this.#queue.push(bytes)
    const actions: Action[] = []
    while (this.#advance(actions));
    return actions
  }

  secured({certificate}: TlsInfo): Action[] {
    if (this.#selected === PROTOCOL.RDSTLS) {
      this.#stage = {name: 'rdstls'}
      return [write(RDSTLS_CAPABILITIES)]
    }
    this.#stage = {name: 'credssp', credssp: new CredSsp(this.#host, this.#connection, certificate)}
    return []
  }

  end(): Action[] {
    const left = this.#queue.all
    const {name} = this.#stage
    if (name === 'closed') return []
    this.#stage = {name: 'closed'}
    if (left.length === 0) return [CLOSE]
    return [report(malformedEvent(name, 'the peer closed within a message', left, this.#connection.limits)), CLOSE]
  }

  /** True when there may be more to do with what has arrived. */
  #advance(actions: Action[]): boolean {
    const {name} = this.#stage
    try {
      return this.#read(actions)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      actions.push(report(malformedEvent(name, error.message, this.#suspect, this.#connection.limits)))
      // Windows resets connections whose first packet is none; within TLS it closes them.
      this.#over(actions, name === 'connect' && !this.#direct ? RESET : CLOSE)
      return false
    }
  }

  #read(actions: Action[]): boolean {
    const stage = this.#stage
    switch (stage.name) {
      case 'connect':
        return stage.inner ? this.#connectInside(actions) : this.#connect(actions)
      case 'credssp':
        return this.#authenticate(stage.credssp, actions)
      case 'rdstls':
        return this.#redirected(actions)
      case 'conference':
        return this.#confer(stage.conference, actions)
      default:
        return false
    }
  }

  /** The message at the beginning, once it is whole. */
  #message(least: number, length: (bytes: Buffer) => number | null): Buffer | null {
    const beginning = this.#queue.peek(least)
    if (beginning === null) return null
    this.#suspect = beginning
    const size = length(this.#queue.all)
    const message = size === null ? null : this.#queue.take(size)
    this.#suspect = message ?? beginning
    return message
  }

  #connect(actions: Action[]): boolean {
    if (this.#queue.all[0] === TLS_HANDSHAKE) return this.#beginTls(actions)
    const packet = this.#message(LEAST.connect, (bytes) => tpktLength(bytes, MAX_CONNECTION_REQUEST))
    if (packet === null) return false
    const request = parseConnectionRequest(packet.subarray(TPKT_HEADER))
    const received = this.#queue.takeAll()
    const selected = select(request)
    actions.push(report(connectEvent(request, selected)))
    if (selected !== null) {
      this.#selected = selected
      this.#requested = request.negotiation?.protocols ?? 0
      this.#stage = {name: 'handshake'}
      actions.push(write(confirm(selected)), upgrade(this.#host.tls, received.length === 0 ? {} : {received}))
    } else if (request.negotiation === null) this.#over(actions, RESET)
    else {
      actions.push(write(failure(FAILURE.HYBRID_REQUIRED_BY_SERVER)))
      this.#over(actions, CLOSE)
    }
    return false
  }

  /** The direct approach, of scanners and of Hyper-V's console: CredSSP is the only choice. */
  #beginTls(actions: Action[]): boolean {
    const received = this.#queue.takeAll()
    this.#direct = true
    this.#stage = {name: 'handshake'}
    actions.push(upgrade(this.#host.tls, {received}))
    return false
  }

  #connectInside(actions: Action[]): boolean {
    const packet = this.#message(LEAST.connect, (bytes) => tpktLength(bytes, MAX_CONNECTION_REQUEST))
    if (packet === null) return false
    const request = parseConnectionRequest(packet.subarray(TPKT_HEADER))
    this.#requested = request.negotiation?.protocols ?? 0
    actions.push(report(connectEvent(request, this.#selected)), write(confirm(this.#selected)))
    this.#stage = this.#conference()
    return true
  }

  #authenticate(credssp: CredSsp, actions: Action[]): boolean {
    const message = this.#message(LEAST.credssp, (bytes) => credssp.length(bytes))
    if (message === null) return false
    const {outcome, reply, events} = credssp.step(message)
    actions.push(...events.map(report))
    if (reply !== null) actions.push(write(reply))
    if (outcome === 'refused') this.#over(actions, CLOSE)
    if (outcome === 'accepted') this.#welcome(actions)
    return outcome !== 'refused'
  }

  #welcome(actions: Action[]): void {
    if (this.#selected === PROTOCOL.HYBRID_EX) actions.push(write(AUTHORIZED))
    this.#stage = this.#direct ? {name: 'connect', inner: true} : this.#conference()
  }

  #conference(): Stage {
    return {name: 'conference', conference: new Conference(this.#host, this.#requested, this.#connection.limits)}
  }

  #redirected(actions: Action[]): boolean {
    const message = this.#message(LEAST.rdstls, rdstlsLength)
    if (message === null) return false
    const request = parseRdstlsRequest(message)
    actions.push(report(rdstlsEvent(request, this.#connection.limits)), write(RDSTLS_REFUSAL))
    this.#over(actions, CLOSE)
    return false
  }

  #confer(conference: Conference, actions: Action[]): boolean {
    const packet = this.#message(LEAST.conference, (bytes) => tpktLength(bytes, MAX_CONFERENCE_PDU))
    if (packet === null) return false
    const {writes, events, over} = conference.step(packet.subarray(TPKT_HEADER))
    actions.push(...events.map(report), ...writes.map(write))
    if (over) this.#over(actions, CLOSE)
    return !over
  }

  #over(actions: Action[], last: Action): void {
    actions.push(last)
    this.#queue.clear()
    this.#stage = {name: 'closed'}
  }
}

/** The best that both have; null: the client has no network level authentication. */
function select({negotiation}: ConnectionRequest): number | null {
  const asked = negotiation?.protocols ?? 0
  const best = [PROTOCOL.HYBRID_EX, PROTOCOL.HYBRID, PROTOCOL.RDSTLS].find((protocol) => (asked & protocol) !== 0)
  return best ?? null
}
