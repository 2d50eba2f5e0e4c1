import type {ServiceEvent} from '../../../events/event.ts'
import type {BerReader} from '../../codecs/ber/reader.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import type {OptionValues} from '../../definition.ts'
import type {Persona} from '../../persona.ts'
import type {Connection, CreateService, SelfTest, Service, UdpHandler} from '../../service.ts'
import {respond} from './agent.ts'
import {communityAttempt, malformedEvent, queryEvent, unaskedEvent, type VersionName} from './evidence.ts'
import {type Access, SnmpHost} from './host.ts'
import {type ReadNetwork, systemNetwork} from './mib/network.ts'
import {UsmExchange} from './usm.ts'
import {openMessage, readCommunity, readCommunityPdu, VERSION, writeMessage} from './wire/message.ts'
import {PDU, type Pdu, REQUESTS} from './wire/pdu.ts'
import {NULL} from './wire/values.ts'

type Outcome = ReturnType<UdpHandler['datagram']>

/** Agents send responses of up to a datagram; more than this is of no use but to a flood. */
const MAX_RESPONSE = 8192
/** What a message has beside its list of variables: header, community, identifiers, lengths. */
const OVERHEAD = 64
const USM_OVERHEAD = 192
const SELF_TEST_ID = 0x0dec
const UPTIME = '1.3.6.1.2.1.1.3.0'

export const createService: CreateService = (persona, options): Service => createAgent(persona, options)

/** `network` is what the tables of open ports and neighbours show. */
export function createAgent(persona: Persona, options: OptionValues, network: ReadNetwork = systemNetwork): Service {
  const host = new SnmpHost(persona, options, network)
  const handler: UdpHandler = {datagram: (bytes, connection) => new Exchange(host, bytes, connection).answer()}
  return {udp: () => handler, selfTest: () => selfTest(host)}
}

function selfTest({community}: SnmpHost): SelfTest {
  const varbinds = [{oid: UPTIME, value: NULL}]
  const pdu: Pdu = {type: PDU.GET, requestId: SELF_TEST_ID, first: 0, second: 0, varbinds}
  return {
    send: writeMessage({version: VERSION.V2C, community: Buffer.from(community, 'latin1'), pdu}),
    accepts: (reply) => {
      const {fields} = openMessage(reply)
      readCommunity(fields)
      const answer = readCommunityPdu(fields)
      return answer.type === PDU.RESPONSE && answer.requestId === SELF_TEST_ID && answer.first === 0
    },
  }
}

/** One datagram and its answer. */
class Exchange {
  readonly #host: SnmpHost
  readonly #bytes: Buffer
  readonly #connection: Connection
  readonly #events: ServiceEvent[] = []

  constructor(host: SnmpHost, bytes: Buffer, connection: Connection) {
    this.#host = host
    this.#bytes = bytes
    this.#connection = connection
  }

  answer(): Outcome {
    try {
      const reply = this.#reply()
      return {replies: reply === null ? [] : [reply], events: this.#events}
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      const malformed = malformedEvent(error.message, this.#bytes, this.#connection.limits)
      return {replies: [], events: [...this.#events, malformed]}
    }
  }

  #reply(): Buffer | null {
    const {version, fields} = openMessage(this.#bytes)
    if (version === VERSION.V3) return this.#usm(fields)
    if (version !== VERSION.V1 && version !== VERSION.V2C) throw new CodecError(`version ${version}`)
    const name = version === VERSION.V1 ? 'v1' : 'v2c'
    const community = readCommunity(fields)
    const access = this.#admit(community, name)
    if (access === null) return null
    const pdu = readCommunityPdu(fields)
    const response = this.#serve(pdu, {version, name, access, overhead: OVERHEAD + community.length})
    return response === null ? null : writeMessage({version, community, pdu: response})
  }

  /** A wrong community gets no answer at all (RFC 1157 §4.1.2), whatever comes with it. */
  #admit(community: Buffer, version: VersionName): Access | null {
    const {peer, limits} = this.#connection
    const access = this.#host.access(community)
    if (access === null) this.#events.push(communityAttempt(community, version, 'failure', limits))
    else if (this.#host.sources.isFirstUse(peer.ip, `${version} ${community.toString('latin1')}`)) {
      this.#events.push(communityAttempt(community, version, 'success', limits, access))
    }
    return access
  }

  #usm(fields: BerReader): Buffer | null {
    const {usm, maxMessage, sources} = this.#host
    if (usm === null) throw new CodecError('version 3 to an agent that has none')
    const {ip} = this.#connection.peer
    const facts = {
      ...usm,
      maxMessage,
      isFirstLogin: (user: string) => sources.isFirstUse(ip, `v3 ${user}`),
      serve: (pdu: Pdu) => this.#serve(pdu, {version: VERSION.V3, name: 'v3', access: 'read', overhead: USM_OVERHEAD}),
    }
    const {reply, events} = new UsmExchange(facts, this.#connection, this.#bytes, fields).answer()
    this.#events.unshift(...events)
    return reply
  }

  #serve(
    pdu: Pdu,
    {version, name, access, overhead}: {version: number; name: VersionName; access: Access; overhead: number},
  ): Pdu | null {
    if (!REQUESTS.has(pdu.type)) {
      this.#events.push(unaskedEvent(pdu, name))
      return null
    }
    const {now, proven = false, rehearsal = false} = this.#connection
    const most = proven || rehearsal ? Math.min(this.#host.maxMessage, MAX_RESPONSE) : this.#bytes.length
    const clock = this.#host.clock(now())
    const view = this.#host.view(this.#connection)
    const response = respond(view, {version, pdu, write: access === 'write', clock, room: most - overhead})
    if (!this.#continuesWalk(pdu, response)) {
      this.#events.push(queryEvent({version: name, pdu, status: response?.first ?? null}))
    }
    return response
  }

  #continuesWalk(pdu: Pdu, response: Pdu | null): boolean {
    if (pdu.type !== PDU.GET_NEXT && pdu.type !== PDU.GET_BULK) return false
    const from = pdu.varbinds[0]?.oid
    if (from === undefined) return false
    // Of several columns side by side, the first cell of the last row is where the walk goes on.
    const last = response?.first === 0 ? response.varbinds.at(-pdu.varbinds.length)?.oid : undefined
    const step = {from, to: last ?? null, now: this.#connection.now()}
    return this.#host.sources.continues(this.#connection.peer, step)
  }
}
