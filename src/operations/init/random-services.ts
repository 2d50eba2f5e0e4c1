import type {Catalog, OsName} from '../../fleet/catalog.ts'
import {portName} from '../../fleet/custom-section.ts'
import type {Draw} from './draw.ts'

const MOST_SERVICES = 3
/** So often another set is drawn where one is in use already: a fleet of equal machines is no random one. */
const ATTEMPTS = 20

/** One to three services that machines of this OS plausibly offer together; remembers them in `used`. */
export function randomServices(
  name: string,
  os: OsName,
  catalog: Catalog,
  draw: Draw,
  used: Set<string>,
): readonly string[] {
  const pool = plausibleServices(os, catalog)
  let chosen: readonly string[] = []
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const purpose = `services/${name}/${attempt}`
    const size = 1 + draw.below(Math.min(MOST_SERVICES, pool.length), purpose)
    chosen = withoutClashes(draw.shuffle(pool, purpose), catalog).slice(0, size).toSorted()
    if (!used.has(chosen.join())) break
  }
  used.add(chosen.join())
  return chosen
}

/** The services that the catalogue puts on such machines; every service where it says nothing of them. */
function plausibleServices(os: OsName, catalog: Catalog): readonly string[] {
  const ofArchetypes = [...catalog.archetypes.values()]
    .filter((archetype) => archetype.os === os)
    .flatMap(({services}) => services)
  const ofDefaults = (catalog.defaultServiceSets.get(os) ?? []).flat()
  const names = new Set([...ofArchetypes, ...ofDefaults].filter((name) => catalog.services.has(name)))
  return names.size > 0 ? [...names] : [...catalog.services.keys()]
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
