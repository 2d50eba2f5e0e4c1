import type {EvidenceStore} from '../events/evidence-store.ts'
import type {Deps} from './deps.ts'

/** Opens the evidence for one piece of work. */
export function withEvidence<T>(deps: Deps, work: (store: EvidenceStore) => T): T {
  const store = deps.openEvidence()
  try {
    return work(store)
  } finally {
    store.close()
  }
}
