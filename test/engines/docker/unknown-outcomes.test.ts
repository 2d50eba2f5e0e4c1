/** Calls whose answer is lost: what was carried out is found by looking, and nothing is done twice. */
import {describe, expect, it} from 'vitest'

import {network, request} from '../../support/fleet-parts.ts'
import {failureOf, useBench} from './bench.ts'

const bench = useBench()
const create = () => bench.engine.createDecky(request(), network(), bench.within())
const statuses = () => [...bench.fake.state.containers.values()].map(({status}) => status)

describe('unknown outcomes', () => {
  it.each([
    ['reset', 'before'],
    ['reset', 'after'],
    ['silence', 'after'],
  ] as const)('a create with %s %s leaves one container', async (how, when) => {
    await bench.prepare()
    bench.fake.fail({on: /POST \/containers\/create/, [how]: when})
    await create()
    expect(statuses()).toEqual(['running'])
  })

  it('a create that was carried out is found, not repeated', async () => {
    await bench.prepare()
    bench.fake.fail({on: /POST \/containers\/create/, reset: 'after'})
    await create()
    expect(bench.fake.count(/POST \/containers\/create/)).toBe(1)
  })

  it('a start that was carried out is found, not repeated', async () => {
    await bench.prepare()
    bench.fake.fail({on: /POST .*start/, silence: 'after'})
    await create()
    expect(bench.fake.count(/POST .*start/)).toBe(1)
  })

  it('a start that was not is repeated after a look', async () => {
    await bench.prepare()
    bench.fake.fail({on: /POST .*start/, reset: 'before'})
    await create()
    expect(bench.fake.count(/POST .*start/)).toBe(2)
  })

  it('a removal that was carried out ends', async () => {
    await bench.prepare()
    await create()
    bench.fake.fail({on: /DELETE/, reset: 'after'})
    await bench.engine.removeDecky('web-01', bench.within())
    expect(bench.fake.count(/DELETE/)).toBe(1)
    expect(statuses()).toEqual([])
  })

  it('a network that was made is found, not made twice', async () => {
    bench.fake.fail({on: /POST \/networks\/create/, silence: 'after'})
    await bench.engine.createNetwork(network(), bench.within())
    expect(bench.fake.state.networks.size).toBe(1)
  })

  it('an engine that dies for good is "unavailable", with the way to go on', async () => {
    await bench.prepare()
    bench.fake.fail({on: /POST .*start/, reset: 'before', times: 99})
    bench.fake.fail({on: /GET \/containers\/dn-|GET \/containers\/[0-9a-f]{64}/, reset: 'before', times: 99})
    expect(await failureOf(create())).toMatchObject({
      fault: 'unavailable',
      hint: expect.stringContaining('same command'),
    })
  })
})
