/** What one source did across the fleet, as one thing that a person can act on. */
import {counted} from '../../fleet/counted.ts'
import type {EventClass, Severity} from '../event-table.ts'

/** `acknowledged`: somebody looks into it; `closed`: what the source does from now on is another incident. */
export const INCIDENT_STATES = ['open', 'acknowledged', 'closed'] as const
export type IncidentState = (typeof INCIDENT_STATES)[number]

/** After so long without an event the next one of the same source opens another incident. */
export const INCIDENT_IDLE_MS = 24 * 3_600_000

export interface Touch {
  readonly decky: string
  readonly service: string
  /** ISO 8601. */
  readonly first: string
  readonly last: string
  readonly events: number
  readonly class: EventClass
}

export interface Incident {
  readonly id: number
  /** The IP address that all of its events came from. */
  readonly source: string
  readonly state: IncidentState
  /** ISO 8601: times of its earliest and latest event. */
  readonly first: string
  readonly last: string
  /** The weightiest of its events that no rule explains. */
  readonly class: EventClass
  readonly severity: Severity
  readonly events: number
  /** Credentials tried. */
  readonly attempts: number
  /** The rule that explains all of its events; null: at least one is not explained. */
  readonly known: string | null
  /** What an operator wrote when acknowledging or closing it. */
  readonly note: string | null
}

/** An incident with what it touched, in the order of the first touches. */
export interface IncidentDetail extends Incident {
  readonly touches: readonly Touch[]
}

/** What is worth a person's attention: an incident began, or its source does worse than before. */
export interface Alert {
  readonly id: number
  /** ISO 8601: of the event that brought it about. */
  readonly ts: string
  readonly install: string | null
  readonly reason: 'opened' | 'escalated'
  readonly incident: number
  readonly source: string
  readonly class: EventClass
  readonly severity: Severity
  readonly summary: string
  readonly deckies: readonly string[]
  readonly services: readonly string[]
  readonly events: number
  readonly attempts: number
}

const SHOWN_NAMES = 5

/** `10.0.0.7 touched 60 deckies (ssh, smb and 3 more): 12 credentials tried, 140 events`. */
export function summaryOf(
  incident: Pick<Incident, 'source' | 'events' | 'attempts' | 'class'>,
  touches: readonly Touch[],
): string {
  const deckies = distinct(touches.map(({decky}) => decky))
  const services = distinct(touches.map(({service}) => service))
  const where = deckies.length === 1 ? (deckies[0] ?? '') : `${deckies.length} deckies`
  const what = [
    ...(incident.class === 'high-confidence' ? ['was inside or left something'] : []),
    ...(incident.attempts === 0 ? [] : [`${counted(incident.attempts, 'credential')} tried`]),
    counted(incident.events, 'event'),
  ]
  return `${incident.source} touched ${where} (${listed(services)}): ${what.join(', ')}`
}

export function distinct(names: readonly string[]): string[] {
  return [...new Set(names)]
}

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES
  return more > 0 ? `${names.slice(0, SHOWN_NAMES).join(', ')} and ${more} more` : names.join(', ')
}
