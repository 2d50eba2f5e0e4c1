import {describe, expect, it} from 'vitest'

import {EngineError, type EngineFault} from '../../src/engines/engine.ts'
import {type ExecutionOptions, execute, type OperationResult} from '../../src/engines/executor.ts'
import {DecnetError} from '../../src/fleet/errors.ts'
import type {Operation} from '../../src/fleet/plan.ts'

const operation = (name: string, ...dependsOn: string[]): Operation => ({
  id: name,
  address: `decky/${name}`,
  action: 'decky.create',
  decky: name,
  cause: 'new',
  dependsOn,
  destructive: false,
})

const ok: OperationResult = {status: 'ok'}
const skipped = (reason: string): OperationResult => ({status: 'skipped', reason})
const fault = (kind: EngineFault, message: string = kind): Error => new EngineError(kind, message)

/** What happens to operations: `hold` keeps one under way until it is let go. */
class Stage {
  readonly log: string[] = []
  /** Operations under way at most. */
  most = 0
  readonly #faults = new Map<string, Error>()
  readonly #held = new Map<string, PromiseWithResolvers<void>>()
  #underWay = 0

  fail(name: string, error: Error): this {
    this.#faults.set(name, error)
    return this
  }

  hold(name: string): this {
    this.#held.set(name, Promise.withResolvers())
    return this
  }

  release(name: string): void {
    this.#held.get(name)?.resolve()
  }

  async run(operations: readonly Operation[], options: Partial<ExecutionOptions> = {}) {
    const results = await execute(operations, {
      perform: (each) => this.#perform(each),
      listener: {
        started: ({id}) => void this.log.push(`start ${id}`),
        step: ({id}, step) => void this.log.push(`${id}: ${step}`),
        finished: ({id}, {status}) => void this.log.push(`${status} ${id}`),
      },
      parallel: 4,
      signal: new AbortController().signal,
      failFast: false,
      ...options,
    })
    return Object.fromEntries(results)
  }

  async #perform({id}: Operation): Promise<void> {
    this.most = Math.max(this.most, ++this.#underWay)
    await this.#held.get(id)?.promise
    this.#underWay--
    const error = this.#faults.get(id)
    if (error !== undefined) throw error
  }
}

describe('execute', () => {
  it('of nothing is done at once', async () => {
    expect(await new Stage().run([])).toEqual({})
  })

  it('runs every operation after those it depends on', async () => {
    const stage = new Stage()
    const plan = [operation('last', 'a', 'b'), operation('a', 'first'), operation('b', 'first'), operation('first')]
    expect(await stage.run(plan)).toEqual({first: ok, a: ok, b: ok, last: ok})
    expect(stage.log).toEqual([
      'start first',
      'ok first',
      'start a',
      'start b',
      'ok a',
      'ok b',
      'start last',
      'ok last',
    ])
  })

  it.each([1, 3, 7])('has at most %d operations under way', async (parallel) => {
    const names = Array.from({length: 20}, (_, index) => `d${index}`)
    const stage = new Stage()
    for (const name of names) stage.hold(name)
    const done = stage.run(
      names.map((name) => operation(name)),
      {parallel},
    )
    for (const name of names) {
      stage.release(name)
      await Promise.resolve()
    }
    expect(Object.keys(await done)).toHaveLength(20)
    expect(stage.most).toBe(parallel)
  })

  it('passes steps on', async () => {
    const stage = new Stage()
    await stage.run([operation('a')], {
      perform: async (_, onStep) => {
        onStep('starting')
        onStep('waiting for ssh')
      },
    })
    expect(stage.log).toEqual(['start a', 'a: starting', 'a: waiting for ssh', 'ok a'])
  })

  it('skips what depends on a failure, and names the failure to the last of them', async () => {
    const stage = new Stage().fail('network', fault('refused', 'no such interface'))
    const plan = [operation('network'), operation('a', 'network'), operation('b', 'a'), operation('other')]
    const reason = 'decky/network failed (no such interface)'
    expect(await stage.run(plan)).toMatchObject({
      network: {status: 'failed', error: {message: 'no such interface'}},
      a: skipped(reason),
      b: skipped(reason),
      other: ok,
    })
    expect(stage.log).not.toContain('start a')
  })

  it('says once of what has two failed prerequisites that it is skipped', async () => {
    const stage = new Stage().fail('a', fault('refused')).fail('b', fault('refused'))
    await stage.run([operation('a'), operation('b'), operation('c', 'a', 'b')])
    expect(stage.log.filter((line) => line === 'skipped c')).toHaveLength(1)
  })

  it('makes an error of whatever is thrown', async () => {
    const results = await new Stage().run([operation('a')], {perform: () => Promise.reject('text')})
    expect(results.a).toMatchObject({status: 'failed', error: new Error('text')})
  })

  it('starts nothing more after the first failure with failFast, and finishes what is under way', async () => {
    const stage = new Stage().fail('a', fault('refused')).hold('b')
    const done = stage.run([operation('a'), operation('b'), operation('c')], {parallel: 2, failFast: true})
    await until(() => stage.log.includes('failed a'))
    stage.release('b')
    expect(await done).toMatchObject({a: {status: 'failed'}, b: ok, c: skipped('decky/a failed')})
  })

  it('goes on after a failure without failFast', async () => {
    const stage = new Stage().fail('a', fault('refused'))
    expect(await stage.run([operation('a'), operation('b')], {parallel: 1})).toMatchObject({b: ok})
  })

  it('starts nothing more once it is aborted, and finishes what is under way', async () => {
    const abort = new AbortController()
    const stage = new Stage().hold('a')
    const done = stage.run([operation('a'), operation('b', 'a'), operation('c')], {parallel: 1, signal: abort.signal})
    abort.abort()
    stage.release('a')
    const reason = 'the command was interrupted'
    expect(await done).toEqual({a: ok, b: skipped(reason), c: skipped(reason)})
  })

  it('starts nothing at all when it is aborted before', async () => {
    const stage = new Stage()
    const results = await stage.run([operation('a'), operation('b', 'a')], {signal: AbortSignal.abort()})
    expect(Object.values(results).map(({status}) => status)).toEqual(['skipped', 'skipped'])
    expect(stage.most).toBe(0)
  })

  it('stops when the engine is out of resources', async () => {
    const stage = new Stage().fail('a', fault('capacity', 'no space left on device'))
    expect(await stage.run([operation('a'), operation('b')], {parallel: 1})).toMatchObject({
      b: skipped('the engine is out of resources (no space left on device)'),
    })
  })

  it.each([
    ['calls without an answer', () => fault('unavailable')],
    ['refusals to connect', () => new DecnetError('ENGINE_UNAVAILABLE', 'cannot be reached')],
  ])('gives the engine up after five %s in a row', async (_, error) => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const stage = new Stage()
    for (const name of names) stage.fail(name, error())
    const results = await stage.run(
      names.map((name) => operation(name)),
      {parallel: 1},
    )
    expect(Object.values(results).map(({status}) => status)).toEqual([...Array(5).fill('failed'), 'skipped', 'skipped'])
    expect(results.g).toEqual(skipped('the engine does not answer any more'))
  })

  it.each(['a success', 'a refusal'])('does not give the engine up when %s comes in between', async (answer) => {
    const names = Array.from({length: 20}, (_, index) => `d${index}`)
    const stage = new Stage()
    for (const [index, name] of names.entries()) {
      if (index % 5 < 4) stage.fail(name, fault('unavailable'))
      else if (answer === 'a refusal') stage.fail(name, fault('refused'))
    }
    const results = await stage.run(
      names.map((name) => operation(name)),
      {parallel: 1},
    )
    expect(Object.values(results).filter(({status}) => status === 'skipped')).toEqual([])
  })

  it.each(['started', 'finished', 'step'] as const)(
    'ends with what the listener throws at %s, once nothing is under way',
    async (moment) => {
      const stage = new Stage()
      const begun: string[] = []
      const broken = new DecnetError('STATE_UNREADABLE', 'the disk is full')
      const listener = {
        started: () => undefined,
        step: () => undefined,
        finished: () => undefined,
        [moment]: ({id}: Operation) => {
          if (id === 'a') throw broken
        },
      }
      const done = stage.run([operation('b'), operation('a'), operation('c'), operation('d', 'c')], {
        parallel: 2,
        listener,
        perform: async ({id}, onStep) => {
          begun.push(id)
          onStep('working')
          if (id === 'b') await Promise.resolve()
        },
      })
      await expect(done).rejects.toBe(broken)
      expect(begun).toEqual(moment === 'started' ? ['b'] : ['b', 'a'])
    },
  )

  it('runs 20,000 operations that wait for one', async () => {
    const many = Array.from({length: 20_000}, (_, index) => operation(`d${index}`, 'network'))
    expect(Object.keys(await new Stage().run([operation('network'), ...many]))).toHaveLength(20_001)
    const failed = await new Stage().fail('network', fault('refused')).run([operation('network'), ...many])
    expect(Object.values(failed).filter(({status}) => status === 'skipped')).toHaveLength(20_000)
  })
})

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000; turn++) {
    if (condition()) return
    await Promise.resolve()
  }
  throw new Error('it never came true')
}
