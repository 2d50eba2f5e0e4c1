/** The zones of a server that knows one domain and the network it stands in. */
import {TYPE} from '../../../codecs/dns/constants.ts'
import {type Name, nameKey, nameOf} from '../../../codecs/dns/name.ts'
import {
  address,
  address6,
  alias,
  authority,
  nameServer,
  pointer,
  type Resource,
  type SoaData,
  text,
} from '../../../codecs/dns/records.ts'
import type {OptionValues} from '../../../definition.ts'
import {Zone} from '../zone.ts'

/** Without names and serial, which zones have of their own. */
export type Times = Pick<SoaData, 'refresh' | 'retry' | 'expire' | 'minimum'>

export interface Manner {
  readonly times: Times
  /** Seconds. */
  readonly ttl: number
  readonly serial: number
  /** The server's own name, absolute. */
  readonly server: Name
  /** Who answers for the zone, as a name. */
  readonly mailbox: Name
}

export function soaAndServer(origin: Name, manner: Manner): [Resource, Resource] {
  const {server, mailbox, serial, times, ttl} = manner
  return [authority(origin, ttl, {primary: server, mailbox, serial, ...times}), nameServer(origin, ttl, server)]
}

/** Records of the fleet file; their names and targets are within the domain unless they end in it. */
export function extraRecords(values: OptionValues[string] | undefined, domain: Name, ttl: number): Resource[] {
  const lines: readonly string[] = Array.isArray(values) ? values : []
  return lines.flatMap((line) => {
    const [, name = '', type = '', value = ''] = /^(\S+)\s+(\S+)\s+(.+)$/.exec(line) ?? []
    const record = RECORD_MAKERS[type]?.(absolute(name, domain), ttl, value, domain)
    return record === undefined ? [] : [record]
  })
}

type MakeExtra = (owner: Name, ttl: number, value: string, domain: Name) => Resource

const RECORD_MAKERS: Readonly<Record<string, MakeExtra>> = {
  A: (owner, ttl, value) => address(owner, ttl, value),
  AAAA: (owner, ttl, value) => address6(owner, ttl, value),
  CNAME: (owner, ttl, value, domain) => alias(owner, ttl, absolute(value, domain)),
  TXT: (owner, ttl, value) => text(owner, ttl, [value.replace(/^"(.*)"$/, '$1')]),
}

function absolute(text: string, domain: Name): Name {
  if (text === '@') return domain
  const name = nameOf(text)
  return text.endsWith('.') || nameKey(name).endsWith(`.${nameKey(domain)}`) ? name : [...name, ...domain]
}

/** What the operator wrote takes the place of what was made up for the same name, the apex excepted. */
export function merged(derived: readonly Resource[], extra: readonly Resource[], domain: Name): Resource[] {
  const written = new Set(extra.map(({name}) => nameKey(name)))
  written.delete(nameKey(domain))
  return [...derived.filter(({name}) => !written.has(nameKey(name))), ...extra]
}

/** Names of the addresses in the server's own network of 256 (RFC 1035 §3.5). */
export function reverseZone(ip: string, hosts: readonly Resource[], manner: Manner): Zone {
  const [a = '', b = '', c = ''] = ip.split('.')
  const origin = [c, b, a, 'in-addr', 'arpa']
  const [soa, server] = soaAndServer(origin, manner)
  const named = new Map<number, Resource>()
  for (const {type, data, name} of hosts) {
    const [bytes] = data
    if (type !== TYPE.A || !Buffer.isBuffer(bytes) || bytes.subarray(0, 3).join('.') !== `${a}.${b}.${c}`) continue
    const last = bytes.readUInt8(3)
    // The first name of an address is its host's own.
    if (!named.has(last)) named.set(last, pointer([String(last), ...origin], manner.ttl, name))
  }
  return new Zone(soa, [soa, server, ...named.values()])
}
