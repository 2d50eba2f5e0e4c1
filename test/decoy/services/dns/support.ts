import {nameOf} from '../../../../src/decoy/codecs/dns/name.ts'
import {
  address,
  alias,
  authority,
  mailExchange,
  nameServer,
  pointer,
  service,
  text,
} from '../../../../src/decoy/codecs/dns/records.ts'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Connection, Service} from '../../../../src/decoy/service.ts'
import {NameServer, type NameServerFacts} from '../../../../src/decoy/services/dns/name-server.ts'
import {bind} from '../../../../src/decoy/services/dns/products/bind.ts'
import {createService} from '../../../../src/decoy/services/dns/server.ts'
import {QueryWatch} from '../../../../src/decoy/services/dns/watch.ts'
import {Zone} from '../../../../src/decoy/services/dns/zone.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'
import {read} from './client.ts'

export const LINUX: PersonaFacts = {
  ...DEBIAN_MACHINE,
  domain: 'corp.example',
  seed: '22'.repeat(32),
  fleet: {seed: '33'.repeat(32), site: 'ber', controller: 'BER-DC01'},
}
export const CONTROLLER: PersonaFacts = {
  ...LINUX,
  hostname: 'BER-DC01',
  os: 'windows_server',
  distro: 'windows2022',
  archetype: 'domain-controller',
}
export const NOW = Date.parse('2026-03-04T05:06:07.089Z')

export function connection(facts: Partial<Connection> = {}): Connection {
  return {
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: LINUX.ip, port: 53},
    limits: DEFAULT_LIMITS,
    now: () => NOW,
    random: (size) => Buffer.alloc(size),
    proven: true,
    ...facts,
  }
}

export async function dnsService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...LINUX, ...facts}), options)
}

export const controller = (options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> =>
  dnsService(options, {...CONTROLLER, ...facts})

/** One datagram to a service and what comes of it. */
export function ask(service: Service, bytes: Buffer, facts: Partial<Connection> = {}) {
  const handler = service.udp?.(53)
  if (handler === undefined) throw new TypeError('no UDP port')
  return handler.datagram(bytes, connection(facts))
}

export function answerTo(service: Service, bytes: Buffer, facts: Partial<Connection> = {}) {
  return read(ask(service, bytes, facts).replies[0])
}

export const named = (events: readonly ServiceEvent[], name: string): ServiceEvent[] =>
  events.filter(({event}) => event === name)

/** BIND with the zones that the golden answers were recorded from. */
export function recordedBind(facts: Partial<NameServerFacts> = {}, options: OptionValues = {}): NameServer {
  const version = '9.18.49-1~deb12u3-Debian'
  const product = bind(new Persona(LINUX), {bind_version: version, ...options})
  const watch = new QueryWatch()
  return new NameServer({product, zones: ZONES, transfer: true, cookieKey: Buffer.alloc(32), watch, ...facts})
}

const ttl = 86_400
const host = (name: string) => nameOf(`${name}.corp.example`)
const origin = nameOf('corp.example')
const times = {serial: 2_025_110_301, refresh: 3600, retry: 900, expire: 1_209_600, minimum: 3600}
const names = {primary: host('ns1'), mailbox: host('hostmaster')}
const soa = authority(origin, ttl, {...names, ...times})
const network = nameOf('1.168.192.in-addr.arpa')
const reverse = authority(network, ttl, {...names, ...times})

const ZONES = [
  new Zone(soa, [
    soa,
    nameServer(origin, ttl, host('ns1')),
    mailExchange(origin, ttl, {preference: 10, exchange: host('mail')}),
    text(origin, ttl, ['v=spf1 mx -all']),
    address(origin, ttl, '192.168.1.5'),
    address(host('ns1'), ttl, '192.168.1.5'),
    address(host('mail'), ttl, '192.168.1.5'),
    address(host('www'), ttl, '192.168.1.5'),
    alias(host('intranet'), ttl, host('www')),
    address(host('vpn'), ttl, '192.168.1.9'),
    service(host('_sip._tcp'), ttl, {priority: 0, weight: 5, port: 5060, target: host('www')}),
  ]),
  new Zone(reverse, [
    reverse,
    nameServer(network, ttl, host('ns1')),
    pointer(nameOf('5.1.168.192.in-addr.arpa'), ttl, host('ns1')),
  ]),
]
