import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'

import {EvidenceStore} from '../../../src/events/evidence-store.ts'
import {deliverTo} from '../../../src/events/sinks/delivery.ts'
import {addSink, findSinks, removeSink} from '../../../src/events/sinks/outbox.ts'
import type {OutboxItem, SinkSettings, SinkType} from '../../../src/events/sinks/sink.ts'
import {eventually} from '../../support/serve.ts'

const TIMING = {poll: 2, deadline: 1000, backoff: 1, backoffCap: 4}

function opened(): EvidenceStore {
  const dir = mkdtempSync(join(tmpdir(), 'decnet-delivery-'))
  const store = EvidenceStore.open(dir)
  onTestFinished(() => {
    store.close()
    rmSync(dir, {recursive: true, force: true})
  })
  return store
}

let made = 0
function put(store: EvidenceStore, count: number, event = 'auth.attempt'): void {
  const lines = Array.from({length: count}, () => {
    made += 1
    const ts = new Date(Date.parse('2026-03-01T00:00:00Z') + made).toISOString()
    const src = {ip: '192.0.2.7', port: 1}
    return JSON.stringify({v: 1, id: `d.${made}`, ts, boot: 'd', seq: made, decky: 'web', service: 'ssh', event, src})
  })
  store.store(lines)
}

/** A receiver that takes what it is told to, and remembers it. */
function receiver(takes: () => boolean = () => true) {
  const got: OutboxItem[] = []
  let closed = 0
  const type: SinkType = {
    name: 'probe',
    summary: '',
    settings: {},
    format: 'json',
    events: 'interaction',
    alerts: 'yes',
    create: () => ({
      deliver: async (items) => {
        if (!takes()) throw new Error('not now')
        got.push(...items)
      },
      close: async () => {
        closed += 1
      },
    }),
  }
  const events = () => got.filter(({kind}) => kind === 'event').map(({key}) => key)
  return {type, got, events, closed: () => closed}
}

function run(store: EvidenceStore, name: string, type: SinkType, settings: SinkSettings = {}) {
  addSink(store, {name, type: type.name, settings, fromStart: false}, '2026-03-01T00:00:00.000Z')
  return resume(store, name, type)
}

function resume(store: EvidenceStore, name: string, type: SinkType) {
  const stop = new AbortController()
  const reports: string[] = []
  const [record] = findSinks(store).filter((sink) => sink.name === name)
  if (record === undefined) throw new Error('no such sink')
  const done = deliverTo(store, record, type, {
    install: 'i1',
    version: '1',
    signal: stop.signal,
    report: (_, message) => reports.push(message),
    timing: TIMING,
  })
  const end = async () => {
    stop.abort()
    await done
  }
  return {reports, done, end}
}

describe('delivery', () => {
  it('hands on what comes, in order, once, in the classes that are wanted', async () => {
    const store = opened()
    put(store, 3)
    const {type, events, got} = receiver()
    const {end} = run(store, 'a', type)
    made = 100
    put(store, 1200)
    put(store, 5, 'session.start')
    put(store, 2)
    await eventually(() => events().length === 1202)
    await end()
    expect(events()).toEqual(Array.from({length: 1202}, (_, index) => `d.${index < 1200 ? 101 + index : 106 + index}`))
    expect(got.filter(({kind}) => kind === 'alert')).toEqual([])
    expect(findSinks(store)).toMatchObject([{delivered: 1202, failures: 0, waiting: 0}])
  })

  it('hands on alerts, alone where no events are wanted', async () => {
    const store = opened()
    const {type, got} = receiver()
    const {end} = run(store, 'a', type, {events: 'none'})
    put(store, 10)
    await eventually(() => got.length === 1)
    put(store, 10)
    await eventually(() => findSinks(store)[0]?.waiting === 0)
    await end()
    expect(got).toMatchObject([{kind: 'alert', key: 'incident-1-1', alert: {source: '192.0.2.7', install: 'i1'}}])
  })

  it('tries again until it is taken, says once why not, and holds up no other', async () => {
    const store = opened()
    let up = false
    const away = receiver(() => up)
    const well = receiver()
    const one = run(store, 'away', away.type)
    const two = run(store, 'well', well.type)
    put(store, 20)
    await eventually(() => well.events().length === 20)
    await eventually(() => (findSinks(store).find(({name}) => name === 'away')?.failures ?? 0) > 3)
    expect(one.reports).toEqual(['not now'])
    expect(away.events()).toEqual([])
    up = true
    await eventually(() => away.events().length === 20)
    await Promise.all([one.end(), two.end()])
    expect(away.events()).toEqual(well.events())
    expect(findSinks(store)).toMatchObject([{failures: 0, lastError: null}, {failures: 0}])
    expect(away.closed()).toBeGreaterThan(3)
  })

  it('sends again just what was not taken, so that a receiver knows the repetition', async () => {
    const store = opened()
    const tries: string[][] = []
    const probe = receiver()
    const type: SinkType = {
      ...probe.type,
      create: () => ({
        deliver: async (items) => {
          tries.push(items.map(({key}) => key))
          if (tries.length < 3) {
            put(store, 1)
            throw new Error('not now')
          }
        },
        close: async () => {},
      }),
    }
    const {end} = run(store, 'a', type, {alerts: 'no'})
    put(store, 2)
    await eventually(() => tries.flat().length === 2 * 3 + 2)
    await end()
    expect(tries.slice(0, 3)).toEqual([tries[0], tries[0], tries[0]])
    expect(new Set(tries.flat()).size).toBe(4)
  })

  it('goes on where it was when it is started again', async () => {
    const store = opened()
    const {type, events} = receiver()
    const first = run(store, 'a', type)
    put(store, 10)
    await eventually(() => events().length === 10)
    await first.end()
    put(store, 10)
    const second = resume(store, 'a', type)
    await eventually(() => events().length === 20)
    await second.end()
    expect(new Set(events()).size).toBe(20)
  })

  it('ends when the sink is removed', async () => {
    const store = opened()
    const {type} = receiver()
    const {done} = run(store, 'a', type)
    removeSink(store, 'a')
    await done
  })
})
