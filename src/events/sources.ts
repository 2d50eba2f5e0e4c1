/** What each source did across the fleet. */

import {EVENT_CLASSES, type EventClass} from './event-table.ts'
import type {EvidenceStore} from './evidence-store.ts'

export interface Source {
  readonly ip: string
  /** ISO 8601. */
  readonly first: string
  readonly last: string
  readonly events: number
  readonly attempts: number
  readonly incidents: number
  readonly deckies: number
  readonly class: EventClass
}

/** One station on the way of a source through the fleet. */
export interface Step {
  /** ISO 8601: its first and last event there before it went on to another. */
  readonly first: string
  readonly last: string
  readonly decky: string
  readonly services: readonly string[]
  readonly events: number
  readonly class: EventClass
}

/** The sources of incidents, the latest last. */
export function findSources(
  store: EvidenceStore,
  {since, limit}: {since?: string | undefined; limit: number},
): Source[] {
  return store.read([], (db) => {
    const rows = db
      .prepare(
        `SELECT source AS ip, min(first) AS first, max(last) AS last, sum(events) AS events, sum(attempts) AS attempts,
           count(*) AS incidents, group_concat(DISTINCT class) AS classes,
           (SELECT count(DISTINCT decky) FROM touches JOIN incidents i ON i.id = incident
            WHERE i.source = incidents.source) AS deckies
         FROM incidents WHERE last >= ? GROUP BY source ORDER BY max(last) DESC LIMIT ?`,
      )
      .all(since ?? '', limit) as (Omit<Source, 'class'> & {classes: string})[]
    return rows.toReversed().map(({classes, ...row}) => ({...row, class: worstOf(classes.split(','))}))
  })
}

/** At most so many stations; a source that goes back and forth without end is cut. */
const MAX_STEPS = 10_000

/** Its way through the deckies in time order: a new station whenever it turned to another decky. */
export function pathOf(store: EvidenceStore, ip: string, since = ''): Step[] {
  return store.read([], (db) => {
    const rows = db
      .prepare(
        'SELECT ts, decky, service, class FROM evidence WHERE source = ? AND ts >= ? AND incident IS NOT NULL ORDER BY ts, id',
      )
      .iterate(ip, since) as IterableIterator<{ts: string; decky: string; service: string; class: EventClass}>
    const steps: (Omit<Step, 'services'> & {services: string[]})[] = []
    for (const {ts, decky, service, class: eventClass} of rows) {
      const at = steps.at(-1)
      if (at?.decky !== decky) {
        if (steps.length >= MAX_STEPS) break
        steps.push({first: ts, last: ts, decky, services: [service], events: 1, class: eventClass})
        continue
      }
      const services = at.services.includes(service) ? at.services : [...at.services, service]
      steps[steps.length - 1] = {
        ...at,
        last: ts,
        services,
        events: at.events + 1,
        class: worstOf([at.class, eventClass]),
      }
    }
    return steps
  })
}

function worstOf(classes: readonly string[]): EventClass {
  return EVENT_CLASSES.findLast((each) => classes.includes(each)) ?? 'system'
}
