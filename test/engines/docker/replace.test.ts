import {describe, expect, it} from 'vitest'

import {frame} from '../../support/fake-engine-state.ts'
import {decky, network, request, service} from '../../support/fleet-parts.ts'
import {failureOf, useBench} from './bench.ts'

const bench = useBench()
const NEW = 'b'.repeat(64)
const containers = () => [...bench.fake.state.containers.values()]
const hashes = () => containers().map(({spec, status}) => [spec.Labels['decnet.config-hash']?.[0], status])

async function deployed(...args: Parameters<typeof request>): Promise<void> {
  await bench.prepare()
  await bench.engine.createDecky(request(...args), network(), bench.within())
  bench.fake.calls.length = 0
}

const replace = (...args: Parameters<typeof request>) =>
  bench.engine.replaceDecky(request(...args), network(), bench.within())

describe('replacing a decky', () => {
  it('creates beside the old one, takes its address over, and removes it last, drained', async () => {
    await deployed()
    containers()[0]?.log.push(frame('stdout', '{"v":1,"event":"command"}\n'))
    await replace({}, NEW, 2)
    expect(bench.fake.changes()).toEqual([
      'POST /containers/create',
      'POST /containers/ID/update',
      'POST /containers/ID/stop',
      'POST /containers/ID/start',
      'POST /containers/ID/update',
      'POST /containers/ID/stop',
      'DELETE /containers/ID',
    ])
    expect(hashes()).toEqual([['b', 'running']])
    expect(bench.evidence).toContain('{"v":1,"event":"command"}')
  })

  it('brings the old one back when the new one fails', async () => {
    await deployed()
    const failure = await failureOf(replace({services: [service('ssh', 22, {behave: 'exit'})]}, NEW))
    expect(failure).toMatchObject({
      fault: 'not-ready',
      message: expect.stringContaining('(rolled back: the previous container runs again)'),
    })
    expect(failure.message).toContain('giving up')
    expect(hashes()).toEqual([['a', 'running']])
    expect(containers()[0]?.host.RestartPolicy.Name).toBe('always')
  })

  it('brings it back also when the time of the operation has run out', async () => {
    await deployed()
    const next = request({services: [service('ssh', 22, {behave: 'silent'})]}, NEW)
    const failure = await failureOf(bench.engine.replaceDecky(next, network(), bench.within(250)))
    expect(failure).toMatchObject({fault: 'not-ready', message: expect.stringContaining('rolled back')})
    expect(hashes()).toEqual([['a', 'running']])
  })

  it('says so when it cannot be brought back', async () => {
    await deployed()
    bench.fake.fail({on: /POST .*start/, status: 500, text: 'no such device', times: 9})
    const failure = await failureOf(replace({}, NEW))
    expect(failure.message).toContain('the previous container did not come back: start container: no such device')
  })

  it('leaves the old one running when the new one cannot even be created', async () => {
    await deployed()
    bench.fake.fail({on: /POST \/containers\/create/, status: 500, text: 'no space left on device', times: 9})
    await expect(replace({}, NEW)).rejects.toMatchObject({fault: 'capacity'})
    expect(hashes()).toEqual([['a', 'running']])
    expect(bench.fake.count(/stop/)).toBe(0)
  })

  it.each(['created', 'running'] as const)('goes on where a crash left the new one %s', async (status) => {
    await deployed()
    const old = containers()[0]
    await replace({ip: '10.78.0.12'}, NEW)
    const fresh = containers()[0]
    if (old === undefined || fresh === undefined) throw new Error('nothing was deployed')
    fresh.status = status
    old.status = status === 'running' ? 'exited' : 'running'
    bench.fake.state.containers.set(old.id, old)
    bench.fake.calls.length = 0
    await replace({ip: '10.78.0.12'}, NEW)
    expect(hashes()).toEqual([['b', 'running']])
    expect(bench.fake.count(/create/)).toBe(0)
  })

  it('replaces a container of the same hash that a hand has changed', async () => {
    await deployed()
    const old = containers()[0]
    if (old !== undefined) old.host.ReadonlyRootfs = false
    await replace()
    expect(hashes()).toEqual([['a', 'running']])
    expect(containers()[0]?.id).not.toBe(old?.id)
    expect(bench.fake.count(/rename/)).toBe(1)
  })

  it('creates where there is nothing to replace', async () => {
    await bench.prepare()
    await replace()
    expect(hashes()).toEqual([['a', 'running']])
  })
})

describe('restarting a decky', () => {
  const restart = () => bench.engine.restartDecky(request(), network(), bench.within())

  it('starts a stopped one with its restart policy put right', async () => {
    await deployed()
    const [container] = containers()
    if (container === undefined) throw new Error('nothing was deployed')
    bench.fake.state.stop(container)
    container.host.RestartPolicy = {Name: 'no'}
    await restart()
    expect(bench.fake.changes()).toEqual(['POST /containers/ID/update', 'POST /containers/ID/start'])
    expect(container.host.RestartPolicy.Name).toBe('always')
  })

  it('stops a hung one first', async () => {
    await deployed()
    await restart()
    expect(bench.fake.count(/stop$/)).toBe(1)
    expect(bench.fake.count(/start$/)).toBe(1)
    expect(bench.fake.count(/create/)).toBe(0)
  })

  it('creates it anew when it is gone', async () => {
    await deployed()
    bench.fake.state.containers.clear()
    await restart()
    expect(hashes()).toEqual([['a', 'running']])
  })
})

describe('custom services', () => {
  const scada = {
    name: 'scada',
    image: 'acme/scada:1',
    exec: ['/scada', '--port', '502'],
    ports: [{port: 502, protocol: 'tcp' as const}],
    options: {'unit-id': '7'},
  }
  const withScada = () => request(decky({customServices: [scada]}))
  const create = () => bench.engine.createDecky(withScada(), network(), bench.within())
  const sidecar = () => containers().find(({spec}) => spec.Labels['decnet.service'] === 'scada')

  async function prepared(): Promise<void> {
    await bench.prepare()
    bench.fake.state.images.set(scada.image, {})
  }

  it('run confined in the network namespace of the decky', async () => {
    await prepared()
    await create()
    const main = containers().find((container) => container !== sidecar())
    expect(sidecar()?.host.NetworkMode).toBe(`container:${main?.id}`)
    expect(sidecar()?.spec).toMatchObject({Image: scada.image, Cmd: scada.exec, Env: ['UNIT_ID=7']})
    expect(sidecar()?.host).toMatchObject({CapDrop: ['ALL'], PidsLimit: 128, RestartPolicy: {Name: 'always'}})
    const {instances} = await bench.engine.observe(AbortSignal.timeout(2_000))
    expect(instances.map(({customService, deviations}) => [String(customService), deviations]).toSorted()).toEqual([
      ['null', []],
      ['scada', []],
    ])
  })

  it('need their image, which is never downloaded; nothing is made without it', async () => {
    await bench.prepare()
    expect(await failureOf(create())).toMatchObject({
      fault: 'refused',
      message: expect.stringContaining('acme/scada:1'),
      hint: expect.stringContaining('docker pull acme/scada:1'),
    })
    expect(bench.fake.changes()).toEqual([])
  })

  it('are kept while the decky has not started again, and made anew after', async () => {
    await prepared()
    await create()
    const first = sidecar()?.id
    await create()
    expect(sidecar()?.id).toBe(first)
    await bench.engine.restartDecky(withScada(), network(), bench.within())
    expect(sidecar()?.id).not.toBe(first)
    expect(containers()).toHaveLength(2)
  })

  it('in the namespace of an earlier start are a deviation', async () => {
    await prepared()
    await create()
    const main = containers().find((container) => container !== sidecar())
    if (main !== undefined) main.startedAt = bench.fake.state.now()
    const {instances} = await bench.engine.observe(AbortSignal.timeout(2_000))
    expect(instances.find(({customService}) => customService === 'scada')?.deviations).toEqual([
      'is in the network namespace of an earlier start',
    ])
  })

  it('that end at once fail the decky with their last lines', async () => {
    await prepared()
    const announce = bench.fake.state.onStart
    bench.fake.state.onStart = (container) => {
      announce(container)
      if (container.spec.Image !== scada.image) return
      container.log.push(frame('stderr', 'cannot bind\n'))
      bench.fake.state.stop(container, 1)
    }
    const failure = await failureOf(create())
    expect(failure.message).toContain('scada is not ready: its process ended with exit code 1')
    expect(failure.message).toContain('cannot bind')
    expect(sidecar()).toBeUndefined()
  })

  it('go with their decky', async () => {
    await prepared()
    await create()
    await bench.engine.removeDecky('web-01', bench.within())
    expect(containers()).toEqual([])
  })
})
