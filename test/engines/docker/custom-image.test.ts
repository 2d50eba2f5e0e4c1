import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'

import {readBuildContext} from '../../../src/engines/docker/build-context.ts'
import type {CustomService} from '../../../src/fleet/spec.ts'
import {decky, network, request} from '../../support/fleet-parts.ts'
import {failureOf, useBench} from './bench.ts'

const bench = useBench()
const BUILD = /POST \/build/
let directory: string

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'decnet-image-'))
  writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\n')
  await bench.prepare()
})
afterEach(() => rmSync(directory, {recursive: true, force: true}))

function scada(changes: Partial<CustomService> = {}): CustomService {
  const {image} = readBuildContext(directory)
  return {name: 'scada', image, build: {directory}, exec: [], ports: [], options: {}, ...changes}
}

const containers = () => [...bench.fake.state.containers.values()]
const sidecar = () => containers().find(({spec}) => spec.Labels['decnet.service'] === 'scada')
const asked = (service: CustomService, hash = 'a') => request(decky({customServices: [service]}), hash.repeat(64))
const create = (service: CustomService) => bench.engine.createDecky(asked(service), network(), bench.within())

describe('an image that is built', () => {
  it('is built once, of what is in the directory, and told step by step', async () => {
    await create(scada())
    expect(bench.fake.count(BUILD)).toBe(1)
    const call = bench.fake.calls.find(({path}) => path === '/build')
    expect(call?.query.get('t')).toBe(scada().image)
    expect(Buffer.from(call?.body as Buffer).toString('latin1')).toContain('FROM scratch')
    expect(sidecar()?.spec.Image).toBe(scada().image)
    expect(bench.steps).toContain('building scada')
    expect(bench.steps).toContain('building scada: Step 1/2 : FROM scratch')
    await create(scada())
    expect(bench.fake.count(BUILD)).toBe(1)
  })

  it('is built once for deckies that are made side by side', async () => {
    const others = ['web-01', 'web-02', 'web-03'].map((name, index) =>
      bench.engine.createDecky(
        request(decky({name, ip: `10.9.0.${20 + index}`, customServices: [scada()]})),
        network(),
        bench.within(),
      ),
    )
    await Promise.all(others)
    expect(bench.fake.count(BUILD)).toBe(1)
  })

  it('is not built of what changed since the fleet file was read', async () => {
    const service = scada()
    writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\nUSER 1\n')
    expect(await failureOf(create(service))).toMatchObject({
      message: expect.stringContaining('is not what it was'),
      hint: expect.stringContaining('deploy the fleet file again'),
    })
    expect(bench.fake.changes()).toEqual([])
  })

  it('needs its directory only as long as the engine does not have it', async () => {
    const service = scada()
    await create(service)
    rmSync(directory, {recursive: true})
    await bench.engine.restartDecky(asked(service), network(), bench.within())
    bench.fake.state.images.delete(service.image)
    expect(await failureOf(create(service))).toMatchObject({hint: expect.stringContaining('put the directory back')})
  })

  it('that fails says what the build said last, and leaves nothing', async () => {
    const printed = Array.from({length: 30}, (_, at) => JSON.stringify({stream: `line ${at}\u001b[2J\n`}))
    bench.fake.state.buildAnswer = [...printed, '{"error":"COPY failed: no such file"}'].join('\n')
    const failure = await failureOf(create(scada()))
    expect(failure.message).toContain('scada cannot be built: COPY failed: no such file')
    expect(failure.message).toContain('line 29')
    expect(failure.message).not.toContain('line 19')
    expect(failure.message).not.toContain('\u001b')
    expect(bench.fake.changes()).toEqual(['POST /build'])
  })

  it('goes when its decky is replaced by one with another, or removed; no other does', async () => {
    const first = scada()
    await create(first)
    bench.fake.state.images.set('decnet-custom:somebody', {})
    writeFileSync(join(directory, 'a'), '')
    const second = scada()
    await bench.engine.replaceDecky(asked(second, 'b'), network(), bench.within())
    const images = () => [...bench.fake.state.images.keys()].filter((name) => name.startsWith('decnet-custom'))
    expect(images()).toEqual(['decnet-custom:somebody', second.image])
    expect(sidecar()?.spec.Image).toBe(second.image)
    await bench.engine.removeDecky('web-01', bench.within())
    expect(images()).toEqual(['decnet-custom:somebody'])
  })
})

describe('the health of a custom service', () => {
  it('is a command that ends with 0, at last', async () => {
    bench.fake.state.exitCodes.push(1, 1, 0)
    await create(scada({health: {command: ['/bin/check']}}))
    expect(bench.fake.count(/GET \/exec/)).toBe(3)
    const [exec] = bench.fake.calls.filter(({path}) => path.endsWith('/exec'))
    expect(exec).toMatchObject({path: `/containers/${sidecar()?.id}/exec`, body: {Cmd: ['/bin/check']}})
  })

  it('is a port that something in the namespace of the decky listens on', async () => {
    await create(scada({health: {port: {port: 22, protocol: 'tcp'}}}))
    expect(sidecar()?.status).toBe('running')
  })

  it('that does not come fails the decky, with what was waited for', async () => {
    const service = scada({health: {port: {port: 502, protocol: 'tcp'}}})
    const failure = await failureOf(bench.engine.createDecky(asked(service), network(), bench.within(600)))
    expect(failure).toMatchObject({
      fault: 'not-ready',
      message: expect.stringContaining('nothing listens on 502/tcp'),
    })
    expect(sidecar()).toBeUndefined()
  })

  it('is not waited for once the service ended', async () => {
    bench.fake.state.exitCodes.push(...Array.from({length: 1000}, () => 1))
    const announce = bench.fake.state.onStart
    bench.fake.state.onStart = (container) => {
      announce(container)
      if (container.spec.Labels['decnet.service'] === undefined) return
      setTimeout(() => bench.fake.state.stop(container, 3), 60)
    }
    const failure = await failureOf(create(scada({health: {command: ['/bin/check']}})))
    expect(failure.message).toMatch(/exit code 3|is not running/)
  })
})
