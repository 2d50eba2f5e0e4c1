import type Database from 'better-sqlite3'
import {describe, expect, it} from 'vitest'

import {conditionOf, type EventQuery} from '../../src/events/event-query.ts'
import {openedStore} from '../support/evidence.ts'

function planOf(query: Partial<EventQuery>): string {
  const {clauses, values} = conditionOf({limit: 100, ...query})
  return openedStore().change((db: Database.Database) => {
    const order = query.after === undefined ? 'ts DESC, id DESC' : 'id'
    const where = clauses.length === 0 ? '' : `WHERE ${clauses.join(' AND ')}`
    const rows = db.prepare(`EXPLAIN QUERY PLAN SELECT id, json FROM evidence ${where} ORDER BY ${order} LIMIT 100`)
    return (rows.all(...values) as {detail: string}[]).map(({detail}) => detail).join('; ')
  })
}

/** On ten million events the difference between milliseconds and seconds. */
describe('a question', () => {
  it.each([
    [{}, 'evidence_ts'],
    [{deckies: ['Web-01']}, 'evidence_decky'],
    [{services: ['ssh']}, 'evidence_service'],
    [{source: '192.0.2.7'}, 'evidence_source'],
    [{events: ['file.write']}, 'evidence_event'],
    [{classes: ['high-confidence']}, 'evidence_notable'],
    [{after: 7}, 'INTEGER PRIMARY KEY'],
    [{deckies: ['a', 'b']}, 'evidence_ts'],
    [{services: ['ssh', 'smb'], events: ['command', 'request']}, 'evidence_ts'],
    [{events: ['session.start']}, 'evidence_ts'],
    [{text: 'needle'}, 'evidence_ts'],
  ] satisfies [Partial<EventQuery>, string][])('%j goes by %s, and sorts nothing', (query, index) => {
    const plan = planOf(query)
    expect(plan).toContain(index)
    expect(plan).not.toContain('TEMP B-TREE')
  })
})
