import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'

import {createSink, drainSinks, dropSink, feedSinks, sinksOf, trySinks} from '../../src/operations/sinks.ts'
import {parseRfc5424} from '../support/log-parsers.ts'
import {OperationWorld} from '../support/operation-world.ts'
import {eventually} from '../support/serve.ts'

const NEVER = new AbortController().signal
const line = (seq: number): string =>
  JSON.stringify({
    v: 1,
    id: `b.${seq}`,
    ts: '2026-03-01T12:00:00.000Z',
    boot: 'b',
    seq,
    decky: 'web',
    service: 'ssh',
    event: 'auth.attempt',
    src: {ip: '192.0.2.7', port: 1},
    credential: {principal: 'root', method: 'password', outcome: 'failure'},
  })

function store(world: OperationWorld, ...seqs: number[]): void {
  const evidence = world.deps.openEvidence()
  evidence.store(seqs.map(line))
  evidence.close()
}

const lines = (path: string): string[] => (existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [])

it('a sink is added, fed, shown and removed', async () => {
  const world = new OperationWorld()
  const path = join(world.deps.stateDir, 'out.json')
  store(world, 1)
  createSink(world.deps, {name: 'log', type: 'file', settings: [`path=${path}`], fromStart: true})
  const stop = new AbortController()
  const feeding = feedSinks(world.deps, {signal: stop.signal, version: '1', report: () => {}, lookMs: 5})
  await eventually(() => lines(path).length === 2)
  createSink(world.deps, {name: 'late', type: 'file', settings: [`path=${path}.2`, 'alerts=no'], fromStart: false})
  await eventually(() => sinksOf(world.deps).length === 2)
  store(world, 2)
  await eventually(() => lines(`${path}.2`).length === 1 && lines(path).length === 3)
  stop.abort()
  await feeding
  expect(
    lines(path)
      .map((text) => JSON.parse(text))
      .flatMap(({id}) => id ?? []),
  ).toEqual(['b.1', 'b.2'])
  expect(sinksOf(world.deps)).toMatchObject([
    {name: 'late', delivered: 1},
    {name: 'log', delivered: 3, waiting: 0},
  ])
  dropSink(world.deps, 'LATE')
  expect(sinksOf(world.deps).map(({name}) => name)).toEqual(['log'])
})

it.each([
  [{name: 'a b', type: 'file'}, 'no name for a sink'],
  [{name: 'a', type: 'fax'}, 'no kind of sink'],
  [{name: 'a', type: 'file'}, 'needs path'],
])('%j: %s', (sink, message) => {
  const world = new OperationWorld()
  expect(() => createSink(world.deps, {settings: [], fromStart: false, ...sink})).toThrow(message)
  expect(sinksOf(world.deps)).toEqual([])
})

it('refuses a name that is taken, and a sink that is not there', async () => {
  const world = new OperationWorld()
  const sink = {name: 'a', type: 'stdout', settings: [], fromStart: false}
  createSink(world.deps, sink)
  expect(() => createSink(world.deps, {...sink, name: 'A'})).toThrow('there is a sink "A" already')
  expect(() => dropSink(world.deps, 'b')).toThrow('there is no sink "b"')
  await expect(trySinks(world.deps, ['b'], NEVER, '1')).rejects.toThrow('there is no sink "b"')
})

it('a trial goes the whole way and leaves nothing behind', async () => {
  const world = new OperationWorld()
  const path = join(world.deps.stateDir, 'out.json')
  createSink(world.deps, {name: 'well', type: 'file', settings: [`path=${path}`], fromStart: false})
  createSink(world.deps, {name: 'away', type: 'file', settings: ['path=/no/such/folder/x'], fromStart: false})
  const trials = await trySinks(world.deps, [], NEVER, '1')
  expect(trials).toMatchObject([
    {sink: 'away', arrived: false, error: expect.stringContaining('ENOENT')},
    {sink: 'well', arrived: true, error: null},
  ])
  const arrived = lines(path).map((text) => JSON.parse(text))
  expect(arrived.find(({id}) => id === trials[1]?.event)).toMatchObject({data: {test: true}, class: 'high-confidence'})
  expect(arrived.filter(({alert}) => alert !== undefined)).toHaveLength(1)
  store(world, 1)
  expect(sinksOf(world.deps)).toMatchObject([
    {delivered: 0, failures: 0},
    {delivered: 0, failures: 0},
  ])
})

it("the fleet's log file is fed as long as the fleet names it", async () => {
  const world = new OperationWorld()
  const path = join(world.deps.stateDir, 'decnet.log')
  await world.deploy(`[general]\nlog_file = ${path}\n[web]\nservices = http\n`)
  expect(await drainSinks(world.deps, {signal: NEVER, version: '1'})).toEqual([])
  store(world, 1)
  expect(await drainSinks(world.deps, {signal: NEVER, version: '1'})).toEqual([])
  expect(lines(path).map((text) => parseRfc5424(text).fields.username)).toEqual([undefined, 'root'])
  await world.deploy(`[general]\nlog_file = ${path}.2\n[web]\nservices = http\n`, {replaceFleet: true})
  await drainSinks(world.deps, {signal: NEVER, version: '1'})
  expect(sinksOf(world.deps)).toMatchObject([{name: 'log-file', settings: {path: `${path}.2`}}])
})
