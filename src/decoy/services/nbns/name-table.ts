/** The names a machine goes by, and how its answers tell them (RFC 1002 §4.2.13, §4.2.18). */
import {type NetbiosName, plainName} from '../../codecs/netbios-name.ts'
import type {OptionValues} from '../../definition.ts'
import {computerName, groupName} from '../../persona/domain.ts'
import type {Persona} from '../../persona.ts'

/** NAME_FLAGS: a group's name or one machine's, and that it is in use. */
const ACTIVE = 0x0400
const GROUP = 0x8000

/** The sixteenth character of a name. */
const KIND = {
  WORKSTATION: 0x00,
  MESSENGER: 0x03,
  SERVER: 0x20,
  DOMAIN: 0x1b,
  CONTROLLERS: 0x1c,
  ELECTION: 0x1e,
} as const

export interface TableEntry {
  readonly name: NetbiosName
  readonly group: boolean
}

export interface NameTable {
  readonly product: 'windows' | 'samba'
  readonly entries: readonly TableEntry[]
  /** Six bytes; zeros where the product does not tell. */
  readonly mac: Buffer
  readonly address: Buffer
}

export function nameTable(persona: Persona, options: OptionValues): NameTable {
  const {os, mac, ip, archetype} = persona.facts
  const own = os === 'windows' || os === 'windows_server' ? 'windows' : 'samba'
  const product = options.product === 'windows' || options.product === 'samba' ? options.product : own
  const group = typeof options.workgroup === 'string' ? options.workgroup.toUpperCase() : groupName(persona)
  const computer = computerName(persona)
  return {
    product,
    entries: product === 'samba' ? sambaNames(computer, group) : windowsNames(computer, group, persona, archetype),
    // nmbd has no card of its own to tell of.
    mac: product === 'samba' ? Buffer.alloc(6) : Buffer.from(mac.replaceAll(':', ''), 'hex'),
    address: Buffer.from(ip.split('.').map(Number)),
  }
}

const single = (name: string, kind: number): TableEntry => ({name: {name, kind}, group: false})
const shared = (name: string, kind: number): TableEntry => ({name: {name, kind}, group: true})

/** In the order in which Windows registers them, which differs from start to start. */
function windowsNames(computer: string, group: string, persona: Persona, archetype: string | null): TableEntry[] {
  const server = single(computer, KIND.SERVER)
  const names = [single(computer, KIND.WORKSTATION), shared(group, KIND.WORKSTATION)]
  if (archetype === 'domain-controller') {
    return [...names, shared(group, KIND.CONTROLLERS), server, single(group, KIND.DOMAIN)]
  }
  const first = persona.pick('netbios registration', [1, 2])
  names.splice(first, 0, server)
  return persona.facts.domain === null ? [...names, shared(group, KIND.ELECTION)] : names
}

function sambaNames(computer: string, group: string): TableEntry[] {
  return [
    single(computer, KIND.WORKSTATION),
    single(computer, KIND.MESSENGER),
    single(computer, KIND.SERVER),
    shared(group, KIND.WORKSTATION),
    shared(group, KIND.ELECTION),
  ]
}

const flagsOf = ({group}: TableEntry): number => ACTIVE | (group ? GROUP : 0)

/** Behind the address of the card: counters, of which all implementations tell zeros. */
const STATISTICS = 40

/** Number of names, names with flags, the card's address, statistics. */
export function statusData({entries, mac}: NameTable): Buffer {
  const names = entries.map((entry) => {
    const flags = Buffer.alloc(2)
    flags.writeUInt16BE(flagsOf(entry))
    return Buffer.concat([plainName(entry.name), flags])
  })
  return Buffer.concat([Buffer.from([names.length]), ...names, mac, Buffer.alloc(STATISTICS)])
}

/** Flags and address; null where the name is not one of ours. */
export function addressData({entries, address}: NameTable, {name, kind}: NetbiosName): Buffer | null {
  const entry = entries.find((each) => each.name.kind === kind && each.name.name === name.toUpperCase())
  if (entry === undefined) return null
  return Buffer.concat([Buffer.from([entry.group ? 0x80 : 0, 0]), address])
}
