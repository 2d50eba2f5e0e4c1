/** Three Engines, each with a fleet of its own: losing one is no business of the others. */
import {expect, it} from 'vitest'

import {type Bench, useBench} from '../support/bench.ts'
import {incarnations} from '../support/engine-view.ts'
import {deckies, fleetText} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'
import {keep} from '../support/promise-tally.ts'
import {rounds} from '../support/soak.ts'

const FLEET = fleetText(deckies(3))
const LARGER = fleetText(deckies(5))
const REPLACE = ['deploy', '-', '--replace-fleet', '--yes', '--json', '--timeout', '5s']

describeOnLab('one of three Engines is lost', () => {
  const benches = [
    useBench('engine-a', {subnet: '10.93.0.0/24'}),
    useBench('engine-b', {subnet: '10.94.0.0/24'}),
    useBench('engine-c', {subnet: '10.95.0.0/24'}),
  ]

  it('the others serve on untouched, and a re-run repairs the lost one', {timeout: 900_000}, async () => {
    const [lost, ...others] = benches.map((bench) => bench()) as [Bench, Bench, Bench]
    await keep('P20', 'losses of one Engine of three', rounds(1, 30), async ({index}) => {
      await Promise.all([lost, ...others].map((on) => on.replace(FLEET)))
      const before = await Promise.all(others.map(({lab}) => incarnations(lab)))
      const freezes = index % 2 === 0
      const running = lost.start(REPLACE, {input: LARGER})
      await (freezes ? lost.lab.freezeDockerd() : lost.lab.killDockerd())
      expect([0, 3, 69]).toContain((await running.done).code)
      for (const other of others) expect((await other.status()).drifted).toBe(false)
      await (freezes ? lost.lab.thawDockerd() : lost.lab.restartDockerd())
      expect((await lost.replace(LARGER)).lifecycle).toHaveLength(5)
      expect((await lost.status()).drifted).toBe(false)
      expect(await Promise.all(others.map(({lab}) => incarnations(lab)))).toEqual(before)
    })
  })
})
