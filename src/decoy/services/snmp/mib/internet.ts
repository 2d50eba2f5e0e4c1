/** The groups of IP, ICMP, TCP, UDP (RFC 4293, RFC 4022, RFC 4113; their tables for IPv4) and of SNMP (RFC 3418). */
import type {Persona} from '../../../persona.ts'
import {address, gauge32, integer, objectId, octets} from '../wire/values.ts'
import type {Cell, MibBuilder} from './builder.ts'
import {asCounter32, counts, ZERO} from './counting.ts'
import type {NetworkState} from './network.ts'

export interface StackFacts {
  /** 1 forwarding, 2 not. */
  readonly forwarding: 1 | 2
  readonly ttl: number
  /** Of the interface with the machine's address. */
  readonly interfaceNumber: number
  /** Of the loopback interface, where it is one of the interfaces. */
  readonly loopback?: number
  /** RtoAlgorithm, its least and its most in ms, and the most connections; -1: no fixed number. */
  readonly retransmission: readonly [algorithm: number, least: number, most: number, connections: number]
}

const MASK = '255.255.255.0'
const sameNet = (one: string, other: string): boolean =>
  one.slice(0, one.lastIndexOf('.')) === other.slice(0, other.lastIndexOf('.'))
const inNet = (ip: string, host: number): string => `${ip.slice(0, ip.lastIndexOf('.'))}.${host}`

export function internet(mib: MibBuilder, persona: Persona, facts: StackFacts): void {
  ip(mib, persona, facts)
  icmp(mib, persona)
  const counter = (purpose: string, perSecond: number): Cell => asCounter32(counts(persona, purpose, perSecond))
  const [algorithm, least, most, connections] = facts.retransmission
  mib.scalars('1.3.6.1.2.1.6', {
    1: integer(algorithm),
    2: integer(least),
    3: integer(most),
    4: integer(connections),
    5: counter('tcp active', 0.02),
    6: counter('tcp passive', 0.05),
    7: counter('tcp failed', 0.002),
    8: counter('tcp resets', 0.003),
    9: gauge32(persona.integer('tcp established', 1, 6)),
    10: counter('tcp in', 11),
    11: counter('tcp out', 9),
    12: counter('tcp again', 0.01),
    14: ZERO,
    15: counter('tcp rst', 0.01),
  })
  mib.scalars('1.3.6.1.2.1.7', {
    1: counter('udp in', 1.4),
    2: counter('udp no port', 0.02),
    3: ZERO,
    4: counter('udp out', 1.1),
  })
}

function ip(mib: MibBuilder, persona: Persona, {forwarding, ttl, interfaceNumber, loopback}: StackFacts): void {
  const own = persona.facts.ip
  const received = asCounter32(counts(persona, 'ip in', 13))
  mib.scalars('1.3.6.1.2.1.4', {
    1: integer(forwarding),
    2: integer(ttl),
    3: received,
    4: ZERO,
    5: ZERO,
    6: ZERO,
    7: ZERO,
    8: ZERO,
    9: received,
    10: asCounter32(counts(persona, 'ip out', 11)),
    11: ZERO,
    12: ZERO,
    13: integer(30),
    14: ZERO,
    15: ZERO,
    16: ZERO,
    17: ZERO,
    18: ZERO,
    19: ZERO,
    23: ZERO,
  })
  addressesAndRoutes(mib, own, interfaceNumber, loopback)
}

function addressesAndRoutes(mib: MibBuilder, own: string, interfaceNumber: number, loopback: number | undefined): void {
  const addresses = [
    {index: own, number: interfaceNumber, mask: MASK, broadcast: 1},
    ...(loopback === undefined ? [] : [{index: '127.0.0.1', number: loopback, mask: '255.0.0.0', broadcast: 0}]),
  ]
  mib.table('1.3.6.1.2.1.4.20.1', addresses, {
    1: ({index}) => address(index),
    2: ({number}) => integer(number),
    3: ({mask}) => address(mask),
    4: ({broadcast}) => integer(broadcast),
  })
  const routes = [
    {index: '0.0.0.0', metric: 1, hop: inNet(own, 1), type: 4, mask: '0.0.0.0'},
    {index: inNet(own, 0), metric: 0, hop: '0.0.0.0', type: 3, mask: MASK},
  ]
  mib.table('1.3.6.1.2.1.4.21.1', routes, {
    1: ({index}) => address(index),
    2: () => integer(interfaceNumber),
    3: ({metric}) => integer(metric),
    7: ({hop}) => address(hop),
    8: ({type}) => integer(type),
    9: () => integer(2),
    11: ({mask}) => address(mask),
    13: () => objectId('0.0'),
  })
}

/** Messages, errors, then one counter for each kind; of these an ordinary machine sees echoes and what is unreachable. */
function icmp(mib: MibBuilder, persona: Persona): void {
  const seen: Readonly<Record<number, number>> = {1: 0.02, 3: 0.005, 8: 0.015, 14: 0.02, 16: 0.005, 22: 0.015}
  const cells = Array.from({length: 26}, (_, at) => {
    const rate = seen[at + 1]
    return [at + 1, rate === undefined ? ZERO : asCounter32(counts(persona, `icmp ${at + 1}`, rate))] as const
  })
  mib.scalars('1.3.6.1.2.1.5', Object.fromEntries(cells))
}

/** What changes with the network around the machine. `offset` is how far the ports are moved from where they belong. */
export function liveTables(
  mib: MibBuilder,
  own: string,
  {ports, neighbours}: NetworkState,
  {interfaceNumber, offset}: {readonly interfaceNumber: number; readonly offset: number},
): void {
  const numbers = (wanted: 'tcp' | 'udp'): number[] =>
    [...new Set(ports.flatMap(({protocol, port}) => (protocol === wanted ? [port - offset] : [])))].filter(
      (port) => port > 0,
    )
  const listening = numbers('tcp').map((port) => ({index: `0.0.0.0.${port}.0.0.0.0.0`, port}))
  mib.table('1.3.6.1.2.1.6.13.1', listening, {
    1: () => integer(2),
    2: () => address('0.0.0.0'),
    3: ({port}) => integer(port),
    4: () => address('0.0.0.0'),
    5: () => integer(0),
  })
  const open = numbers('udp').map((port) => ({index: `0.0.0.0.${port}`, port}))
  mib.table('1.3.6.1.2.1.7.5.1', open, {1: () => address('0.0.0.0'), 2: ({port}) => integer(port)})
  const near = neighbours
    .filter(({ip}) => sameNet(ip, own))
    .map((neighbour) => ({...neighbour, index: `${interfaceNumber}.${neighbour.ip}`}))
  mib.table('1.3.6.1.2.1.4.22.1', near, {
    1: () => integer(interfaceNumber),
    2: ({mac}) => octets(mac),
    3: ({ip}) => address(ip),
    4: () => integer(3),
  })
}

/** Packets that came and went, by kind: an agent that is polled now and then. */
export function snmpGroup(mib: MibBuilder, persona: Persona): void {
  const rates: Readonly<Record<number, number>> = {1: 0.05, 2: 0.05, 4: 0.0003, 13: 0.04, 15: 0.01, 16: 0.009, 28: 0.05}
  const arcs = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 24, 25, 26, 27, 28, 29]
  for (const arc of arcs) {
    const rate = rates[arc]
    const cell = rate === undefined ? ZERO : asCounter32(counts(persona, `snmp ${arc}`, rate))
    mib.scalar(`1.3.6.1.2.1.11.${arc}`, cell)
  }
  mib.scalar('1.3.6.1.2.1.11.30', integer(2), {writable: true})
}
