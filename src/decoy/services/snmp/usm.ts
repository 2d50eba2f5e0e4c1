/** Version 3: discovery, reports, and whoever tries to log in (RFC 3414 §3.2, §4). */

import type {CrackableHash, ServiceEvent} from '../../../events/event.ts'
import {BerReader} from '../../codecs/ber/reader.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {snmpV3Hash, snmpV3Line} from '../../codecs/credentials/challenge-response.ts'
import type {Connection} from '../../service.ts'
import {type Engine, USM_STATS} from './engine.ts'
import {discoveryEvent, usmAttempt} from './evidence.ts'
import {digestOf, encrypt, type Privacy, type UsmKey} from './usm-keys.ts'
import type {UsmUsers} from './usm-users.ts'
import {ERROR, PDU, type Pdu, REQUESTS, type VarBind} from './wire/pdu.ts'
import {
  FLAG,
  offsetOf,
  readScopedPdu,
  readUsmMessage,
  type ScopedPdu,
  type UsmMessage,
  writeScopedPdu,
  writeUsmMessage,
} from './wire/usm-message.ts'

export interface UsmFacts {
  readonly engine: Engine
  readonly users: UsmUsers
  readonly maxMessage: number
  /** Whether it is the first time that this user got in from where it is. */
  readonly isFirstLogin: (user: string) => boolean
  /** Serves a request of somebody who may read; null: nothing is answered. */
  readonly serve: (pdu: Pdu) => Pdu | null
}

export interface UsmAnswer {
  readonly reply: Buffer | null
  readonly events: readonly ServiceEvent[]
}

const NOTHING = Buffer.alloc(0)
/** hashcat's and John's lines have a place for the number of the packet in its capture. */
const PACKET = 0

export class UsmExchange {
  readonly #facts: UsmFacts
  readonly #connection: Connection
  readonly #bytes: Buffer
  readonly #message: UsmMessage

  /** `fields`: of the message from behind its version. Throws `CodecError`. */
  constructor(facts: UsmFacts, connection: Connection, bytes: Buffer, fields: BerReader) {
    this.#facts = facts
    this.#connection = connection
    this.#bytes = bytes
    this.#message = readUsmMessage(fields)
  }

  answer(): UsmAnswer {
    const {engine, users} = this.#facts
    const {engineId, user, flags} = this.#message
    if (!engineId.equals(engine.id)) {
      return this.#report(USM_STATS.UNKNOWN_ENGINE, [discoveryEvent(user, this.#connection.limits)])
    }
    const name = user.toString('utf8')
    if (!users.knows(name)) return this.#report(USM_STATS.UNKNOWN_USER, [this.#attempt('failure')])
    if ((flags & FLAG.AUTHENTICATED) === 0) return this.#unauthorized()
    const key = users.authenticate(name, this.#zeroed(), this.#message.authentication)
    if (key === null) return this.#report(USM_STATS.WRONG_DIGEST, [this.#attempt('failure')])
    if (!engine.isInTime(this.#message, this.#connection.now())) {
      return this.#report(USM_STATS.NOT_IN_TIME_WINDOW, [], key)
    }
    return this.#serve(name, key)
  }

  /** The right key, and no privacy or the right one. */
  #serve(name: string, key: UsmKey): UsmAnswer {
    const opened = this.#open(key)
    if (opened === null) return {reply: null, events: [this.#attempt('failure')]}
    const {scoped, privacy} = opened
    const events = this.#facts.isFirstLogin(name) ? [this.#attempt('success')] : []
    const response = this.#facts.serve(scoped.pdu)
    const reply = response === null ? null : this.#sealed({...scoped, pdu: response}, key, privacy)
    return {reply, events}
  }

  #open(key: UsmKey): {scoped: ScopedPdu; privacy: Privacy | null} | null {
    const {scoped, encrypted, boots, time, privacy: salt} = this.#message
    if (scoped !== null) return {scoped, privacy: null}
    const accepts = (plain: Buffer): boolean => readable(plain) !== null
    const opened = this.#facts.users.open(key, {boots, time, salt}, encrypted, accepts)
    const found = opened === null ? null : readable(opened.plain)
    return opened === null || found === null ? null : {scoped: found, privacy: opened.privacy}
  }

  /** A known user without a password may do nothing here, and is told so. */
  #unauthorized(): UsmAnswer {
    const {scoped} = this.#message
    const events = [this.#attempt('failure')]
    if (scoped === null) return {reply: null, events}
    const {requestId, varbinds} = scoped.pdu
    const pdu = {type: PDU.RESPONSE, requestId, first: ERROR.AUTHORIZATION, second: 0, varbinds}
    return {reply: writeUsmMessage({...this.#outgoing(), scoped: {...scoped, pdu}}), events}
  }

  /** Nothing for what wants no answer (RFC 3412 §7.1.3): whoever reports on reports goes in circles. */
  #report(statistic: Parameters<Engine['count']>[0], events: readonly ServiceEvent[], key?: UsmKey): UsmAnswer {
    const {flags, scoped: asked} = this.#message
    const wanted = asked === null ? (flags & FLAG.REPORTABLE) !== 0 : REQUESTS.has(asked.pdu.type)
    if (!wanted) return {reply: null, events}
    const scoped = this.#reportPdu(this.#facts.engine.count(statistic))
    if (key !== undefined) return {reply: this.#sealed(scoped, key, null), events}
    return {reply: writeUsmMessage({...this.#outgoing(), scoped}), events}
  }

  #reportPdu(varbind: VarBind): ScopedPdu {
    const {scoped} = this.#message
    const requestId = scoped?.pdu.requestId ?? 0
    const pdu = {type: PDU.REPORT, requestId, first: 0, second: 0, varbinds: [varbind]}
    return {contextEngineId: this.#facts.engine.id, contextName: scoped?.contextName ?? NOTHING, pdu}
  }

  #outgoing(): Omit<UsmMessage, 'scoped'> {
    const {engine, maxMessage} = this.#facts
    const now = this.#connection.now()
    return {
      messageId: this.#message.messageId,
      maxSize: maxMessage,
      flags: 0,
      engineId: engine.id,
      boots: engine.boots(now),
      time: engine.time(now),
      user: this.#message.user,
      authentication: NOTHING,
      privacy: NOTHING,
      encrypted: NOTHING,
    }
  }

  #sealed(scoped: ScopedPdu, key: UsmKey, privacy: Privacy | null): Buffer {
    const outgoing = this.#outgoing()
    const {boots, time} = outgoing
    const salt = privacy === null ? NOTHING : this.#connection.random(8)
    const encrypted =
      privacy === null ? NOTHING : encrypt({privacy, key: key.key, boots, time, salt}, writeScopedPdu(scoped))
    const digest = Buffer.alloc(this.#message.authentication.length)
    const bytes = writeUsmMessage({
      ...outgoing,
      flags: FLAG.AUTHENTICATED | (privacy === null ? 0 : FLAG.PRIVATE),
      authentication: digest,
      privacy: salt,
      scoped: privacy === null ? scoped : null,
      encrypted,
    })
    return withDigest(bytes, digestOf(key, bytes, digest.length))
  }

  #attempt(outcome: 'success' | 'failure'): ServiceEvent {
    const {user, flags} = this.#message
    const secure = (flags & FLAG.AUTHENTICATED) !== 0
    const level = secure ? ((flags & FLAG.PRIVATE) === 0 ? 'auth' : 'authpriv') : 'noauth'
    return usmAttempt({user, level, outcome, hash: secure ? this.#capture() : null}, this.#connection.limits)
  }

  #capture(): CrackableHash | null {
    const {engineId, authentication} = this.#message
    const hash = snmpV3Hash(authentication.length)
    if (hash === null) return null
    return snmpV3Line({hash, packet: PACKET, message: this.#zeroed(), engineId, digest: authentication})
  }

  /** The message as it was when its digest was made: with zeros in the digest's place. */
  #zeroed(): Buffer {
    const bytes = Buffer.from(this.#bytes)
    const at = offsetOf(this.#bytes, this.#message.authentication)
    return bytes.fill(0, at, at + this.#message.authentication.length)
  }
}

/** Null: not what the right key would give. */
function readable(plain: Buffer): ScopedPdu | null {
  try {
    return readScopedPdu(new BerReader(plain))
  } catch (error) {
    if (error instanceof CodecError) return null
    throw error
  }
}

/** Reading back what was written finds the digest's place, wherever its lengths have put it. */
function withDigest(bytes: Buffer, digest: Buffer): Buffer {
  const fields = new BerReader(bytes).sequence()
  fields.integer()
  const at = offsetOf(bytes, readUsmMessage(fields).authentication)
  digest.copy(bytes, at)
  return bytes
}
