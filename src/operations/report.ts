import {reportFacts} from '../events/report/facts.ts'
import {reportPage} from '../events/report/page.ts'
import type {Deps} from './deps.ts'
import {installOf} from './events.ts'
import {withEvidence} from './evidence.ts'

/** One HTML page of what happened since a time (ISO 8601). */
export function htmlReport(deps: Deps, since: string): string {
  const install = installOf(deps)
  const until = deps.now().toISOString()
  return withEvidence(deps, (store) => reportPage(reportFacts(store, {install, since, until})))
}
