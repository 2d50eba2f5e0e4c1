/** One connection to the endpoint mapper: DCE/RPC over TCP (MS-RPCE §2.1.1.1), sans-IO. */
import type {ServiceEvent} from '../../../events/event.ts'
import {ByteQueue} from '../../byte-queue.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {ntlmAttempt} from '../../codecs/credentials/ntlm-attempt.ts'
import {Association, FAULT, type Observed, type RpcInterface} from '../../codecs/dcerpc/association.ts'
import {PDU_HEADER, type SecurityTrailer, takePdu} from '../../codecs/dcerpc/pdu.ts'
import {NtlmAcceptor} from '../../codecs/ntlm/acceptor.ts'
import {sample} from '../../sample.ts'
import {type Action, CLOSE, type Connection, type ProtocolSession, report, write} from '../../service.ts'
import {interfaceName} from './interface-names.ts'
import {mapperInterfaces} from './interfaces/index.ts'
import {announcedLength, BAD_VERSION, bindNak} from './nak.ts'
import type {RpcHost} from './server.ts'

/** MS-RPCE §3.3.1.5.2: fragments over TCP. */
const FRAGMENT = 5840
const VERSION = 5
/** Authentication levels from this on protect each call (MS-RPCE §2.2.1.1.8). */
const PACKET_INTEGRITY = 5

export class RpcSession implements ProtocolSession {
  readonly #connection: Connection
  readonly #greeting: Buffer | null
  readonly #association: Association
  readonly #acceptor: NtlmAcceptor
  /** What the callbacks of the association saw while it was fed. */
  #seen: ServiceEvent[] = []
  /** Calls are refused: the logon failed, or what is protected is not for this user. */
  #denied = false
  readonly #queue = new ByteQueue()
  /** The first PDU was one of RPC. */
  #begun = false
  #calls = 0
  #over = false

  /** `greeting`: what RPC over HTTP says first. */
  constructor(host: RpcHost, connection: Connection, greeting: Buffer | null) {
    const {random, now, local} = connection
    this.#connection = connection
    this.#greeting = greeting
    this.#acceptor = new NtlmAcceptor({identity: host.identity, passwords: host.users.passwords, random, now})
    this.#association = new Association({
      interfaces: mapperInterfaces(host.persona, random(16)).map((each) => this.#guarded(each)),
      endpoint: String(local.port),
      group: random(4).readUInt32LE(),
      fragment: FRAGMENT,
      ndr64: true,
      authenticate: (security) => this.#authenticate(security),
      observe: (seen) => this.#observe(seen),
    })
  }

  open(): Action[] {
    return this.#greeting === null ? [] : [write(this.#greeting)]
  }

  feed(bytes: Buffer): Action[] {
    if (this.#over) return []
    this.#queue.push(bytes)
    const actions: Action[] = []
    while (!this.#over && this.#advance(actions));
    return actions
  }

  end(): Action[] {
    return this.#over ? [] : this.#close()
  }

  /** Feeds one PDU, so that what is recorded of it stands before its answer; false where none is whole. */
  #advance(actions: Action[]): boolean {
    const head = this.#queue.peek(PDU_HEADER)
    if (head === null) return false
    if (!this.#begun && head.readUInt8(0) !== VERSION) return this.#foreign(head, actions)
    this.#begun = true
    let pdu = head
    try {
      const whole = takePdu(this.#queue)
      if (whole === null) return false
      pdu = whole
      const replies = this.#association.feed(pdu)
      actions.push(...this.#take(), ...replies.map(write))
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      actions.push(...this.#take(), report(this.#malformed(error.message, pdu)), ...this.#close())
    }
    if (!this.#over && this.#exhausted) actions.push(...this.#close())
    return true
  }

  /**
   * What is no RPC is taken for it all the same: Windows waits for as much as the header announces, and refuses the
   * version with the call's own number.
   */
  #foreign(head: Buffer, actions: Action[]): boolean {
    const length = announcedLength(head)
    const sane = length >= PDU_HEADER && length <= FRAGMENT
    if (sane && length > this.#queue.length) return false
    actions.push(report(this.#malformed('not RPC 5', head)))
    if (sane) actions.push(write(bindNak(head, BAD_VERSION)))
    actions.push(...this.#close())
    return false
  }

  get #exhausted(): boolean {
    return this.#calls >= this.#connection.limits.commands
  }

  #guarded(target: RpcInterface): RpcInterface {
    return {
      ...target,
      call: (operation, stub) => (this.#denied ? {fault: FAULT.ACCESS_DENIED} : target.call(operation, stub)),
    }
  }

  #authenticate({token, level}: SecurityTrailer): Buffer | null | 'denied' {
    const step = this.#acceptor.step(token)
    switch (step.type) {
      case 'continue':
        this.#denied = false
        return step.token
      case 'foreign': {
        this.#denied = true
        const secret = sample(token, this.#connection.limits.credential)
        const credential = {principal: '', method: 'kerberos', secret, outcome: 'failure'} as const
        this.#seen.push({event: 'auth.attempt', credential})
        return 'denied'
      }
      case 'judged': {
        const success = step.session !== null
        this.#seen.push(ntlmAttempt(step.message, step.serverChallenge, success, this.#connection.limits))
        this.#denied = !success || level >= PACKET_INTEGRITY
        return success ? step.token : 'denied'
      }
    }
  }

  #observe(seen: Observed): void {
    const {type, uuid} = seen
    const facts = {operation: `rpc-${type}`, interface: uuid, name: interfaceName(uuid)}
    if (type === 'bind') {
      this.#seen.push({event: 'request', data: {...facts, version: seen.version, accepted: seen.accepted}})
      return
    }
    this.#calls++
    const fault = seen.fault === null ? null : `0x${seen.fault.toString(16).padStart(8, '0')}`
    this.#seen.push({event: 'request', data: {...facts, opnum: seen.operation, fault}})
  }

  #take(): Action[] {
    const seen = this.#seen
    this.#seen = []
    return seen.map(report)
  }

  #malformed(reason: string, bytes: Buffer): ServiceEvent {
    return {event: 'malformed', data: {reason, sample: sample(bytes, Math.min(this.#connection.limits.sample, 512))}}
  }

  #close(): Action[] {
    this.#over = true
    return [CLOSE]
  }
}
