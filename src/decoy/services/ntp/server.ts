import type {ServiceEvent} from '../../../events/event.ts'
import type {Connection, CreateService, SelfTest, Service, UdpHandler} from '../../service.ts'
import {NtpClock} from './clock.ts'
import {controlEvent, malformedEvent, roastingEvent, timeEvent, unaskedEvent} from './evidence.ts'
import {MODE, PACKET_SIZE, type Request, readRequest, timestamp, writeReply} from './packet.ts'
import {isSigned, type NtpServer, serverOf} from './products.ts'

type Outcome = ReturnType<UdpHandler['datagram']>

interface Host {
  readonly server: NtpServer
  readonly clock: NtpClock
}

/** A client's question in version 4. */
const SELF_TEST_REQUEST = Buffer.concat([Buffer.from([0x23]), Buffer.alloc(PACKET_SIZE - 1)])
const SELF_TEST: SelfTest = {
  send: SELF_TEST_REQUEST,
  accepts: (reply) => reply.length === PACKET_SIZE && (reply.readUInt8(0) & 7) === MODE.SERVER,
}
/** The least that has an operation in it. */
const LEAST_CONTROL = 2
const FRACTION_OCTETS = 4

export const createService: CreateService = (persona, options): Service => {
  const server = serverOf(persona, options)
  const host = {server, clock: new NtpClock(persona, server, options)}
  const handler: UdpHandler = {datagram: (bytes, connection) => answer(host, bytes, connection)}
  return {udp: () => handler, selfTest: () => SELF_TEST}
}

const silent = (event: ServiceEvent): Outcome => ({replies: [], events: [event]})

function answer(host: Host, bytes: Buffer, connection: Connection): Outcome {
  const {limits} = connection
  const mode = (bytes[0] ?? 0) & 7
  const control = mode === MODE.CONTROL || mode === MODE.PRIVATE
  if (control && bytes.length >= LEAST_CONTROL) return silent(controlEvent(bytes, limits))
  const request = readRequest(bytes)
  if (request === null || control) return silent(malformedEvent(bytes, limits))
  return timeFor(host, request, bytes, connection)
}

function timeFor({server, clock}: Host, request: Request, bytes: Buffer, connection: Connection): Outcome {
  const version = server.version(request.version)
  const mode = server.answers(request.mode)
  if (request.mode !== MODE.CLIENT && request.mode !== MODE.ACTIVE) return silent(unaskedEvent(request))
  if (version === null) return silent(malformedEvent(bytes, connection.limits))
  if (isSigned(request) && server.name === 'w32time') return silent(roastingEvent(request))
  const tail = tailFor(server, request)
  if (mode === null || tail === null) return silent(timeEvent(request, false))
  const now = connection.now()
  const [received, sent] = arrival(connection.random(FRACTION_OCTETS))
  const reply = writeReply({
    version,
    mode,
    stratum: clock.stratum,
    poll: server.poll(request.poll),
    precision: clock.precision,
    rootDelay: clock.rootDelay,
    rootDispersion: clock.dispersion(now),
    referenceId: clock.referenceId,
    reference: clock.lastSet(now),
    origin: request.transmit,
    receive: timestamp(now, received),
    transmit: timestamp(now, sent),
  })
  return {replies: [Buffer.concat([reply, tail])], events: [timeEvent(request, true)]}
}

/** What follows the packet; null: whoever adds that gets no answer. */
function tailFor({unknownKey}: NtpServer, request: Request): Buffer | null {
  if (request.extra.length === 0) return Buffer.alloc(0)
  return isSigned(request) ? unknownKey : null
}

/** Fractions of the millisecond for coming and going: some tens of microseconds lie between them. */
function arrival(noise: Buffer): [received: Buffer, sent: Buffer] {
  const [received, sent] = [Buffer.from(noise), Buffer.alloc(noise.length)]
  received.writeUInt32BE(Math.floor(received.readUInt32BE(0) * 0.9), 0)
  sent.writeUInt32BE(received.readUInt32BE(0) + (noise.readUInt16BE(2) << 11) + 0x0100_0000, 0)
  return [received, sent]
}
