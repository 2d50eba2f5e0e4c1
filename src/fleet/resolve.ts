import {AddressPool, type Reservations, refusal} from './allocation.ts'
import type {Archetype, Catalog, OsName, OsProfile} from './catalog.ts'
import type {Decky, DeckyService} from './decky.ts'
import {plausibleSets} from './default-services.ts'
import {Diagnostics} from './diagnostics.ts'
import {DecnetError} from './errors.ts'
import {Derivation, deriveHostname, deriveMac, type Naming} from './identity.ts'
import {formatAddress, parseAddress} from './ipv4.ts'
import type {DeckySpec, FleetSpec} from './spec.ts'
import {archetypeOptions, osOf} from './system.ts'

/** The host name that pins a decky to the machine the CLI manages without enrolment. */
export const LOCAL_HOST = 'local'

/** Everything outside the fleet file that decides what its deckies become. */
export interface ResolveFacts {
  readonly catalog: Catalog
  /** The install's, 32 bytes. */
  readonly secret: Buffer
  readonly reservations: Reservations
  /** Deckies of the state, by name in lower case: what they are is kept where their spec still allows it. */
  readonly existing: ReadonlyMap<string, Decky>
  /** Deckies that stay beside the ones resolved here (additive mode): theirs is taken. */
  readonly staying: readonly Decky[]
}

/**
 * Turns what a fleet file asks for into deckies, in file order. Addresses, MACs and host names are unique among them and
 * those that stay. Throws FLEET_FILE_INVALID with every problem that only the network could show: an address that cannot
 * be used, too few addresses.
 */
export function resolveDeckies(spec: FleetSpec, facts: ResolveFacts): Decky[] {
  return new Resolver(spec, facts).run()
}

class Resolver {
  readonly #spec: FleetSpec
  readonly #facts: ResolveFacts
  readonly #problems = new Diagnostics()
  readonly #addresses: Set<number>
  readonly #macs: Set<string>
  readonly #hostnames: Set<string>
  /** What deckies keep of their known identity, by name in lower case. */
  readonly #kept = new Map<string, {mac?: string; hostname?: string}>()

  constructor(spec: FleetSpec, facts: ResolveFacts) {
    this.#spec = spec
    this.#facts = facts
    this.#addresses = new Set(facts.staying.map((decky) => parseAddress(decky.ip) as number))
    this.#macs = new Set(facts.staying.map((decky) => decky.mac))
    this.#hostnames = new Set(facts.staying.map((decky) => decky.hostname.toLowerCase()))
  }

  run(): Decky[] {
    const addresses = this.#assignAddresses()
    this.#claimFixedIdentities()
    const deckies = this.#spec.deckies.map((decky, index) => this.#resolve(decky, addresses[index] ?? 0))
    if (this.#problems.hasErrors) {
      const {list} = this.#problems
      throw new DecnetError(
        'FLEET_FILE_INVALID',
        `${this.#spec.file} has ${list.length === 1 ? 'a problem' : `${list.length} problems`}`,
        {diagnostics: list},
      )
    }
    return deckies
  }

  /** Explicit addresses first, then what deckies of the state have, then the free ones in order. */
  #assignAddresses(): (number | undefined)[] {
    const assigned = this.#spec.deckies.map((decky) => this.#explicitAddress(decky))
    for (const [index, decky] of this.#spec.deckies.entries()) {
      if (decky.ip === undefined) assigned[index] = this.#keptAddress(decky)
    }
    const pool = new AddressPool(this.#facts.reservations, this.#addresses)
    for (const [index, decky] of this.#spec.deckies.entries()) {
      if (decky.ip !== undefined || assigned[index] !== undefined) continue
      const address = pool.next()
      if (address === undefined) {
        this.#reportExhaustion(decky, index)
        break
      }
      assigned[index] = address
    }
    return assigned
  }

  #explicitAddress(decky: DeckySpec): number | undefined {
    if (decky.ip === undefined) return undefined
    const address = parseAddress(decky.ip)
    if (address === undefined) throw new DecnetError('INTERNAL', `the reader let ${decky.ip} pass as an address`)
    const reason = refusal(address, this.#facts.reservations)
    if (reason !== undefined) {
      this.#problems.error(
        'address-unusable',
        `${decky.name} cannot have ${decky.ip}: it is ${reason}`,
        decky.ipPlace ?? decky.place,
        'choose another address, or leave `ip` out and one is chosen for you',
      )
    }
    this.#addresses.add(address)
    return address
  }

  #keptAddress(decky: DeckySpec): number | undefined {
    const known = this.#facts.existing.get(decky.name.toLowerCase())
    const address = known === undefined ? undefined : parseAddress(known.ip)
    if (address === undefined || this.#addresses.has(address)) return undefined
    if (refusal(address, this.#facts.reservations) !== undefined) return undefined
    this.#addresses.add(address)
    return address
  }

  #reportExhaustion(decky: DeckySpec, index: number): void {
    const missing = this.#spec.deckies.slice(index).filter((other) => other.ip === undefined).length
    const {subnet} = this.#facts.reservations
    this.#problems.error(
      'no-addresses',
      `no free address in ${subnet.cidr} for ${decky.name}${missing > 1 ? ` and ${missing - 1} more` : ''}`,
      decky.place,
      'use a larger `net`, exclude less, or deploy fewer deckies',
    )
  }

  /** What the file fixes and then what the state has is claimed before anything is drawn, whatever the order of sections. */
  #claimFixedIdentities(): void {
    for (const {mac, hostname} of this.#spec.deckies) {
      if (mac !== undefined) this.#macs.add(mac)
      if (hostname !== undefined) this.#hostnames.add(hostname.toLowerCase())
    }
    for (const decky of this.#spec.deckies) {
      const known = this.#facts.existing.get(decky.name.toLowerCase())
      if (known === undefined || known.os !== this.#os(decky)) continue
      this.#kept.set(decky.name.toLowerCase(), {
        ...(decky.mac === undefined && claim(this.#macs, known.mac) ? {mac: known.mac} : {}),
        ...(decky.hostname === undefined && claim(this.#hostnames, known.hostname.toLowerCase())
          ? {hostname: known.hostname}
          : {}),
      })
    }
  }

  #archetype({archetype}: DeckySpec): Archetype | undefined {
    return archetype === undefined ? undefined : this.#facts.catalog.archetypes.get(archetype)
  }

  #os(spec: DeckySpec): OsName {
    return osOf(spec, this.#facts.catalog)
  }

  #resolve(spec: DeckySpec, address: number): Decky {
    const {catalog} = this.#facts
    const archetype = this.#archetype(spec)
    const os = this.#os(spec)
    const distro = this.#distro(spec, os, archetype?.os === os ? archetype.distros : [])
    const services = this.#services(spec, {os, distro}, archetype)
    const kept = this.#kept.get(spec.name.toLowerCase())
    const ouis = (archetype?.os === os ? archetype.ouis : undefined) ?? (catalog.osProfiles.get(os) as OsProfile).ouis
    const mac = spec.mac ?? kept?.mac ?? this.#drawMac(spec.name, ouis)
    const roles = archetype?.roles ?? services.flatMap((service) => catalog.services.get(service.name)?.roles ?? [])
    return {
      name: spec.name,
      ip: formatAddress(address),
      mac,
      hostname:
        spec.hostname ??
        kept?.hostname ??
        this.#drawHostname(spec.name, distro, {
          roles,
          mac,
          ...(archetype?.os === os && archetype.hostnamePatterns !== undefined
            ? {patterns: archetype.hostnamePatterns}
            : {}),
        }),
      os,
      distro,
      archetype: spec.archetype ?? null,
      host: spec.host ?? LOCAL_HOST,
      services,
      customServices: spec.customServices,
      mutateInterval:
        spec.mutateInterval === undefined ? (this.#spec.general.mutateInterval ?? null) : spec.mutateInterval,
    }
  }

  #distro(spec: DeckySpec, os: OsName, preferred: readonly string[]): string {
    if (spec.distro !== undefined) return spec.distro
    const ofOs = [...this.#facts.catalog.distros.values()].filter((distro) => distro.os === os).map(({name}) => name)
    return new Derivation(this.#facts.secret, spec.name, 'distro').pick(preferred.length > 0 ? preferred : ofOs)
  }

  #services(spec: DeckySpec, system: {os: OsName; distro: string}, archetype: Archetype | undefined): DeckyService[] {
    const {catalog} = this.#facts
    const custom = new Set(spec.customServices.map(({name}) => name))
    const names =
      spec.services?.filter((name) => !custom.has(name)) ?? archetype?.services ?? this.#defaultServices(spec, system)
    const defaults = archetypeOptions(spec, catalog)
    return names.map((name) => {
      const options = {...defaults[name], ...spec.options[name]}
      const service = catalog.services.get(name)
      if (service === undefined) throw new DecnetError('INTERNAL', `the reader let ${name} pass as a service`)
      return {name, ports: service.ports(options), options}
    })
  }

  #defaultServices(spec: DeckySpec, {os, distro}: {os: OsName; distro: string}): readonly string[] {
    const sets = plausibleSets(this.#facts.catalog, os, distro)
    return new Derivation(this.#facts.secret, spec.name, 'services').pick(sets)
  }

  #drawMac(name: string, ouis: readonly string[]): string {
    for (let attempt = 0; ; attempt++) {
      const mac = deriveMac(this.#facts.secret, name, ouis, attempt)
      if (claim(this.#macs, mac)) return mac
    }
  }

  #drawHostname(name: string, distroName: string, naming: Naming): string {
    const distro = this.#facts.catalog.distros.get(distroName)
    if (distro === undefined) throw new DecnetError('INTERNAL', `the reader let ${distroName} pass as a distro`)
    for (let attempt = 0; ; attempt++) {
      const hostname = deriveHostname(this.#facts.secret, name, distro, naming, attempt)
      if (claim(this.#hostnames, hostname.toLowerCase())) return hostname
    }
  }
}

/** Whether the value was free; it is taken from now on. */
function claim(taken: Set<string>, value: string): boolean {
  if (taken.has(value)) return false
  taken.add(value)
  return true
}
