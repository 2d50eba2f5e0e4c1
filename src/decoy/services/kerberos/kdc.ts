/** Answers of the KDC to AS-REQ and TGS-REQ (RFC 4120 §3.1, §3.3; MS-KILE §3.3.5). */
import type {ServiceEvent} from '../../../events/event.ts'
import {type Account, UAC} from '../../active-directory/accounts.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {asReplyLine, preauthLine} from '../../codecs/credentials/kerberos.ts'
import {buildAsReply, parseAsReply} from '../../codecs/kerberos/as-reply.ts'
import {ERROR_CODE, ETYPE, NAME_TYPE} from '../../codecs/kerberos/constants.ts'
import {type Key, randomKey} from '../../codecs/kerberos/encryption.ts'
import {
  encryptedTimestamp,
  type KdcRequest,
  parseKdcRequest,
  ticketGranting,
} from '../../codecs/kerberos/kdc-request.ts'
import {decryptTimestamp} from '../../codecs/kerberos/preauthentication.ts'
import {type EncryptedData, type PrincipalName, principalText} from '../../codecs/kerberos/types.ts'
import type {Connection} from '../../service.ts'
import {attemptEvent, probeEvent, requestEvent} from './evidence.ts'
import {ETYPES, type Realm} from './realm.ts'
import {errorReply, extendedError, failureData, keyInformation, preauthenticationData, STATUS} from './replies.ts'
import {openTicket, sealTicket} from './ticket.ts'

export interface Answer {
  readonly reply: Buffer
  readonly events: readonly ServiceEvent[]
}

/** Not in the codec: of accounts that may log on at some machines only. */
const POLICY = 12
const SKEW_MS = 5 * 60_000
const TICKET_MS = 10 * 3_600_000
const RENEWAL_MS = 7 * 86_400_000
/** TicketFlags and KDCOptions have these in common (RFC 4120 §5.3, §5.4.1). */
const FLAG = {FORWARDABLE: 0x4000_0000, RENEWABLE: 0x0080_0000} as const
const CANONICALIZE = 0x0001_0000
/** Without enc-pa-rep (RFC 6806 §11): a client that sees it wants a checksum over its request. */
const INITIAL = 0x0040_0000
const PRE_AUTHENTICATED = 0x0020_0000

export class Kdc {
  readonly #realm: Realm

  constructor(realm: Realm) {
    this.#realm = realm
  }

  /** Of one message without its framing. Throws CodecError for what is no request. */
  answer(bytes: Buffer, connection: Connection): Answer {
    const request = parseKdcRequest(bytes)
    return request.type === 'as' ? this.#authenticate(request, connection) : this.#grant(request, connection)
  }

  #authenticate(request: KdcRequest, connection: Connection): Answer {
    const {realm, client} = request
    if (!this.#realm.serves(realm)) return this.#error(ERROR_CODE.WRONG_REALM, request, connection)
    const account = client === null ? undefined : this.#realm.client(client)
    if (account === undefined) return this.#unknown(request, connection)
    if ((account.control & UAC.DISABLED) !== 0) {
      return this.#error(ERROR_CODE.CLIENT_REVOKED, request, connection, extendedError(STATUS.ACCOUNT_DISABLED))
    }
    if (request.server !== null && this.#realm.service(request.server) === undefined) {
      return this.#error(ERROR_CODE.SERVER_UNKNOWN, request, connection)
    }
    const etypes = [...new Set(request.etypes.filter((etype) => ETYPES.includes(etype)))]
    const [etype] = etypes
    if (etype === undefined) return this.#error(ERROR_CODE.ETYPE_NOT_SUPPORTED, request, connection)
    const timestamp = encryptedTimestamp(request)
    if (timestamp !== null) return this.#verify(request, account, {timestamp, etypes, etype}, connection)
    if ((account.control & UAC.NO_PREAUTH) !== 0) return this.#bait(request, account, etype, connection)
    const data = preauthenticationData(etypes, this.#realm.salt(account))
    return this.#error(ERROR_CODE.PREAUTH_REQUIRED, request, connection, data)
  }

  /** Somebody who sends a timestamp for a name that does not exist gave a password away all the same. */
  #unknown(request: KdcRequest, connection: Connection): Answer {
    const error = ERROR_CODE.CLIENT_UNKNOWN
    const timestamp = encryptedTimestamp(request)
    if (timestamp === null) return this.#error(error, request, connection)
    const name = request.client === null ? '' : principalText(request.client)
    const hash = preauthLine(name, request.realm.toUpperCase(), timestamp)
    const attempt = attemptEvent(request, {hash, success: false, error, etype: timestamp.etype}, connection.limits)
    return {reply: this.#errorReply(error, request, connection), events: [attempt]}
  }

  #verify(
    request: KdcRequest,
    account: Account,
    {timestamp, etypes, etype}: {timestamp: EncryptedData; etypes: readonly number[]; etype: number},
    connection: Connection,
  ): Answer {
    const hash = preauthLine(account.name, this.#realm.name, timestamp)
    const finish = (error: number, reply: Buffer): Answer => {
      const attempt = {hash, success: error === 0, error, etype: timestamp.etype}
      return {reply, events: [attemptEvent(request, attempt, connection.limits)]}
    }
    const fail = (error: number, data?: Buffer): Answer =>
      finish(error, this.#errorReply(error, request, connection, data))
    const key = ETYPES.includes(timestamp.etype) ? this.#realm.key(account, timestamp.etype) : null
    const time = key === null ? null : timeOf(key, timestamp)
    if (key === null || time === null) {
      return fail(ERROR_CODE.PREAUTH_FAILED, failureData(etypes, this.#realm.salt(account)))
    }
    if (Math.abs(time - connection.now()) > SKEW_MS) return fail(ERROR_CODE.SKEW)
    if (account.kind !== 'honey') return fail(POLICY, extendedError(STATUS.INVALID_WORKSTATION))
    const replyKey = this.#realm.key(account, etype) ?? key
    return finish(0, this.#asReply(request, account, {key: replyKey, flags: INITIAL | PRE_AUTHENTICATED}, connection))
  }

  /** What AS-REP roasting is after; the line is what the intruder will crack. */
  #bait(request: KdcRequest, account: Account, etype: number, connection: Connection): Answer {
    const key = this.#realm.key(account, etype)
    if (key === null) return this.#error(ERROR_CODE.ETYPE_NOT_SUPPORTED, request, connection)
    const reply = this.#asReply(request, account, {key, flags: INITIAL}, connection)
    const hash = asReplyLine(account.name, this.#realm.name, parseAsReply(reply).encrypted)
    const line = hash === null ? {} : {hash}
    return {reply, events: [probeEvent('as-rep-roast', request, {etype, ...line})]}
  }

  #asReply(
    request: KdcRequest,
    account: Account,
    {key, flags}: {readonly key: Key; readonly flags: number},
    connection: Connection,
  ): Buffer {
    const {random, now} = connection
    const {options} = request
    const auth = now()
    const end = Math.min(auth + TICKET_MS, Math.max(request.till, auth))
    const sessionKey = randomKey(key.etype, random)
    const content = {client: account.name, sessionKey, end}
    const reply = {
      realm: this.#realm.name,
      client: clientName(request, account),
      ticket: sealTicket(this.#realm, this.#serverName(request), content, connection),
      ...(key.etype === ETYPE.RC4_HMAC ? {} : {padata: [keyInformation([key.etype], this.#realm.salt(account))]}),
      sessionKey,
      nonce: request.nonce,
      flags: flags | (options & (FLAG.FORWARDABLE | FLAG.RENEWABLE)),
      times: {auth, end, ...((options & FLAG.RENEWABLE) === 0 ? {} : {renewTill: auth + RENEWAL_MS})},
    }
    return buildAsReply(reply, key, random)
  }

  /** The KDC's own name is written as the realm's is; any other as the client wrote it. */
  #serverName({server}: KdcRequest): PrincipalName {
    const granting = server === null || server.parts[0]?.toLowerCase() === 'krbtgt'
    return granting ? {type: server?.type ?? NAME_TYPE.SRV_INST, parts: ['krbtgt', this.#realm.name]} : server
  }

  /** Only honey users have tickets that can be read; everybody else has forged one, or brings one of another domain. */
  #grant(request: KdcRequest, connection: Connection): Answer {
    const {server} = request
    const granting = ticketGranting(request)
    const content = granting === null ? null : openTicket(this.#realm, granting.ticket)
    const service = server === null ? undefined : this.#realm.service(server)
    const by = content === null ? {} : {as: content.client}
    if (service?.kind === 'service' && content !== null) {
      const error = ERROR_CODE.ETYPE_NOT_SUPPORTED
      return {
        reply: this.#errorReply(error, request, connection),
        events: [probeEvent('kerberoast', request, {error, ...by})],
      }
    }
    const known = service !== undefined || content === null
    return this.#error(known ? ERROR_CODE.INTEGRITY : ERROR_CODE.SERVER_UNKNOWN, request, connection)
  }

  #error(code: number, request: KdcRequest, connection: Connection, data?: Buffer): Answer {
    return {reply: this.#errorReply(code, request, connection, data), events: [requestEvent(request, code)]}
  }

  /** The realm is named as it is written; one that is not served, as the client wrote it. */
  #errorReply(code: number, request: KdcRequest, connection: Connection, data?: Buffer): Buffer {
    const realm = this.#realm.serves(request.realm) ? this.#realm.name : request.realm
    return errorReply(code, {realm, server: request.server}, connection, data)
  }
}

/** Names are corrected for those only who ask for it. */
function clientName({client, options}: KdcRequest, {name}: Account): PrincipalName {
  const corrects = client === null || client.type === NAME_TYPE.ENTERPRISE || (options & CANONICALIZE) !== 0
  return corrects ? {type: NAME_TYPE.PRINCIPAL, parts: [name]} : client
}

function timeOf(key: Key, timestamp: EncryptedData): number | null {
  try {
    return decryptTimestamp(key, timestamp)
  } catch (error) {
    if (error instanceof CodecError) return null
    throw error
  }
}
