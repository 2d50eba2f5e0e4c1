/** Connections that break after the Engine was asked: whether it did what was asked is unknown, until one looks. */
import {expect, it} from 'vitest'
import {audit, openRows} from '../support/audit.ts'
import {type Bench, said, useBench} from '../support/bench.ts'
import {CuttingProxy, type Fate} from '../support/cutting-proxy.ts'
import {changeFleet, type FleetModel, modelText, randomFleet} from '../support/fleet-model.ts'
import {describeOnLab} from '../support/lab.ts'
import {keep, type Round} from '../support/promise-tally.ts'
import type {Random} from '../support/random.ts'
import {rounds} from '../support/soak.ts'

const SIZE = 6
const PREFIX = '10.93.0.'
/** Of a hundred calls that change something, and of those that read. */
const CUT_CHANGES = 30
const CUT_READS = 5

describeOnLab('an Engine behind a connection that breaks', () => {
  const bench = useBench('unknown', {subnet: '10.93.0.0/24'})

  it('gets no duplicates and keeps no leftovers, and one more run converges', {timeout: 1_800_000}, async () => {
    const on = bench()
    let fleet: FleetModel = new Map()
    await on.run(['config', 'set', 'deployment-limit', '50'])
    await keep('P19', 'deploys and teardowns with lost answers', rounds(3, 30), async (round) => {
      const {random} = round
      // Now and then from nothing: network and image are made through the proxy too.
      fleet =
        fleet.size === 0 ? randomFleet(random, SIZE) : random.between(1, 5) === 1 ? new Map() : nextFleet(random, fleet)
      await throughProxy(on, fleet, round)
      expect(openRows(on)).toEqual([])
      const again = await on.run(...commandFor(fleet))
      expect(again, said(again)).toMatchObject({code: 0})
      expect(await audit(on, fleet)).toEqual([])
    })
  })
})

const nextFleet = (random: Random, fleet: FleetModel): FleetModel => changeFleet(random, fleet, PREFIX)

function commandFor(fleet: FleetModel): [string[], {input?: string}] {
  if (fleet.size === 0) return [['teardown', '--all', '--yes'], {}]
  return [['deploy', '-', '--replace-fleet', '--yes'], {input: modelText(fleet)}]
}

async function throughProxy(on: Bench, fleet: FleetModel, {random, note}: Round): Promise<void> {
  const proxy = await CuttingProxy.start(on.lab, (call) => fateOf(call, random, note))
  try {
    const [args, options] = commandFor(fleet)
    const outcome = await on.run(args, {...options, env: proxy.env})
    expect([0, 3, 69], said(outcome)).toContain(outcome.code)
    note(`exit ${outcome.code}`)
  } finally {
    await proxy.stop()
  }
}

function fateOf(call: string, random: Random, note: Round['note']): Fate {
  const changes = !/^(GET|HEAD) /.test(call)
  if (random.between(1, 100) > (changes ? CUT_CHANGES : CUT_READS)) return 'pass'
  note(changes ? 'changes cut' : 'reads cut')
  return random.between(0, 1) === 0 ? 'lose the answer' : {cutAfterMs: random.between(1, 300)}
}
