/** Answers the messages of one connection: compounds, sessions, signatures, encryption, credits. */

import type {ServiceEvent} from '../../../../events/event.ts'
import {CodecError} from '../../../codecs/codec-error.ts'
import type {Connection} from '../../../service.ts'
import {malformedEvent} from '../evidence.ts'
import type {SmbHost} from '../host.ts'
import {extended} from '../security/keys.ts'
import {seal, sessionOfSealed, unseal} from '../security/sealing.ts'
import {isSignedRight, type SigningKey, sign} from '../security/signing.ts'
import {COMMAND, DIALECT, HEADER_FLAG, isError, STATUS} from '../wire/constants.ts'
import {encodeHeader, HEADER_SIZE, NEXT_AT, parseHeader, type RequestHeader} from '../wire/header.ts'
import {type Call, type Chain, fail, type Logon, type Reply, type Shared} from './call.ts'
import {commandOf} from './commands.ts'
import {Credits} from './credits.ts'
import {changeOver, type Negotiated, negotiate} from './negotiation.ts'
import {SessionSetups} from './setup.ts'

/** Commands in one message; clients send four at most. */
const MAX_COMPOUND = 64
const FIRST_ID = 1

/** A reply on its way out, and the key that it is signed with. */
interface Outgoing {
  readonly header: RequestHeader
  readonly reply: Reply
  readonly key: SigningKey | null
}

export class Conversation implements Shared {
  readonly host: SmbHost
  readonly connection: Connection
  readonly report: (event: ServiceEvent) => void
  readonly logons = new Map<bigint, Logon>()
  negotiated: Negotiated | null = null
  readonly #setups: SessionSetups
  readonly #credits = new Credits()
  #id = FIRST_ID
  #over = false
  #commands = 0

  constructor(host: SmbHost, connection: Connection, report: (event: ServiceEvent) => void) {
    this.host = host
    this.connection = connection
    this.report = report
    this.#setups = new SessionSetups(this)
  }

  /** The connection is to be dropped. */
  get over(): boolean {
    return this.#over
  }

  nextId(): number {
    return this.#id++
  }

  disconnect(): void {
    this.#over = true
  }

  /** The answer to an SMB1 negotiation; null where the client knows no SMB2. */
  changeOver(dialects: readonly string[]): Buffer | null {
    const reply = changeOver(this, dialects)
    if (reply === null) return null
    const ids = {messageId: 0n, processId: 0, treeId: 0, sessionId: 0n}
    const header = {creditCharge: 0, status: 0, command: COMMAND.NEGOTIATE, credits: 1, flags: 0, ...ids}
    return Buffer.concat([encodeHeader(header), reply.body])
  }

  /** The answer to one message; null where there is none. */
  handle(message: Buffer): Buffer | null {
    return this.#compound(message, null)
  }

  /** The answer to an encrypted message, encrypted. */
  handleSealed(message: Buffer): Buffer | null {
    const logon = this.logons.get(sessionOfSealed(message) ?? -1n)
    const cipher = this.negotiated?.cipher ?? null
    const {incoming = null, outgoing = null} = logon?.keys ?? {}
    const plain = cipher === null || incoming === null ? null : unseal(message, cipher, incoming)
    if (logon === undefined || plain === null || cipher === null || outgoing === null) {
      this.disconnect()
      return null
    }
    const reply = this.#compound(plain, logon)
    if (reply === null) return null
    logon.sealed++
    return seal(reply, cipher, outgoing, logon.id, logon.sealed)
  }

  #compound(message: Buffer, sealer: Logon | null): Buffer | null {
    const chain: Chain = {sessionId: 0n, treeId: 0, fileId: null, status: STATUS.SUCCESS}
    const replies: Outgoing[] = []
    let rest = message
    for (let count = 0; rest.length > 0 && !this.#over; count++) {
      const header = parseHeader(rest)
      const end = header === null ? null : endOf(header, rest)
      if (header === null || end === null || count === MAX_COMPOUND) {
        this.report(malformedEvent(header === null ? 'header' : 'compound', rest, this.connection.limits))
        this.disconnect()
        break
      }
      const reply = this.#one({shared: this, header, message: rest.subarray(0, end), chain}, sealer)
      if (reply !== null) replies.push(reply)
      rest = header.next === 0 ? Buffer.alloc(0) : rest.subarray(end)
    }
    return replies.length === 0 ? null : this.#finish(replies)
  }

  /** One command and its reply, not yet linked to the next one and not yet signed. */
  #one(call: Call, sealer: Logon | null): Outgoing | null {
    if (++this.#commands > this.connection.limits.commands) {
      this.disconnect()
      return null
    }
    const request = inherited(call)
    const {header, chain} = request
    const logon = this.logons.get(header.sessionId)
    const reply = this.#guarded(request, logon, sealer)
    if (reply === null) return null
    chain.status = reply.status
    chain.sessionId = reply.header?.sessionId ?? header.sessionId
    chain.treeId = reply.header?.treeId ?? header.treeId
    const asked = (header.flags & HEADER_FLAG.SIGNED) !== 0 || logon?.mustSign === true
    const signer = reply.signedBy ?? (asked && sealer === null ? logon : undefined)
    return {header, reply, key: signer?.signing ?? null}
  }

  #guarded(call: Call, logon: Logon | undefined, sealer: Logon | null): Reply | null {
    const {header, chain} = call
    if ((header.flags & HEADER_FLAG.RELATED) !== 0 && isError(chain.status)) return fail(chain.status)
    try {
      if (header.command === COMMAND.NEGOTIATE) return negotiate(call)
      if (this.negotiated === null || this.negotiated.dialect === DIALECT.WILDCARD) return this.#tooEarly(call)
      if (header.command === COMMAND.SESSION_SETUP) return this.#setups.run(call)
      if (logon !== undefined && sealer === null && !isRightlySigned(call, logon)) return fail(STATUS.ACCESS_DENIED)
      return commandOf(call, logon)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      this.report(malformedEvent(error.message, call.message, this.connection.limits))
      return fail(STATUS.INVALID_PARAMETER)
    }
  }

  #tooEarly(call: Call): null {
    this.report(malformedEvent('command before negotiation', call.message, this.connection.limits))
    this.disconnect()
    return null
  }

  #finish(replies: readonly Outgoing[]): Buffer {
    const encoded = replies.map((outgoing, index) => this.#encode(outgoing, index === replies.length - 1))
    return Buffer.concat(encoded)
  }

  #encode({header, reply, key}: Outgoing, last: boolean): Buffer {
    const credits = this.#credits.settle(header)
    const echoed = header.flags & (HEADER_FLAG.RELATED | HEADER_FLAG.PRIORITY)
    const flags = echoed | (key === null ? 0 : HEADER_FLAG.SIGNED) | (reply.header?.flags ?? 0)
    const {creditCharge, command, messageId, processId, treeId, sessionId} = header
    const own = {creditCharge, status: reply.status, command, credits, messageId, processId, treeId, sessionId}
    const padding = Buffer.alloc(last ? 0 : (8 - (reply.body.length % 8)) % 8)
    const bytes = Buffer.concat([encodeHeader({...own, ...reply.header, flags}), reply.body, padding])
    if (!last) bytes.writeUInt32LE(bytes.length, NEXT_AT)
    if (key !== null) sign(bytes, key)
    this.#remember(header, bytes, reply)
    return bytes
  }

  /** The preauthentication integrity hash covers the replies as they are sent (§3.3.5.4, §3.3.5.5). */
  #remember(header: RequestHeader, bytes: Buffer, reply: Reply): void {
    if (header.command === COMMAND.SESSION_SETUP && reply.status === STATUS.MORE_PROCESSING_REQUIRED) {
      this.#setups.sent(reply.header?.sessionId ?? 0n, bytes)
    }
    if (header.command === COMMAND.NEGOTIATE && reply.status === STATUS.SUCCESS && this.negotiated !== null) {
      this.negotiated.transcript = extended(this.negotiated.transcript, bytes)
    }
  }
}

/** Where this command of a message ends; null where its link leads nowhere. */
function endOf({next}: RequestHeader, rest: Buffer): number | null {
  if (next === 0) return rest.length
  return next % 8 === 0 && next >= HEADER_SIZE && next < rest.length ? next : null
}

/** A related command goes on in the session and the tree of the one before (§3.3.5.2.7.2). */
function inherited(call: Call): Call {
  const {header, chain} = call
  if ((header.flags & HEADER_FLAG.RELATED) === 0) return call
  const {sessionId, treeId} = chain
  return {...call, header: {...header, sessionId, treeId}}
}

function isRightlySigned({header, message}: Call, logon: Logon): boolean {
  if (logon.signing === null || header.command === COMMAND.CANCEL) return true
  if ((header.flags & HEADER_FLAG.SIGNED) === 0) return !logon.mustSign
  return isSignedRight(message, logon.signing)
}
