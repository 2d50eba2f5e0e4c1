/** What a machine says of itself to its link: its name, its address, and what it offers (RFC 6763). */
import {TYPE} from '../../codecs/dns/constants.ts'
import {type Name, nameKey} from '../../codecs/dns/name.ts'
import {address, pointer, type Resource, service, text} from '../../codecs/dns/records.ts'

export interface OwnNames {
  readonly hostname: string
  readonly ip: string
  /** By mDNS: each name of a service with its port. */
  readonly offers: readonly (readonly [service: string, port: number])[]
}

/** Seconds, of what names hosts and of everything else (RFC 6762 §10). */
const HOST_TTL = 120
const OTHER_TTL = 4500
/** What a link-local answer holds (RFC 4795 §2.8). */
const LLMNR_TTL = 30
const LOCAL = 'local'
const KINDS: Name = ['_services', '_dns-sd', '_udp', LOCAL]

const reverse = (ip: string): Name => [...ip.split('.').reverse(), 'in-addr', 'arpa']

/** Of LLMNR, whose names have one label. */
export function linkRecords({hostname, ip}: OwnNames): Resource[] {
  return [address([hostname], LLMNR_TTL, ip), pointer(reverse(ip), LLMNR_TTL, [hostname])]
}

/** Of mDNS; `shared`: others may have the same name, and nobody forgets theirs for ours. */
export function localRecords({
  hostname,
  ip,
  offers,
}: OwnNames): {readonly record: Resource; readonly shared: boolean}[] {
  const host: Name = [hostname, LOCAL]
  const own = (record: Resource) => ({record, shared: false})
  const shared = (record: Resource) => ({record, shared: true})
  const offered = offers.flatMap(([name, port]) => {
    const kind: Name = [`_${name}`, '_tcp', LOCAL]
    const instance: Name = [hostname, ...kind]
    return [
      shared(pointer(kind, OTHER_TTL, instance)),
      own(text(instance, OTHER_TTL, [''])),
      own(compressed(service(instance, HOST_TTL, {priority: 0, weight: 0, port, target: host}))),
      shared(pointer(KINDS, OTHER_TTL, kind)),
    ]
  })
  return [...offered, own(address(host, HOST_TTL, ip)), own(pointer(reverse(ip), HOST_TTL, host))]
}

/** All names may be compressed in mDNS, those of SRV records too (RFC 6762 §18.14). */
function compressed(record: Resource): Resource {
  return {...record, data: record.data.map((part) => (Buffer.isBuffer(part) ? part : {...part, compress: true}))}
}

/** Records of that name and type. */
export function matching<T>(
  all: readonly T[],
  recordOf: (entry: T) => Resource,
  asked: {readonly name: Name; readonly type: number},
): T[] {
  const key = nameKey(asked.name)
  return all.filter((entry) => {
    const {name, type} = recordOf(entry)
    return nameKey(name) === key && (asked.type === TYPE.ANY || asked.type === type)
  })
}
