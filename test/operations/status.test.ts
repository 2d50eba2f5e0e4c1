import {describe, expect, it} from 'vitest'

import {type DeckyProbe, EngineError} from '../../src/engines/engine.ts'
import {DecnetError} from '../../src/fleet/errors.ts'
import type {ObservedInstance} from '../../src/fleet/observation.ts'
import {type DeckyState, statusOf} from '../../src/operations/decky-status.ts'
import {decky, network, service} from '../support/fleet-parts.ts'
import {OperationWorld} from '../support/operation-world.ts'
import {instanceOf} from '../support/plan-world.ts'
import {rejectionOf} from '../support/refusal.ts'

const HASH = 'a'.repeat(64)
const WEB = decky({services: [service('ssh', 22), service('http', 80)]})
const instance = (changes: Partial<ObservedInstance> = {}) => instanceOf(WEB, {configHash: HASH, ...changes})
const probe = (changes: Partial<DeckyProbe> = {}): DeckyProbe => ({
  decky: WEB.name,
  ip: WEB.ip,
  mac: WEB.mac,
  services: WEB.services.map(({name, ports}) => ({
    name,
    port: ports[0]?.port ?? 0,
    protocol: 'tcp',
    state: 'answering',
  })),
  error: null,
  ...changes,
})
const deafHttp = probe().services.map((each) => (each.name === 'http' ? {...each, state: 'down' as const} : each))

interface Case {
  readonly what: string
  readonly instance?: ObservedInstance
  readonly probe?: DeckyProbe
  readonly state: DeckyState
  /** `field: desired, observed` */
  readonly drift: readonly string[]
}

const CASES: readonly Case[] = [
  {what: 'as it should be', instance: instance(), probe: probe(), state: 'running', drift: []},
  {what: 'not there', state: 'missing', drift: ['instance: running, missing']},
  {
    what: 'stopped',
    instance: instance({state: 'exited', ip: null, mac: null}),
    state: 'stopped',
    drift: ['state: running, exited'],
  },
  {what: 'dead', instance: instance({state: 'dead'}), state: 'stopped', drift: ['state: running, dead']},
  {what: 'paused', instance: instance({state: 'paused'}), state: 'paused', drift: ['state: running, paused']},
  {
    what: 'in a restart loop',
    instance: instance({state: 'restarting'}),
    state: 'restarting',
    drift: ['state: running, restarting'],
  },
  {
    what: 'at another address',
    instance: instance({ip: '10.78.0.99', mac: null}),
    probe: probe(),
    state: 'degraded',
    drift: ['ip: 10.78.0.11, 10.78.0.99', 'mac: 00:50:56:00:00:11, none'],
  },
  {
    what: 'of another configuration',
    instance: instance({configHash: 'b'.repeat(64)}),
    probe: probe(),
    state: 'running',
    drift: ['config: aaaaaaaaaaaa, bbbbbbbbbbbb'],
  },
  {
    what: 'weakened',
    instance: instance({deviations: ['is privileged', 'runs as root']}),
    probe: probe(),
    state: 'running',
    drift: ['hardening: as created, is privileged', 'hardening: as created, runs as root'],
  },
  {
    what: 'deaf on one port',
    instance: instance(),
    probe: probe({services: deafHttp}),
    state: 'degraded',
    drift: ['service http/80: answering, down'],
  },
  {
    what: 'without an address inside',
    instance: instance(),
    probe: probe({ip: null, mac: null}),
    state: 'degraded',
    drift: ['ip inside: 10.78.0.11, none', 'mac inside: 00:50:56:00:00:11, none'],
  },
  {
    what: 'not to be looked into',
    instance: instance(),
    probe: probe({services: [], ip: null, mac: null, error: 'exec failed'}),
    state: 'degraded',
    drift: ['probe: answers, exec failed'],
  },
]

describe('statusOf', () => {
  it.each(CASES)('a decky $what', ({instance: seen, probe: look, state, drift}) => {
    const fleet = {network: network(), portOffset: 0}
    const status = statusOf(WEB, fleet, {instance: seen, probe: look, hash: HASH})
    expect(status.state).toBe(state)
    expect(status.drift.map(({field, desired, observed}) => `${field}: ${desired}, ${observed}`)).toEqual(drift)
    expect(status.services.map(({name, port}) => `${name}/${port}`)).toEqual(['ssh/22', 'http/80'])
  })
})

describe('fleetStatus', () => {
  const FILE = '[web]\nservices=http\n[db]\nservices=ssh\n'

  it('is null without a state, and without a fleet', async () => {
    const world = new OperationWorld()
    expect(await world.status()).toBeNull()
    await world.teardown('all')
    expect(await world.status()).toBeNull()
  })

  it('of one decky looks into no other', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    world.engine.deaf.add('web')
    const status = await world.status('DB')
    expect(status?.deckies.map(({name, state}) => [name, state])).toEqual([['db', 'running']])
  })

  it('refuses names that the fleet does not have', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    expect((await rejectionOf(world.status('db', 'mail'))).message).toBe('the fleet has no mail')
  })

  it('names leftovers', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    world.engine.instances.set('old', instanceOf(decky({name: 'old'})))
    expect((await world.status())?.leftovers).toEqual(['old'])
  })

  it.each([
    ['cannot be reached', new DecnetError('ENGINE_UNAVAILABLE', 'cannot be reached')],
    ['may not be asked', new DecnetError('PERMISSION', 'may not')],
    ['does not answer in time', new EngineError('timeout', 'no answer')],
  ])('is unknown, never missing, when the engine %s', async (_, error) => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    world.engine.unreachable = error
    const status = await world.status()
    expect(status?.engineError).toBe(error)
    expect(status?.deckies.map(({state, drift}) => [state, drift])).toEqual([
      ['unknown', []],
      ['unknown', []],
    ])
    expect(status?.deckies[0]?.services).toMatchObject([{state: 'unknown'}])
    expect(world.engine.closed).toBe(2)
  })

  it('does not take a bug for an engine that is gone', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    world.engine.unreachable = new TypeError('undefined is not a function')
    await expect(world.status()).rejects.toThrow(TypeError)
  })

  it('writes nothing', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const before = world.snapshot()
    await world.status()
    expect(world.snapshot()).toEqual(before)
  })
})
