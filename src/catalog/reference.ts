/** The catalogue as its reader wants to know it: `decnet services`, the generated pages and completion are made of this. */
import type {PortDefinition, ServiceDefinition} from '../decoy/definition.ts'
import type {Archetype, Distro, Options, OsName} from '../fleet/catalog.ts'
import {portName} from '../fleet/custom-section.ts'

import {ARCHETYPES} from './archetypes.ts'
import {DISTROS} from './distros.ts'
import {type OptionReference, optionReference} from './option-reference.ts'
import {SERVICES} from './service-catalog.ts'
import {SERVICE_DEFINITIONS} from './services.ts'
import {USUAL_PRODUCTS} from './usual-products.ts'

export interface ServiceReference {
  readonly name: string
  readonly summary: string
  readonly ports: readonly PortDefinition[]
  readonly options: readonly OptionReference[]
  /** What it can claim to be; empty: there is only one such product. */
  readonly products: readonly ProductReference[]
  readonly events: readonly string[]
  /** Archetypes that offer it. */
  readonly archetypes: readonly string[]
  /** A fleet file that uses it. */
  readonly example: string
}

export interface ProductReference {
  /** A value of the option `product`. */
  readonly name: string
  /** Where the fleet file is silent, on deckies of these; more than one product of an OS: the distro or the name decides. */
  readonly usualOn: readonly OsName[]
}

export interface ArchetypeReference {
  readonly name: string
  readonly summary: string
  readonly os: OsName
  readonly services: readonly string[]
  readonly ports: readonly string[]
  /** What it sets of its services, by service, where the fleet file does not. */
  readonly options: Readonly<Record<string, Options>>
  readonly distros: readonly string[]
  readonly example: string
}

export interface DistroReference {
  readonly name: string
  readonly summary: string
  readonly os: OsName
  /** How its machines are named. */
  readonly hostnames: readonly string[]
  readonly archetypes: readonly string[]
  readonly example: string
}

export function serviceReferences(): readonly ServiceReference[] {
  return SERVICE_DEFINITIONS.map(serviceReference)
}

export function archetypeReferences(): readonly ArchetypeReference[] {
  return [...ARCHETYPES.values()].map(archetypeReference)
}

export function distroReferences(): readonly DistroReference[] {
  return [...DISTROS.values()].map(distroReference)
}

export function serviceReference(definition: ServiceDefinition): ServiceReference {
  const options = Object.entries(definition.options).map(([name, option]) => optionReference(name, option))
  return {
    name: definition.name,
    summary: definition.summary,
    ports: definition.ports,
    options,
    products: productReferences(definition),
    events: definition.events,
    archetypes: [...ARCHETYPES.values()].flatMap(({name, services}) =>
      services.includes(definition.name) ? [name] : [],
    ),
    example: serviceExample(definition, options),
  }
}

function productReferences({name, options: {product}}: ServiceDefinition): readonly ProductReference[] {
  if (product?.type !== 'enum') return []
  const usual = Object.entries(USUAL_PRODUCTS[name] ?? {}) as [OsName, readonly string[]][]
  return product.values.map((value) => ({
    name: value,
    usualOn: usual.flatMap(([os, products]) => (products.includes(value) ? [os] : [])),
  }))
}

/** More would bury what matters; what matters most is what an intruder is to find. */
const MAX_EXAMPLES = 3

function serviceExample({name, roles, ports}: ServiceDefinition, options: readonly OptionReference[]): string {
  const decky = exampleName(roles, name)
  const moved = new Set(ports.map(({option}) => option))
  const lines = options
    .filter(({name: option, type, secret}) => !moved.has(option) && (secret || type === 'enum'))
    .toSorted((a, b) => Number(b.secret) - Number(a.secret))
    .flatMap(({name: option, example}) => (example === null ? [] : [`${option} = ${example}`]))
    .slice(0, MAX_EXAMPLES)
  const section = lines.length === 0 ? [] : ['', `[${decky}.${name}]`, ...lines]
  return [`[${decky}]`, `services = ${name}`, ...section].join('\n')
}

function archetypeReference({
  name,
  summary,
  os,
  services,
  distros,
  roles,
  options = {},
}: Archetype): ArchetypeReference {
  return {
    name,
    summary,
    os,
    services,
    ports: services.flatMap(
      (service) =>
        SERVICES.get(service)
          ?.ports(options[service] ?? {})
          .map(portName) ?? [],
    ),
    options,
    distros,
    example: [`[${exampleName(roles, name)}]`, `archetype = ${name}`].join('\n'),
  }
}

function distroReference({name, summary, os, hostnamePatterns}: Distro): DistroReference {
  const archetypes = [...ARCHETYPES.values()].filter(({distros}) => distros.includes(name))
  const services = SERVICE_DEFINITIONS[0]?.name ?? ''
  const kind = archetypes[0] === undefined ? `services = ${services}` : `archetype = ${archetypes[0].name}`
  return {
    name,
    summary,
    os,
    hostnames: hostnamePatterns,
    archetypes: archetypes.map((archetype) => archetype.name),
    example: [`[${exampleName([], name)}]`, kind, `distro = ${name}`].join('\n'),
  }
}

function exampleName(roles: readonly string[], name: string): string {
  return `${roles[0] ?? name}-01`
}
