import {createHash} from 'node:crypto'

import type {Decky, FleetNetwork} from './decky.ts'
import type {CustomService} from './spec.ts'

/** Raised when the same inputs are to produce a different container: every decky is then replaced at the next deploy. */
const HASH_VERSION = 1

/** Everything that a decky's container is made from. */
export interface ConfigHashInput {
  readonly decky: Decky
  readonly domain: string | null
  readonly network: FleetNetwork
  readonly portOffset: number
  /** The engine's image or runtime. */
  readonly runtimeId: string
}

/**
 * SHA-256 (hex) of a decky's effective configuration. Equal hashes mean: nothing to do. What does not reach the
 * container (rotation interval, placement, how a custom service is built and waited for: the name of a built image is what is in it) is left out, and so is an offset of 0: deckies of a version that knew none
 * stay as they are.
 */
export function configHash({portOffset, ...input}: ConfigHashInput): string {
  const {mutateInterval: _, host: __, ...rest} = input.decky
  const decky = {...rest, customServices: rest.customServices.map(containerPart)}
  const offset = portOffset === 0 ? {} : {portOffset}
  return createHash('sha256')
    .update(canonicalJson({version: HASH_VERSION, ...input, ...offset, decky}))
    .digest('hex')
}

function containerPart({build: _, health: __, ...service}: CustomService): object {
  return service
}

/** JSON with sorted keys, so that equal values have equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
