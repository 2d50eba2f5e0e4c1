import {expect, it} from 'vitest'
import {type Bench, useBench} from '../support/bench.ts'
import {outcomes} from '../support/documents.ts'
import {deckies} from '../support/fleet-text.ts'
import {describeOnEngines} from '../support/lab.ts'
import {rounds} from '../support/soak.ts'
import {fingerprints, stateRows} from '../support/state-files.ts'

const present = (on: Bench): string =>
  on.text({
    alpha: {services: 'http', ip: on.site.address(20)},
    beta: {services: 'http', ip: on.site.address(21)},
  })

describeOnEngines('an additive deploy', (engine) => {
  const bench = useBench('add', {}, engine)

  it('leaves every decky that the file does not name as it runs', async () => {
    const on = bench()
    const crowd = rounds(12, 40)
    expect((await on.run(['config', 'set', 'deployment-limit', String(crowd + 1)])).code).toBe(0)
    await on.deploy(on.text(deckies(crowd)))
    const before = await on.site.incarnations()
    expect(Object.keys(before)).toHaveLength(crowd)

    const {lifecycle} = await on.deploy(on.text({newcomer: {services: 'http'}}))

    expect(outcomes(lifecycle)).toEqual(['newcomer: created'])
    const {newcomer, ...others} = await on.site.incarnations()
    expect(newcomer).toBeDefined()
    expect(others).toEqual(before)
  })

  it('gives the newcomer an address that no decky of the fleet has', async () => {
    const on = bench()
    await on.deploy(on.text(deckies(3)))
    await on.deploy(on.text(deckies(3, {services: 'http'}, 'more-')))
    const held = Object.values(await on.site.addresses())
    expect(new Set(held).size).toBe(6)
    for (const address of on.site.reserved) expect(held).not.toContain(address)
  })

  it.each([
    ['a name that the fleet has', () => ({ALPHA: {services: 'ssh'}}), {}, 'NAME_CONFLICT', () => 'alpha'],
    [
      'an address that the fleet has',
      (on: Bench) => ({gamma: {services: 'ssh', ip: on.site.address(21)}}),
      {},
      'ADDRESS_CONFLICT',
      (on: Bench) => on.site.address(21),
    ],
    ['more deckies than the limit', () => deckies(9), {}, 'LIMIT_EXCEEDED', () => '11'],
    [
      'another network',
      () => ({gamma: {services: 'ssh'}}),
      (on: Bench) => ({gw: on.site.address(254)}),
      'NETWORK_CONFLICT',
      (on: Bench) => on.site.address(254),
    ],
  ])('refuses %s and writes nothing', async (_, sections, general, code, named) => {
    const on = bench()
    await on.deploy(present(on))
    const [before, rows] = [await on.site.snapshot(), stateRows(on.stateDir)]
    const input = on.text(sections(on), typeof general === 'function' ? general(on) : general)

    const error = await on.refused(['deploy', '-'], 6, {input})

    expect(error).toMatchObject({code, hint: expect.any(String)})
    expect(error.message).toContain(named(on))
    expect(stateRows(on.stateDir)).toEqual(rows)
    expect(await on.site.snapshot()).toEqual(before)
  })

  it('refuses a file that collides in one decky as a whole', async () => {
    const on = bench()
    await on.deploy(present(on))
    const before = fingerprints(on.stateDir)
    const mixed = on.text({gamma: {services: 'http'}, beta: {services: 'http'}, delta: {services: 'http'}})
    await on.refused(['deploy', '-'], 6, {input: mixed})
    expect(fingerprints(on.stateDir)).toEqual(before)
    expect(Object.keys(await on.site.incarnations())).toEqual(['alpha', 'beta'])
  })
})
