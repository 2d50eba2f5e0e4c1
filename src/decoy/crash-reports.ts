/** Exceptions nobody caught: reported, at most one a second, and survived. */
import {boundedMessage} from './error-message.ts'
import type {Evidence} from './evidence.ts'

const QUIET_MS = 1000

/** Keeps the process alive whatever a service or library throws outside of a session. */
export function reportCrashes(evidence: Evidence, decky: string): void {
  let quietUntil = 0
  let missed = 0
  const survive = (stage: string) => (error: unknown) => {
    const now = Date.now()
    if (now < quietUntil) {
      missed++
      return
    }
    quietUntil = now + QUIET_MS
    const data = {stage, message: boundedMessage(error), ...(missed === 0 ? {} : {missed})}
    missed = 0
    evidence.record({decky, service: 'runtime'}, {event: 'service.error', data})
  }
  process.on('uncaughtException', survive('uncaught-exception'))
  process.on('unhandledRejection', survive('unhandled-rejection'))
}
