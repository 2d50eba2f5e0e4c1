import type Database from 'better-sqlite3'

import {DecnetError} from '../fleet/errors.ts'
import {
  type LifecycleEvent,
  type LifecycleOperation,
  type LifecycleOutcome,
  type LifecycleRow,
  type LifecycleStatus,
  transition,
} from '../fleet/lifecycle.ts'
import type {LifecycleQuery, RowRequest} from './records.ts'
import {Row} from './row.ts'

const STATUSES: Readonly<Record<LifecycleStatus, true>> = {
  pending: true,
  running: true,
  succeeded: true,
  failed: true,
}
const OPERATIONS: Readonly<Record<LifecycleOperation, true>> = {
  create: true,
  replace: true,
  restart: true,
  remove: true,
  keep: true,
}
const OUTCOMES: Readonly<Record<LifecycleOutcome, true>> = {
  created: true,
  replaced: true,
  restarted: true,
  removed: true,
  unchanged: true,
}

/** UTF-16 units; an engine's answer or a decky's last lines can be of any length. */
const ERROR_LIMIT = 2000

const INTERRUPTED = 'interrupted: the command that ran it ended'

export function insertRows(
  db: Database.Database,
  deploymentId: number,
  requests: readonly RowRequest[],
  at: string,
): LifecycleRow[] {
  const insert = db.prepare(
    `INSERT INTO lifecycle (deployment_id, decky, host, operation, status, created_at)
     VALUES (?, ?, ?, ?, 'pending', ?)`,
  )
  return requests.map(({decky, host, operation}) => ({
    id: Number(insert.run(deploymentId, decky, host, operation, at).lastInsertRowid),
    deploymentId,
    decky,
    host,
    operation,
    status: 'pending',
    outcome: null,
    error: null,
    createdAt: at,
    startedAt: null,
    completedAt: null,
    durationMs: null,
  }))
}

export function startRow(db: Database.Database, id: number, at: string): LifecycleRow {
  return change(db, id, 'start', {startedAt: at})
}

export function succeedRow(db: Database.Database, id: number, at: string, outcome: LifecycleOutcome): LifecycleRow {
  return change(db, id, 'succeed', {completedAt: at, outcome})
}

export function failRow(db: Database.Database, id: number, at: string, error: string): LifecycleRow {
  // A cut may fall inside a surrogate pair, which UTF-8 cannot hold.
  return change(db, id, 'fail', {completedAt: at, error: error.slice(0, ERROR_LIMIT).toWellFormed()})
}

interface Change {
  readonly startedAt?: string
  readonly completedAt?: string
  readonly outcome?: LifecycleOutcome
  readonly error?: string
}

/** The table of transitions decides; the guarded update catches a row that changed in between. */
function change(db: Database.Database, id: number, event: LifecycleEvent, facts: Change): LifecycleRow {
  const before = readRow(db, id)
  const {changes} = db
    .prepare(
      `UPDATE lifecycle SET status = ?, outcome = ?, error = ?, started_at = ifnull(?, started_at), completed_at = ?
       WHERE id = ? AND status = ?`,
    )
    .run(
      transition(before.status, event),
      facts.outcome ?? null,
      facts.error ?? null,
      facts.startedAt ?? null,
      facts.completedAt ?? null,
      id,
      before.status,
    )
  if (changes !== 1) throw new DecnetError('INTERNAL', `lifecycle row ${id} is no longer ${before.status}`)
  return readRow(db, id)
}

function readRow(db: Database.Database, id: number): LifecycleRow {
  const found = db.prepare('SELECT * FROM lifecycle WHERE id = ?').get(id)
  if (found === undefined) throw new DecnetError('INTERNAL', `there is no lifecycle row ${id}`)
  return decode(found)
}

/** Fails every open row and returns how many there were. */
export function failOpenRows(db: Database.Database, at: string): number {
  return db
    .prepare(
      `UPDATE lifecycle SET status = 'failed', error = ?, completed_at = ? WHERE status IN ('pending', 'running')`,
    )
    .run(INTERRUPTED, at).changes
}

/** Names, in lower case, of the deckies whose newest row is a removal in a deployment that did not succeed. */
export function readUnfinishedRemovals(db: Database.Database): ReadonlySet<string> {
  const names = db
    .prepare(
      `SELECT lower(decky) FROM lifecycle JOIN deployments ON deployments.id = deployment_id
       WHERE lifecycle.id IN (SELECT max(id) FROM lifecycle GROUP BY decky)
         AND operation = 'remove' AND deployments.outcome IS NOT 'succeeded'`,
    )
    .pluck()
    .all()
  return new Set(names.map(String))
}

/** By id, oldest first. */
export function readRows(db: Database.Database, query: LifecycleQuery): LifecycleRow[] {
  const conditions: string[] = []
  const values: (string | number)[] = []
  const where = (condition: string, ...bound: (string | number)[]) => {
    conditions.push(condition)
    values.push(...bound)
  }
  if (query.ids !== undefined) where('id IN (SELECT value FROM json_each(?))', JSON.stringify(query.ids))
  if (query.decky !== undefined) where('decky = ?', query.decky)
  if (query.deployment === 'last') where('deployment_id = (SELECT max(id) FROM deployments)')
  else if (query.deployment !== undefined) where('deployment_id = ?', query.deployment)
  if (query.status !== undefined) where('status = ?', query.status)
  const filter = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  return db
    .prepare(`SELECT * FROM (SELECT * FROM lifecycle ${filter} ORDER BY id DESC LIMIT ?) ORDER BY id`)
    .all(...values, query.limit ?? -1)
    .map(decode)
}

function decode(values: unknown): LifecycleRow {
  const row = new Row('lifecycle', 'id', values)
  const startedAt = row.optionalTime('started_at')
  const completedAt = row.optionalTime('completed_at')
  return {
    id: row.count('id'),
    deploymentId: row.count('deployment_id'),
    decky: row.text('decky'),
    host: row.text('host'),
    operation: row.oneOf('operation', OPERATIONS),
    status: row.oneOf('status', STATUSES),
    outcome: row.optionalOneOf('outcome', OUTCOMES),
    error: row.optionalText('error'),
    createdAt: row.time('created_at'),
    startedAt,
    completedAt,
    durationMs: durationOf(startedAt, completedAt),
  }
}

/** Milliseconds, never negative: the clock may have been set back in between. */
function durationOf(startedAt: string | null, completedAt: string | null): number | null {
  if (startedAt === null || completedAt === null) return null
  return Math.max(0, Date.parse(completedAt) - Date.parse(startedAt))
}
