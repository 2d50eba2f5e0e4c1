/**
 * The zones of a domain controller with integrated DNS: what Netlogon registers for clients to find it (MS-ADTS §6.3.2),
 * in a zone of the domain and one of the forest below `_msdcs`.
 */
import {computersOf} from '../../../active-directory/computers.ts'
import {asController} from '../../../active-directory/controller.ts'
import {type Name, nameOf} from '../../../codecs/dns/name.ts'
import {address, alias, nameServer, type Resource, service} from '../../../codecs/dns/records.ts'
import type {OptionValues} from '../../../definition.ts'
import {type Domain, domainOf} from '../../../persona/domain.ts'
import {lureNames} from '../../../persona/lures.ts'
import {domainGuid, personaGuid} from '../../../persona/windows.ts'
import {Persona} from '../../../persona.ts'
import {Zone} from '../zone.ts'
import {extraRecords, type Manner, merged, reverseZone, soaAndServer} from './own-zone.ts'

/** Of what Netlogon registers, and of everything else (the defaults of Windows). */
const NETLOGON_TTL = 600
const HOST_TTL = 3600
const TIMES = {refresh: 900, retry: 600, expire: 86_400, minimum: 3600}

const PORT = {LDAP: 389, KERBEROS: 88, PASSWORD: 464, CATALOG: 3268} as const

type Registered = readonly [name: string, port: number]

const ofDomain = (site: string): readonly Registered[] => [
  ['_ldap._tcp', PORT.LDAP],
  [`_ldap._tcp.${site}._sites`, PORT.LDAP],
  ['_kerberos._tcp', PORT.KERBEROS],
  [`_kerberos._tcp.${site}._sites`, PORT.KERBEROS],
  ['_kerberos._udp', PORT.KERBEROS],
  ['_kpasswd._tcp', PORT.PASSWORD],
  ['_kpasswd._udp', PORT.PASSWORD],
  ['_gc._tcp', PORT.CATALOG],
  [`_gc._tcp.${site}._sites`, PORT.CATALOG],
  ['_ldap._tcp.DomainDnsZones', PORT.LDAP],
  [`_ldap._tcp.${site}._sites.DomainDnsZones`, PORT.LDAP],
  ['_ldap._tcp.ForestDnsZones', PORT.LDAP],
  [`_ldap._tcp.${site}._sites.ForestDnsZones`, PORT.LDAP],
]

const ofForest = (site: string, guid: string): readonly Registered[] => [
  ['_ldap._tcp.dc', PORT.LDAP],
  [`_ldap._tcp.${site}._sites.dc`, PORT.LDAP],
  ['_kerberos._tcp.dc', PORT.KERBEROS],
  [`_kerberos._tcp.${site}._sites.dc`, PORT.KERBEROS],
  ['_ldap._tcp.gc', PORT.CATALOG],
  [`_ldap._tcp.${site}._sites.gc`, PORT.CATALOG],
  ['_ldap._tcp.pdc', PORT.LDAP],
  [`_ldap._tcp.${guid}.domains`, PORT.LDAP],
]

/** `given`: a domain other than the persona's. */
export function directoryZones(
  machine: Persona,
  given: string | null,
  extra: OptionValues[string] | undefined,
): Zone[] {
  const persona = asController(given === null ? machine : new Persona({...machine.facts, domain: given}))
  const domain = domainOf(persona)
  if (domain === null) return []
  const origin = nameOf(domain.dns)
  const forest: Name = ['_msdcs', ...origin]
  const manner = mannerOf(persona, domain)
  const {ip} = persona.facts
  const written = extraRecords(extra, origin, HOST_TTL)
  const [soa, ns] = soaAndServer(origin, manner)
  const derived = [
    soa,
    ns,
    address(origin, NETLOGON_TTL, ip),
    address(manner.server, HOST_TTL, ip),
    nameServer(forest, HOST_TTL, manner.server),
    ...['DomainDnsZones', 'ForestDnsZones'].map((name) => address([name, ...origin], NETLOGON_TTL, ip)),
    ...registered(ofDomain(domain.site), origin, manner.server),
    ...servers(persona).map((name) => address([name, ...origin], HOST_TTL, ip)),
    ...lureNames(persona).map((name) => alias([name, ...origin], HOST_TTL, manner.server)),
  ]
  const hosts = [address(manner.server, HOST_TTL, ip), ...written]
  return [
    new Zone(soa, merged(derived, written, origin)),
    forestZone(persona, domain, forest, manner),
    reverseZone(ip, hosts, manner),
  ]
}

function mannerOf({fleet}: Persona, {dns, controllerFqdn}: Domain): Manner {
  return {
    times: TIMES,
    ttl: HOST_TTL,
    serial: fleet.integer('dns serial', 120, 9800),
    server: nameOf(controllerFqdn),
    mailbox: ['hostmaster', ...nameOf(dns)],
  }
}

function forestZone(persona: Persona, {site}: Domain, origin: Name, manner: Manner): Zone {
  const [soa, ns] = soaAndServer(origin, {...manner, serial: persona.fleet.integer('msdcs serial', 40, 800)})
  return new Zone(soa, [
    soa,
    ns,
    alias([personaGuid(persona, 'ntds settings'), ...origin], NETLOGON_TTL, manner.server),
    address(['gc', ...origin], NETLOGON_TTL, persona.facts.ip),
    ...registered(ofForest(site, domainGuid(persona) ?? ''), origin, manner.server),
  ])
}

function registered(list: readonly Registered[], origin: Name, target: Name): Resource[] {
  return list.map(([name, port]) =>
    service([...nameOf(name), ...origin], NETLOGON_TTL, {priority: 0, weight: 100, port, target}),
  )
}

/** The domain's other servers, as the directory lists them. */
function servers(persona: Persona): string[] {
  const listed = computersOf(persona).filter(({role}) => role !== 'DC' && role !== 'PC')
  return listed.map(({name}) => name.toLowerCase()).filter((name) => name !== persona.hostname.toLowerCase())
}
