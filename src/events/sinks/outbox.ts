/** What each sink has still to get: two cursors, one over the events and one over the alerts, kept in the store. */
import type Database from 'better-sqlite3'

import {DecnetError} from '../../fleet/errors.ts'
import {recordOf} from '../classify.ts'
import type {EvidenceEvent} from '../event.ts'
import {EVENT_CLASSES} from '../event-table.ts'
import type {EvidenceStore} from '../evidence-store.ts'
import type {EventFormat} from '../formats/format.ts'
import type {Alert} from '../incidents/incident.ts'
import {BATCH_ITEMS, type OutboxItem, type SinkSettings} from './sink.ts'

export interface SinkRecord {
  readonly name: string
  readonly type: string
  readonly settings: SinkSettings
  /** ISO 8601. */
  readonly added: string
  readonly delivered: number
  /** In a row; 0: the last delivery went well. */
  readonly failures: number
  readonly lastSuccess: string | null
  readonly lastError: string | null
  /** Events and alerts that are stored and not handed on yet, whether or not the sink wants them. */
  readonly waiting: number
}

interface Row extends Omit<SinkRecord, 'settings'> {
  readonly settings: string
}

const COLUMNS = `name, type, settings, added, delivered, failures, last_success AS lastSuccess, last_error AS lastError,
  max(0, (SELECT coalesce(max(id), 0) FROM evidence) - event_cursor)
    + max(0, (SELECT coalesce(max(id), 0) FROM alerts) - alert_cursor) AS waiting`

export function findSinks(store: EvidenceStore): SinkRecord[] {
  return store.read([], (db) =>
    (db.prepare(`SELECT ${COLUMNS} FROM sinks ORDER BY name`).all() as Row[]).map((row) => ({
      ...row,
      settings: JSON.parse(row.settings) as SinkSettings,
    })),
  )
}

/** A new sink gets what happens from now on, or all there is. Throws DecnetError where the name is taken. */
export function addSink(
  store: EvidenceStore,
  sink: {readonly name: string; readonly type: string; readonly settings: SinkSettings; readonly fromStart: boolean},
  added: string,
): void {
  store.change((db) => {
    const {name, type, settings, fromStart} = sink
    if (db.prepare('SELECT 1 FROM sinks WHERE name = ?').get(name) !== undefined) {
      throw new DecnetError('USAGE', `there is a sink ${JSON.stringify(name)} already`, {
        hint: '`decnet sinks remove` takes it away',
      })
    }
    db.prepare(
      `INSERT INTO sinks (name, type, settings, added, event_cursor, alert_cursor) VALUES (?, ?, ?, ?,
         ${fromStart ? 0 : '(SELECT coalesce(max(id), 0) FROM evidence)'},
         ${fromStart ? 0 : '(SELECT coalesce(max(id), 0) FROM alerts)'})`,
    ).run(name, type, JSON.stringify(settings), added)
  })
}

/** Returns whether there was one. */
export function removeSink(store: EvidenceStore, name: string): boolean {
  return store.change((db) => db.prepare('DELETE FROM sinks WHERE name = ?').run(name).changes > 0)
}

export interface Wanted {
  /** Least class, or `none`. */
  readonly events: string
  readonly alerts: boolean
  readonly format: EventFormat
  readonly install: string
}

/** What is next for a sink, in the order of storing, and where its cursors are once it has it. */
export interface Portion {
  readonly items: readonly OutboxItem[]
  readonly eventCursor: number
  readonly alertCursor: number
  /** Whether they are not there yet. */
  readonly moves: boolean
}

/** At most a batch; empty where there is nothing new. Null: the sink is gone. */
export function nextPortion(store: EvidenceStore, name: string, wanted: Wanted): Portion | null {
  return store.read(null, (db) => {
    const cursors = db.prepare('SELECT event_cursor, alert_cursor FROM sinks WHERE name = ?').get(name)
    if (cursors === undefined) return null
    const {event_cursor: afterEvent, alert_cursor: afterAlert} = cursors as {event_cursor: number; alert_cursor: number}
    const alerts = alertsAfter(db, afterAlert, wanted)
    const events = eventsAfter(db, afterEvent, wanted)
    return {
      items: [...alerts.items, ...events.items],
      eventCursor: events.cursor,
      alertCursor: alerts.cursor,
      moves: events.cursor !== afterEvent || alerts.cursor !== afterAlert,
    }
  })
}

/** The sink has it. A cursor never goes back, whoever else delivers. */
export function portionDelivered(store: EvidenceStore, name: string, portion: Portion, now: string): void {
  store.change((db) => {
    db.prepare(
      `UPDATE sinks SET event_cursor = max(event_cursor, ?), alert_cursor = max(alert_cursor, ?),
         delivered = delivered + ?, failures = 0, last_error = NULL,
         last_success = CASE WHEN ? > 0 THEN ? ELSE last_success END
       WHERE name = ?`,
    ).run(portion.eventCursor, portion.alertCursor, portion.items.length, portion.items.length, now, name)
  })
}

export function portionFailed(store: EvidenceStore, name: string, message: string): void {
  store.change((db) => {
    db.prepare('UPDATE sinks SET failures = failures + 1, last_error = ? WHERE name = ?').run(message, name)
  })
}

function eventsAfter(db: Database.Database, after: number, {events, format, install}: Wanted) {
  const last = Number(db.prepare('SELECT coalesce(max(id), 0) FROM evidence').pluck().get())
  const classes = events === 'none' ? [] : EVENT_CLASSES.slice((EVENT_CLASSES as readonly string[]).indexOf(events))
  if (classes.length === 0 || last <= after) return {items: [], cursor: Math.max(after, last)}
  const rows = db
    .prepare(
      `SELECT id, json FROM evidence WHERE id > ? AND class IN (${classes.map(() => '?').join(', ')}) ORDER BY id LIMIT ?`,
    )
    .all(after, ...classes, BATCH_ITEMS) as {id: number; json: string}[]
  const items = rows.map(({json}): OutboxItem => {
    const record = recordOf(JSON.parse(json) as EvidenceEvent, install)
    return {kind: 'event', key: record.event.id, record, line: format.event(record)}
  })
  return {items, cursor: rows.length < BATCH_ITEMS ? last : (rows.at(-1)?.id ?? last)}
}

function alertsAfter(db: Database.Database, after: number, {alerts, format, install}: Wanted) {
  const rows = db.prepare('SELECT id, json FROM alerts WHERE id > ? ORDER BY id LIMIT ?').all(after, BATCH_ITEMS) as {
    id: number
    json: string
  }[]
  const items = rows.map(({id, json}): OutboxItem => {
    const alert: Alert = {...JSON.parse(json), id, install: install === '' ? null : install}
    return {kind: 'alert', key: `incident-${alert.incident}-${id}`, alert, line: format.alert(alert)}
  })
  return {items: alerts ? items : [], cursor: rows.at(-1)?.id ?? after}
}
