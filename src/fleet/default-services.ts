/** What a decky offers that names neither services nor an archetype. */
import type {Catalog, OsName, ServiceSets} from './catalog.ts'

/** The sets that a machine of this distro plausibly has; never empty for an OS of the catalogue. */
export function plausibleSets({defaultServiceSets}: Catalog, os: OsName, distro: string | undefined): ServiceSets {
  return (distro === undefined ? undefined : defaultServiceSets.get(distro)) ?? defaultServiceSets.get(os) ?? []
}
