import {expect, it} from 'vitest'
import {useBench} from '../support/bench.ts'
import {outcomes} from '../support/documents.ts'
import {deckyContainers, incarnations, snapshot} from '../support/engine-view.ts'
import {deckies, fleetText} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'
import {rounds} from '../support/soak.ts'
import {fingerprints, stateRows} from '../support/state-files.ts'

const PRESENT = fleetText({
  alpha: {services: 'http', ip: '10.77.0.20'},
  beta: {services: 'http', ip: '10.77.0.21'},
})

describeOnLab('an additive deploy', () => {
  const bench = useBench('add')

  it('leaves every decky that the file does not name as it runs', async () => {
    const on = bench()
    const crowd = rounds(12, 40)
    expect((await on.run(['config', 'set', 'deployment-limit', String(crowd + 1)])).code).toBe(0)
    await on.deploy(fleetText(deckies(crowd)))
    const before = await incarnations(on.lab)
    expect(Object.keys(before)).toHaveLength(crowd)

    const {lifecycle} = await on.deploy(fleetText({newcomer: {services: 'http'}}))

    expect(outcomes(lifecycle)).toEqual(['newcomer: created'])
    const {newcomer, ...others} = await incarnations(on.lab)
    expect(newcomer).toBeDefined()
    expect(others).toEqual(before)
  })

  it('gives the newcomer an address that no decky of the fleet has', async () => {
    const on = bench()
    await on.deploy(fleetText(deckies(3)))
    await on.deploy(fleetText(deckies(3, {services: 'http'}, 'more-')))
    const containers = [...(await deckyContainers(on.lab)).values()]
    const held = containers.map(({NetworkSettings}) => Object.values(NetworkSettings.Networks)[0]?.IPAddress)
    expect(new Set(held).size).toBe(6)
    expect(held).not.toContain(on.lab.layout.gateway)
    expect(held).not.toContain(on.lab.layout.address)
  })

  it.each([
    ['a name that the fleet has', {ALPHA: {services: 'ssh'}}, {}, 'NAME_CONFLICT', 'alpha'],
    [
      'an address that the fleet has',
      {gamma: {services: 'ssh', ip: '10.77.0.21'}},
      {},
      'ADDRESS_CONFLICT',
      '10.77.0.21',
    ],
    ['more deckies than the limit', deckies(9), {}, 'LIMIT_EXCEEDED', '11'],
    ['another network', {gamma: {services: 'ssh'}}, {gw: '10.77.0.254'}, 'NETWORK_CONFLICT', '10.77.0.254'],
  ])('refuses %s and writes nothing', async (_, sections, general, code, named) => {
    const on = bench()
    await on.deploy(PRESENT)
    const [engine, rows] = [await snapshot(on.lab), stateRows(on.stateDir)]

    const error = await on.refused(['deploy', '-'], 6, {input: fleetText(sections, general)})

    expect(error).toMatchObject({code, hint: expect.any(String)})
    expect(error.message).toContain(named)
    expect(stateRows(on.stateDir)).toEqual(rows)
    expect(await snapshot(on.lab)).toEqual(engine)
  })

  it('refuses a file that collides in one decky as a whole', async () => {
    const on = bench()
    await on.deploy(PRESENT)
    const before = fingerprints(on.stateDir)
    const mixed = fleetText({gamma: {services: 'http'}, beta: {services: 'http'}, delta: {services: 'http'}})
    await on.refused(['deploy', '-'], 6, {input: mixed})
    expect(Object.keys(await incarnations(on.lab))).toEqual(['alpha', 'beta'])
    expect(fingerprints(on.stateDir)).toEqual(before)
  })
})
