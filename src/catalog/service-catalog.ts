import type {ServiceInfo} from '../fleet/catalog.ts'

import {serviceInfo} from './service-info.ts'
import {SERVICE_DEFINITIONS} from './services.ts'

/** The services as the fleet domain sees them. */
export const SERVICES: ReadonlyMap<string, ServiceInfo> = new Map(
  SERVICE_DEFINITIONS.map((definition) => [definition.name, serviceInfo(definition)]),
)
