import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {beforeEach, describe, expect, it, onTestFinished} from 'vitest'

import type {EvidenceEvent} from '../../../src/events/event.ts'
import {EvidenceStore} from '../../../src/events/evidence-store.ts'
import type {Alert} from '../../../src/events/incidents/incident.ts'
import {
  changeIncident,
  findIncidents,
  incidentById,
  removeRule,
  saveRule,
} from '../../../src/events/incidents/incident-store.ts'
import {parsePair} from '../../../src/events/incidents/rules.ts'
import {findSources, pathOf} from '../../../src/events/sources.ts'

const START = Date.parse('2026-03-01T12:00:00Z')
const HOUR = 3_600_000
const failure = {principal: 'root', method: 'password', outcome: 'failure'} as const
const success = {...failure, outcome: 'success'} as const
const everything = {known: true, limit: 1000}
const at = (ms: number): string => new Date(START + ms).toISOString()

let seq = 0
beforeEach(() => {
  seq = 0
})

function opened(): EvidenceStore {
  const dir = mkdtempSync(join(tmpdir(), 'decnet-incidents-'))
  const store = EvidenceStore.open(dir)
  onTestFinished(() => {
    store.close()
    rmSync(dir, {recursive: true, force: true})
  })
  return store
}

function touch(changes: Partial<EvidenceEvent> & {source?: string; after?: number} = {}): EvidenceEvent {
  const {source = '192.0.2.7', after = seq * 1000, ...rest} = changes
  seq += 1
  return {
    v: 1,
    id: `b.${seq}`,
    ts: at(after),
    boot: 'b',
    seq,
    decky: 'web-01',
    service: 'ssh',
    event: 'session.start',
    src: {ip: source, port: 40_000},
    ...rest,
  }
}

const put = (store: EvidenceStore, ...events: EvidenceEvent[]) =>
  store.store(events.map((each) => JSON.stringify(each)))
const alerts = (store: EvidenceStore): Alert[] =>
  store.read([], (db) =>
    (db.prepare('SELECT json FROM alerts ORDER BY id').pluck().all() as string[]).map((json) => JSON.parse(json)),
  )

describe('an incident', () => {
  it('is all that one source does to the fleet', () => {
    const store = opened()
    put(
      store,
      ...Array.from({length: 60}, (_, index) => touch({decky: `d-${index}`, service: index % 2 === 0 ? 'ssh' : 'smb'})),
      touch({source: '192.0.2.8'}),
    )
    const [sweep, other] = findIncidents(store, everything)
    expect(sweep).toMatchObject({source: '192.0.2.7', class: 'scan', events: 60, first: at(0), last: at(59_000)})
    expect(sweep?.touches).toHaveLength(60)
    expect(other).toMatchObject({source: '192.0.2.8', events: 1})
    expect(alerts(store).map(({source, summary}) => [source, summary])).toEqual([
      ['192.0.2.7', '192.0.2.7 touched 60 deckies (ssh, smb): 60 events'],
      ['192.0.2.8', '192.0.2.8 touched web-01 (ssh): 1 event'],
    ])
  })

  it('alerts when it begins and when its source does worse, three times at most', () => {
    const store = opened()
    for (let round = 0; round < 100; round++) {
      put(store, touch(), touch({event: 'malformed'}))
      if (round > 20) put(store, touch({event: 'auth.attempt', credential: failure}))
      if (round > 40) put(store, touch({event: 'auth.attempt', credential: success}), touch({event: 'command'}))
    }
    expect(alerts(store).map(({reason, class: weight}) => [reason, weight])).toEqual([
      ['opened', 'scan'],
      ['escalated', 'interaction'],
      ['escalated', 'high-confidence'],
    ])
    expect(findIncidents(store, everything)).toMatchObject([{severity: 'high', attempts: 79 + 59}])
  })

  it('alerts once for what comes at once', () => {
    const store = opened()
    put(store, touch(), touch({event: 'auth.attempt', credential: success}))
    expect(alerts(store)).toMatchObject([{reason: 'opened', class: 'high-confidence', attempts: 1, events: 2}])
  })

  it('is over after a silent day, or when it is closed', () => {
    const store = opened()
    put(store, touch({after: 0}), touch({after: 23 * HOUR}), touch({after: 46 * HOUR}), touch({after: 71 * HOUR}))
    expect(findIncidents(store, everything).map(({events}) => events)).toEqual([3, 1])
    expect(changeIncident(store, 2, 'closed', 'a test')).toBe(true)
    put(store, touch({after: 72 * HOUR}))
    expect(findIncidents(store, everything).map(({events, state, note}) => [events, state, note])).toEqual([
      [3, 'open', null],
      [1, 'closed', 'a test'],
      [1, 'open', null],
    ])
  })

  it('goes on while somebody looks into it', () => {
    const store = opened()
    put(store, touch())
    changeIncident(store, 1, 'acknowledged', null)
    put(store, touch())
    expect(findIncidents(store, everything)).toMatchObject([{events: 2, state: 'acknowledged'}])
  })

  it('takes what comes late where it belongs', () => {
    const store = opened()
    put(store, touch({after: 100 * HOUR}))
    put(store, touch({after: 0}))
    put(store, touch({after: 99 * HOUR}))
    const shown = findIncidents(store, everything).map(({first, last, events}) => [first, last, events])
    expect(shown).toEqual([
      [at(0), at(0), 1],
      [at(99 * HOUR), at(100 * HOUR), 2],
    ])
  })

  it('is nothing that deckies say of themselves', () => {
    const store = opened()
    const {src: _, ...ready} = touch({event: 'service.ready'})
    put(store, ready, touch({event: 'suppressed'}))
    expect(findIncidents(store, everything)).toEqual([])
  })

  it('is the same whatever the batches are', () => {
    const kinds: Partial<EvidenceEvent>[] = [{}, {event: 'auth.attempt', credential: failure}, {event: 'command'}]
    const events = fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(3)), {maxLength: 40})
    fc.assert(
      fc.property(events, fc.integer({min: 1, max: 7}), (drawn, size) => {
        seq = 0
        const made = drawn.map(([kind, source, decky]) =>
          touch({...kinds[kind], source: `192.0.2.${source}`, decky: `d-${decky}`}),
        )
        const [whole, parts] = [opened(), opened()]
        put(whole, ...made)
        for (let from = 0; from < made.length; from += size) put(parts, ...made.slice(from, from + size))
        const shown = (store: EvidenceStore) => findIncidents(store, everything)
        expect(shown(parts)).toEqual(shown(whole))
        expect(alerts(parts).length).toBeLessThanOrEqual(9)
      }),
      {numRuns: 20},
    )
  })
})

describe('a rule', () => {
  const scanner = {name: 'scanner', pairs: [parsePair('src.ip=192.0.2.0/28'), parsePair('service=s*')]}
  const known = (store: EvidenceStore) => findIncidents(store, everything).map((each) => each.known)

  it('explains what matches all of its pairs; nothing is dropped, and nobody is alerted', () => {
    const store = opened()
    saveRule(store, scanner)
    put(store, touch({event: 'auth.attempt', credential: failure}), touch({source: '192.0.2.99'}))
    expect(known(store)).toEqual(['scanner', null])
    expect(findIncidents(store, {known: false, limit: 10})).toMatchObject([{source: '192.0.2.99'}])
    expect(alerts(store)).toMatchObject([{source: '192.0.2.99'}])
    expect(store.find({limit: 10})).toHaveLength(2)
  })

  it('explains an incident no more once its source does something else', () => {
    const store = opened()
    saveRule(store, scanner)
    put(store, touch())
    put(store, touch({service: 'http', event: 'request'}))
    expect(known(store)).toEqual([null])
    expect(alerts(store)).toMatchObject([{reason: 'opened', events: 2}])
  })

  it('explains what is there already, until it is taken back', () => {
    const store = opened()
    put(store, touch(), touch({source: '192.0.2.8', service: 'http'}))
    saveRule(store, scanner)
    expect(known(store)).toEqual(['scanner', null])
    expect(removeRule(store, 'SCANNER')).toBe(true)
    expect(known(store)).toEqual([null, null])
    expect(removeRule(store, 'scanner')).toBe(false)
  })

  it.each([
    ['credential.principal=ro*t', true],
    ['credential.principal=r*', true],
    ['credential.principal=r', false],
    ['credential.principal=r.*t', false],
    ['src.port=40000', true],
    ['src.ip=2001:db8::/32', false],
    ['data.line.text=x', false],
    ['toString=x', false],
  ])('%s: %s', (pair, expected) => {
    const store = opened()
    saveRule(store, {name: 'one', pairs: [parsePair(pair)]})
    put(store, touch({event: 'auth.attempt', credential: failure}))
    expect(known(store)).toEqual([expected ? 'one' : null])
  })

  it.each(['', 'src.ip', '=x', 'src.ip=', 'a b=c', '__proto__.x=1', 'src.ip=10.0.0.0/99'])(
    'is not made of %j',
    (text) => {
      expect(() => saveRule(opened(), {name: 'bad', pairs: [parsePair(text)]})).toThrow(/no FIELD=VALUE|no subnet/)
    },
  )
})

describe('a source', () => {
  it('is followed from decky to decky', () => {
    const store = opened()
    put(
      store,
      touch(),
      touch({service: 'http', event: 'request'}),
      touch({decky: 'db-01', service: 'mysql', event: 'auth.attempt', credential: success}),
      touch({source: '192.0.2.8', decky: 'db-01'}),
      touch(),
    )
    expect(pathOf(store, '192.0.2.7')).toEqual([
      {first: at(0), last: at(1000), decky: 'web-01', services: ['ssh', 'http'], events: 2, class: 'scan'},
      {first: at(2000), last: at(2000), decky: 'db-01', services: ['mysql'], events: 1, class: 'high-confidence'},
      {first: at(4000), last: at(4000), decky: 'web-01', services: ['ssh'], events: 1, class: 'scan'},
    ])
    expect(pathOf(store, '192.0.2.9')).toEqual([])
    expect(findSources(store, {limit: 10})).toMatchObject([
      {ip: '192.0.2.8', deckies: 1, events: 1, class: 'scan'},
      {ip: '192.0.2.7', deckies: 2, events: 4, attempts: 1, incidents: 1, class: 'high-confidence'},
    ])
    expect(incidentById(store, 1)?.touches.map(({decky, service}) => `${decky} ${service}`)).toEqual([
      'web-01 ssh',
      'web-01 http',
      'db-01 mysql',
    ])
  })
})
