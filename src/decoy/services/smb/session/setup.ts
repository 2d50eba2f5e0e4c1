/** SESSION_SETUP and LOGOFF (MS-SMB2 §3.3.5.5, §3.3.5.6). */
import type {Connection} from '../../../service.ts'
import {operationEvent} from '../evidence.ts'
import type {SmbHost} from '../host.ts'
import {extended, sessionKeys} from '../security/keys.ts'
import {DIALECT, SECURITY_MODE, SESSION_FLAG, STATUS} from '../wire/constants.ts'
import {BINDING, encodeSessionSetupReply, parseSessionSetup, type SessionSetup} from '../wire/session-setup.ts'
import {Authentication, type AuthenticationStep} from './authentication.ts'
import {
  answer,
  bodyOf,
  type Call,
  EMPTY_BODY,
  fail,
  type Logon,
  type Reply,
  type SessionCall,
  type Shared,
} from './call.ts'

/** More than any client needs: one for each of its users. */
const MAX_SESSIONS = 16
const LOGOFF_SIZE = 4

/** A session that is being set up. */
interface Pending {
  readonly authentication: Authentication
  /** The preauthentication integrity hash of this setup. */
  transcript: Buffer
}

export class SessionSetups {
  readonly #pending = new Map<bigint, Pending>()
  readonly #shared: Shared

  constructor(shared: Shared) {
    this.#shared = shared
  }

  run(call: Call): Reply {
    const {header, message} = call
    const request = parseSessionSetup(message)
    if ((request.flags & BINDING) !== 0) return fail(STATUS.REQUEST_NOT_ACCEPTED)
    const id = header.sessionId === 0n ? this.#begin() : this.#resume(header.sessionId)
    if (id === null) return fail(STATUS.INSUFFICIENT_RESOURCES)
    const pending = this.#pending.get(id)
    if (pending === undefined) return fail(STATUS.USER_SESSION_DELETED)
    pending.transcript = extended(pending.transcript, message)
    return this.#advance(id, pending, request)
  }

  /** The reply as it is sent is part of what the keys are made of, where there is more to come. */
  sent(sessionId: bigint, reply: Buffer): void {
    const pending = this.#pending.get(sessionId)
    if (pending !== undefined) pending.transcript = extended(pending.transcript, reply)
  }

  /** A session that is there may authenticate anew (§3.3.5.5). */
  #resume(id: bigint): bigint {
    const {host, connection, logons, negotiated} = this.#shared
    if (!this.#pending.has(id) && logons.has(id)) {
      const transcript = negotiated?.transcript ?? Buffer.alloc(0)
      this.#pending.set(id, {authentication: new Authentication(host, connection), transcript})
    }
    return id
  }

  #begin(): bigint | null {
    const {host, connection, logons, negotiated} = this.#shared
    if (this.#pending.size + logons.size >= MAX_SESSIONS) return null
    const id = newSessionId(host, connection, this.#shared.nextId())
    const transcript = negotiated?.transcript ?? Buffer.alloc(0)
    this.#pending.set(id, {authentication: new Authentication(host, connection), transcript})
    return id
  }

  #advance(id: bigint, pending: Pending, request: SessionSetup): Reply {
    let step: AuthenticationStep
    try {
      step = pending.authentication.step(request.token)
    } catch (error) {
      this.#pending.delete(id)
      throw error
    }
    const header = {sessionId: id}
    if (step.type === 'continue') {
      return {status: STATUS.MORE_PROCESSING_REQUIRED, body: encodeSessionSetupReply(0, step.token), header}
    }
    this.#pending.delete(id)
    if (step.attempt !== null) this.#shared.report(step.attempt)
    else this.#shared.report(operationEvent('session-setup', STATUS.LOGON_FAILURE, {what: 'no-ntlm'}))
    if (step.type === 'refused') {
      this.#shared.logons.delete(id)
      return {...fail(step.status), header}
    }
    return this.#accept(id, pending.transcript, request, step)
  }

  #accept(
    id: bigint,
    transcript: Buffer,
    request: SessionSetup,
    {account, key, token}: Extract<AuthenticationStep, {type: 'accepted'}>,
  ): Reply {
    const {negotiated, logons, host} = this.#shared
    const dialect = negotiated?.dialect ?? DIALECT.SMB_2_0_2
    const keys = key === null ? null : sessionKeys(dialect, key, transcript)
    const asked = (request.securityMode & SECURITY_MODE.SIGNING_REQUIRED) !== 0
    const logon: Logon = {
      id,
      account,
      keys,
      signing: keys === null ? null : {algorithm: negotiated?.signing ?? 0, key: keys.signing},
      mustSign: keys !== null && (asked || host.requiresSigning),
      trees: new Map(),
      opens: new Map(),
      sealed: 0n,
    }
    // It keeps what it has open, and the keys of its first time.
    if (!logons.has(id)) logons.set(id, logon)
    // Samba maps anonymous callers to its guest, and says so.
    const anonymous = host.product === 'samba' ? SESSION_FLAG.GUEST : SESSION_FLAG.NULL
    const flags = {user: 0, guest: SESSION_FLAG.GUEST, anonymous}[account.kind]
    const reply = {...answer(encodeSessionSetupReply(flags, token)), header: {sessionId: id}}
    const signs = logon.mustSign || dialect >= DIALECT.SMB_3_0
    return signs && keys !== null ? {...reply, signedBy: logons.get(id) ?? logon} : reply
  }
}

/** Windows numbers its sessions in a table's rows; Samba draws 32 bits. */
function newSessionId(host: SmbHost, {random}: Connection, count: number): bigint {
  const drawn = random(4).readUInt32LE(0)
  if (host.product === 'samba') return BigInt(drawn === 0 ? count : drawn)
  return (BigInt(drawn & 0xfc00) << 32n) | BigInt(((drawn >>> 16) & 0x3c) * 4 + 4 * count + 1)
}

export function logoff(call: SessionCall): Reply {
  bodyOf(call, LOGOFF_SIZE)
  call.shared.logons.delete(call.logon.id)
  return answer(EMPTY_BODY)
}
