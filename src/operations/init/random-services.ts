import type {Catalog, OsName} from '../../fleet/catalog.ts'
import {portName} from '../../fleet/custom-section.ts'
import {plausibleSets} from '../../fleet/default-services.ts'
import type {Draw} from './draw.ts'

/** So often another set is drawn where one is in use already: a fleet of equal machines is no random one. */
const ATTEMPTS = 20

/** The machine that services are drawn for. */
export interface Machine {
  readonly name: string
  readonly os: OsName
  /** Undefined: any of its OS. */
  readonly distro: string | undefined
}

/** What machines of this kind plausibly offer together; remembers it in `used`. */
export function randomServices(
  {name, os, distro}: Machine,
  catalog: Catalog,
  draw: Draw,
  used: Set<string>,
): readonly string[] {
  const sets = plausibleSets(catalog, os, distro)
  let chosen: readonly string[] = []
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    chosen = draw.pick(sets, `services/${name}/${attempt}`)
    if (!used.has(chosen.join())) break
  }
  used.add(chosen.join())
  return chosen
}

/** The services in their order, less those whose ports an earlier one has. */
export function withoutClashes(services: readonly string[], catalog: Catalog): string[] {
  const ports = new Set<string>()
  return services.filter((name) => {
    const own = catalog.services.get(name)?.ports({}).map(portName) ?? []
    if (own.some((port) => ports.has(port))) return false
    for (const port of own) ports.add(port)
    return true
  })
}
