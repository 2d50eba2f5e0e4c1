import {setTimeout as sleep} from 'node:timers/promises'

import {type Check, type Finding, failed, GROUPS} from './check.ts'
import type {DoctorFacts} from './facts.ts'

export interface CheckReport extends Finding, Pick<Check, 'id' | 'group' | 'title' | 'why'> {}

const PARALLEL = 4
const DEADLINE_MS = 5000

/** Runs the checks that concern the engine, a few at a time, each within its deadline. In the order of their groups. */
export async function runChecks(
  checks: readonly Check[],
  facts: DoctorFacts,
  signal: AbortSignal,
): Promise<CheckReport[]> {
  const concerned = checks
    .filter(({engine}) => engine === undefined || engine === facts.engine)
    .toSorted((a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group))
  const reports: CheckReport[] = []
  const queue = concerned.entries()
  const worker = async () => {
    for (const [at, check] of queue) {
      signal.throwIfAborted()
      const {id, group, title, why} = check
      reports[at] = {id, group, title, why, ...(await runCheck(check, facts, signal))}
    }
  }
  await Promise.all(Array.from({length: PARALLEL}, worker))
  return reports
}

async function runCheck(check: Check, facts: DoctorFacts, signal: AbortSignal): Promise<Finding> {
  const deadlineMs = check.deadlineMs ?? DEADLINE_MS
  const end = new AbortController()
  const late = sleep(deadlineMs, undefined, {signal: AbortSignal.any([end.signal, signal])}).then(
    () => failed(`gave no result within ${deadlineMs / 1000} s`, null),
    () => failed('was not finished', null),
  )
  try {
    const done = (async () => check.run(facts, AbortSignal.any([end.signal, signal])))()
    return await Promise.race([done, late])
  } finally {
    end.abort()
  }
}
