/** What a name server is authoritative for, and what it finds there (RFC 1034 §4.3.2). */
import {CLASS, TYPE} from '../../codecs/dns/constants.ts'
import {isWithin, type Name, nameKey} from '../../codecs/dns/name.ts'
import type {Resource} from '../../codecs/dns/records.ts'

export class Zone {
  readonly origin: Name
  readonly class: number
  /** In the order of their making. */
  readonly records: readonly Resource[]
  readonly soa: Resource
  readonly #byName: ReadonlyMap<string, readonly Resource[]>
  /** Names that have no records but others below them (RFC 8020). */
  readonly #nodes = new Set<string>()

  /** The SOA is one of the records. */
  constructor(soa: Resource, records: readonly Resource[]) {
    const origin = soa.name
    this.origin = origin
    this.class = soa.class
    this.records = records
    this.soa = soa
    this.#byName = Map.groupBy(records, ({name}) => nameKey(name))
    for (const {name} of records) {
      for (let depth = 0; depth <= name.length - origin.length; depth++) this.#nodes.add(nameKey(name.slice(depth)))
    }
  }

  covers(name: Name): boolean {
    return isWithin(name, this.origin)
  }

  exists(name: Name): boolean {
    return this.#nodes.has(nameKey(name))
  }

  at(name: Name, type: number): readonly Resource[] {
    const all = this.#byName.get(nameKey(name)) ?? []
    return type === TYPE.ANY ? all : all.filter((record) => record.type === type)
  }
}

export interface Found {
  readonly answers: readonly Resource[]
  /** Where the search ended. */
  readonly zone: Zone
  readonly outcome: 'found' | 'no-data' | 'no-name'
}

/** Aliases that are followed; a loop of them ends there. */
const MAX_ALIASES = 8

/** Null: the name is in none of the zones. */
export function find(
  zones: readonly Zone[],
  asked: {readonly name: Name; readonly type: number; readonly class: number},
): Found | null {
  const answers: Resource[] = []
  let {name} = asked
  let zone = zoneOf(zones, name, asked.class)
  if (zone === null) return null
  for (let followed = 0; followed < MAX_ALIASES; followed++) {
    const here = zone.at(name, asked.type)
    if (here.length > 0) return {answers: [...answers, ...here], zone, outcome: 'found'}
    const [link] = zone.at(name, TYPE.CNAME)
    const target = link?.data[0]
    if (link === undefined || target === undefined || Buffer.isBuffer(target)) {
      return {answers, zone, outcome: zone.exists(name) ? 'no-data' : 'no-name'}
    }
    answers.push(link)
    name = target.name
    const next = zoneOf(zones, name, asked.class)
    if (next === null) break
    zone = next
  }
  return {answers, zone, outcome: 'found'}
}

/** The innermost zone that has the name. */
export function zoneOf(zones: readonly Zone[], name: Name, zoneClass: number): Zone | null {
  const covering = zones.filter((zone) => zone.class === zoneClass && zone.covers(name))
  return covering.reduce<Zone | null>(
    (best, zone) => (best === null || zone.origin.length > best.origin.length ? zone : best),
    null,
  )
}

const TARGET_TYPES: ReadonlySet<number> = new Set([TYPE.NS, TYPE.MX, TYPE.SRV])

/** Addresses of the hosts that these records name, which spare the client a question. */
export function addressesFor(zones: readonly Zone[], records: readonly Resource[]): Resource[] {
  const found = new Map<string, readonly Resource[]>()
  for (const {type, data} of records) {
    if (!TARGET_TYPES.has(type)) continue
    for (const part of data) {
      if (Buffer.isBuffer(part)) continue
      const zone = zoneOf(zones, part.name, CLASS.IN)
      const addresses = [TYPE.A, TYPE.AAAA].flatMap((each) => zone?.at(part.name, each) ?? [])
      found.set(nameKey(part.name), addresses)
    }
  }
  return [...found.values()].flat()
}

/** A whole zone as a transfer tells it: the SOA, all else in canonical order (RFC 4034 §6.1), and the SOA again. */
export function transferOf({soa, records}: Zone): Resource[] {
  const rest = records.filter((record) => record !== soa)
  const key = ({name}: Resource): string =>
    name
      .map((label) => label.toLowerCase())
      .reverse()
      .join('\0')
  const sorted = rest.map((record) => [key(record), record] as const).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return [soa, ...sorted.map(([, record]) => record), soa]
}
