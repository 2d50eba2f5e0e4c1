import {existsSync, statSync} from 'node:fs'
import {describe, expect, it, vi} from 'vitest'

import {EngineError} from '../../src/engines/engine.ts'
import {DecnetError, type ErrorCode} from '../../src/fleet/errors.ts'
import type {Plan} from '../../src/fleet/plan.ts'
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
      expect(store.deployedText(result.deploymentId)).toBe(FILE)
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

describe('a failure', () => {
  it('of one decky is its own', async () => {
    const world = new OperationWorld()
    world.engine.failNext('create web-01', refused('no such image'))
    const result = await world.deploy(FILE)
    expect(shown(result.rows)).toEqual([
      'web-01 create failed no such image; look at it',
      'web-02 create succeeded created',
    ])
    expect(result.summary).toMatchObject({created: 1, failed: 1})
    expect(world.state((store) => store.lastDeployment()?.outcome)).toBe('partial')
  })

  it('is resumed by the same command, which makes only what is missing', async () => {
    const world = new OperationWorld()
    world.engine.failNext('create web-01', refused('no such image'))
    await world.deploy(FILE)
    const survivor = world.engine.instances.get('web-02')
    world.engine.calls.length = 0
    const result = await world.deploy(FILE)
    expect(shown(result.rows)).toEqual(['web-01 create succeeded created', 'web-02 keep succeeded unchanged'])
    expect(world.engine.calls).toEqual(['create web-01'])
    expect(world.engine.instances.get('web-02')).toEqual(survivor)
    expect((await rejectionOf(world.deploy(FILE))).code).toBe('NAME_CONFLICT')
  })

  it('is resumed under another spelling of the name, which takes the place of the first', async () => {
    const world = new OperationWorld()
    world.engine.failNext('create db', refused('no such image'))
    await world.deploy('[db]\nservices=ssh\n[web]\nservices=ssh\n')
    const result = await world.deploy('[Db]\nservices=ssh\n[WEB]\nservices=ssh\n')
    expect(result.summary).toMatchObject({created: 2, failed: 0})
    expect([...world.engine.instances.keys()].toSorted()).toEqual(['Db', 'WEB'])
    expect((await world.status())?.leftovers).toEqual([])
  })

  it('of the network leaves every decky unattempted, with the cause', async () => {
    const world = new OperationWorld()
    world.engine.failNext('network.create', refused('no such interface'))
    const result = await world.deploy(FILE)
    expect(shown(result.rows)).toEqual([
      'web-01 create failed not attempted: network failed (no such interface)',
      'web-02 create failed not attempted: network failed (no such interface)',
    ])
    expect(result.resourceErrors).toEqual(['no such interface; look at it'])
  })

  it('to answer in time says how long it was waited for', async () => {
    const world = new OperationWorld()
    world.engine.before = (call, {signal}) =>
      call === 'create web-01'
        ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        : undefined
    const result = await world.deploy(FILE, {timeoutMs: 30})
    expect(shown(result.rows)[0]).toBe('web-01 create failed not ready within 0.03 s')
    expect(shown(result.rows)[1]).toBe('web-02 create succeeded created')
  })

  it('of an engine that is gone carries its hint', async () => {
    const world = new OperationWorld()
    const gone = new DecnetError('ENGINE_UNAVAILABLE', 'cannot be reached', {hint: 'start it'})
    world.engine.failNext('create web-01', gone)
    expect(shown((await world.deploy(FILE)).rows)[0]).toBe('web-01 create failed cannot be reached; start it')
  })

  it('to look at the engine writes nothing', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    world.engine.unreachable = new DecnetError('ENGINE_UNAVAILABLE', 'cannot be reached')
    const before = world.snapshot()
    expect((await rejectionOf(world.deploy('[db]\n'))).code).toBe('ENGINE_UNAVAILABLE')
    expect(world.snapshot()).toEqual(before)
    expect(world.engine.closed).toBe(2)
  })

  it('to consent writes nothing', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const before = world.snapshot()
    const confirm = (plan: Plan) => {
      expect(plan.operations.length).toBeGreaterThan(0)
      return Promise.reject(new DecnetError('DECLINED', 'declined'))
    }
    expect((await rejectionOf(world.deploy('[db]\n', {confirm}))).code).toBe('DECLINED')
    expect(world.snapshot()).toEqual(before)
  })
})

describe('an interrupt', () => {
  const stopped = new DecnetError('INTERRUPTED', 'stopped by SIGINT')

  it('starts nothing more, lets finish what is under way, and is resumed', async () => {
    const world = new OperationWorld()
    const abort = new AbortController()
    world.engine.before = (call) => {
      if (call === 'create web-01') abort.abort(stopped)
    }
    const text = '[web]\nservices=http\namount=8\n'
    const result = await world.deploy(text, {signal: abort.signal, parallel: 1})
    expect(result.interrupted).toBe(true)
    expect(shown(result.rows).filter((row) => row.includes('succeeded')).length).toBeGreaterThanOrEqual(1)
    expect(shown(result.rows).at(-1)).toBe('web-08 create failed not attempted: the command was interrupted')
    expect(world.state((store) => store.lastDeployment()?.outcome)).toBe('interrupted')
    world.engine.before = () => undefined
    const again = await world.deploy(text)
    expect(again.summary.created + again.summary.unchanged).toBe(8)
    expect(again.summary.failed).toBe(0)
  })

  it('before the commit leaves everything as it was', async () => {
    const world = new OperationWorld()
    await world.deploy(FILE)
    const before = world.snapshot()
    const abort = new AbortController()
    const confirm = async () => abort.abort(stopped)
    expect(await rejectionOf(world.deploy('[db]\n', {confirm, signal: abort.signal}))).toBe(stopped)
    expect(world.snapshot()).toEqual(before)
  })

  it('gives what is under way twelve seconds', async () => {
    vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']})
    try {
      const world = new OperationWorld()
      const abort = new AbortController()
      const hanging = Promise.withResolvers<void>()
      world.engine.before = (call, {signal}) => {
        if (call !== 'create db') return undefined
        hanging.resolve()
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))))
      }
      const done = world.deploy('[db]\n', {signal: abort.signal, timeoutMs: 600_000})
      await hanging.promise
      abort.abort(stopped)
      vi.advanceTimersByTime(11_999)
      await Promise.resolve()
      expect(world.state((store) => shown(store.lifecycle()))).toEqual(['db create running null'])
      vi.advanceTimersByTime(1)
      expect(shown((await done).rows)).toEqual(['db create failed given up'])
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a command that died', () => {
  it('leaves open rows, which the next command closes before it resumes', async () => {
    const world = new OperationWorld()
    // What cannot be recorded any more ends the command where it stands, as a kill would.
    const died = new Error('killed')
    const progress = ({type}: {type: string}) => {
      if (type === 'operation.started') throw died
    }
    await expect(world.deploy(FILE, {progress})).rejects.toBe(died)
    expect(world.state((store) => store.lastDeployment()?.outcome)).toBeNull()
    const result = await world.deploy(FILE)
    expect(shown(result.rows)).toEqual(['web-01 create succeeded created', 'web-02 create succeeded created'])
    world.state((store) => {
      expect(store.lifecycle().every(({status}) => status === 'succeeded' || status === 'failed')).toBe(true)
      expect(store.deployments(2).map(({outcome}) => outcome)).toEqual(['succeeded', 'interrupted'])
    })
  })
})

describe('a MAC that a ghost holds', () => {
  const ghost = () => new EngineError('mac-in-use', 'MAC already in use')

  it('is changed for another of the same vendor, in the state before it is used', async () => {
    const world = new OperationWorld()
    const planned = await world.deploy('[db]\nservices=ssh\n').then(() => world.engine.instances.get('db')?.mac ?? '')
    const other = new OperationWorld()
    other.engine.failNext('create db', ghost(), ghost())
    const seen: (string | undefined)[] = []
    other.engine.before = (call) => {
      if (call === 'create db') seen.push(other.state((store) => store.fleet()?.fleet.deckies[0]?.mac))
    }
    const result = await other.deploy('[db]\nservices=ssh\n')
    expect(shown(result.rows)).toEqual(['db create succeeded created'])
    expect(new Set(seen).size).toBe(3)
    const used = other.engine.instances.get('db')?.mac
    expect(used).toBe(seen[2])
    expect(used?.slice(0, 8)).toBe(seen[0]?.slice(0, 8))
    expect(used).not.toBe(planned)
    expect(other.progress).toContainEqual({
      type: 'operation.step',
      address: 'decky/db',
      step: `MAC ${seen[0]} is held by a ghost, using ${seen[1]}`,
    })
    expect(await other.status()).toMatchObject({deckies: [{state: 'running', drift: []}]})
    other.engine.calls.length = 0
    await other.deploy('[db]\nservices=ssh\n', {replaceFleet: true})
    expect(other.engine.calls).toEqual([])
  })

  it('is not changed when the file fixes it', async () => {
    const world = new OperationWorld()
    world.engine.failNext('create db', ghost())
    const result = await world.deploy('[db]\nmac=00:50:56:01:02:03\n')
    expect(shown(result.rows)).toEqual(['db create failed MAC already in use'])
    expect(world.engine.calls.filter((call) => call === 'create db')).toHaveLength(1)
  })

  it('is given up after three others', async () => {
    const world = new OperationWorld()
    world.engine.failNext('create db', ...Array.from({length: 9}, ghost))
    expect((await world.deploy('[db]\n')).summary.failed).toBe(1)
    expect(world.engine.calls.filter((call) => call === 'create db')).toHaveLength(4)
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

describe('the network of a fleet', () => {
  it.each<[string, string, Parameters<OperationWorld['deploy']>[1], Record<string, string>]>([
    [
      'is what the flags say',
      '[general]\nnet=10.0.0.0/24\n',
      {subnet: '10.5.0.0/24'},
      {subnet: '10.5.0.0/24', gateway: '10.5.0.1'},
    ],
    [
      'is what the file says',
      '[general]\nnet=10.0.0.0/24\ngw=10.0.0.9\ninterface=eth1\n',
      {},
      {subnet: '10.0.0.0/24', gateway: '10.0.0.9', interface: 'eth1'},
    ],
    [
      'is what the host has',
      '',
      {},
      {subnet: '192.168.1.0/24', gateway: '192.168.1.1', interface: 'eth0', driver: 'macvlan'},
    ],
  ])('%s', async (_, general, options, expected) => {
    const world = new OperationWorld()
    expect((await world.deploy(`${general}[db]\n`, options)).fleet.network).toMatchObject(expected)
  })

  it.each<[string, string, Parameters<OperationWorld['deploy']>[1], string]>([
    [
      'an interface without an address',
      '[general]\ninterface=eth1\n',
      {},
      'the interface eth1 has no IPv4 address, so the subnet is not known',
    ],
    ['an interface that is not there', '[general]\ninterface=eth7\n', {}, 'this host has no interface eth7'],
    ['a subnet with host bits', '', {subnet: '10.0.0.7/24'}, '--subnet 10.0.0.7/24 is not an IPv4 network'],
    ['a gateway that is none', '', {gateway: '10.0'}, '--gateway 10.0 is not an IPv4 address'],
    ['a gateway elsewhere', '', {gateway: '10.0.0.1'}, 'the gateway 10.0.0.1 is no usable address of 192.168.1.0/24'],
  ])('cannot be %s', async (_, general, options, message) => {
    const world = new OperationWorld()
    const error = await rejectionOf(world.deploy(`${general}[db]\n`, options))
    expect([error.code, error.message]).toEqual(['USAGE', message])
  })

  it('has to be named on a host without a default route', async () => {
    const world = new OperationWorld()
    world.host = {interfaces: [], defaultInterface: null}
    expect((await rejectionOf(world.deploy('[db]\n'))).message).toContain('no default route')
  })

  it('stays what it was when the host changes', async () => {
    const world = new OperationWorld()
    await world.deploy('[db]\n')
    world.host = {...world.host, interfaces: []}
    const result = await world.deploy('[web]\n')
    expect(result.fleet.network).toMatchObject({subnet: '192.168.1.0/24', gateway: '192.168.1.1'})
  })
})
