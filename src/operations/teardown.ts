import type {Fleet} from '../fleet/decky.ts'
import {DecnetError} from '../fleet/errors.ts'
import type {EngineName} from '../fleet/spec.ts'
import type {StoredFleet} from '../state/store.ts'

import type {Intent} from './mutation.ts'

/**
 * The intent to remove deckies: those named, or the whole fleet and everything left over. Building it throws UNKNOWN_DECKY
 * for a name that the fleet does not have.
 */
export function teardownIntent(deckies: readonly string[] | 'all'): Intent {
  return {
    kind: 'teardown',
    file: null,
    build({stored, unfinishedRemovals, engines}) {
      const leaving = leavingNames(stored, unfinishedRemovals, deckies)
      return {
        fleet: remainder(stored, leaving, engines),
        scope: leaving,
        submitted: [],
        pinnedMacs: new Set(),
        flags: {deckies},
      }
    },
  }
}

function leavingNames(
  stored: StoredFleet | null,
  unfinished: ReadonlySet<string>,
  wanted: readonly string[] | 'all',
): ReadonlySet<string> {
  const names = stored?.fleet.deckies.map(({name}) => name) ?? []
  if (wanted === 'all') return new Set(names)
  const byLowerName = new Map(names.map((name) => [name.toLowerCase(), name]))
  // The fleet forgets a decky before it is removed; what is left of it is in every plan.
  const unknown = wanted.filter((name) => !byLowerName.has(name.toLowerCase()) && !unfinished.has(name.toLowerCase()))
  if (unknown.length > 0) throw unknownDeckies(unknown)
  return new Set(wanted.flatMap((name) => byLowerName.get(name.toLowerCase()) ?? []))
}

/** For names that the fleet does not have. */
export function unknownDeckies(unknown: readonly string[]): DecnetError {
  return new DecnetError('UNKNOWN_DECKY', `the fleet has no ${unknown.join(', ')}`, {
    hint: 'decnet status lists the fleet',
  })
}

/** What remains. Without a fleet it is an empty one on an engine on which a command that was cut off can have left things. */
function remainder(
  stored: StoredFleet | null,
  leaving: ReadonlySet<string>,
  [engine = 'docker']: readonly EngineName[],
): Fleet {
  if (stored === null) {
    const network = {driver: 'macvlan', interface: '', subnet: '', gateway: ''} as const
    return {engine, network, domain: null, logFile: null, portOffset: 0, deckies: []}
  }
  return {...stored.fleet, deckies: stored.fleet.deckies.filter(({name}) => !leaving.has(name))}
}
