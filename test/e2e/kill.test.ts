/** A command that is killed at any instant leaves a fleet that running it again converges. */
import {mkdir, readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {expect, it} from 'vitest'
import {audit, lastOutcome, lifecycleRecords, openRows} from '../support/audit.ts'
import {type Bench, said, useBench} from '../support/bench.ts'
import type {DecnetOutcome} from '../support/decnet.ts'
import {changeFleet, type FleetModel, modelText, newcomers, randomFleet, without} from '../support/fleet-model.ts'
import {type Foreign, lookAt, plantLookAlikes, uproot} from '../support/foreign.ts'
import {describeOnEngines} from '../support/lab.ts'
import {keep, type Round} from '../support/promise-tally.ts'
import {Random, seedOfRun} from '../support/random.ts'
import {rounds} from '../support/soak.ts'

const SIZE = 12
const SECOND_KILL_PERCENT = 30
/** Every so many rounds `status` looks inside each decky too. */
const LOOK_INSIDE_EVERY = 5
const KILLS = rounds(8, 60)
/** Before the first a command has not even loaded its code; by the second it may have committed its plan. */
const EARLIEST_MS = {docker: [150, 450, 450], embedded: [80, 150, 200]} as const

/** How long each kind of command takes when nobody kills it, as far as is known: kills come within that time. */
const lasts = new Map<string, number>()
const FIRST_GUESS_MS = {docker: 1500, embedded: 500} as const

/** A command to be killed, and what is there once it has been run to its end. */
interface Victim {
  readonly kind: 'deploy' | 'replace' | 'teardown'
  readonly args: readonly string[]
  readonly input?: string
  readonly wanted: FleetModel
  /** How it ends when it is run again although the killed one had come to its end. */
  readonly ifDone: number
}

function victimOf(on: Bench, random: Random, fleet: FleetModel): Victim {
  const dice = random.between(1, 100)
  if (dice <= 20) {
    const names = random.sample([...fleet.keys()], random.between(1, 5))
    const args = ['teardown', ...names, '--yes']
    return {kind: 'teardown', args, wanted: without(fleet, names), ifDone: 64}
  }
  if (dice <= 40 && fleet.size <= SIZE) {
    const added = newcomers(random, fleet)
    const wanted = new Map([...fleet, ...added])
    return {kind: 'deploy', args: ['deploy', '-'], input: modelText(added, on.site.general), wanted, ifDone: 6}
  }
  const wanted = changeFleet(random, fleet, on.site.address(0).slice(0, -1))
  const args = ['deploy', '-', '--replace-fleet', '--yes']
  return {kind: 'replace', args, input: modelText(wanted, on.site.general), wanted, ifDone: 0}
}

describeOnEngines('a fleet whose commands are killed', (engine) => {
  const bench = useBench('kill', {subnet: '10.91.0.0/24'}, engine)

  it('converges with one more run, whatever the instant, and touches nothing of others', {
    timeout: 60_000 + KILLS * 45_000,
  }, async () => {
    const world = await KillWorld.build(bench())
    try {
      await keep('P1', 'killed commands', KILLS, (round) => world.round(round))
      if (engine === 'docker')
        await keep('P15', 'kill suites beside look-alikes', 1, () => world.expectForeignUntouched())
    } finally {
      await world.end()
    }
  })

  it('can be killed while it begins from nothing, and leaves nothing behind once it is torn down', {
    timeout: 60_000 + KILLS * 30_000,
  }, async () => {
    const on = bench()
    await keep('P1', 'killed first deploys', Math.max(2, Math.round(KILLS / 6)), async ({random, note}) => {
      const fleet = randomFleet(random, 4)
      const first: Victim = {
        kind: 'deploy',
        args: ['deploy', '-'],
        input: modelText(fleet, on.site.general),
        wanted: fleet,
        ifDone: 6,
      }
      await killAndRepeat(on, first, random, note)
      expect(await audit(on, fleet)).toEqual([])
      const none: Victim = {
        kind: 'teardown',
        args: ['teardown', '--all', '--yes'],
        wanted: new Map(),
        ifDone: 0,
      }
      await killAndRepeat(on, none, random, note)
      expect(await audit(on, new Map())).toEqual([])
      expect(await on.site.remains()).toEqual([])
    })
  })
})

/** A fleet of twelve that the rounds change, beside look-alikes that must stay as they are. */
class KillWorld {
  readonly #on: Bench
  /** Only where there is an Engine that others use too. */
  readonly #foreign: Foreign | undefined
  readonly #before: unknown
  #fleet: FleetModel

  private constructor(on: Bench, fleet: FleetModel, foreign: Foreign | undefined, before: unknown) {
    this.#on = on
    this.#fleet = fleet
    this.#foreign = foreign
    this.#before = before
  }

  static async build(on: Bench): Promise<KillWorld> {
    const fleet = randomFleet(new Random(seedOfRun()), SIZE)
    await on.run(['config', 'set', 'deployment-limit', '50'])
    await on.replace(modelText(fleet, on.site.general))
    if (on.site.engine === 'embedded') return new KillWorld(on, fleet, undefined, undefined)
    const foreign = await plantLookAlikes(on)
    return new KillWorld(on, fleet, foreign, await lookAt(on, foreign))
  }

  async round({index, random, note}: Round): Promise<void> {
    const victim = victimOf(this.#on, random, this.#fleet)
    this.#fleet = victim.wanted
    await killAndRepeat(this.#on, victim, random, note)
    expect(await audit(this.#on, victim.wanted), `after ${victim.kind}`).toEqual([])
    await this.expectForeignUntouched()
    if (index % LOOK_INSIDE_EVERY === 0) expect(await this.#on.status()).toMatchObject({drifted: false, leftovers: []})
  }

  async expectForeignUntouched(): Promise<void> {
    if (this.#foreign === undefined) return
    expect(await lookAt(this.#on, this.#foreign)).toEqual(this.#before)
  }

  async end(): Promise<void> {
    if (this.#foreign !== undefined) await uproot(this.#on, this.#foreign)
  }
}

/** Kills the command once or twice on its way, and then lets it run to its end. */
async function killAndRepeat(on: Bench, victim: Victim, random: Random, note: Round['note']): Promise<void> {
  const kills = random.between(1, 100) <= SECOND_KILL_PERCENT ? 2 : 1
  for (let kill = 0; kill < kills; kill++) await killOnTheWay(on, victim, random, note)
  const done = lastOutcome(on) === 'succeeded' && endedBefore(on, victim)
  const open = openRows(on)
  note(`${open.length > 0 ? 'with' : 'without'} open rows`)
  const again = await run(on, victim)
  const fits = again.code === 0 || (done && again.code === victim.ifDone)
  expect(fits, `${victim.kind} again: ${said(again)}`).toBe(true)
  const closed = lifecycleRecords(on).filter(({id}) => open.some((row) => row.id === id))
  for (const {status, error} of closed) {
    expect({status, error}).toEqual({status: 'failed', error: expect.stringMatching(/^interrupted/)})
  }
}

/** Whether the last deployment is the victim's: its names are those the state has by now. */
function endedBefore(on: Bench, {wanted}: Victim): boolean {
  const recorded = new Set(lifecycleRecords(on).map(({decky}) => decky))
  return wanted.size === 0 || [...wanted.keys()].every((name) => recorded.has(name))
}

async function killOnTheWay(on: Bench, victim: Victim, random: Random, note: Round['note']): Promise<void> {
  const {engine} = on.site
  const kind = `${victim.kind} on ${engine}`
  const known = lasts.get(kind) ?? FIRST_GUESS_MS[engine]
  const startedAt = performance.now()
  const running = start(on, victim)
  const ended = running.done.then(() => true)
  const earliest = random.pick(EARLIEST_MS[engine])
  const moment = random.between(earliest, Math.max(earliest, Math.round(known)))
  if (await Promise.race([ended, pause(moment, false)])) {
    lasts.set(kind, performance.now() - startedAt)
    return note('ended before the kill')
  }
  running.child.kill('SIGKILL')
  await running.done
  lasts.set(kind, known * 1.1)
  note(`${victim.kind} killed`)
}

function start(on: Bench, {args, input}: Victim) {
  return on.start(args, {...(input !== undefined && {input}), env: {TMPDIR: temporary(on)}})
}

async function run(on: Bench, victim: Victim): Promise<DecnetOutcome> {
  await mkdir(temporary(on), {recursive: true})
  const outcome = await start(on, victim).done
  // Of what killed commands unpacked, nothing may pile up.
  expect((await readdir(temporary(on))).filter((name) => name.startsWith('decnet-'))).toEqual([])
  return outcome
}

const temporary = (on: Bench): string => join(on.site.directory, 'tmp')
