import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {poll} from '../lab/process.ts'
import {type Bench, said, useBench} from '../support/bench.ts'
import type {RunningDecnet} from '../support/decnet.ts'
import {incarnations} from '../support/engine-view.ts'
import {deckies, fleetText} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'
import {rounds} from '../support/soak.ts'

/** A deploy that holds the lock and cannot go on, because the Engine is frozen. */
async function stuckDeploy(on: Bench): Promise<RunningDecnet> {
  await on.run(['config', 'set', 'deployment-limit', '50'])
  await on.lab.freezeDockerd()
  const stuck = on.start(['deploy', '-'], {input: fleetText(deckies(2))})
  await poll('the lock', () => holder(on).then((pid) => pid === stuck.child.pid), {timeoutMs: 20_000})
  return stuck
}

async function holder(on: Bench): Promise<number | undefined> {
  try {
    return JSON.parse(await readFile(join(on.stateDir, 'lock.json'), 'utf8')).pid
  } catch {
    return undefined
  }
}

describeOnLab('the lock', () => {
  const bench = useBench('lock')

  it.each([
    ['deploy', ['deploy', '-']],
    ['reconcile', ['reconcile']],
    ['teardown', ['teardown', '--all', '--yes']],
    ['config set', ['config', 'set', 'parallel', '2']],
  ])('makes %s give way at once and name who holds it', async (_, args) => {
    const on = bench()
    const stuck = await stuckDeploy(on)
    const error = await on.refused(args, 75, {input: fleetText({other: {services: 'http'}}), timeoutMs: 10_000})
    expect(error).toMatchObject({code: 'STATE_LOCKED', hint: expect.stringContaining('--lock-timeout')})
    expect(error.message).toContain(`another decnet deploy (pid ${stuck.child.pid}, user root)`)
    await on.lab.thawDockerd()
    expect(await stuck.done).toMatchObject({code: 0})
    expect(Object.keys(await incarnations(on.lab))).toEqual(['decky-1', 'decky-2'])
  })

  it('lets a command wait, which then sees what the first one did', async () => {
    const on = bench()
    const stuck = await stuckDeploy(on)
    const args = ['deploy', '-', '--lock-timeout', '60s', '--progress', 'plain']
    const waiting = on.start(args, {input: fleetText({'decky-1': {services: 'http'}, other: {services: 'http'}})})
    let said = ''
    waiting.child.stderr?.on('data', (chunk) => {
      said += chunk
    })
    await poll('it says that it waits', () => said.includes(`pid ${stuck.child.pid}`), {timeoutMs: 20_000})
    await on.lab.thawDockerd()
    expect(await stuck.done).toMatchObject({code: 0})
    expect(await waiting.done, 'decky-1 is taken by now').toMatchObject({code: 6})
  })

  it('is no longer waited for once its time is up', async () => {
    const on = bench()
    const stuck = await stuckDeploy(on)
    const error = await on.refused(['teardown', '--all', '--yes', '--lock-timeout', '1s'], 75, {timeoutMs: 15_000})
    expect(error.message).toContain(`pid ${stuck.child.pid}`)
    await on.lab.thawDockerd()
    expect(await stuck.done).toMatchObject({code: 0})
  })

  it('keeps no reader out', async () => {
    const on = bench()
    const stuck = await stuckDeploy(on)
    for (const args of [
      ['lifecycle', '--json'],
      ['config', 'list', '--json'],
    ]) {
      const outcome = await on.run(args, {timeoutMs: 15_000})
      expect(outcome, said(outcome)).toMatchObject({code: 0})
    }
    await on.lab.thawDockerd()
    expect(await stuck.done).toMatchObject({code: 0})
  })

  it('is free at once when its holder is killed', async () => {
    const on = bench()
    const stuck = await stuckDeploy(on)
    stuck.child.kill('SIGKILL')
    await stuck.done
    await on.lab.thawDockerd()
    expect(Object.keys(await incarnations(on.lab))).toEqual([])
    await on.deploy(fleetText(deckies(2)))
  })

  it('loses nothing of many deploys that start at once and wait', async () => {
    const on = bench()
    await on.run(['config', 'set', 'deployment-limit', '100'])
    const names = Array.from({length: rounds(10, 20)}, (_, index) => `decky-${index}`)
    const runs = await Promise.all(
      names.map((name) =>
        on.run(['deploy', '-', '--lock-timeout', '100s'], {input: fleetText({[name]: {services: 'http'}})}),
      ),
    )
    for (const run of runs) expect(run, said(run)).toMatchObject({code: 0})
    expect(Object.keys(await incarnations(on.lab)).toSorted()).toEqual(names.toSorted())
    const {deckies: wanted, drifted} = await on.status()
    expect(wanted.map(({name}) => name).toSorted()).toEqual(names.toSorted())
    expect(drifted).toBe(false)
    expect(new Set(wanted.map(({ip}) => ip)).size).toBe(names.length)
  })

  it('turns away all but one at a time of twenty that do not wait, and the fleet is what the others did', async () => {
    const on = bench()
    await on.run(['config', 'set', 'deployment-limit', '50'])
    const names = Array.from({length: 20}, (_, index) => `decky-${String(index).padStart(2, '0')}`)
    const runs = await Promise.all(
      names.map((name) => on.run(['deploy', '-'], {input: fleetText({[name]: {services: 'http'}})})),
    )
    for (const run of runs) expect([0, 75], said(run)).toContain(run.code)
    const winners = names.filter((_, index) => runs[index]?.code === 0)
    expect(winners).not.toEqual([])
    expect(Object.keys(await incarnations(on.lab)).toSorted()).toEqual(winners)
    expect((await on.status()).deckies.map(({name}) => name)).toEqual(winners)
  })
})
