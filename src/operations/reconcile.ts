import type {DeckyProbe} from '../engines/engine.ts'
import type {Fleet} from '../fleet/decky.ts'
import {DecnetError} from '../fleet/errors.ts'
import type {Observation} from '../fleet/observation.ts'

import type {Intent} from './mutation.ts'
import {wholeFleet} from './whole-fleet.ts'

/** The intent to make what runs agree with the committed fleet: whatever was removed, stopped, changed or went deaf. */
export function reconcileIntent(): Intent {
  return {
    kind: 'reconcile',
    file: null,
    build({stored}) {
      if (stored === null) {
        throw new DecnetError('USAGE', 'there is no fleet to reconcile', {hint: 'deploy one: decnet deploy fleet.ini'})
      }
      const {fleet} = stored
      return {fleet, scope: wholeFleet(fleet, stored), submitted: [], pinnedMacs: new Set(), flags: {}}
    },
    async examine(engine, fleet, observed, signal) {
      return ailments(await engine.probe(runningNames(observed, fleet), signal), fleet)
    },
  }
}

function runningNames({instances}: Observation, fleet: Fleet): string[] {
  const running = new Set(
    instances.flatMap(({decky, state, customService}) => (state === 'running' && customService === null ? decky : [])),
  )
  return fleet.deckies.map(({name}) => name).filter((name) => running.has(name))
}

/** What a look inside shows to be wrong with deckies whose instance runs, by name. */
export function ailments(probes: readonly DeckyProbe[], fleet: Pick<Fleet, 'deckies'>): Map<string, string> {
  const addresses = new Map(fleet.deckies.map(({name, ip}) => [name, ip]))
  return new Map(
    probes.flatMap((probe) => {
      const ailment = ailmentOf(probe, addresses.get(probe.decky))
      return ailment === undefined ? [] : [[probe.decky, ailment] as const]
    }),
  )
}

function ailmentOf(probe: DeckyProbe, ip: string | undefined): string | undefined {
  if (probe.error !== null) return `it cannot be looked into: ${probe.error}`
  if (probe.ip !== ip) return `it has ${probe.ip ?? 'no address'} inside`
  const down = probe.services.find(({state}) => state !== 'answering')
  return down === undefined ? undefined : `${down.name} on port ${down.port} does not answer`
}
