/** One connection to the decoy SMB server. */
import {type Action, CLOSE, type Connection, type ProtocolSession, RESET, report, write} from '../../service.ts'
import {malformedEvent, smb1Event} from './evidence.ts'
import {settleAll} from './files/read-close.ts'
import type {SmbHost} from './host.ts'
import {NOT_CALLED, negativeResponse, POSITIVE, parseSessionRequest} from './netbios.ts'
import {Conversation} from './session/conversation.ts'
import {MAX_CREDITS} from './session/credits.ts'
import {encodeFrame, FRAME, type Frame, FrameReader} from './wire/framing.ts'
import {kindOf} from './wire/header.ts'
import {parseSmb1Negotiate, refuseDialects} from './wire/smb1.ts'

const KIB = 1024
/** What a frame is refused by; the rest of it may not have come yet. */
const FRAME_HEADER = 4
/** The largest message of somebody who has not logged in: a token of Kerberos with many groups. */
const STRANGERS_MOST = 68 * KIB
/** What a client's credits pay for, and the header of the message. */
const USERS_MOST = MAX_CREDITS * 64 * KIB + 4 * KIB

export class SmbSession implements ProtocolSession {
  readonly #host: SmbHost
  readonly #connection: Connection
  readonly #frames = new FrameReader()
  readonly #conversation: Conversation
  /** On port 139 of Windows a NetBIOS session comes first; smbd listens on either port to both. */
  #calling: boolean
  #actions: Action[] = []
  #closed = false

  constructor(host: SmbHost, connection: Connection, netbios: boolean) {
    this.#host = host
    this.#connection = connection
    this.#calling = netbios && host.product === 'windows'
    this.#conversation = new Conversation(host, connection, (event) => this.#actions.push(report(event)))
  }

  get authenticated(): boolean {
    return this.#conversation.logons.size > 0
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    this.#frames.feed(bytes)
    while (!this.#closed) {
      const next = this.#frames.next(this.#trusted ? USERS_MOST : STRANGERS_MOST)
      if (next.state === 'more') break
      if (next.state === 'frame') this.#frame(next.frame)
      else this.#drop('frame', this.#frames.rest(FRAME_HEADER))
    }
    return this.#taken()
  }

  end(): Action[] {
    this.#settle()
    if (!this.#closed) this.#close(CLOSE)
    return this.#taken()
  }

  timeout(): Action[] {
    return this.end()
  }

  get #trusted(): boolean {
    return [...this.#conversation.logons.values()].some(({account}) => account.kind === 'user')
  }

  #taken(): Action[] {
    const actions = this.#actions
    this.#actions = []
    return actions
  }

  #frame({type, payload}: Frame): void {
    if (type === FRAME.KEEP_ALIVE) return
    if (type === FRAME.SESSION_REQUEST) this.#call(payload)
    else if (type !== FRAME.MESSAGE) this.#drop('frame type', payload)
    else if (this.#calling) this.#refuseUncalled(payload)
    else this.#message(payload)
  }

  /** RFC 1002 §4.3.2: Windows accepts its own name and `*SMBSERVER` only. */
  #call(payload: Buffer): void {
    const request = parseSessionRequest(payload)
    const refusal = request === null ? null : negativeResponse(this.#host, request)
    if (request !== null && refusal === null) {
      this.#calling = false
      this.#actions.push(write(POSITIVE))
      return
    }
    this.#actions.push(report(malformedEvent('session request', payload, this.#connection.limits)))
    if (refusal !== null) this.#actions.push(write(refusal))
    this.#close(CLOSE)
  }

  #refuseUncalled(payload: Buffer): void {
    this.#actions.push(
      report(malformedEvent('no session request', payload, this.#connection.limits)),
      write(NOT_CALLED),
    )
    this.#close(CLOSE)
  }

  #message(payload: Buffer): void {
    switch (kindOf(payload)) {
      case 'smb2':
        this.#reply(this.#conversation.handle(payload))
        break
      case 'transform':
        this.#reply(this.#conversation.handleSealed(payload))
        break
      case 'smb1':
        this.#smb1(payload)
        break
      default:
        this.#drop('protocol', payload)
    }
    if (this.#conversation.over && !this.#closed) this.#hangUp()
  }

  #reply(bytes: Buffer | null): void {
    if (bytes !== null && !this.#conversation.over) this.#actions.push(write(encodeFrame(bytes)))
  }

  #smb1(payload: Buffer): void {
    const dialects = this.#conversation.negotiated === null ? parseSmb1Negotiate(payload) : null
    if (dialects === null) {
      this.#drop('smb1', payload)
      return
    }
    const reply = this.#conversation.changeOver(dialects)
    this.#actions.push(report(smb1Event(dialects, reply !== null)))
    if (reply !== null) this.#actions.push(write(encodeFrame(reply)))
    else if (this.#host.product === 'windows') this.#hangUp()
    else {
      this.#actions.push(write(encodeFrame(refuseDialects(payload))))
      this.#close(CLOSE)
    }
  }

  #drop(what: string, bytes: Buffer): void {
    this.#actions.push(report(malformedEvent(what, bytes, this.#connection.limits)))
    this.#hangUp()
  }

  /** Windows resets what it does not understand, Samba's process ends and its kernel says goodbye. */
  #hangUp(): void {
    this.#settle()
    this.#close(this.#host.product === 'windows' ? RESET : CLOSE)
  }

  #settle(): void {
    for (const logon of this.#conversation.logons.values()) settleAll(this.#conversation, logon)
  }

  #close(action: Action): void {
    this.#closed = true
    this.#actions.push(action)
  }
}
