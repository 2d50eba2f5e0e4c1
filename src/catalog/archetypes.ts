import type {Archetype, Options, OptionValue, ServiceInfo} from '../fleet/catalog.ts'

import {ARCHETYPE_TABLE, type ArchetypeEntry} from './archetype-table.ts'
import {SERVICES} from './service-catalog.ts'

export interface ArchetypeCatalog {
  readonly archetypes: ReadonlyMap<string, Archetype>
  /** Those that cannot be played yet, with what is missing: services, or values of their options. */
  readonly planned: ReadonlyMap<string, readonly string[]>
}

/** An archetype is offered once every service that it names is there and takes the options that it sets. */
export function offeredArchetypes(
  services: ReadonlyMap<string, ServiceInfo>,
  table: readonly ArchetypeEntry[] = ARCHETYPE_TABLE,
): ArchetypeCatalog {
  const archetypes = new Map<string, Archetype>()
  const planned = new Map<string, readonly string[]>()
  for (const entry of table) {
    const absent = entry.services.filter((name) => !services.has(name))
    const {options, refused} = decodeOptions(entry, services)
    const missing = [...absent, ...(absent.length === 0 ? refused : [])]
    if (missing.length > 0) planned.set(entry.name, missing)
    else archetypes.set(entry.name, {...entry, options})
  }
  return {archetypes, planned}
}

function decodeOptions(
  {options = {}}: ArchetypeEntry,
  services: ReadonlyMap<string, ServiceInfo>,
): {options: Readonly<Record<string, Options>>; refused: readonly string[]} {
  const decoded: Record<string, Record<string, OptionValue>> = {}
  const refused: string[] = []
  for (const [service, texts] of Object.entries(options)) {
    for (const [key, text] of Object.entries(texts)) {
      const result = services.get(service)?.parseOption(key, text)
      if (result?.ok === true) decoded[service] = {...decoded[service], [key]: result.value}
      else refused.push(`${service} with ${key} = ${text}`)
    }
  }
  return {options: decoded, refused}
}

const OFFERED = offeredArchetypes(SERVICES)

export const ARCHETYPES = OFFERED.archetypes
export const PLANNED_ARCHETYPES = OFFERED.planned
