import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/rabbitmq/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

export const NOW = Date.parse('2026-03-04T05:06:07.089Z')

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'mq01',
  seed: '66'.repeat(32),
}

export async function rabbitService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

export interface TestClient {
  readonly session: ProtocolSession
  readonly events: ServiceEvent[]
  readonly delays: number[]
  closed: boolean
  send(input: Buffer | string): Buffer
}

export function dial(service: Service, port = 5672): TestClient {
  const handler = service.tcp?.(port)
  if (handler?.kind !== 'protocol') throw new TypeError('rabbitmq is a protocol')
  let drawn = 0
  const session = handler.session({
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: FACTS.ip, port},
    limits: DEFAULT_LIMITS,
    now: () => NOW,
    random: (size) => Buffer.alloc(size, ++drawn),
  })
  const client: TestClient = {
    session,
    events: [],
    delays: [],
    closed: false,
    send: (input) => {
      const bytes = typeof input === 'string' ? Buffer.from(input, 'latin1') : input
      const actions: Action[] = client.closed ? [] : session.feed(bytes)
      client.events.push(...actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])))
      client.delays.push(...actions.flatMap((action) => (action.type === 'delay' ? [action.ms] : [])))
      client.closed ||= actions.some(({type}) => type === 'close' || type === 'reset')
      return Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : [])))
    },
  }
  return client
}

const short = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)])
const long = (bytes: Buffer): Buffer => Buffer.concat([uint32(bytes.length), bytes])
const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export function frame(type: number, channel: number, payload: Buffer): Buffer {
  const head = Buffer.concat([Buffer.from([type, 0, channel]), uint32(payload.length)])
  return Buffer.concat([head, payload, Buffer.from([0xce])])
}

export const method = (channel: number, classId: number, id: number, ...values: Buffer[]): Buffer =>
  frame(1, channel, Buffer.concat([Buffer.from([0, classId, 0, id]), ...values]))

export const HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1')
/** A capability with which a refusal is told. */
const PROPERTIES = Buffer.from(
  '\x0ccapabilitiesF\0\0\0\x1f\x1cauthentication_failure_closet\x01\x07productS\0\0\0\x04test',
  'latin1',
)

export function startOk(response: string, mechanism = 'PLAIN', properties = PROPERTIES): Buffer {
  const values = [long(properties), short(mechanism), long(Buffer.from(response, 'latin1')), short('en_US')]
  return method(0, 10, 11, ...values)
}

export const TUNE_OK = method(0, 10, 31, Buffer.from('07ff000200000000', 'hex'))
export const OPEN = method(0, 10, 40, short('/'), Buffer.from([0, 0]))
export const CHANNEL = method(1, 20, 10, short(''))
export const declare = (queue: string, bits = 0): Buffer =>
  method(1, 50, 10, Buffer.from([0, 0]), short(queue), Buffer.from([bits, 0, 0, 0, 0]))
export const get = (queue: string, noAck = 1): Buffer =>
  method(1, 60, 70, Buffer.from([0, 0]), short(queue), Buffer.from([noAck]))

export function publish(exchange: string, key: string, body: string, bits = 0): Buffer {
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(body.length))
  return Buffer.concat([
    method(1, 60, 40, Buffer.from([0, 0]), short(exchange), short(key), Buffer.from([bits])),
    frame(2, 1, Buffer.concat([Buffer.from([0, 60, 0, 0]), size, Buffer.from([0x10, 0, 2])])),
    frame(3, 1, Buffer.from(body)),
  ])
}

/** A client that is in, with channel 1. */
export function inside(service: Service, login = '\0ops\0hunter2'): TestClient {
  const client = dial(service)
  for (const bytes of [HEADER, startOk(login), TUNE_OK, OPEN, CHANNEL]) client.send(bytes)
  client.events.length = 0
  return client
}
