import {createHmac} from 'node:crypto'

import type {DeckyManifest} from '../decoy/manifest.ts'
import {controllerName, fleetSite} from '../fleet/identity.ts'
import type {DeckyRequest, Install} from './engine.ts'

/** What the decoy runtime is told of one decky. `bind` is the address it listens on. */
export function deckyManifest(request: DeckyRequest, install: Install, bind: string): DeckyManifest {
  const {decky} = request
  return {
    name: decky.name,
    bind,
    persona: {
      hostname: decky.hostname,
      domain: request.domain,
      os: decky.os,
      distro: decky.distro,
      archetype: decky.archetype,
      ip: decky.ip,
      mac: decky.mac,
      seed: personaSeed(install.secret, decky.name),
      since: install.since,
      fleet: {
        seed: fleetSeed(install.secret),
        site: fleetSite(install.secret),
        controller: controllerName(install.secret, 1),
      },
    },
    services: decky.services.map(({name, ports, options}) => ({name, ports, options})),
  }
}

/** One decky's own secret: whoever reads it out of a taken-over decoy learns nothing of the others. */
function personaSeed(secret: Buffer, decky: string): string {
  return createHmac('sha256', secret).update(`${decky}\0persona`).digest('hex')
}

/**
 * What the deckies of one install share: every one of them carries it, so it is used for bait alone (`FleetFacts`). A
 * decky's name is never empty, so no decky's own seed is this one.
 */
function fleetSeed(secret: Buffer): string {
  return createHmac('sha256', secret).update('\0fleet').digest('hex')
}
