import {fork, spawnSync} from 'node:child_process'
import {closeSync, fsyncSync, mkdtempSync, openSync, rmSync, statSync, writeSync} from 'node:fs'
import {connect} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import Database from 'better-sqlite3'

import {findCaptures} from '../src/events/captures.ts'
import {findCredentials} from '../src/events/credentials.ts'
import {EvidenceStore} from '../src/events/evidence-store.ts'
import {createFormat} from '../src/events/formats/index.ts'
import {findIncidents} from '../src/events/incidents/incident-store.ts'
import {reportFacts} from '../src/events/report/facts.ts'
import {findSessions} from '../src/events/sessions.ts'
import {Delivery} from '../src/events/sinks/delivery.ts'
import {sinkType} from '../src/events/sinks/index.ts'
import {addSink, findSinks} from '../src/events/sinks/outbox.ts'
import {findSources, pathOf} from '../src/events/sources.ts'
import {measureCollector} from './evidence-collector.ts'
import {deckyOf, evidenceLines, sourceOf} from './evidence-lines.ts'
import {median, type Result, timed} from './measure.ts'

/** `DECNET_BENCH_EVENTS=10000000` for the store that was promised; that takes 14 GB and a quarter of an hour. */
const EVENTS = Number(process.env.DECNET_BENCH_EVENTS ?? 1_000_000)
const HANDED_ON = 100_000
const BATCH = 500
const QUERY_TURNS = 3
const SHOWN = 100

/** Storing, asking, handing on, and what the collector takes, each beside the plainest way to do it. */
export async function benchEvidence(): Promise<Result[]> {
  const directory = mkdtempSync(join(tmpdir(), 'decnet-bench-evidence-'))
  try {
    const plain = openPlain(join(directory, 'plain.db'))
    const store = EvidenceStore.open(directory)
    const results = [...ingest(store, plain, directory), ...queries(store, plain)]
    plain.close()
    store.close()
    rmSync(join(directory, 'plain.db'))
    return [...results, ...(await handingOn(directory)), ...(await measureCollector())]
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}

/** A table of lines with an index on the time, as safe at a power loss as ours. */
function openPlain(path: string): Database.Database {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec('CREATE TABLE lines (ts TEXT, json TEXT); CREATE INDEX lines_ts ON lines (ts)')
  return db
}

function ingest(store: EvidenceStore, plain: Database.Database, directory: string): Result[] {
  const insert = plain.prepare(`INSERT INTO lines VALUES (json_extract(@json, '$.ts'), @json)`)
  const insertAll = plain.transaction((lines: readonly string[]) => {
    for (const line of lines) insert.run({json: line})
  })
  let [ours, theirs, bytes] = [0, 0, 0]
  let batch: string[] = []
  const put = (): void => {
    const start = performance.now()
    const stored = store.store(batch)
    const between = performance.now()
    insertAll(batch)
    ours += between - start
    theirs += performance.now() - between
    if (stored !== batch.length) throw new Error(`${stored} of ${batch.length} were stored`)
    batch = []
  }
  for (const line of evidenceLines(EVENTS)) {
    bytes += line.length
    if (batch.push(line) === BATCH) put()
  }
  if (batch.length > 0) put()
  plain.pragma('wal_checkpoint(TRUNCATE)')
  store.read(undefined, (db) => db.pragma('wal_checkpoint(TRUNCATE)'))
  const size = statSync(join(directory, 'events.db')).size
  const each = (ms: number): string => Math.round((1000 * EVENTS) / ms).toLocaleString('en')
  process.stdout.write(
    `${EVENTS.toLocaleString('en')} events: ${each(ours)} a second (${each(theirs)} into the plain table); ${(bytes / EVENTS).toFixed(0)} bytes of JSON are ${(size / EVENTS).toFixed(0)} bytes of store\n`,
  )
  const megabytes = (path: string): number => statSync(join(directory, path)).size / 1024 / 1024
  const peer = 'the same lines in a table with an index'
  return [
    {
      name: `store ${EVENTS} events, each`,
      peer,
      ours: (1000 * ours) / EVENTS,
      theirs: (1000 * theirs) / EVENTS,
      unit: 'µs',
    },
    {name: 'size of the store', peer, ours: megabytes('events.db'), theirs: megabytes('plain.db'), unit: 'MB'},
  ]
}

function queries(store: EvidenceStore, plain: Database.Database): Result[] {
  const install = ''
  const [since, until] = ['2026-05-25T00:00:00.000Z', '2026-06-01T00:00:00.000Z']
  const [decky, ip] = [deckyOf(3), sourceOf(7)]
  const rows = (where: string, ...values: string[]): void => {
    plain.prepare(`SELECT json FROM lines ${where} ORDER BY ts DESC LIMIT ${SHOWN}`).all(...values)
  }
  const asked: [name: string, ours: () => unknown, theirs: () => unknown][] = [
    ['the latest 100', () => store.find({limit: SHOWN}), () => rows('')],
    [
      'of one decky',
      () => store.find({deckies: [decky], limit: SHOWN}),
      () => rows(`WHERE json ->> '$.decky' = ?`, decky),
    ],
    [
      'of a decky that there is not',
      () => store.find({deckies: ['none'], limit: SHOWN}),
      () => rows(`WHERE json ->> '$.decky' = ?`, 'none'),
    ],
    ['of one source', () => store.find({source: ip, limit: SHOWN}), () => rows(`WHERE json ->> '$.src.ip' = ?`, ip)],
    [
      'of a service that nobody touched',
      () => store.find({services: ['none'], limit: SHOWN}),
      () => rows(`WHERE json ->> '$.service' = ?`, 'none'),
    ],
    [
      'of high confidence, of which there are none',
      () => store.find({classes: ['high-confidence'], limit: SHOWN}),
      () => rows(`WHERE json ->> '$.credential.outcome' = ?`, 'success'),
    ],
    [
      'with a text that is nowhere',
      () => store.find({text: 'no such text', limit: SHOWN}),
      () => rows('WHERE instr(json, ?)', 'no such text'),
    ],
    [
      'new since the last look',
      () => store.find({after: EVENTS - SHOWN, limit: SHOWN}),
      () => rows('WHERE rowid > ?', String(EVENTS - SHOWN)),
    ],
    [
      'sessions',
      () => findSessions(store, {terminal: false, limit: SHOWN}),
      () => rows(`WHERE json ->> '$.event' = ?`, 'session.start'),
    ],
    [
      'the way of one source',
      () => pathOf(store, ip),
      () => plain.prepare(`SELECT json FROM lines WHERE json ->> '$.src.ip' = ? ORDER BY ts`).all(ip),
    ],
    ['incidents', () => findIncidents(store, {known: true, limit: SHOWN}), () => bySource(plain)],
    ['sources', () => findSources(store, {limit: SHOWN}), () => bySource(plain)],
    ['credentials of a week', () => findCredentials(store, {since, success: false}), () => attempts(plain, since)],
    ['captures', () => findCaptures(store), () => rows(`WHERE json ->> '$.event' = ?`, 'file.write')],
    ['a report of a week', () => reportFacts(store, {install, since, until}), () => attempts(plain, since)],
  ]
  return asked.map(([name, ours, theirs]) => ({
    name: `events: ${name}`,
    peer: 'the same asked of the lines',
    ours: medianOf(ours),
    theirs: medianOf(theirs, 1),
    unit: 'ms' as const,
  }))
}

function bySource(plain: Database.Database): unknown {
  return plain
    .prepare(
      `SELECT json ->> '$.src.ip', min(ts), max(ts), count(*) FROM lines GROUP BY 1 ORDER BY 3 DESC LIMIT ${SHOWN}`,
    )
    .all()
}

function attempts(plain: Database.Database, since: string): unknown {
  return plain
    .prepare(
      `SELECT json ->> '$.credential.principal', json ->> '$.credential.secret.text', count(*) FROM lines
       WHERE ts >= ? AND json ->> '$.event' = 'auth.attempt' GROUP BY 1, 2`,
    )
    .all(since)
}

function medianOf(work: () => unknown, turns = QUERY_TURNS): number {
  return median(
    Array.from({length: turns}, () => {
      const start = performance.now()
      work()
      return performance.now() - start
    }),
  )
}

/** A hundred thousand events out of the store, as lines, to a file and over TCP. */
async function handingOn(directory: string): Promise<Result[]> {
  const place = join(directory, 'outbox')
  const store = EvidenceStore.open(place)
  const format = createFormat('rfc5424', {version: 'bench'})
  for (let batch: string[] = [], lines = evidenceLines(HANDED_ON), next = lines.next(); ; next = lines.next()) {
    if (next.done !== true) batch.push(next.value)
    if (batch.length === BATCH || next.done === true) {
      store.store(batch)
      batch = []
    }
    if (next.done === true) break
  }
  const receiver = fork(join(import.meta.dirname, 'evidence-receiver.ts'))
  try {
    const port = await new Promise<number>((resolve, reject) => {
      receiver.once('message', (message) => resolve(Number(message)))
      receiver.once('error', reject)
    })
    const file = join(directory, 'handed-on')
    const toFile = await timed(() => drained(store, 'file', {path: file, format: 'rfc5424', megabytes: '0'}))
    const toTcp = await timed(() => drained(store, 'syslog', {host: '127.0.0.1', port: String(port)}))
    const lines = linesOf(store, format)
    const plainFile = await timed(async () => writeBatches(join(directory, 'plain'), lines))
    const socket = await timed(() => writeSocket(port, lines))
    const logger = await timed(async () => runLogger(port, join(directory, 'plain')))
    const what = `hand on ${HANDED_ON} events`
    const each = (ms: number): string => Math.round((1000 * HANDED_ON) / ms).toLocaleString('en')
    process.stdout.write(`handed on: ${each(toFile)} events a second to a file, ${each(toTcp)} by syslog over TCP\n`)
    return [
      {name: `${what} to a file`, peer: 'writing and syncing ready lines', ours: toFile, theirs: plainFile, unit: 'ms'},
      {name: `${what} over TCP`, peer: 'a socket and ready lines', ours: toTcp, theirs: socket, unit: 'ms'},
      {name: `${what} over TCP`, peer: 'logger -f with ready lines', ours: toTcp, theirs: logger, unit: 'ms'},
    ]
  } finally {
    receiver.kill('SIGKILL')
    store.close()
  }
}

async function drained(store: EvidenceStore, type: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const known = sinkType(type)
  if (known === undefined) throw new Error(`no sink ${type}`)
  addSink(store, {name: type, type, settings, fromStart: true}, '2026-01-01T00:00:00.000Z')
  const record = findSinks(store).find(({name}) => name === type)
  if (record === undefined) throw new Error(`no sink ${type}`)
  const options = {install: 'bench', version: 'bench', signal: new AbortController().signal, report: () => {}}
  const delivery = new Delivery(store, record, known, options)
  while ((await delivery.step()) === 'more');
  await delivery.close()
}

function linesOf(store: EvidenceStore, format: ReturnType<typeof createFormat>): string[] {
  return store
    .find({after: 0, limit: HANDED_ON})
    .map(({event}) => format.event({install: 'bench', event, class: 'scan', severity: 'low', techniques: []}))
}

function writeBatches(path: string, lines: readonly string[]): void {
  const file = openSync(path, 'w')
  for (let at = 0; at < lines.length; at += BATCH) {
    writeSync(file, `${lines.slice(at, at + BATCH).join('\n')}\n`)
    fsyncSync(file)
  }
  closeSync(file)
}

function writeSocket(port: number, lines: readonly string[]): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.once('close', () => resolve())
    socket.resume()
    for (const line of lines) socket.write(`${Buffer.byteLength(line)} ${line}`)
    socket.end()
  })
}

function runLogger(port: number, path: string): void {
  const args = ['-n', '127.0.0.1', '-P', String(port), '-T', '--octet-count', '--rfc5424', '-f', path]
  const {status, stderr} = spawnSync('logger', args, {encoding: 'utf8'})
  if (status !== 0) throw new Error(`logger ended with ${status}: ${stderr}`)
}
