import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/ipp/server.ts'
import type {IppAttribute} from '../../../../src/decoy/services/ipp/wire/request-reader.ts'
import {RequestReader} from '../../../../src/decoy/services/ipp/wire/request-reader.ts'
import {TAG} from '../../../../src/decoy/services/ipp/wire/tags.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {FACTS, NOW} from '../jetdirect/support.ts'

export const PRINTER_URI = 'ipp://192.168.1.5/ipp/print'
export const LINUX: Partial<PersonaFacts> = {os: 'linux', distro: 'debian', archetype: null, hostname: 'print01'}

export async function ippService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

type Given = readonly [name: string, tag: number, ...values: readonly (string | number | boolean)[]]

const BASE: readonly Given[] = [
  ['attributes-charset', TAG.CHARSET, 'utf-8'],
  ['attributes-natural-language', TAG.LANGUAGE, 'en'],
]

interface Asked {
  readonly operation: number
  readonly id?: number
  readonly version?: readonly [number, number]
  readonly base?: readonly Given[]
  readonly uri?: string | null
  readonly more?: readonly Given[]
  readonly document?: string
}

/** An IPP request as a client writes it. */
export function ippRequest({
  operation,
  id = 1,
  version = [1, 1],
  base = BASE,
  uri = PRINTER_URI,
  more = [],
  document = '',
}: Asked): Buffer {
  const head = Buffer.alloc(9)
  head.writeUInt8(version[0], 0)
  head.writeUInt8(version[1], 1)
  head.writeUInt16BE(operation, 2)
  head.writeInt32BE(id, 4)
  head.writeUInt8(1, 8)
  const target: readonly Given[] = uri === null ? [] : [['printer-uri', TAG.URI, uri]]
  const attributes = [...base, ...target, ...more].flatMap(([name, tag, ...values]) =>
    values.map((value, index) => attribute(tag, index === 0 ? name : '', value)),
  )
  return Buffer.concat([head, ...attributes, Buffer.from([3]), Buffer.from(document, 'latin1')])
}

function attribute(tag: number, name: string, value: string | number | boolean): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.alloc(typeof value === 'number' ? 4 : 1)
  if (typeof value === 'number') bytes.writeInt32BE(value)
  if (typeof value === 'boolean') bytes.writeUInt8(value ? 1 : 0)
  const head = Buffer.alloc(3)
  head.writeUInt8(tag, 0)
  head.writeUInt16BE(name.length, 1)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([head, Buffer.from(name), length, bytes])
}

export const post = (body: Buffer, path = '/ipp/print'): Buffer =>
  Buffer.concat([
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nHost: 192.168.1.5:631\r\nContent-Type: application/ipp\r\nContent-Length: ${body.length}\r\n\r\n`,
    ),
    body,
  ])

export interface Told {
  readonly head: string
  readonly status: number
  readonly attributes: readonly IppAttribute[]
  readonly body: Buffer
  /** Without those of HTTP and without contents. */
  readonly events: readonly ServiceEvent[]
}

/** Sends bytes on a connection of its own; what comes of it. */
export function exchange(service: Service, bytes: Buffer, now = NOW): {reply: Buffer; events: ServiceEvent[]} {
  const handler = service.tcp?.(631)
  if (handler?.kind !== 'protocol') throw new TypeError('ipp is a protocol')
  const session = handler.session({
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: '192.168.1.5', port: 631},
    limits: DEFAULT_LIMITS,
    now: () => now,
    random: (size) => Buffer.alloc(size, 7),
  })
  const actions = [...session.open(), ...session.feed(bytes)]
  return {
    reply: Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : []))),
    events: actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])),
  }
}

export function ask(service: Service, asked: Asked, now = NOW): Told {
  const {reply, events} = exchange(service, post(ippRequest(asked)), now)
  const end = reply.indexOf('\r\n\r\n')
  const body = reply.subarray(end + 4)
  // A response is made as a request is, with a status in the place of the operation.
  const reader = new RequestReader(() => {})
  reader.push(body)
  const {request} = reader
  return {
    head: reply.toString('latin1', 0, end),
    status: request?.operation ?? -1,
    attributes: request?.attributes ?? [],
    body,
    events: events.filter(({event, data}) => event !== 'capture' && data?.method === undefined),
  }
}

export function valuesOf({attributes}: Pick<Told, 'attributes'>, name: string): (string | number)[] {
  const found = attributes.find((attribute) => attribute.name === name)?.values ?? []
  return found.map(({tag, bytes}) =>
    tag === TAG.INTEGER || tag === TAG.ENUM
      ? bytes.readInt32BE(0)
      : tag === TAG.BOOLEAN
        ? bytes.readUInt8(0)
        : bytes.toString('utf8'),
  )
}
