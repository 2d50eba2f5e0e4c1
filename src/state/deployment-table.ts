import type Database from 'better-sqlite3'

import {DecnetError} from '../fleet/errors.ts'
import type {CommitRequest, Deployment, DeploymentKind, DeploymentOutcome} from './records.ts'
import {Row} from './row.ts'

const KINDS: Readonly<Record<DeploymentKind, true>> = {deploy: true, teardown: true, reconcile: true}
export const OUTCOMES: Readonly<Record<DeploymentOutcome, true>> = {succeeded: true, partial: true, interrupted: true}

/** How many deployments the history holds. */
const KEPT = 1000

export function insertDeployment(db: Database.Database, request: CommitRequest, generation: number): number {
  const {fileName, fileHash, fileText} = request
  if (fileText !== null) {
    // Declarative scripts deploy one file over and over: its text is kept once.
    db.prepare('INSERT INTO fleet_files (hash, text) VALUES (?, ?) ON CONFLICT DO NOTHING').run(fileHash, fileText)
  }
  const {lastInsertRowid} = db
    .prepare(
      `INSERT INTO deployments (kind, user, generation, file_name, file_hash, flags, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(request.kind, request.user, generation, fileName, fileHash, JSON.stringify(request.flags), request.at)
  return Number(lastInsertRowid)
}

export function finishDeployment(db: Database.Database, id: number, at: string, outcome: DeploymentOutcome): void {
  const {changes} = db
    .prepare('UPDATE deployments SET completed_at = ?, outcome = ? WHERE id = ? AND outcome IS NULL')
    .run(at, outcome, id)
  if (changes !== 1) throw new DecnetError('INTERNAL', `deployment ${id} is not open, so it cannot be finished`)
}

/** Ends every open deployment: called when the command that ran it can no longer be alive. */
export function interruptDeployments(db: Database.Database, at: string): void {
  db.prepare(`UPDATE deployments SET completed_at = ?, outcome = 'interrupted' WHERE outcome IS NULL`).run(at)
}

/** Newest first. */
export function readDeployments(db: Database.Database, limit: number): Deployment[] {
  return db.prepare('SELECT * FROM deployments ORDER BY id DESC LIMIT ?').all(limit).map(decode)
}

/** Forgets the oldest deployments, except those with open rows and those that a decky still comes from. */
export function pruneDeployments(db: Database.Database): void {
  const {changes} = db
    .prepare(
      `DELETE FROM deployments
       WHERE id <= (SELECT id FROM deployments ORDER BY id DESC LIMIT 1 OFFSET ${KEPT})
         AND NOT EXISTS (SELECT 1 FROM deckies WHERE deckies.deployment_id = deployments.id)
         AND NOT EXISTS (
           SELECT 1 FROM lifecycle
           WHERE lifecycle.deployment_id = deployments.id AND status IN ('pending', 'running')
         )`,
    )
    .run()
  if (changes === 0) return
  db.prepare(
    'DELETE FROM fleet_files WHERE NOT EXISTS (SELECT 1 FROM deployments WHERE file_hash = fleet_files.hash)',
  ).run()
}

function decode(values: unknown): Deployment {
  const row = new Row('deployments', 'id', values)
  const flags = row.json('flags')
  if (!isObject(flags)) throw row.damaged('has flags that are not a JSON object')
  return {
    id: row.count('id'),
    kind: row.oneOf('kind', KINDS),
    user: row.text('user'),
    generation: row.count('generation'),
    fileName: row.optionalText('file_name'),
    fileHash: row.optionalText('file_hash'),
    flags,
    createdAt: row.time('created_at'),
    completedAt: row.optionalTime('completed_at'),
    outcome: row.optionalOneOf('outcome', OUTCOMES),
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
