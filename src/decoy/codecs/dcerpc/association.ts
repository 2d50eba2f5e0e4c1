/**
 * The server's side of one DCE/RPC association over any transport: reads PDUs, binds interfaces, calls operations
 * (MS-RPCE §3.3.3). Bytes come in any pieces; requests are joined from their fragments, and responses cut into them.
 */
import {ByteQueue} from '../../byte-queue.ts'
import {CodecError} from '../codec-error.ts'
import {LittleEndianReader, LittleEndianWriter} from '../little-endian.ts'
import {encodePdu, PDU, PDU_FLAG, type Pdu, parsePdu, type SecurityTrailer, takePdu} from './pdu.ts'
import {decodeUuid, encodeUuid, UUID_SIZE} from './uuid.ts'

/** C706 appendix E, MS-ERREF: what a fault says. */
export const FAULT = {
  ACCESS_DENIED: 0x0000_0005,
  UNKNOWN_INTERFACE: 0x1c01_0003,
  OPERATION_RANGE: 0x1c01_0002,
  BAD_STUB: 0x0000_06f7,
  PROTOCOL_ERROR: 0x1c01_000b,
} as const

export type CallResult = {readonly stub: Buffer} | {readonly fault: number}

export interface RpcInterface {
  readonly uuid: string
  /** Major version; the minor one is taken as it comes. */
  readonly version: number
  call(operation: number, stub: Buffer): CallResult
}

export interface AssociationOptions {
  readonly interfaces: readonly RpcInterface[]
  /** The endpoint that clients are told to have reached, e.g. `\\PIPE\\srvsvc` or `135`. */
  readonly endpoint: string
  /** Another number for each association of a server. */
  readonly group: number
  /** The largest fragment of this transport: 4280 over named pipes, 5840 over TCP. */
  readonly fragment: number
  /**
   * Also binds clients that offer NDR64 only (MS-RPCE §2.2.5), which is how tools tell that Windows has 64 bits; their
   * calls are refused.
   */
  readonly ndr64?: boolean
  /**
   * Answers a token of a bind or of AUTH3; null: with nothing; `denied`: the bind is refused, which AUTH3 cannot be.
   * Absent: authentication is ignored.
   */
  authenticate?(security: SecurityTrailer): Buffer | null | 'denied'
  /** Something came for an interface and an operation, or was refused. */
  observe?(seen: Observed): void
}

export type Observed =
  | {readonly type: 'bind'; readonly uuid: string; readonly version: number; readonly accepted: boolean}
  | {readonly type: 'call'; readonly uuid: string; readonly operation: number; readonly fault: number | null}

interface Context {
  readonly id: number
  readonly target: RpcInterface
  readonly ndr64: boolean
}

const NDR = encodeUuid('8a885d04-1ceb-11c9-9fe8-08002b104860')
const NDR64 = encodeUuid('71710533-beba-4937-8319-b5dbef9ccc36')
/** Bind time feature negotiation (MS-RPCE §3.3.1.5.3): a transfer syntax that is none. */
const FEATURES = encodeUuid('6cb71c2c-9812-4540-0000-000000000000').subarray(0, 8)
const SUPPORTED_FEATURES = 3
const RESULT = {ACCEPTANCE: 0, PROVIDER_REJECTION: 2, NEGOTIATE_ACK: 3} as const
const REASON = {ABSTRACT_SYNTAX: 1, TRANSFER_SYNTAX: 2} as const

/** The reason of a bind nak (C706 §12.6.4.5), and no list of versions. */
const UNKNOWN_AUTHENTICATION = Buffer.from([8, 0, 0, 0])
const MAX_CONTEXTS = 64
const MAX_STUB = 128 * 1024
const LEAST_FRAGMENT = 1432
const RESPONSE_HEADER = 24
const FAULT_DID_NOT_EXECUTE = 0x20

export class Association {
  readonly #options: AssociationOptions
  readonly #queue = new ByteQueue()
  #contexts: readonly Context[] = []
  #fragment: number
  #parts: {
    readonly callId: number
    readonly operation: number
    readonly contextId: number
    readonly stub: ByteQueue
  } | null = null

  constructor(options: AssociationOptions) {
    this.#options = options
    this.#fragment = options.fragment
  }

  /**
   * The PDUs that answer these bytes.
   *
   * @throws CodecError where they are no DCE/RPC; the transport is to be closed.
   */
  feed(bytes: Buffer): Buffer[] {
    const out: Buffer[] = []
    this.#queue.push(bytes)
    for (let pdu = takePdu(this.#queue); pdu !== null; pdu = takePdu(this.#queue)) {
      out.push(...this.#answer(parsePdu(pdu)))
    }
    return out
  }

  #answer(pdu: Pdu): Buffer[] {
    switch (pdu.type) {
      case PDU.BIND:
      case PDU.ALTER_CONTEXT:
        return [this.#bind(pdu)]
      case PDU.REQUEST:
        return this.#request(pdu)
      case PDU.AUTH3:
        if (pdu.security !== null) this.#options.authenticate?.(pdu.security)
        return []
      case PDU.ORPHANED:
        return []
      default:
        throw new CodecError(`a PDU of type ${pdu.type}`)
    }
  }

  #bind(pdu: Pdu): Buffer {
    const reader = new LittleEndianReader(pdu.body)
    const transmit = reader.u16()
    const receive = reader.u16()
    reader.u32()
    const count = reader.u8()
    reader.take(3)
    if (count > MAX_CONTEXTS) throw new CodecError(`${count} presentation contexts`)
    const results = Array.from({length: count}, () => this.#context(reader))
    this.#fragment = Math.max(LEAST_FRAGMENT, Math.min(this.#options.fragment, receive))
    const size = Math.min(this.#options.fragment, transmit)
    const port = pdu.type === PDU.BIND ? Buffer.from(`${this.#options.endpoint}\0`, 'latin1') : Buffer.alloc(0)
    const body = new LittleEndianWriter()
      .u16(size, this.#fragment)
      .u32(this.#options.group)
      .u16(port.length)
      .bytes(port)
      .align(4)
      .u32(count)
      .bytes(Buffer.concat(results))
      .done()
    const type = pdu.type === PDU.BIND ? PDU.BIND_ACK : PDU.ALTER_CONTEXT_RESPONSE
    const token = pdu.security === null ? null : (this.#options.authenticate?.(pdu.security) ?? null)
    if (token === 'denied') return refusedLogon(pdu)
    const security = pdu.security === null || token === null ? null : {...pdu.security, token}
    return encodePdu(type, pdu.callId, body, {minor: pdu.minor, security})
  }

  /** One presentation context: what is called, and the syntaxes in which the client can. */
  #context(reader: LittleEndianReader): Buffer {
    const id = reader.u16()
    const syntaxes = reader.u8()
    reader.u8()
    const uuid = decodeUuid(reader.take(UUID_SIZE))
    const version = reader.u16()
    reader.u16()
    const transfers = Array.from({length: syntaxes}, () => reader.take(UUID_SIZE + 4))
    if (transfers.some((transfer) => transfer.subarray(0, 8).equals(FEATURES))) return featureResult()
    const target = this.#options.interfaces.find((each) => each.uuid === uuid && each.version === version)
    this.#options.observe?.({type: 'bind', uuid, version, accepted: target !== undefined})
    if (target === undefined) return rejection(REASON.ABSTRACT_SYNTAX)
    const offers = (syntax: Buffer) => transfers.some((transfer) => transfer.subarray(0, UUID_SIZE).equals(syntax))
    // A client that can do both is kept at NDR, in which it is understood.
    const ndr64 = !offers(NDR) && !this.#contexts.some((each) => each.target === target)
    if (ndr64 && !(this.#options.ndr64 === true && offers(NDR64))) return rejection(REASON.TRANSFER_SYNTAX)
    if (!ndr64 && !offers(NDR)) return rejection(REASON.TRANSFER_SYNTAX)
    this.#contexts = [...this.#contexts.filter((each) => each.id !== id), {id, target, ndr64}].slice(-MAX_CONTEXTS)
    const [syntax, syntaxVersion] = ndr64 ? [NDR64, 1] : [NDR, 2]
    return new LittleEndianWriter().u16(RESULT.ACCEPTANCE, 0).bytes(syntax).u32(syntaxVersion).done()
  }

  #request(pdu: Pdu): Buffer[] {
    const reader = new LittleEndianReader(pdu.body)
    reader.u32()
    const contextId = reader.u16()
    const operation = reader.u16()
    if ((pdu.flags & PDU_FLAG.OBJECT) !== 0) reader.take(UUID_SIZE)
    const stub = reader.take(reader.left)
    if ((pdu.flags & PDU_FLAG.FIRST) !== 0 || this.#parts === null) {
      this.#parts = {callId: pdu.callId, operation, contextId, stub: new ByteQueue()}
    }
    const parts = this.#parts
    parts.stub.push(stub)
    if (parts.stub.length > MAX_STUB) throw new CodecError(`a request of more than ${MAX_STUB} octets`)
    if ((pdu.flags & PDU_FLAG.LAST) === 0) return []
    this.#parts = null
    return this.#call(parts.callId, parts.contextId, parts.operation, parts.stub.takeAll())
  }

  #call(callId: number, contextId: number, operation: number, stub: Buffer): Buffer[] {
    const context = this.#contexts.find(({id}) => id === contextId)
    if (context === undefined) return [fault(callId, contextId, FAULT.UNKNOWN_INTERFACE)]
    const {target, ndr64} = context
    const result = ndr64 ? {fault: FAULT.BAD_STUB} : guarded(target, operation, stub)
    const refused = 'fault' in result ? result.fault : null
    this.#options.observe?.({type: 'call', uuid: target.uuid, operation, fault: refused})
    if ('fault' in result) return [fault(callId, contextId, result.fault)]
    return responses(callId, contextId, result.stub, this.#fragment - RESPONSE_HEADER)
  }
}

function guarded(target: RpcInterface, operation: number, stub: Buffer): CallResult {
  try {
    return target.call(operation, stub)
  } catch (error) {
    if (error instanceof CodecError) return {fault: FAULT.BAD_STUB}
    throw error
  }
}

function responses(callId: number, contextId: number, stub: Buffer, most: number): Buffer[] {
  const out: Buffer[] = []
  for (let at = 0; at === 0 || at < stub.length; at += most) {
    const part = stub.subarray(at, at + most)
    const flags = (at === 0 ? PDU_FLAG.FIRST : 0) | (at + most >= stub.length ? PDU_FLAG.LAST : 0)
    const body = new LittleEndianWriter()
      .u32(stub.length - at)
      .u16(contextId, 0)
      .bytes(part)
      .done()
    out.push(encodePdu(PDU.RESPONSE, callId, body, {flags}))
  }
  return out
}

function fault(callId: number, contextId: number, status: number): Buffer {
  const body = new LittleEndianWriter().u32(32).u16(contextId, 0).u32(status, 0).done()
  return encodePdu(PDU.FAULT, callId, body, {flags: PDU_FLAG.FIRST | PDU_FLAG.LAST | FAULT_DID_NOT_EXECUTE})
}

/** A bind is refused as of an unknown kind of authentication, a later context as a call would be. */
const refusedLogon = ({type, callId}: Pdu): Buffer =>
  type === PDU.BIND ? encodePdu(PDU.BIND_NAK, callId, UNKNOWN_AUTHENTICATION) : fault(callId, 0, FAULT.ACCESS_DENIED)

const rejection = (reason: number): Buffer =>
  new LittleEndianWriter()
    .u16(RESULT.PROVIDER_REJECTION, reason)
    .zeros(UUID_SIZE + 4)
    .done()

const featureResult = (): Buffer =>
  new LittleEndianWriter()
    .u16(RESULT.NEGOTIATE_ACK, SUPPORTED_FEATURES)
    .zeros(UUID_SIZE + 4)
    .done()
