import {distroOfScan, osOfScan, type ScannedSystem, serviceOfPort} from '../../catalog/scan-mapping.ts'
import type {Archetype, Catalog, Options, OsName} from '../../fleet/catalog.ts'
import {portName} from '../../fleet/custom-section.ts'
import type {FoundHost} from './scan-report.ts'

/** A machine of the scan in the words of the catalogue. */
export interface Profile {
  readonly os: OsName
  readonly distro?: string
  readonly archetype?: string
  /** Never empty, none clashing. */
  readonly services: readonly string[]
  readonly options: Readonly<Record<string, Options>>
  /** Open ports that no service of the catalogue answers on, as `8009/tcp ajp13`. */
  readonly missing: readonly string[]
}

/** More of both service lists must be the same for a machine to count as one of an archetype. */
const ALIKE = 0.5

/** What can be imitated of a host; undefined: no open port is one of a service that exists. */
export function profileOf(host: FoundHost, catalog: Catalog): Profile | undefined {
  const system = systemOf(host)
  const os = osOfScan(system)
  const {services, options, missing} = servicesOf(host, catalog)
  if (services.length === 0) return undefined
  const distro = distroOfScan(system.words)
  const fits = distro !== undefined && catalog.distros.get(distro)?.os === os
  const archetype = archetypeOf(services, os, catalog)
  return {
    os,
    services,
    options,
    missing,
    ...(fits ? {distro} : {}),
    ...(archetype === undefined ? {} : {archetype: archetype.name}),
  }
}

function systemOf({system, vendor, ports}: FoundHost): ScannedSystem {
  return {
    family: system.family,
    vendor: system.vendor,
    device: system.device,
    words: [system.name, vendor, ...ports.map(({words}) => words)].join(' | '),
    ports: new Set(ports.map(portName)),
  }
}

function servicesOf(host: FoundHost, catalog: Catalog): Pick<Profile, 'services' | 'options' | 'missing'> {
  const options: Record<string, Options> = {}
  const services: string[] = []
  const missing: string[] = []
  const taken = new Set<string>()
  for (const found of host.ports.toSorted((a, b) => a.port - b.port)) {
    const name = serviceOfPort(found)
    const service = name === undefined ? undefined : catalog.services.get(name)
    if (service === undefined) {
      missing.push(`${portName(found)}${found.service === '' ? '' : ` ${found.service}`}`)
      continue
    }
    if (services.includes(service.name)) continue
    const moved = movedTo(
      found.port,
      service.ports({}).map(({port}) => port),
      service.optionNames,
    )
    const ports = service.ports(moved).map(portName)
    if (ports.some((port) => taken.has(port))) continue
    for (const port of ports) taken.add(port)
    services.push(service.name)
    if (Object.keys(moved).length > 0) options[service.name] = moved
  }
  return {services, options, missing}
}

/** The option that puts a service on the port where it was found, if it has one and is not there anyway. */
function movedTo(port: number, usual: readonly number[], optionNames: readonly string[]): Options {
  return usual.includes(port) || usual.length !== 1 || !optionNames.includes('port') ? {} : {port}
}

function archetypeOf(services: readonly string[], os: OsName, catalog: Catalog): Archetype | undefined {
  const scored = [...catalog.archetypes.values()]
    .filter((archetype) => archetype.os === os)
    .map((archetype) => ({archetype, score: likeness(services, archetype.services)}))
    .toSorted((a, b) => b.score - a.score)
  const [best] = scored
  return best !== undefined && best.score > ALIKE ? best.archetype : undefined
}

/** The share of all their services that both have. */
function likeness(a: readonly string[], b: readonly string[]): number {
  const both = a.filter((name) => b.includes(name)).length
  return both / (a.length + b.length - both)
}
