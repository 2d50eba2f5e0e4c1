/** The zones of a small company's name server on Linux: a domain, its usual names and its addresses. */
import {type Name, nameOf} from '../../../codecs/dns/name.ts'
import {address, alias, mailExchange, text} from '../../../codecs/dns/records.ts'
import type {OptionValues} from '../../../definition.ts'
import {lureNames} from '../../../persona/lures.ts'
import type {Persona} from '../../../persona.ts'
import {Zone} from '../zone.ts'
import {extraRecords, type Manner, merged, reverseZone, soaAndServer, type Times} from './own-zone.ts'

/** What administrators copy: the template of Debian, RIPE's recommendation, that of BIND's manual. */
const TIMES: readonly (Times & {readonly ttl: number})[] = [
  {refresh: 604_800, retry: 86_400, expire: 2_419_200, minimum: 604_800, ttl: 604_800},
  {refresh: 86_400, retry: 7200, expire: 3_600_000, minimum: 172_800, ttl: 86_400},
  {refresh: 3600, retry: 900, expire: 1_209_600, minimum: 3600, ttl: 3600},
  {refresh: 43_200, retry: 900, expire: 1_814_400, minimum: 7200, ttl: 86_400},
]
const DAY_MS = 86_400_000

export function companyZones(persona: Persona, domain: string, extra: OptionValues[string] | undefined): Zone[] {
  const origin = nameOf(domain.toLowerCase())
  const {ip} = persona.facts
  const {ttl, ...times} = persona.fleet.pick('dns times', TIMES)
  const host: Name = [persona.hostname.toLowerCase(), ...origin]
  const server: Name = ['ns1', ...origin]
  const manner: Manner = {times, ttl, serial: serialOf(persona), server, mailbox: ['hostmaster', ...origin]}
  const [soa, ns] = soaAndServer(origin, manner)
  const mail: Name = ['mail', ...origin]
  const derived = [
    soa,
    ns,
    mailExchange(origin, ttl, {preference: 10, exchange: mail}),
    text(origin, ttl, ['v=spf1 mx -all']),
    address(origin, ttl, ip),
    address(host, ttl, ip),
    address(server, ttl, ip),
    address(mail, ttl, ip),
    ...['www', ...lureNames(persona)].map((name) => alias([name, ...origin], ttl, host)),
  ]
  const written = extraRecords(extra, origin, ttl)
  const records = merged(derived, written, origin)
  const hosts = [address(host, ttl, ip), ...written]
  return [new Zone(soa, records), reverseZone(ip, hosts, manner)]
}

/** The day of the last change and its number on that day. */
function serialOf(persona: Persona): number {
  const changed = new Date(Date.parse(persona.facts.since) - persona.fleet.integer('dns change', 3, 200) * DAY_MS)
  const day = changed.toISOString().slice(0, 10).replaceAll('-', '')
  return Number(`${day}0${persona.fleet.integer('dns change number', 1, 4)}`)
}
