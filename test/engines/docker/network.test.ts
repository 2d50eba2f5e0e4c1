import {describe, expect, it} from 'vitest'

import {LABEL} from '../../../src/engines/docker/labels.ts'
import {INSTALL, network, request} from '../../support/fleet-parts.ts'
import {failureOf, useBench} from './bench.ts'

const bench = useBench()
const OURS = {[LABEL.fleet]: INSTALL.id}
const ipam = (Subnet: string, Gateway: string) => ({Config: [{Subnet, Gateway}]})
const create = (overrides = {}) => bench.engine.createNetwork(network(overrides), bench.within())
const names = () => [...bench.fake.state.networks.values()].map(({Name}) => Name)

describe('the network', () => {
  it('is made on the parent with a range that takes no address of the pool', async () => {
    await create()
    const [made] = bench.fake.state.networks.values()
    expect(made).toMatchObject({
      Name: 'dn-01234567',
      Driver: 'macvlan',
      Labels: OURS,
      Options: {parent: 'lan0', macvlan_mode: 'bridge'},
      IPAM: {Config: [{Subnet: '10.78.0.0/24', Gateway: '10.78.0.1', IPRange: '10.78.0.1/32'}]},
    })
  })

  it('of ipvlan is layer 2, and its containers get no MAC of their own', async () => {
    const ipvlan = network({driver: 'ipvlan'})
    await bench.engine.createNetwork(ipvlan, bench.within())
    bench.fake.state.images.set(bench.engine.runtimeId, {})
    await bench.engine.createDecky(request(), ipvlan, bench.within())
    const [made] = bench.fake.state.networks.values()
    expect(made?.Options).toEqual({parent: 'lan0', ipvlan_mode: 'l2'})
    const [container] = bench.fake.state.containers.values()
    expect(container?.spec).not.toHaveProperty('MacAddress')
  })

  it('is left as it is when it is there', async () => {
    await create()
    bench.fake.calls.length = 0
    await create()
    expect(bench.fake.changes()).toEqual([])
  })

  it('is chosen among copies by use, and the others are removed', async () => {
    await bench.prepare()
    const [first] = bench.fake.state.networks.values()
    if (first === undefined) throw new Error('no network')
    const older = bench.fake.state.addNetwork({...first, Name: 'copy'})
    bench.fake.state.networks.set(older.Id, {...older, Created: '2025-01-01T00:00:00Z'})
    await bench.engine.createDecky(request(), network(), bench.within())
    expect(names()).toHaveLength(2)
    const observed = await bench.engine.observe(AbortSignal.timeout(2_000))
    expect(observed.surplusNetworks).toHaveLength(1)
    await create()
    expect(names()).toHaveLength(1)
    expect((await bench.engine.observe(AbortSignal.timeout(2_000))).network?.id).toBe(observed.network?.id)
  })

  it('of other settings is removed when nothing uses it', async () => {
    await create({gateway: '10.78.0.254'})
    await create()
    expect([...bench.fake.state.networks.values()].map(({IPAM}) => IPAM.Config?.[0]?.Gateway)).toEqual(['10.78.0.1'])
  })

  it('of other settings is not touched while a decky uses it', async () => {
    await bench.prepare()
    await bench.engine.createDecky(request(), network(), bench.within())
    expect(await failureOf(create({gateway: '10.78.0.254'}))).toMatchObject({
      fault: 'refused',
      message: expect.stringContaining('its gateway is 10.78.0.1 instead of 10.78.0.254'),
    })
    expect(names()).toEqual(['dn-01234567'])
  })

  it.each([
    ['on our interface', {Options: {parent: 'lan0'}, IPAM: ipam('10.99.0.0/24', '10.99.0.1')}, 'interface lan0'],
    ['of our subnet', {Options: {parent: 'eth9'}, IPAM: ipam('10.78.0.0/24', '10.78.0.1')}, 'overlaps'],
  ])('of somebody else %s is named and left alone', async (_, foreign, mentioned) => {
    bench.fake.state.addNetwork({Name: 'office', ...foreign})
    const failure = await failureOf(create())
    expect(failure).toMatchObject({fault: 'foreign', hint: expect.stringContaining('docker network rm')})
    expect(failure.message).toContain(mentioned)
    expect(failure.message).toContain('"office"')
    expect(names()).toEqual(['office'])
  })

  it('of our name but not our label is not ours', async () => {
    bench.fake.state.addNetwork({
      Name: 'dn-01234567',
      Options: {parent: 'eth9'},
      IPAM: ipam('10.99.0.0/24', '10.99.0.1'),
    })
    expect(await failureOf(create())).toMatchObject({
      fault: 'foreign',
      message: expect.stringContaining('not this fleet'),
    })
    await bench.engine.removeNetwork(bench.within())
    expect(names()).toEqual(['dn-01234567'])
  })

  it.each([
    'invalid subinterface vlan name nope0, example formatting is eth0.10',
    'loopback interface is not a valid macvlan parent link',
    'failed to create lan0.77 vlan link: operation not supported',
  ])('on a bad parent: %s', async (text) => {
    bench.fake.fail({on: /networks\/create/, status: 500, text})
    expect(await failureOf(create())).toMatchObject({
      fault: 'refused',
      message: expect.stringContaining('lan0'),
      hint: expect.stringContaining('ip link'),
    })
  })

  it('that the engine made otherwise is an error', async () => {
    bench.fake.fail({on: /networks\/create/, first: () => {}})
    const create_ = bench.fake.state.createNetwork.bind(bench.fake.state)
    bench.fake.state.createNetwork = (body) => create_({...body, Driver: 'bridge'})
    expect((await failureOf(create())).message).toContain('its driver is bridge instead of macvlan')
  })
})

describe('removing the network', () => {
  it('ends when it is gone already', async () => {
    await create()
    bench.fake.fail({on: /DELETE/, status: 404, text: 'network 1 not found'})
    await bench.engine.removeNetwork(bench.within())
  })

  it('names what still uses it', async () => {
    await bench.prepare()
    await bench.engine.createDecky(request(), network(), bench.within())
    expect(await failureOf(bench.engine.removeNetwork(bench.within()))).toMatchObject({
      fault: 'foreign',
      message: expect.stringContaining('still in use by dn-01234567-web-01-aaaaaaaa'),
    })
  })
})
