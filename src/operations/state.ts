import type {Store} from '../state/store.ts'
import type {Deps} from './deps.ts'

/** A look at the state, which is closed after it; `absent` where there is none yet. */
export function withState<T>(deps: Pick<Deps, 'readState'>, absent: T, look: (store: Store) => T): T {
  const store = deps.readState()
  if (store === null) return absent
  try {
    return look(store)
  } finally {
    store.close()
  }
}
