import {describe, expect, it} from 'vitest'

import {frame} from '../../support/fake-engine-state.ts'
import {network, request, service} from '../../support/fleet-parts.ts'
import {failureOf, useBench} from './bench.ts'

const bench = useBench()
const observe = () => bench.engine.observe(AbortSignal.timeout(3_000))

async function deployed(): Promise<void> {
  await bench.prepare()
  await bench.engine.createDecky(request(), network(), bench.within())
  bench.fake.calls.length = 0
}

describe('observing', () => {
  it('reports a running decky as the engine has it, and only reads', async () => {
    await deployed()
    const observation = await observe()
    expect(observation).toMatchObject({
      network: {
        driver: 'macvlan',
        interface: 'lan0',
        subnet: '10.78.0.0/24',
        gateway: '10.78.0.1',
        foreignEndpoints: [],
      },
      surplusNetworks: [],
      imagePresent: true,
      instances: [
        {
          decky: 'web-01',
          customService: null,
          configHash: 'a'.repeat(64),
          generation: 1,
          state: 'running',
          ip: '10.78.0.11',
          mac: '00:50:56:00:00:11',
          networkId: observation.network?.id,
          restarts: 0,
          deviations: [],
        },
      ],
    })
    expect(bench.fake.changes()).toEqual([])
  })

  it('knows the configured address of one that does not run', async () => {
    await deployed()
    for (const container of bench.fake.state.containers.values()) bench.fake.state.stop(container)
    expect((await observe()).instances[0]).toMatchObject({state: 'exited', ip: '10.78.0.11'})
  })

  it('sees a decky whose network was taken away', async () => {
    await deployed()
    for (const container of bench.fake.state.containers.values()) container.endpoints = {}
    expect((await observe()).instances[0]).toMatchObject({ip: null, mac: null, networkId: null})
  })

  it('sees what a hand changed', async () => {
    await deployed()
    for (const {host} of bench.fake.state.containers.values()) {
      host.Privileged = true
      host.RestartPolicy = {Name: 'no'}
      host.Binds = ['/:/host']
    }
    expect((await observe()).instances[0]?.deviations).toEqual([
      'runs privileged',
      'has mounts',
      'has restart policy no',
    ])
  })

  it('names foreign endpoints on our network', async () => {
    await deployed()
    const [ours] = bench.fake.state.containers.values()
    if (ours === undefined) throw new Error('nothing was deployed')
    bench.fake.state.containers.set('guest', {
      ...ours,
      id: 'guest',
      name: 'guest',
      spec: {...ours.spec, Labels: {}},
    })
    const observation = await observe()
    expect(observation.network?.foreignEndpoints).toEqual(['guest'])
    expect(observation.instances).toHaveLength(1)
  })

  it('takes the list again when a container vanishes in between', async () => {
    await deployed()
    bench.fake.fail({on: /GET \/containers\/[0-9a-f]{64}/, first: () => bench.fake.state.containers.clear()})
    expect((await observe()).instances).toEqual([])
    expect(bench.fake.count(/GET \/containers\/json/)).toBe(2)
  })

  it.each([
    /GET \/containers\/json/,
    /GET \/containers\/[0-9a-f]{64}/,
    /GET \/networks$/,
    /GET \/networks\/[0-9a-f]/,
    /GET \/images/,
  ])('is an error when %s fails, never a smaller fleet', async (on) => {
    await deployed()
    bench.fake.fail({on, status: 500, text: 'context canceled', times: 99})
    expect(await failureOf(observe())).toMatchObject({name: 'EngineError'})
  })
})

describe('probing', () => {
  it('tells what is seen from inside', async () => {
    await deployed()
    expect(await bench.engine.probe(['web-01', 'gone'], AbortSignal.timeout(2_000))).toEqual([
      {
        decky: 'web-01',
        ip: '10.78.0.11',
        mac: '00:50:56:00:00:11',
        services: [{name: 'ssh', port: 22, protocol: 'tcp', state: 'answering'}],
        error: null,
      },
      {decky: 'gone', ip: null, mac: null, services: [], error: 'its container does not run'},
    ])
  })

  it.each([
    ['garbage', 'x'.repeat(100), 'JSON'],
    ['nothing', '', 'wrote nothing'],
    ['too much', 'x'.repeat(100_000), '65536 bytes'],
    [
      'lies',
      '{"addresses":[{"ip":7}],"services":[{"name":"a"},7,{"name":"\\u001b[2J","port":1,"protocol":"tcp","state":"answering"}]}',
      null,
    ],
  ])('survives a decoy that answers %s', async (_, output, error) => {
    await deployed()
    bench.fake.state.probeOutput = output
    const [probe] = await bench.engine.probe(['web-01'], AbortSignal.timeout(2_000))
    if (error !== null) expect(probe).toMatchObject({ip: null, services: [], error: expect.stringContaining(error)})
    else expect(probe).toMatchObject({ip: null, services: [{name: '\\x1b[2J'}]})
  })

  it('reports a probe that hangs, in the time of a probe', async () => {
    await deployed()
    bench.fake.fail({on: /exec\/.*start/, silence: 'after'})
    const [probe] = await bench.engine.probe(['web-01'], AbortSignal.timeout(2_000))
    expect(probe?.error).toMatch(/no answer|ran out/)
  })
})

describe('draining evidence', () => {
  it('delivers complete lines of standard output, once each, and nothing else', async () => {
    await deployed()
    const long = JSON.stringify({v: 1, text: 'x'.repeat(40_000)})
    const [container] = bench.fake.state.containers.values()
    container?.log.splice(
      0,
      container.log.length,
      frame('stdout', 'ail of a rotated line"}\n'),
      frame('stderr', '{"v":1,"from":"stderr"}\n'),
      ...(`${long}\n`.match(/.{1,16384}/gs) ?? []).map((piece) => frame('stdout', piece)),
      frame('stdout', '{"v":1,"seq":2}\nplain words\n{"v":1,"cut":'),
    )
    await bench.engine.removeDecky('web-01', bench.within())
    expect(bench.evidence).toEqual([long, '{"v":1,"seq":2}'])
  })

  it('of a decky of many services goes through batches', async () => {
    await deployed()
    const lines = Array.from({length: 1_234}, (_, seq) => JSON.stringify({v: 1, seq}))
    const [container] = bench.fake.state.containers.values()
    if (container !== undefined) container.log = [frame('stdout', `${lines.join('\n')}\n`)]
    await bench.engine.removeDecky('web-01', bench.within())
    expect(bench.evidence).toEqual(lines)
  })
})

it('keeps service names apart in a decky of several', async () => {
  await bench.prepare()
  await bench.engine.createDecky(
    request({services: [service('ssh', 22), service('http', 8080)]}),
    network(),
    bench.within(),
  )
  const [probe] = await bench.engine.probe(['web-01'], AbortSignal.timeout(2_000))
  expect(probe?.services.map(({name, port}) => `${name}:${port}`)).toEqual(['ssh:22', 'http:8080'])
})
