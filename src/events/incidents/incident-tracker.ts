/**
 * Puts each new event into the incident of its source, and raises an alert when an incident begins and when its source
 * does worse than before: at most one for each class, however many events there are.
 */
import type Database from 'better-sqlite3'

import {type Classification, triesCredential} from '../classify.ts'
import type {EvidenceEvent} from '../event.ts'
import {EVENT_CLASSES, type EventClass, SEVERITIES, type Severity} from '../event-table.ts'
import {type Alert, distinct, INCIDENT_IDLE_MS, type Incident, summaryOf, type Touch} from './incident.ts'
import {type Explain, explainer, storedRules} from './rules.ts'

interface OpenIncident {
  readonly id: number
  readonly source: string
  first: string
  last: string
  class: EventClass
  severity: Severity
  events: number
  attempts: number
  known: string | null
  readonly touches: Map<string, MutableTouch>
  /** Keys of those that are not stored as they are. */
  readonly touched: Set<string>
  /** What brought about the alert that is due, if any. */
  alert: {readonly reason: Alert['reason']; readonly ts: string} | null
}

type MutableTouch = {-readonly [Key in keyof Touch]: Touch[Key]}

/** One for each transaction: `save` writes what `take` has counted. */
export class IncidentTracker {
  readonly #db: Database.Database
  readonly #explain: Explain
  readonly #bySource = new Map<string, OpenIncident[]>()
  readonly #incidents: Database.Statement
  readonly #touches: Database.Statement

  constructor(db: Database.Database) {
    this.#db = db
    this.#explain = explainer(storedRules(db))
    this.#incidents = db.prepare(
      `SELECT * FROM incidents WHERE source = ? AND last >= ? AND state <> 'closed' ORDER BY last DESC`,
    )
    this.#touches = db.prepare('SELECT * FROM touches WHERE incident = ? ORDER BY first')
  }

  /** The number of the incident an event belongs to; null: it is nobody's doing. */
  take(event: EvidenceEvent, classification: Classification): number | null {
    if (event.src === undefined || classification.class === 'system') return null
    const rule = this.#explain(event)
    const incident = this.#incidentOf(event.src.ip, event.ts, rule)
    count(incident, event, classification, rule)
    return incident.id
  }

  save(): void {
    const update = this.#db.prepare(
      `UPDATE incidents SET first = ?, last = ?, class = ?, severity = ?, events = ?, attempts = ?, known = ?
       WHERE id = ?`,
    )
    const touch = this.#db.prepare(
      `INSERT INTO touches (incident, decky, service, first, last, events, class) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (incident, decky, service) DO UPDATE SET
         first = excluded.first, last = excluded.last, events = excluded.events, class = excluded.class`,
    )
    const alert = this.#db.prepare('INSERT INTO alerts (incident, ts, json) VALUES (?, ?, ?)')
    for (const each of [...this.#bySource.values()].flat()) {
      update.run(each.first, each.last, each.class, each.severity, each.events, each.attempts, each.known, each.id)
      for (const key of each.touched) {
        const row = each.touches.get(key)
        if (row !== undefined) touch.run(each.id, row.decky, row.service, row.first, row.last, row.events, row.class)
      }
      if (each.alert !== null) alert.run(each.id, each.alert.ts, JSON.stringify(alertOf(each, each.alert)))
    }
    this.#bySource.clear()
  }

  #incidentOf(source: string, ts: string, rule: string | null): OpenIncident {
    const candidates = this.#bySource.get(source) ?? this.#load(source, ts)
    this.#bySource.set(source, candidates)
    const at = Date.parse(ts)
    const found = candidates.find(
      ({first, last}) => at >= Date.parse(first) - INCIDENT_IDLE_MS && at <= Date.parse(last) + INCIDENT_IDLE_MS,
    )
    if (found !== undefined) return found
    const opened = this.#open(source, ts, rule)
    candidates.push(opened)
    return opened
  }

  #open(source: string, ts: string, rule: string | null): OpenIncident {
    const {lastInsertRowid} = this.#db
      .prepare(`INSERT INTO incidents (source, first, last, class, severity) VALUES (?, ?, ?, 'system', 'info')`)
      .run(source, ts, ts)
    return {
      id: Number(lastInsertRowid),
      source,
      first: ts,
      last: ts,
      class: 'system',
      severity: 'info',
      events: 0,
      attempts: 0,
      known: rule,
      touches: new Map(),
      touched: new Set(),
      alert: null,
    }
  }

  /** Those that are not closed; newest first, so that of two that fit the later one is taken. */
  #load(source: string, ts: string): OpenIncident[] {
    const oldest = new Date(Date.parse(ts) - INCIDENT_IDLE_MS).toISOString()
    const rows = this.#incidents.all(source, oldest) as Incident[]
    return rows.map((row) => ({
      ...row,
      touches: new Map(
        (this.#touches.all(row.id) as Touch[]).map((touch) => [keyOf(touch.decky, touch.service), {...touch}]),
      ),
      touched: new Set(),
      alert: null,
    }))
  }
}

function count(
  incident: OpenIncident,
  event: EvidenceEvent,
  {class: eventClass, severity}: Classification,
  rule: string | null,
): void {
  incident.events += 1
  if (triesCredential(event)) incident.attempts += 1
  if (event.ts < incident.first) incident.first = event.ts
  if (event.ts > incident.last) incident.last = event.ts
  touched(incident, event, eventClass)
  if (rule !== null) return
  incident.known = null
  if (worse(SEVERITIES, severity, incident.severity)) incident.severity = severity
  if (!worse(EVENT_CLASSES, eventClass, incident.class)) return
  const reason = incident.class === 'system' || incident.alert?.reason === 'opened' ? 'opened' : 'escalated'
  incident.class = eventClass
  incident.alert = {reason, ts: event.ts}
}

function touched(incident: OpenIncident, {decky, service, ts}: EvidenceEvent, eventClass: EventClass): void {
  const {touches} = incident
  const key = keyOf(decky, service)
  incident.touched.add(key)
  const touch = touches.get(key)
  if (touch === undefined) {
    touches.set(key, {decky, service, first: ts, last: ts, events: 1, class: eventClass})
    return
  }
  touch.events += 1
  if (ts < touch.first) touch.first = ts
  if (ts > touch.last) touch.last = ts
  if (worse(EVENT_CLASSES, eventClass, touch.class)) touch.class = eventClass
}

function worse<T>(order: readonly T[], one: T, than: T): boolean {
  return order.indexOf(one) > order.indexOf(than)
}

function keyOf(decky: string, service: string): string {
  return `${decky} ${service}`
}

function alertOf(
  incident: OpenIncident,
  {reason, ts}: NonNullable<OpenIncident['alert']>,
): Omit<Alert, 'id' | 'install'> {
  const {id, source, class: eventClass, severity, events, attempts} = incident
  const touches = [...incident.touches.values()]
  return {
    ts,
    reason,
    incident: id,
    source,
    class: eventClass,
    severity,
    summary: summaryOf(incident, touches),
    deckies: distinct(touches.map(({decky}) => decky)),
    services: distinct(touches.map(({service}) => service)),
    events,
    attempts,
  }
}
