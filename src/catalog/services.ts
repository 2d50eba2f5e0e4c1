import type {ServiceDefinition} from '../decoy/definition.ts'
import {HTTP} from '../decoy/services/http/definition.ts'
import {REDIS} from '../decoy/services/redis/definition.ts'
import {SSH} from '../decoy/services/ssh/definition.ts'

/** Every service of the catalogue, in the order of the reference. */
export const SERVICE_DEFINITIONS: readonly ServiceDefinition[] = [SSH, HTTP, REDIS]
