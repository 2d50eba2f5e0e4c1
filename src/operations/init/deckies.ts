import type {Archetype, Catalog, OsName} from '../../fleet/catalog.ts'
import type {DraftDecky} from './draft.ts'
import type {Draw} from './draw.ts'
import {deckyNames} from './name-pattern.ts'
import {randomServices} from './random-services.ts'

/** Most deckies of one file: each may need a section of its own, and the reader takes 1000. */
export const MAX_DECKIES = 900
export const DEFAULT_DECKIES = 5

/** So many deckies of one kind. */
export interface KindCount {
  /** null: no archetype. */
  readonly archetype: string | null
  readonly count: number
}

/** What is asked for beside the kinds, all names known to the catalogue. */
export interface DeckyWishes {
  readonly services?: readonly string[]
  readonly randomServices: boolean
  /** Taken in turn. */
  readonly distros: readonly string[]
  readonly randomDistros: boolean
  readonly os?: OsName
  readonly namePattern?: string
}

/** What a small office has, most needed first. The catalogue decides which of them exist. */
const OFFICE = [
  ...['linux-server', 'windows-workstation', 'file-server', 'printer', 'web-server', 'windows-workstation'],
  ...['database-server', 'windows-server', 'mail-server', 'deaddeck', 'monitoring-node', 'domain-controller'],
]

/** An office of so many machines, from the archetypes that exist; like machines side by side. */
export function officeMix(count: number, catalog: Catalog): KindCount[] {
  const cycle = OFFICE.filter((name) => catalog.archetypes.has(name))
  const names = cycle.length === 0 ? [...catalog.archetypes.keys()] : cycle
  const counts = new Map<string, number>()
  for (let index = 0; index < count; index++) {
    const name = names[index % names.length] ?? ''
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].map(([archetype, each]) => ({archetype, count: each}))
}

/** The deckies of these kinds, without addresses and host names. The same wishes and draw give the same deckies. */
export function makeDeckies(
  kinds: readonly KindCount[],
  wishes: DeckyWishes,
  catalog: Catalog,
  draw: Draw,
): DraftDecky[] {
  const flat = kinds.flatMap(({archetype, count}) => Array.from({length: count}, () => archetype))
  const names = deckyNames(flat, wishes.namePattern)
  const used = new Set<string>()
  return flat.map((kind, index) => {
    const name = names[index] ?? ''
    const archetype = kind === null ? undefined : catalog.archetypes.get(kind)
    const distro = distroOf(name, index, archetype, wishes, catalog, draw)
    const os = wishes.os ?? (distro === undefined ? undefined : catalog.distros.get(distro)?.os) ?? archetype?.os
    const services = wishes.randomServices
      ? randomServices({name, os: os ?? 'linux', distro}, catalog, draw, used)
      : (wishes.services ?? archetype?.services)
    return {
      name,
      ...(archetype === undefined ? {} : {archetype: archetype.name}),
      ...(services === undefined ? {} : {services}),
      ...(wishes.os === undefined ? {} : {os: wishes.os}),
      ...(distro === undefined ? {} : {distro}),
    }
  })
}

function distroOf(
  name: string,
  index: number,
  archetype: Archetype | undefined,
  wishes: DeckyWishes,
  catalog: Catalog,
  draw: Draw,
): string | undefined {
  if (wishes.distros.length > 0) return wishes.distros[index % wishes.distros.length]
  if (!wishes.randomDistros) return undefined
  const os = wishes.os ?? archetype?.os ?? 'linux'
  const ofOs = [...catalog.distros.values()].filter((distro) => distro.os === os).map((distro) => distro.name)
  const preferred = archetype?.os === os ? archetype.distros.filter((distro) => ofOs.includes(distro)) : []
  const pool = preferred.length > 0 ? preferred : ofOs
  return pool.length === 0 ? undefined : draw.pick(pool, `distro/${name}`)
}
