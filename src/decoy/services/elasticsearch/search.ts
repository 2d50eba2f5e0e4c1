/** Finding documents: enough of the query language to answer what people ask of a cluster they do not know. */
import {type Answer, asked, type Call, document, FailedError, object, sentDocument} from './call.ts'
import {Real} from './document.ts'
import {exception, type Json, noSuchIndex} from './failures.ts'
import type {Document, Index} from './store.ts'

const MOST_HITS = 64
const DEPTH = 16
const DEFAULT_SIZE = 10
const WINDOW = 10_000

interface Found {
  readonly index: Index
  readonly document: Document
}

export function search(call: Call, expression: string): Answer {
  const {node, query, connection} = call
  const {indices, missing} = node.store.select(expression)
  const events = [asked(call, '_search', expression)]
  if (missing !== null) throw new FailedError(noSuchIndex(missing))
  const sent = sentDocument(call)
  const from = number(sent.from ?? query.get('from'), 0)
  const size = number(sent.size ?? query.get('size'), DEFAULT_SIZE)
  if (from + size > WINDOW) throw new FailedError(tooMany(from + size))
  const words = wordsOf(sent.query, query.get('q'))
  const all = indices.flatMap((index) => [...index.documents.values()].map((each): Found => ({index, document: each})))
  const found = words === null ? all : all.filter(({document: {source}}) => holds(source, words))
  const hidden = words === null ? indices.reduce((sum, {more}) => sum + more, 0) : 0
  const hits = found.slice(from, from + Math.min(size, MOST_HITS))
  const scroll = query.has('scroll') ? {_scroll_id: connection.random(48).toString('base64')} : {}
  return document(
    {
      ...scroll,
      took: 1 + ((connection.random(1)[0] ?? 0) % 9),
      timed_out: false,
      _shards: {total: indices.length, successful: indices.length, skipped: 0, failed: 0},
      hits: {
        total: totalOf(found.length + hidden, sent, query),
        max_score: hits.length === 0 ? null : new Real(1),
        hits: hits.map((each) => hit(each, node.release.version)),
      },
    },
    events,
  )
}

/** Counting ends at ten thousand unless the client insists. */
function totalOf(value: number, sent: Json, query: URLSearchParams): Json {
  const exact = sent.track_total_hits === true || query.get('track_total_hits') === 'true'
  return value > WINDOW && !exact ? {value: WINDOW, relation: 'gte'} : {value, relation: 'eq'}
}

export const hit = ({index, document: {id, source}}: Found, version: string): Json => ({
  _index: index.name,
  ...typed(version),
  _id: id,
  _score: new Real(1),
  _source: source,
})

/** Types of documents were all the same in 7, and are gone in 8. */
export const typed = (version: string): Json => (version.startsWith('7.') ? {_type: '_doc'} : {})

function number(value: unknown, usual: number): number {
  const text = String(value ?? '')
  return /^\d{1,9}$/.test(text) ? Number(text) : usual
}

const tooMany = (wanted: number): ReturnType<typeof exception> =>
  exception(
    400,
    'illegal_argument_exception',
    `Result window is too large, from + size must be less than or equal to: [${WINDOW}] but was [${wanted}]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.`,
  )

/** The words that a document must have, lower case; null: it matches everything. */
function wordsOf(query: unknown, q: string | null): string[] | null {
  if (q !== null) return q === '*' || q === '*:*' ? null : terms(q.slice(q.indexOf(':') + 1))
  const collected = leaves(query, 0)
  return collected.length === 0 ? null : collected.flatMap(terms)
}

const terms = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}@._-]+/u)
    .filter((word) => word !== '')
    .slice(0, 16)

const SILENT = new Set([
  'match_all',
  'exists',
  'range',
  'boost',
  'operator',
  'must_not',
  'fields',
  'default_field',
  'minimum_should_match',
])

/** The values of `match`, `term`, `query_string` and what they are in. */
function leaves(query: unknown, depth: number): string[] {
  if (depth > DEPTH) return []
  if (typeof query === 'string' || typeof query === 'number') return [String(query).replaceAll('*', '')]
  if (Array.isArray(query)) return query.slice(0, 16).flatMap((item) => leaves(item, depth + 1))
  return Object.entries(object(query))
    .filter(([key]) => !SILENT.has(key))
    .flatMap(([, value]) => leaves(value, depth + 1))
    .filter((text) => text !== '')
}

function holds(source: Json, words: readonly string[]): boolean {
  const text = JSON.stringify(source).toLowerCase()
  return words.every((word) => text.includes(word))
}

export function count(call: Call, expression: string): Answer {
  const {indices, missing} = call.node.store.select(expression)
  if (missing !== null) throw new FailedError(noSuchIndex(missing))
  const value = indices.reduce((sum, {documents, more}) => sum + documents.size + more, 0)
  const shards = {total: indices.length, successful: indices.length, skipped: 0, failed: 0}
  return document({count: value, _shards: shards}, [asked(call, '_count', expression)])
}
