import type {Catalog} from '../fleet/catalog.ts'

import {ARCHETYPES, PLANNED_ARCHETYPES} from './archetypes.ts'
import {defaultServiceSets} from './default-services.ts'
import {DISTROS} from './distros.ts'
import {OS_ALIASES, OS_PROFILES} from './os-profiles.ts'
import {SERVICES} from './service-catalog.ts'
import {STAND_INS} from './stand-ins.ts'

export const CATALOG: Catalog = {
  services: SERVICES,
  standIns: STAND_INS,
  archetypes: ARCHETYPES,
  plannedArchetypes: PLANNED_ARCHETYPES,
  distros: DISTROS,
  osProfiles: OS_PROFILES,
  osAliases: OS_ALIASES,
  defaultServiceSets: defaultServiceSets(SERVICES),
}
