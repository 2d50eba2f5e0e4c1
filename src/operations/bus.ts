/** Where the life of deckies is told while it happens, for whoever listens. */
import type {LifecycleRow} from '../fleet/lifecycle.ts'
import type {DeckyChange} from '../fleet/plan.ts'

export interface Bus {
  /** `subject` in parts, of any text. Never throws, and nothing waits for it: a bus that is away misses something. */
  publish(subject: readonly string[], message: object): void
  /** Sends what is on its way, for a short time. Never rejects. */
  close(): Promise<void>
}

export const NO_BUS: Bus = {publish: () => {}, close: async () => {}}

/** A row is written: `decnet.decky.NAME.lifecycle`. */
export function publishRow(bus: Bus, row: LifecycleRow): void {
  const {id, deploymentId, decky, host, operation, status, outcome, error} = row
  const message = {id, deploymentId, decky, host, operation, status, outcome, error, at: atOf(row)}
  bus.publish(['decky', decky, 'lifecycle'], {schema: 'decnet.lifecycle-transition/v1', ...message})
}

/** A decky is not as it should be, and about to be repaired: `decnet.decky.NAME.drift`. */
export function publishDrift(bus: Bus, {decky, operation, cause}: DeckyChange, at: string): void {
  bus.publish(['decky', decky, 'drift'], {schema: 'decnet.drift/v1', decky, repair: operation, cause, at})
}

function atOf({createdAt, startedAt, completedAt}: LifecycleRow): string {
  return completedAt ?? startedAt ?? createdAt
}
