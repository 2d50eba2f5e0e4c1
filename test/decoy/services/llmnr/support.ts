import {address} from '../../../../src/decoy/codecs/dns/records.ts'
import {writeMessage} from '../../../../src/decoy/codecs/dns/writer.ts'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Beacon, Beacons, Connection, Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/llmnr/server.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'
import {read} from '../dns/client.ts'

export const LINUX: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'files01',
  ip: '10.99.0.2',
  mac: '00:15:5d:01:02:03',
}
export const WINDOWS: PersonaFacts = {
  ...LINUX,
  hostname: 'DESKTOP-7Q2K1LM',
  os: 'windows',
  distro: 'windows11',
  domain: 'corp.example',
}
export const NOW = Date.parse('2026-03-04T05:06:07.089Z')
export const POISONER = '10.99.0.66'

export function connection(facts: Partial<Connection> = {}): Connection {
  return {
    peer: {ip: '10.99.0.1', port: 40_000},
    local: {ip: LINUX.ip, port: 5353},
    limits: DEFAULT_LIMITS,
    now: () => NOW,
    random: (size) => Buffer.alloc(size, 7),
    proven: true,
    ...facts,
  }
}

export async function llmnrService(options: OptionValues = {}, facts: PersonaFacts = LINUX): Promise<Service> {
  return createService(new Persona(facts), options)
}

export function ask(service: Service, port: number, bytes: Buffer, facts: Partial<Connection> = {}) {
  const handler = service.udp?.(port)
  if (handler === undefined) throw new TypeError('no UDP port')
  return handler.datagram(bytes, connection(facts))
}

export function beaconsOf(service: Service): Beacons {
  const beacons = service.beacons?.()
  if (beacons === undefined) throw new TypeError('it says nothing by itself')
  return beacons
}

export interface Spoken {
  readonly at: number
  readonly beacon: Beacon
}

/** Lets so many milliseconds pass; what was said in them. */
export function spokenIn(beacons: Beacons, ms: number, from = NOW): Spoken[] {
  const spoken: Spoken[] = []
  for (let at = from; at <= from + ms; ) {
    const {beacons: said, waitMs} = beacons.next(at)
    spoken.push(...said.map((beacon) => ({at, beacon})))
    at += waitMs
  }
  return spoken
}

export const protocolOf = ({to}: Beacon): string =>
  'broadcast' in to ? `nbns ${to.broadcast}` : `${to.address} ${to.port}`

/** What Responder says to a question of LLMNR or mDNS: yes, that is me. */
export function poisoned({bytes}: Beacon, at = POISONER): Buffer {
  const {id, questions} = read(bytes)
  const answers = questions.map(({name}) => address(name, 30, at))
  return writeMessage({id, flags: 0x8400, questions, answers}, {compress: false})
}

/** The same of NetBIOS. */
export function poisonedNbns({bytes}: Beacon, flags = 0x8500): Buffer {
  const header = Buffer.from('000000000000000100000000', 'hex')
  header.writeUInt16BE(bytes.readUInt16BE(0), 0)
  header.writeUInt16BE(flags, 2)
  return Buffer.concat([
    header,
    bytes.subarray(12, 46),
    Buffer.from('0020000100000e1000060000', 'hex'),
    Buffer.from([10, 99, 0, 66]),
  ])
}
