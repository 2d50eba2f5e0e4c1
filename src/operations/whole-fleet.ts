import type {Fleet} from '../fleet/decky.ts'
import type {StoredFleet} from '../state/store.ts'

/** Every name that a command on the whole fleet may act upon: what is wanted and what was. */
export function wholeFleet(fleet: Fleet, stored: StoredFleet | null): ReadonlySet<string> {
  return new Set([...fleet.deckies, ...(stored?.fleet.deckies ?? [])].map(({name}) => name))
}
