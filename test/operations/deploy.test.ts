import {existsSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {mutationDocument} from '../../src/cli/views/mutation.ts'
import {statusDocument} from '../../src/cli/views/status.ts'
import {EngineError} from '../../src/engines/engine.ts'
import type {ErrorCode} from '../../src/fleet/errors.ts'
import {OperationWorld, shown} from '../support/operation-world.ts'
import {rejectionOf} from '../support/refusal.ts'

const FILE = '[web]\nservices=http\namount=2\n'
const refused = (message: string) => new EngineError('refused', message, {hint: 'look at it'})

describe('a first deployment', () => {
  it('makes network, image and deckies, and records all of it', async () => {
    const world = new OperationWorld()
    const result = await world.deploy(FILE)
    expect(shown(result.rows)).toEqual(['web-01 create succeeded created', 'web-02 create succeeded created'])
    expect(result).toMatchObject({interrupted: false, resourceErrors: [], summary: {created: 2, failed: 0}})
    expect(world.engine.calls.toSorted()).toEqual(['create web-01', 'create web-02', 'image.ensure', 'network.create'])
    expect(world.engine.network).toMatchObject({interface: 'eth0', subnet: '192.168.1.0/24', gateway: '192.168.1.1'})
    expect([...world.engine.instances.values()].map(({ip}) => ip)).toEqual(['192.168.1.2', '192.168.1.3'])
    expect(world.engine.closed).toBe(1)
    world.state((store) => {
      expect(store.fleet()?.fleet.deckies.map(({name}) => name)).toEqual(['web-01', 'web-02'])
      expect(store.lastDeployment()).toMatchObject({kind: 'deploy', user: 'tester', outcome: 'succeeded'})
    })
    expect(statSync(world.stateDir).mode & 0o777).toBe(0o700)
  })

  it('has written everything it will do before it does the first of it', async () => {
    const world = new OperationWorld()
    const seen: string[][] = []
    world.engine.before = () => {
      seen.push(world.state((store) => store.lifecycle().map(({status}) => status)) ?? [])
    }
    await world.deploy(FILE)
    expect(seen[0]).toEqual(['pending', 'pending'])
    expect(seen.at(-1)).toContain('running')
  })

  it('shows no secret of the file anywhere', async () => {
    const world = new OperationWorld()
    const text = '[cache]\nservices=redis\n[cache.redis]\npassword=canary-7f3a\n'
    const planned = await world.preview(world.deployIntent(text))
    const result = await world.deploy(text)
    const status = await world.status()
    if (status === null) throw new Error('no fleet')
    expect(JSON.stringify(world.engine.requestOf('cache'))).toContain('canary-7f3a')
    const shownTexts = [planned, world.progress, mutationDocument('deploy', result), statusDocument(status)]
    expect(JSON.stringify(shownTexts)).not.toContain('canary')
    expect(statSync(join(world.stateDir, 'state.db')).mode & 0o777).toBe(0o600)
  })

  it('passes the whole identity on to the engine', async () => {
    const world = new OperationWorld()
    await world.deploy(`[general]\ndomain=corp.example\n${FILE}`)
    const request = world.engine.requestOf('web-01')
    expect(request).toMatchObject({domain: 'corp.example', generation: 1, decky: {name: 'web-01'}})
    expect(request?.configHash).toBe(world.engine.instances.get('web-01')?.configHash)
  })
})

describe('an additive deployment', () => {
  it('touches nothing but what it adds', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const before = structuredClone(world.engine.instances)
    world.engine.calls.length = 0
    const result = await world.deploy('[db]\nservices=ssh\n')
    expect(world.engine.calls).toEqual(['create db'])
    expect(shown(result.rows)).toEqual(['db create succeeded created'])
    for (const [name, instance] of before) expect(world.engine.instances.get(name)).toEqual(instance)
    expect(result.fleet.deckies).toHaveLength(3)
  })

  it.each<[string, string, ErrorCode]>([
    ['a name', '[WEB-01]\n[db]\n', 'NAME_CONFLICT'],
    ['an address', '[db]\nip=192.168.1.2\n', 'ADDRESS_CONFLICT'],
    ['a network', '[general]\nnet=192.168.1.0/25\n[db]\n', 'NETWORK_CONFLICT'],
    ['a domain', '[general]\ndomain=lab.example\n[db]\n', 'NETWORK_CONFLICT'],
    ['too many', '[db]\namount=9\n', 'LIMIT_EXCEEDED'],
    ['an unusable address', '[db]\nip=192.168.1.10\n', 'FLEET_FILE_INVALID'],
    ['an unknown host', '[db]\nhost=edge-1\n', 'FLEET_FILE_INVALID'],
  ])('that conflicts in %s leaves state and engine as they were', async (_, text, code) => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const before = world.snapshot()
    const {looks} = world.engine
    expect((await rejectionOf(world.deploy(text))).code).toBe(code)
    expect((await rejectionOf(world.preview(world.deployIntent(text)))).code).toBe(code)
    expect(world.snapshot()).toEqual(before)
    expect(world.engine.looks).toBe(looks)
  })

  it('is refused without a state as well, and then makes no engine call', async () => {
    const world = new OperationWorld()
    expect((await rejectionOf(world.deploy('[a]\namount=11\n'))).code).toBe('LIMIT_EXCEEDED')
    expect(world.engine.looks).toBe(0)
    expect(world.state((store) => [store.fleet(), store.deployments(1)])).toEqual([null, []])
  })
})

describe('a replacing deployment', () => {
  it('ends with exactly the file', async () => {
    const world = new OperationWorld()
    await world.deploy('[a]\nservices=ssh\n[b]\nservices=ssh\n[c]\nservices=ssh\n')
    const kept = world.engine.instances.get('a')
    world.engine.calls.length = 0
    const text = '[a]\nservices=ssh\n[b]\nservices=http\n[d]\nservices=ssh\n'
    const result = await world.deploy(text, {replaceFleet: true})
    expect(shown(result.rows)).toEqual([
      'a keep succeeded unchanged',
      'b replace succeeded replaced',
      'c remove succeeded removed',
      'd create succeeded created',
    ])
    expect(world.engine.calls.toSorted()).toEqual(['create d', 'remove c', 'replace b'])
    expect(world.engine.instances.get('a')).toEqual(kept)
    expect(result.summary).toEqual({created: 1, replaced: 1, restarted: 0, removed: 1, unchanged: 1, failed: 0})
  })

  it('of the same file changes nothing, and says so for each decky', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const before = structuredClone(world.engine.instances)
    world.engine.calls.length = 0
    const result = await world.deploy(FILE, {replaceFleet: true})
    expect(shown(result.rows)).toEqual(['web-01 keep succeeded unchanged', 'web-02 keep succeeded unchanged'])
    expect(world.engine.calls).toEqual([])
    expect(world.engine.instances).toEqual(before)
  })

  it('moves addresses in a ring', async () => {
    const world = new OperationWorld()
    const ring = (...ips: number[]) =>
      ips.map((ip, index) => `[d${index}]\nservices=ssh\nip=192.168.1.${ip}\n`).join('')
    await world.deploy(ring(50, 51, 52, 53, 54, 55, 56, 57))
    const result = await world.deploy(ring(51, 52, 53, 54, 55, 56, 57, 50), {replaceFleet: true})
    expect(result.summary).toMatchObject({replaced: 8, failed: 0})
    expect(world.engine.instances.get('d7')?.ip).toBe('192.168.1.50')
  })

  it('may take the fleet to another network', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const result = await world.deploy(`[general]\nnet=192.168.1.0/25\n${FILE}`, {replaceFleet: true})
    expect(result.summary).toMatchObject({replaced: 2, failed: 0})
    expect(world.engine.network).toMatchObject({subnet: '192.168.1.0/25'})
  })

  it('removes what the state does not know any more', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    await world.deploy('[db]\nservices=ssh\n')
    world.engine.failNext('remove db', refused('busy'))
    expect(shown((await world.teardown(['db'])).rows)).toEqual(['db remove failed busy; look at it'])
    const result = await world.deploy(FILE, {replaceFleet: true})
    expect(shown(result.rows)[0]).toBe('db remove succeeded removed')
    expect([...world.engine.instances.keys()]).toEqual(['web-01', 'web-02'])
  })
})

describe('a preview', () => {
  it('writes nothing, not even a directory', async () => {
    const world = new OperationWorld()
    const text = await world.preview(world.deployIntent(FILE))
    expect(text).toContain('Plan: 2 to create')
    expect(existsSync(world.stateDir)).toBe(false)
    expect(world.engine.calls).toEqual([])
    expect(await world.preview(world.deployIntent(FILE))).toBe(text)
  })

  it('is what the deployment then does', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const before = world.snapshot()
    const text = await world.preview(world.deployIntent('[db]\nservices=ssh\n', {replaceFleet: true}))
    expect(text).toBe(
      [
        '  + decky/db      create   new',
        '  - decky/web-01  remove   no longer wanted',
        '  - decky/web-02  remove   no longer wanted',
        'Plan: 1 to create, 0 to replace, 0 to restart, 2 to remove, 0 unchanged.',
        '',
      ].join('\n'),
    )
    expect(world.snapshot()).toEqual(before)
  })
})

describe('a state that is older than what runs', () => {
  it('does not act', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    world.engine.alter('web-01', {generation: 7})
    const before = world.snapshot()
    const error = await rejectionOf(world.deploy('[db]\n'))
    expect([error.code, error.message]).toEqual([
      'STATE_UNREADABLE',
      'the state is older than the fleet that runs (generation 1, the engine has 7)',
    ])
    expect((await rejectionOf(world.teardown('all'))).code).toBe('STATE_UNREADABLE')
    expect(world.snapshot()).toEqual(before)
  })
})

describe('a second command', () => {
  it('is refused while one runs, and changes nothing', async () => {
    const world = new OperationWorld()
    const held = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    world.engine.before = () => {
      begun.resolve()
      return held.promise
    }
    const first = world.deploy(FILE)
    await begun.promise
    expect((await rejectionOf(world.deploy('[db]\n'))).code).toBe('STATE_LOCKED')
    held.resolve()
    expect((await first).summary.created).toBe(2)
  })
})
