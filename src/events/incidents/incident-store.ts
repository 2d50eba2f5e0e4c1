/** Incidents as they are stored: what the commands read and change. */
import type Database from 'better-sqlite3'
import type {EventClass} from '../event-table.ts'
import type {EvidenceStore} from '../evidence-store.ts'
import type {Incident, IncidentDetail, IncidentState, Touch} from './incident.ts'
import {explainer, type Rule, storedRules} from './rules.ts'

export interface IncidentQuery {
  readonly states?: readonly IncidentState[] | undefined
  readonly classes?: readonly EventClass[] | undefined
  readonly source?: string | undefined
  /** Also those that a rule explains. */
  readonly known: boolean
  /** ISO 8601: not over before. */
  readonly since?: string | undefined
  /** The newest so many. */
  readonly limit: number
}

/** Newest last, as events are shown. */
export function findIncidents(store: EvidenceStore, query: IncidentQuery): IncidentDetail[] {
  const among = (column: string, values: readonly string[] | undefined): [string, readonly string[]][] =>
    values === undefined || values.length === 0 ? [] : [[`${column} IN (${values.map(() => '?').join(', ')})`, values]]
  const conditions: [clause: string, values: readonly string[]][] = [
    ...among('state', query.states),
    ...among('class', query.classes),
    ...among('source', query.source === undefined ? undefined : [query.source]),
    ...(query.since === undefined ? [] : [['last >= ?', [query.since]] as [string, string[]]]),
    ...(query.known ? [] : [['known IS NULL', []] as [string, string[]]]),
  ]
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([clause]) => clause).join(' AND ')}`
  return store.read([], (db) => {
    const rows = db
      .prepare(`SELECT * FROM incidents ${where} ORDER BY last DESC, id DESC LIMIT ?`)
      .all(...conditions.flatMap(([, values]) => values), query.limit) as Incident[]
    return rows.toReversed().map((row) => detailOf(db, row))
  })
}

export function incidentById(store: EvidenceStore, id: number): IncidentDetail | null {
  return store.read(null, (db) => {
    const row = db.prepare('SELECT * FROM incidents WHERE id = ?').get(id) as Incident | undefined
    return row === undefined ? null : detailOf(db, row)
  })
}

/** Returns whether there is one of that number. */
export function changeIncident(store: EvidenceStore, id: number, state: IncidentState, note: string | null): boolean {
  return store.change(
    (db) =>
      db.prepare('UPDATE incidents SET state = ?, note = coalesce(?, note) WHERE id = ?').run(state, note, id).changes >
      0,
  )
}

export function findRules(store: EvidenceStore): Rule[] {
  return store.read([], storedRules)
}

/** Adds or replaces a rule, and explains by it what is in incidents that are not closed. */
export function saveRule(store: EvidenceStore, {name, pairs}: Rule): void {
  store.change((db) => {
    db.prepare('INSERT OR REPLACE INTO rules (name, json) VALUES (?, ?)').run(name, JSON.stringify(pairs))
    explainAgain(db)
  })
}

/** Returns whether there was one. */
export function removeRule(store: EvidenceStore, name: string): boolean {
  return store.change((db) => {
    const removed = db.prepare('DELETE FROM rules WHERE name = ?').run(name).changes > 0
    if (removed) explainAgain(db)
    return removed
  })
}

/** Which incidents that are not closed are explained now. Classes and alerts stay what they were. */
function explainAgain(db: Database.Database): void {
  const explain = explainer(storedRules(db))
  const open = db.prepare(`SELECT id FROM incidents WHERE state <> 'closed'`).pluck().all() as number[]
  const events = db.prepare('SELECT json FROM evidence WHERE incident = ?').pluck()
  const update = db.prepare('UPDATE incidents SET known = ? WHERE id = ?')
  for (const id of open) {
    let known: string | null = null
    for (const json of events.iterate(id) as IterableIterator<string>) {
      known = explain(JSON.parse(json))
      if (known === null) break
    }
    update.run(known, id)
  }
}

function detailOf(db: Database.Database, row: Incident): IncidentDetail {
  const touches = db.prepare('SELECT * FROM touches WHERE incident = ? ORDER BY first, decky, service').all(row.id)
  return {
    ...row,
    touches: (touches as (Touch & {incident: number})[]).map(({incident: _, ...touch}) => touch),
  }
}
