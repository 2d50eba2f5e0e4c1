/**
 * ONC RPC version 2 (RFC 5531 §9), and its records over TCP (§11):
 *
 *   record = mark message                ; mark: the highest bit is set, the others count octets
 *   call   = xid 0 2 program version procedure credential verifier arguments
 *   reply  = xid 1 0 verifier status results / xid 1 1 reason
 */
import {ByteQueue} from '../../../byte-queue.ts'
import {fixed, uint, XdrError, XdrReader} from './xdr.ts'

const CALL = 0
const REPLY = 1
const ACCEPTED = 0
const DENIED = 1
const AUTH_ERROR = 1
const RPC_VERSION = 2
const NO_VERIFIER = uint(0, 0)
const MAX_AUTH = 400
const MAX_MACHINE = 255
const MAX_GROUPS = 16
const LAST_FRAGMENT = 0x80000000
const MARK = 4
/** A write of 64 KiB with its header; nobody sends more who asks first what is taken. */
const MAX_RECORD = 72 * 1024

export const STATUS = {success: 0, noProgram: 1, mismatch: 2, noProcedure: 3, garbage: 4} as const
const FLAVOR = {none: 0, unix: 1} as const
const AUTH = {badCredential: 1, rejectedCredential: 2} as const

/** Who a client says it is. */
export interface UnixCredential {
  readonly machine: string
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
}

export interface Call {
  readonly xid: number
  readonly program: number
  readonly version: number
  readonly procedure: number
  readonly credential: UnixCredential | null
  readonly args: XdrReader
}

/** A call; the answer to one that is refused before it is looked at; null: what gets no answer. */
export type Read = {readonly call: Call} | {readonly refusal: Buffer} | null

export function readCall(message: Buffer): Read {
  try {
    const reader = new XdrReader(message)
    const xid = reader.uint()
    if (reader.uint() !== CALL || reader.uint() !== RPC_VERSION) return null
    const [program, version, procedure] = [reader.uint(), reader.uint(), reader.uint()]
    const flavor = reader.uint()
    const body = reader.opaque(MAX_AUTH)
    reader.uint()
    reader.opaque(MAX_AUTH)
    if (flavor !== FLAVOR.none && flavor !== FLAVOR.unix) return {refusal: denied(xid, AUTH.rejectedCredential)}
    const credential = flavor === FLAVOR.unix ? readUnix(body) : null
    if (flavor === FLAVOR.unix && credential === null) return {refusal: denied(xid, AUTH.badCredential)}
    return {call: {xid, program, version, procedure, credential, args: reader}}
  } catch (error) {
    if (error instanceof XdrError) return null
    throw error
  }
}

function readUnix(body: Buffer): UnixCredential | null {
  try {
    const reader = new XdrReader(body)
    reader.uint()
    const [machine, uid, gid, count] = [reader.text(MAX_MACHINE), reader.uint(), reader.uint(), reader.uint()]
    if (count > MAX_GROUPS) return null
    return {machine, uid, gid, groups: Array.from({length: count}, () => reader.uint())}
  } catch (error) {
    if (error instanceof XdrError) return null
    throw error
  }
}

const denied = (xid: number, reason: number): Buffer => uint(xid, REPLY, DENIED, AUTH_ERROR, reason)

export function reply({xid}: Pick<Call, 'xid'>, status: number, results: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([uint(xid, REPLY, ACCEPTED), NO_VERIFIER, uint(status), results])
}

export const record = (message: Buffer): Buffer => Buffer.concat([uint(LAST_FRAGMENT | message.length), message])

export type Record = {readonly message: Buffer} | {readonly fault: string}

export class RecordReader {
  readonly #queue = new ByteQueue()

  push(chunk: Buffer): void {
    this.#queue.push(chunk)
  }

  /** Null: more is needed. After a fault nothing has a beginning. */
  next(): Record | null {
    const mark = this.#queue.peek(MARK)?.readUInt32BE()
    if (mark === undefined) return null
    const size = mark & ~LAST_FRAGMENT
    // Records in several fragments are none of what clients send; rpcbind hangs up on them, too.
    if (mark >>> 31 === 0) return {fault: 'fragment'}
    if (size === 0 || size > MAX_RECORD) return {fault: 'size'}
    const whole = this.#queue.take(MARK + size)
    return whole === null ? null : {message: whole.subarray(MARK)}
  }

  rest(): Buffer {
    return this.#queue.all
  }
}

/** A fixed handle of the old versions of MOUNT. */
export const fixedHandle = (handle: Buffer, size: number): Buffer =>
  fixed(Buffer.concat([handle, Buffer.alloc(Math.max(0, size - handle.length))]))
