/** What a report shows, taken from the store in a few questions that each run over an index. */
import type Database from 'better-sqlite3'

import {findCredentials, type UsedCredential} from '../credentials.ts'
import {EVENT_CLASSES, type EventClass} from '../event-table.ts'
import type {EvidenceStore} from '../evidence-store.ts'
import type {IncidentDetail} from '../incidents/incident.ts'
import {findIncidents} from '../incidents/incident-store.ts'
import {findSessions, type Session} from '../sessions.ts'
import {pathOf, type Step} from '../sources.ts'

export interface Bucket {
  /** ISO 8601: its beginning. */
  readonly start: string
  readonly counts: Readonly<Record<EventClass, number>>
}

export interface Cell {
  readonly source: string
  readonly decky: string
  readonly events: number
  readonly class: EventClass
}

export interface IncidentPath extends IncidentDetail {
  /** The way of its source through the deckies, as far as it is shown. */
  readonly path: readonly Station[]
}

/** A step of a path, or many that are no more than a sweep. */
export interface Station extends Step {
  /** How many deckies it stands for; `decky` is the first of them. */
  readonly deckies: number
  readonly names: readonly string[]
}

export interface ReportFacts {
  readonly install: string
  /** ISO 8601. */
  readonly since: string
  readonly until: string
  readonly total: number
  readonly timeline: readonly Bucket[]
  readonly matrix: readonly Cell[]
  readonly services: readonly {readonly service: string; readonly events: number; readonly sources: number}[]
  readonly credentials: readonly UsedCredential[]
  readonly incidents: readonly IncidentPath[]
  readonly sessions: readonly Session[]
}

/** Lines and columns beyond these would be no picture any more; the report says what it leaves out. */
export const SHOWN = {buckets: 56, incidents: 30, steps: 24, credentials: 30, sessions: 60, sources: 30, deckies: 40}

export function reportFacts(
  store: EvidenceStore,
  {install, since, until}: {install: string; since: string; until: string},
): ReportFacts {
  const weight = ({class: name}: IncidentDetail): number => EVENT_CLASSES.indexOf(name)
  const incidents = findIncidents(store, {known: true, since, limit: SHOWN.incidents})
    .toReversed()
    .toSorted((a, b) => weight(b) - weight(a))
  return {
    install,
    since,
    until,
    total: store.read(0, (db) => countOf(db, since)),
    timeline: timelineOf(store, since, until),
    matrix: store.read([], (db) => matrixOf(db, since)),
    services: store.read([], (db) => servicesOf(db, since)),
    credentials: findCredentials(store, {since, success: false}).slice(0, SHOWN.credentials),
    incidents: incidents.map((incident) => ({
      ...incident,
      path: stationsOf(pathOf(store, incident.source, since)).slice(0, SHOWN.steps),
    })),
    sessions: findSessions(store, {since, terminal: false, tried: true, limit: SHOWN.sessions}).toReversed(),
  }
}

/** So many steps of a scan one after the other are one station: what matters is where its source stayed. */
const SWEEP = 4
/** Events of a step that was no more than a look in passing, whatever was asked: scanners ask databases for versions. */
const GLANCE = 2

/** At most `SHOWN.steps` where that can be had without leaving out where the source was inside. */
export function stationsOf(path: readonly Step[]): Station[] {
  const single = path.map((step): Station => ({...step, deckies: 1, names: [step.decky]}))
  const swept = merged(single, isGlance, SWEEP)
  return swept.length > SHOWN.steps ? merged(swept, ({class: name}) => name !== 'high-confidence', 2) : swept
}

function isGlance({class: name, events}: Step): boolean {
  return name === 'scan' || (name === 'interaction' && events <= GLANCE)
}

/** Runs of at least so many stations that are alike become one each. */
function merged(stations: readonly Station[], alike: (station: Station) => boolean, least: number): Station[] {
  const result: Station[] = []
  for (let at = 0; at < stations.length; ) {
    const ahead = stations.slice(at).findIndex((station) => !alike(station))
    const run = stations.slice(at, ahead < 0 ? stations.length : at + Math.max(ahead, 1))
    result.push(...(run.length >= least ? [sweepOf(run)] : run))
    at += run.length
  }
  return result
}

function sweepOf(run: readonly Station[]): Station {
  const [first, last] = [run[0] as Station, run.at(-1) as Station]
  const names = new Set(run.flatMap(({names: each}) => each))
  return {
    ...first,
    last: last.last,
    services: [...new Set(run.flatMap(({services}) => services))],
    events: run.reduce((sum, {events}) => sum + events, 0),
    class: EVENT_CLASSES.findLast((name) => run.some((each) => each.class === name)) ?? 'system',
    deckies: names.size,
    names: [...names],
  }
}

function countOf(db: Database.Database, since: string): number {
  return Number(db.prepare('SELECT count(*) FROM evidence WHERE ts >= ? AND incident IS NOT NULL').pluck().get(since))
}

function timelineOf(store: EvidenceStore, since: string, until: string): Bucket[] {
  const [from, to] = [Date.parse(since), Date.parse(until)]
  const width = Math.max(60_000, Math.ceil((to - from) / SHOWN.buckets))
  const buckets = Array.from({length: Math.max(1, Math.ceil((to - from) / width))}, (_, index) => ({
    start: new Date(from + index * width).toISOString(),
    counts: Object.fromEntries(EVENT_CLASSES.map((name) => [name, 0])) as Record<EventClass, number>,
  }))
  const rows = store.read([], (db) =>
    db
      .prepare(
        `SELECT cast((unixepoch(ts, 'subsec') * 1000 - ?) / ? AS INTEGER) AS bucket, class, count(*) AS count
         FROM evidence WHERE ts >= ? AND ts <= ? AND incident IS NOT NULL GROUP BY 1, 2`,
      )
      .all(from, width, since, until),
  ) as {bucket: number; class: EventClass; count: number}[]
  for (const {bucket, class: name, count} of rows) {
    const found = buckets[bucket]
    if (found !== undefined) found.counts[name] = count
  }
  return buckets
}

function matrixOf(db: Database.Database, since: string): Cell[] {
  const rows = db
    .prepare(
      `SELECT source, decky, count(*) AS events, group_concat(DISTINCT class) AS classes
       FROM evidence WHERE ts >= ? AND incident IS NOT NULL GROUP BY source, decky ORDER BY events DESC`,
    )
    .all(since) as (Omit<Cell, 'class'> & {classes: string})[]
  return rows.map(({classes, ...row}) => ({
    ...row,
    class: EVENT_CLASSES.findLast((name) => classes.split(',').includes(name)) ?? 'system',
  }))
}

function servicesOf(db: Database.Database, since: string): {service: string; events: number; sources: number}[] {
  return db
    .prepare(
      `SELECT service, count(*) AS events, count(DISTINCT source) AS sources
       FROM evidence WHERE ts >= ? AND incident IS NOT NULL GROUP BY service ORDER BY events DESC`,
    )
    .all(since) as {service: string; events: number; sources: number}[]
}
