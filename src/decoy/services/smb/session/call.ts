/** One command of a message, and what is answered to it. */

import type {ServiceEvent} from '../../../../events/event.ts'
import {CodecError} from '../../../codecs/codec-error.ts'
import {LittleEndianReader} from '../../../codecs/little-endian.ts'
import type {Connection} from '../../../service.ts'
import type {Open} from '../files/open.ts'
import type {Share} from '../files/shares.ts'
import type {SmbHost} from '../host.ts'
import type {SessionKeys} from '../security/keys.ts'
import type {SigningKey} from '../security/signing.ts'
import {STATUS} from '../wire/constants.ts'
import {ERROR_BODY, HEADER_SIZE, type RequestHeader, type ResponseHeader} from '../wire/header.ts'
import type {Account} from './logon.ts'
import type {Negotiated} from './negotiation.ts'

export interface Tree {
  readonly id: number
  readonly share: Share
}

/** A session of SMB2: who a connection acts for. */
export interface Logon {
  readonly id: bigint
  readonly account: Account
  /** Null: nothing of it can be signed, as of guests. */
  readonly signing: SigningKey | null
  readonly keys: SessionKeys | null
  readonly mustSign: boolean
  readonly trees: Map<number, Tree>
  readonly opens: Map<bigint, Open>
  /** Messages sealed so far. */
  sealed: bigint
}

/** What commands of one message leave to those that are related to them. */
export interface Chain {
  sessionId: bigint
  treeId: number
  fileId: bigint | null
  /** Of the command before; what depends on a failure fails as it did. */
  status: number
}

/** What all commands of a connection share. */
export interface Shared {
  readonly host: SmbHost
  readonly connection: Connection
  readonly report: (event: ServiceEvent) => void
  negotiated: Negotiated | null
  readonly logons: Map<bigint, Logon>
  /** A number that no session, tree or open of this connection has had. */
  nextId(): number
  /** The connection is dropped without a further word. */
  disconnect(): void
}

export interface Call {
  readonly shared: Shared
  readonly header: RequestHeader
  /** From its header to its end; offsets of its fields begin there. */
  readonly message: Buffer
  readonly chain: Chain
}

export interface SessionCall extends Call {
  readonly logon: Logon
}

export interface TreeCall extends SessionCall {
  readonly tree: Tree
}

export interface Reply {
  readonly status: number
  readonly body: Buffer
  readonly header?: Partial<ResponseHeader>
  /** Signed by this session, whether or not the request was. */
  readonly signedBy?: Logon
}

export const fail = (status: number): Reply => ({status, body: ERROR_BODY})
export const answer = (body: Buffer, status: number = STATUS.SUCCESS): Reply => ({status, body})

/** A reader behind the structure's size, which is checked as servers check it first. */
export function bodyOf({message}: Pick<Call, 'message'>, size: number): LittleEndianReader {
  const reader = new LittleEndianReader(message, HEADER_SIZE)
  const found = reader.u16()
  if (found !== size) throw new CodecError(`a structure of ${found} where ${size} is due`)
  return reader
}

/** The smallest answer: a structure of four bytes. */
export const EMPTY_BODY = Buffer.from([4, 0, 0, 0])
