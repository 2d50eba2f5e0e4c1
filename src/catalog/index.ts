import type {Catalog, OsName} from '../fleet/catalog.ts'

import {ARCHETYPES} from './archetypes.ts'
import {DISTROS} from './distros.ts'
import {OS_ALIASES, OS_PROFILES} from './os-profiles.ts'
import {serviceInfo} from './service-info.ts'
import {SERVICE_DEFINITIONS} from './services.ts'

/** What such machines plausibly run when the file does not say: never the whole catalogue, never clashing. */
const DEFAULT_SERVICE_SETS: ReadonlyMap<OsName, readonly (readonly string[])[]> = new Map<OsName, string[][]>([
  ['linux', [['ssh'], ['ssh', 'http'], ['ssh', 'redis'], ['ssh', 'http', 'redis']]],
  ['windows', [['http']]],
  ['windows_server', [['http']]],
  ['bsd', [['ssh'], ['ssh', 'http']]],
  ['embedded', [['http']]],
  // No ssh: what is emulated is OpenSSH, which no IOS runs.
  ['cisco', [['http']]],
])

export const CATALOG: Catalog = {
  services: new Map(SERVICE_DEFINITIONS.map((definition) => [definition.name, serviceInfo(definition)])),
  archetypes: ARCHETYPES,
  distros: DISTROS,
  osProfiles: OS_PROFILES,
  osAliases: OS_ALIASES,
  defaultServiceSets: DEFAULT_SERVICE_SETS,
}
