import {gzipSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'

import {CHECKS} from '../../../src/operations/doctor/checks.ts'
import {Store} from '../../../src/state/store.ts'
import {DoctorWorld} from '../../support/doctor-world.ts'
import {container, ID, network, TROUBLED_FILE} from '../../support/trouble.ts'
import {FLEET_TROUBLES} from './fleet-troubles.ts'
import {MACHINE_TROUBLES} from './machine-troubles.ts'
import {NETWORK_TROUBLES} from './network-troubles.ts'

const TROUBLES = [...MACHINE_TROUBLES, ...NETWORK_TROUBLES, ...FLEET_TROUBLES]

describe('a machine on which all is well', () => {
  it('fails nothing and warns of nothing', async () => {
    const {checks, engine, network: lan} = await new DoctorWorld().diagnose({}, TROUBLED_FILE)
    expect(checks.filter(({result}) => result === 'failed' || result === 'warning')).toEqual([])
    expect(checks.filter(({result}) => result === 'ok').length).toBeGreaterThan(20)
    expect({engine, lan}).toEqual({
      engine: 'docker',
      lan: {driver: 'macvlan', interface: 'eth0', subnet: '192.168.1.0/24', gateway: '192.168.1.1'},
    })
  })

  it('nor with the embedded engine, which needs none of Docker', async () => {
    const world = new DoctorWorld()
    world.engineFacts = new Error('nobody may ask')
    const {checks} = await world.diagnose({engine: 'embedded'}, TROUBLED_FILE)
    expect(checks.filter(({result}) => result === 'failed' || result === 'warning')).toEqual([])
    expect(checks.map(({id}) => id).filter((id) => id.startsWith('docker'))).toEqual([])
  })

  it('keeps its network to itself unless asked to probe', async () => {
    const world = new DoctorWorld()
    await world.diagnose({}, TROUBLED_FILE)
    expect(world.solicited).toEqual([])
    expect(world.programCalls.filter((call) => call.startsWith('arping'))).toEqual([])
  })

  it('has no address conflict where the fleet that runs is the one that is looked at', async () => {
    const world = new DoctorWorld()
    await world.deploy(TROUBLED_FILE)
    const fleet = world.state((store) => store.install().id) ?? ''
    world.engineSays({
      containers: [container({fleet, decky: 'web-01'}), container({id: 'b'.repeat(64), fleet, decky: 'web-02'})],
      networks: [network({parent: 'eth0', fleet, endpoints: [{container: ID, name: 'x', address: '192.168.1.2'}]})],
    })
    expect(await world.finding('docker-addresses', {}, TROUBLED_FILE)).toMatchObject({result: 'skipped'})
    expect(await world.finding('docker-addresses')).toMatchObject({result: 'ok'})
    expect(await world.finding('fleet-file', {}, TROUBLED_FILE)).toMatchObject({result: 'ok'})
    expect(await world.finding('own-leftovers')).toMatchObject({result: 'ok'})
    // A paused decky of ours still holds its address, which nobody else has to give up.
    world.engineSays({containers: [container({fleet, decky: 'web-01', state: 'paused'})]})
    expect(await world.finding('docker-addresses')).toMatchObject({result: 'ok'})
  })
})

describe('doctor finds', () => {
  it.each(TROUBLES)(
    '$what ($id)',
    async ({id, spoil, request, text, result = 'failed', detail, fix, permission = false}) => {
      const world = new DoctorWorld()
      await spoil(world)
      const found = await world.finding(id, request, text)
      expect(found, JSON.stringify(found)).toMatchObject({result, permission})
      expect(found.detail).toMatch(detail)
      expect(found.fix).toMatch(fix)
      expect(found.why).not.toBe('')
    },
  )

  it('no way to ask a LAN that it is not on, and sends nothing to strangers', async () => {
    const world = new DoctorWorld()
    world.machine.link('eth0', {cidr: '172.20.0.5/24'})
    await world.diagnose({probeLan: true}, TROUBLED_FILE)
    expect(world.solicited).toEqual([])
  })

  it('something with every check there is', () => {
    const provoked = new Set(TROUBLES.map(({id}) => id))
    expect(CHECKS.map(({id}) => id).filter((id) => !provoked.has(id))).toEqual([])
    expect(new Set(CHECKS.map(({id}) => id)).size).toBe(CHECKS.length)
  })

  it('rows that a killed command left open', async () => {
    const world = new DoctorWorld()
    await world.deploy(TROUBLED_FILE)
    world.state((store) => store.install())
    const store = Store.open(world.stateDir, {mode: 'write'})
    const stored = store.fleet()
    if (stored === null) throw new Error('nothing was deployed')
    store.commit({
      at: '2026-03-01T12:00:00.000Z',
      kind: 'deploy',
      user: 'x',
      fileName: null,
      fileHash: null,
      fileText: null,
      flags: {},
      fleet: stored.fleet,
      configHashes: new Map(stored.deckies.map(({decky, configHash}) => [decky.name, configHash])),
      rows: [{decky: 'web-01', host: 'local', operation: 'create'}],
      submitted: [],
    })
    store.close()
    const found = await world.finding('interrupted-commands')
    expect(found).toMatchObject({result: 'warning', detail: expect.stringMatching(/^1 row of deployment 2 still open/)})
  })
})

describe('where the Engine is on another machine', () => {
  it('nothing of this machine is held against it', async () => {
    const world = new DoctorWorld()
    world.engineIsLocal = false
    world.machine.unlink('eth0')
    world.machine.write('/proc/modules', '')
    world.machine.write('/proc/config.gz', gzipSync('# nothing\n'))
    const {checks} = await world.diagnose({probeLan: true}, TROUBLED_FILE)
    expect(checks.filter(({result}) => result === 'failed')).toEqual([])
    expect(world.solicited).toEqual([])
  })
})
