/** What comes after the authentication (MS-RDPBCGR §1.3.1.1): channels, the logon, and then no further. */
import type {ServiceEvent} from '../../../events/event.ts'
import type {Limits} from '../../limits.ts'
import {clientEvent, logonEvent} from './evidence.ts'
import type {RdpHost} from './host.ts'
import {errorInfo, parseClientInfo, validClient} from './wire/client-info.ts'
import {buildCreateResponse, parseCreateRequest} from './wire/gcc.ts'
import {
  attachConfirm,
  buildConnectResponse,
  DISCONNECT_ULTIMATUM,
  IO_CHANNEL,
  joinConfirm,
  parseConnectInitial,
  parseDomainPdu,
  sendIndication,
} from './wire/mcs.ts'
import {dataOf, encodeData} from './wire/x224.ts'

export interface ConferenceStep {
  readonly writes: readonly Buffer[]
  readonly events: readonly ServiceEvent[]
  readonly over: boolean
}

const NOTHING: ConferenceStep = {writes: [], events: [], over: false}

export class Conference {
  readonly #host: RdpHost
  readonly #requestedProtocols: number
  readonly #limits: Limits
  /** Null until the client connected: how many channels it has besides that for input and output. */
  #channels: number | null = null

  constructor(host: RdpHost, requestedProtocols: number, limits: Limits) {
    this.#host = host
    this.#requestedProtocols = requestedProtocols
    this.#limits = limits
  }

  /**
   * `tpdu`: one X.224 TPDU.
   *
   * @throws CodecError where it cannot be read.
   */
  step(tpdu: Buffer): ConferenceStep {
    const data = dataOf(tpdu)
    if (this.#channels === null) return this.#connect(data)
    const pdu = parseDomainPdu(data)
    switch (pdu.type) {
      case 'erect':
        return NOTHING
      case 'attach':
        return say(attachConfirm(IO_CHANNEL + 1 + this.#channels))
      case 'join':
        return say(joinConfirm(pdu.user, pdu.channel))
      case 'disconnect':
        return {...NOTHING, over: true}
      case 'data':
        return this.#logon(pdu.data)
    }
  }

  #connect(data: Buffer): ConferenceStep {
    const client = parseCreateRequest(parseConnectInitial(data))
    this.#channels = client.channels.length
    const response = buildCreateResponse({
      version: this.#host.protocolVersion,
      requestedProtocols: this.#requestedProtocols,
      ioChannel: IO_CHANNEL,
      channels: client.channels.map((_, index) => IO_CHANNEL + 1 + index),
    })
    return {...say(buildConnectResponse(response)), events: [clientEvent(client)]}
  }

  #logon(data: Buffer): ConferenceStep {
    const info = parseClientInfo(data)
    const send = (payload: Buffer): Buffer => encodeData(sendIndication(IO_CHANNEL, payload))
    return {
      writes: [send(validClient()), send(errorInfo(this.#host.refusal)), encodeData(DISCONNECT_ULTIMATUM)],
      events: [logonEvent(info, this.#limits)],
      over: true,
    }
  }
}

const say = (pdu: Buffer): ConferenceStep => ({writes: [encodeData(pdu)], events: [], over: false})
