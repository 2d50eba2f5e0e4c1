import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'

import {newLines} from '../../../src/engines/docker/custom-log.ts'
import type {Engine} from '../../../src/engines/engine.ts'
import type {LogMark, Sample, ServiceEvent} from '../../../src/events/event.ts'
import {EvidenceStore} from '../../../src/events/evidence-store.ts'
import {gapsOf} from '../../../src/events/stream-tracker.ts'
import {frame} from '../../support/fake-engine-state.ts'
import {decky, network, request} from '../../support/fleet-parts.ts'
import {useBench} from './bench.ts'

const bench = useBench()
const SCADA = {name: 'scada', image: 'acme/scada:1', exec: [], ports: [], options: {}}
let folder: string
let store: EvidenceStore
let engine: Engine

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'decnet-log-'))
  store = EvidenceStore.open(join(folder, 'state'))
  await bench.prepare()
  bench.fake.state.images.set(SCADA.image, {})
  engine = await bench.another({evidence: store})
  await engine.createDecky(request(decky({customServices: [SCADA]})), network(), bench.within())
})
afterEach(async () => {
  await engine.close()
  store.close()
  rmSync(folder, {recursive: true})
})

const sidecar = () => {
  const found = [...bench.fake.state.containers.values()].find(({spec}) => spec.Labels['decnet.service'] === 'scada')
  if (found === undefined) throw new Error('it does not run')
  return found
}
const print = (...lines: string[]) => sidecar().log.push(...lines.map((line) => frame('stdout', `${line}\n`)))
const logged = () =>
  store
    .find({limit: 5000})
    .map(({event}) => event)
    .filter(({service}) => service === 'scada')
const textOf = ({data}: Pick<ServiceEvent, 'data'>) => (data?.line as Sample | undefined)?.text ?? ''
const texts = () => logged().map(textOf)
const collect = () => engine.collect(bench.within())

describe('what a custom service prints', () => {
  it('becomes events of its decky, each once, in order', async () => {
    print('ready', 'client 10.9.0.7 wrote 1')
    sidecar().log.push(frame('stderr', 'cannot \u001b[31m read\n'))
    await collect()
    await collect()
    print('bye')
    await collect()
    expect(texts()).toEqual(['ready', 'client 10.9.0.7 wrote 1', 'cannot \\x1b[31m read', 'bye'])
    expect(logged()[2]).toMatchObject({event: 'log', decky: 'web-01', seq: 3, data: {stream: 'stderr'}})
    expect(logged()[0]?.boot).toBe(sidecar().id.slice(0, 16))
    expect(store.read([], gapsOf)).toEqual([])
  })

  it('is taken once by readers side by side', async () => {
    print(...Array.from({length: 50}, (_, at) => `line ${at}`))
    const other = await bench.another({evidence: store})
    await Promise.all([collect(), other.collect(bench.within()), collect()])
    await collect()
    await other.close()
    expect(texts()).toEqual(Array.from({length: 50}, (_, at) => `line ${at}`))
  })

  it('is taken while it is followed, and before its container goes', async () => {
    const stop = new AbortController()
    const following = engine.follow({signal: stop.signal})
    print('one')
    await expect.poll(texts, {timeout: 4_000}).toEqual(['one'])
    stop.abort()
    await following
    print('last words')
    await engine.removeDecky('web-01', bench.within())
    expect(texts()).toEqual(['one', 'last words'])
  })

  it('is bounded by the line and by the look, and what is left out is counted', async () => {
    print('x'.repeat(10_000), ...Array.from({length: 1200}, () => 'flood'))
    await collect()
    const [first, ...rest] = logged()
    expect(first?.data?.line).toMatchObject({text: 'x'.repeat(2048), truncated: true})
    expect(rest).toHaveLength(1000)
    expect(rest.at(-1)).toMatchObject({event: 'suppressed', data: {count: 201, reason: 'log'}})
    print('after')
    await collect()
    expect(texts().at(-1)).toBe('after')
    expect(store.read([], gapsOf)).toEqual([])
  })

  it('that was rotated away before it was read shows as a gap', async () => {
    print('one', 'two')
    await collect()
    print('three', 'four')
    sidecar().log.splice(0, 3)
    bench.fake.state.rotated = 3
    await collect()
    expect(texts()).toEqual(['one', 'two', 'four'])
    expect(logged().map(({seq}) => seq)).toEqual([1, 2, 4])
    expect(store.read([], gapsOf)).toMatchObject([{first: 3, last: 3}])
  })

  it('does not move the place that the evidence of the decky is read from', async () => {
    store.store([
      JSON.stringify({
        ...{v: 1, id: 'b.1', ts: '2025-12-31T00:00:00.000Z', boot: 'b', seq: 1},
        ...{decky: 'web-01', service: 'ssh', event: 'session.start'},
      }),
    ])
    print('later')
    await collect()
    expect(store.newest('web-01')).toBe('2025-12-31T00:00:00.000Z')
  })

  it('stays taken when retention removed it', async () => {
    print('one')
    await collect()
    store.change((db) => db.exec('DELETE FROM evidence'))
    await collect()
    expect(texts()).toEqual([])
    print('two')
    await collect()
    expect(logged()).toMatchObject([{seq: 2}])
  })
})

describe('the place in a log', () => {
  const times = fc.array(fc.nat({max: 3}), {maxLength: 30})
  const lineOf = (at: number, text: string) => ({
    at: `2026-01-01T00:00:00.${String(at).padStart(9, '0')}Z`,
    stream: 'stdout' as const,
    text,
  })

  it('takes every line once, wherever a reading ended, also at times that are equal or go back', () => {
    fc.assert(
      fc.property(times, fc.array(fc.nat({max: 30}), {maxLength: 6}), (steps, ends) => {
        // Mostly forward, sometimes not at all, sometimes back.
        const moves = steps.map((step) => (step === 3 ? -1 : step))
        const lines = moves.map((_, index) =>
          lineOf(
            moves.slice(0, index + 1).reduce((sum, move) => sum + move, 40),
            `${index}`,
          ),
        )
        const taken: string[] = []
        let mark: LogMark | null = null
        for (const end of [...ends.map((cut) => cut % (lines.length + 1)).toSorted((a, b) => a - b), lines.length]) {
          const found = newLines(lines.slice(0, end), mark)
          if (found === null) continue
          expect(found.lost).toBe(false)
          taken.push(...found.entries.map(({event}) => textOf(event)))
          mark = found.mark
        }
        expect(taken).toEqual(lines.map(({text}) => text))
      }),
    )
  })
})
