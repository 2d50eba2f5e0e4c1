/** What happens when the Engine dies, restarts or falls silent, in the middle of a command and between two. */
import {cp} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {expect, it} from 'vitest'
import {audit, lifecycleRecords, openRows} from '../support/audit.ts'
import {type Bench, said, useBench} from '../support/bench.ts'
import type {DecnetOutcome} from '../support/decnet.ts'
import {deckyContainers} from '../support/engine-view.ts'
import {changeFleet, type FleetModel, modelText, randomFleet} from '../support/fleet-model.ts'
import {describeOnLab} from '../support/lab.ts'
import {keep, type Round} from '../support/promise-tally.ts'
import {Random, seedOfRun} from '../support/random.ts'
import {SILENCES, SilentEngine} from '../support/silent-engine.ts'
import {rounds} from '../support/soak.ts'

const SIZE = 8
const PREFIX = '10.92.0.'
const REPLACE = ['deploy', '-', '--replace-fleet', '--yes', '--json']
/** What a command may take whose Engine says nothing: it asks for its version five times, with pauses. */
const SILENT_LIMIT_MS = 30_000
/** After `--timeout 5s`: a change that was under way, and the looks at its outcome. */
const FROZEN_LIMIT_MS = 60_000

const FAULTS = [
  {name: 'killed', signal: 'SIGKILL', count: rounds(2, 30)},
  {name: 'restarted', signal: 'SIGTERM', count: rounds(1, 10)},
] as const

describeOnLab('an Engine that fails', () => {
  const bench = useBench('daemon', {subnet: '10.92.0.0/24'})

  it.each(FAULTS)(
    'is $name in the middle of a deploy: at most two more runs reach the whole fleet',
    {
      timeout: 1_800_000,
    },
    async ({name, signal, count}) => {
      const on = bench()
      let fleet = randomFleet(new Random(seedOfRun()), SIZE)
      await on.run(['config', 'set', 'deployment-limit', '50'])
      await on.replace(modelText(fleet))
      await keep(signal === 'SIGKILL' ? 'P3' : 'P4', `deploys with dockerd ${name}`, count, async ({random, note}) => {
        fleet = changeFleet(random, fleet, PREFIX)
        const before = await macs(on)
        const running = on.start(REPLACE, {input: modelText(fleet)})
        await pause(random.between(300, 2500))
        await on.lab.restartDockerd({signal})
        const first = await running.done
        expectHonest(on, first)
        note(`exit ${first.code}`)
        const needed = first.code === 0 ? 0 : await runUntilWhole(on, fleet)
        note(`${needed} more runs`)
        // What the daemon's own restart took down after the last look is back by now, or reconcile brings it back.
        await on.reconcile()
        expect(await audit(on, fleet)).toEqual([])
        await noteGhosts(on, before, note)
      })
    },
  )

  it.each(FAULTS)(
    'is $name while nothing is done: reconcile restores the whole fleet',
    {
      timeout: 900_000,
    },
    async ({name, signal, count}) => {
      const on = bench()
      const fleet = randomFleet(new Random(seedOfRun()), SIZE)
      await on.replace(modelText(fleet))
      await keep('P4', `idle fleets with dockerd ${name}`, Math.ceil(count / 3), async ({note}) => {
        const before = await macs(on)
        await on.lab.restartDockerd({signal})
        const {summary} = await on.reconcile()
        note(summary.unchanged === fleet.size ? 'back by itself' : 'repaired by reconcile')
        expect(await audit(on, fleet)).toEqual([])
        expect(await on.status()).toMatchObject({drifted: false})
        await noteGhosts(on, before, note)
      })
    },
  )

  it('says nothing any more: every command ends, and says so', {timeout: 600_000}, async () => {
    const on = bench()
    const fleet = randomFleet(new Random(seedOfRun()), 2)
    await on.replace(modelText(fleet))
    await on.lab.freezeDockerd()
    await keep('P18', 'commands with dockerd frozen', 1, (round) => expectAllToEnd(on, fleet, {}, round))
    await on.lab.thawDockerd()
    for (const silence of SILENCES.slice(0, rounds(2, SILENCES.length))) {
      const engine = await SilentEngine.start(on.lab, silence)
      await keep('P18', `commands with an engine ${silence}`, 1, (round) =>
        expectAllToEnd(on, fleet, engine.env, round),
      )
      await engine.stop()
    }
    expect(await audit(on, fleet)).toEqual([])
    expect(await on.status()).toMatchObject({drifted: false})
  })

  it('freezes in the middle of a deploy, which ends with what it could not do', {timeout: 900_000}, async () => {
    const on = bench()
    let fleet = randomFleet(new Random(seedOfRun()), 4)
    await on.replace(modelText(fleet))
    await keep('P18', 'deploys with dockerd frozen on the way', rounds(1, 5), async ({random, note, highest}) => {
      fleet = changeFleet(random, randomFleet(random, 7), PREFIX)
      const running = on.start([...REPLACE, '--timeout', '5s'], {input: modelText(fleet)})
      await pause(random.between(500, 2500))
      await on.lab.freezeDockerd()
      const frozenAt = performance.now()
      const outcome = await running.done
      const took = performance.now() - frozenAt
      await on.lab.thawDockerd()
      note(`exit ${outcome.code}`)
      highest('slowest ms', took)
      expectHonest(on, outcome)
      expect(took, `ended ${Math.round(took)} ms after the freeze`).toBeLessThan(FROZEN_LIMIT_MS)
      await runUntilWhole(on, fleet)
      expect(await audit(on, fleet)).toEqual([])
    })
  })
})

/** It finished, or it says which deckies failed and why, or that the Engine is gone and nothing was begun. */
function expectHonest(on: Bench, outcome: DecnetOutcome): void {
  expect([0, 3, 69], said(outcome)).toContain(outcome.code)
  expect(openRows(on)).toEqual([])
  if (outcome.code !== 3) return
  const failed = lifecycleRecords(on).filter(({status}) => status === 'failed')
  expect(failed).not.toEqual([])
  for (const {error} of failed) expect(error).toMatch(/\S/)
}

/** Runs the same command again until it reports success, and returns how often that was. */
async function runUntilWhole(on: Bench, fleet: FleetModel): Promise<number> {
  for (let run = 1; ; run++) {
    const outcome = await on.run(REPLACE, {input: modelText(fleet)})
    if (outcome.code === 0) return run
    expect(run, said(outcome)).toBeLessThan(2)
  }
}

async function macs({lab}: Bench): Promise<ReadonlyMap<string, string>> {
  const containers = [...(await deckyContainers(lab))]
  return new Map(
    containers.map(([name, {NetworkSettings}]) => [name, Object.values(NetworkSettings.Networks)[0]?.MacAddress ?? '']),
  )
}

/** A MAC that changed under a decky means that a ghost held the old one. */
async function noteGhosts(on: Bench, before: ReadonlyMap<string, string>, note: Round['note']): Promise<void> {
  for (const [name, mac] of await macs(on)) if ((before.get(name) ?? mac) !== mac) note('ghost MACs')
}

/** Every command that asks the Engine, all at once, each with a copy of the state. */
async function expectAllToEnd(
  on: Bench,
  fleet: FleetModel,
  env: NodeJS.ProcessEnv,
  {note, highest}: Round,
): Promise<void> {
  const input = modelText(fleet)
  const commands: [string[], string?][] = [
    [['status']],
    [['reconcile', '--yes']],
    [['teardown', '--all', '--yes']],
    [['teardown', [...fleet.keys()][0] ?? '', '--yes']],
    [['plan', '-', '--replace-fleet'], input],
    [['deploy', '-', '--replace-fleet', '--yes'], input],
    [['deploy', '-', '--dry-run', '--replace-fleet'], input],
  ]
  const ends = commands.map(async ([args, text], index) => {
    const stateDir = join(on.lab.layout.directory, `state-${index}`)
    await cp(on.stateDir, stateDir, {recursive: true})
    const startedAt = performance.now()
    const outcome = await on.run([...args], {stateDir, env, ...(text !== undefined && {input: text})})
    const took = Math.round(performance.now() - startedAt)
    highest('slowest ms', took)
    note(`${args[0]} exit ${outcome.code}`)
    expect([4, 69], `${args.join(' ')}: ${said(outcome)}`).toContain(outcome.code)
    expect(outcome.stderr, said(outcome)).toMatch(/Docker Engine/)
    expect(took, args.join(' ')).toBeLessThan(SILENT_LIMIT_MS)
  })
  const failures = (await Promise.allSettled(ends)).flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
  if (failures.length > 0) throw new Error(failures.map((error) => error.message).join('\n'))
}
