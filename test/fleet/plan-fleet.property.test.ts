import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import type {Decky} from '../../src/fleet/decky.ts'
import type {Observation, ObservedInstance} from '../../src/fleet/observation.ts'
import {hasChanges, summarize} from '../../src/fleet/plan.ts'
import {planFleet} from '../../src/fleet/plan-fleet.ts'
import {decky, network} from '../support/fleet-parts.ts'
import {fleetOf, inputOf, one, planOf, running, SCADA, textOf} from '../support/plan-situation.ts'
import {instancesOf, observedNetwork, PlanWorld} from '../support/plan-world.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const
const numbered = (index: number, ip = index, mac = index): Decky =>
  decky({name: NAMES[index] ?? 'z', ip: `10.78.0.${10 + ip}`, mac: `00:50:56:00:00:${10 + mac}`})

const permutation = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], {minLength: 8, maxLength: 8})
/** Deckies with addresses that are some permutation of each other's, some of them with a custom service. */
const deckies = fc
  .tuple(permutation, permutation, fc.array(fc.boolean(), {minLength: 8, maxLength: 8}), fc.subarray([...NAMES]))
  .map(([ips, macs, customs, names]) =>
    NAMES.map((_, index) => ({
      ...numbered(index, ips[index], macs[index]),
      customServices: customs[index] === true ? [SCADA] : [],
    })).filter(({name}) => names.includes(name as 'a')),
  )

/** Ways in which a healthy instance can go wrong. */
const damage = fc.constantFrom<(instance: ObservedInstance) => ObservedInstance[]>(
  (instance) => [instance],
  (instance) => [instance],
  () => [],
  (instance) => [{...instance, state: 'exited'}],
  (instance) => [{...instance, state: 'exited', ip: null, mac: null}],
  (instance) => [{...instance, state: 'dead'}],
  (instance) => [{...instance, configHash: 'older'}],
  (instance) => [{...instance, networkId: null, ip: null, mac: null}],
  (instance) => [{...instance, deviations: ['is privileged']}],
  (instance) => [instance, {...instance, id: 'c-again', state: 'exited'}],
  (instance) => [{...instance, ip: '10.78.0.10', mac: '00:50:56:00:00:11'}],
  (instance) => [{...instance, ip: '10.78.0.14'}],
)

/** A custom service's container has the network of its decky, and so no address of its own. */
const withoutForeignAddress = (instance: ObservedInstance): ObservedInstance =>
  instance.customService === null ? instance : {...instance, ip: null, mac: null}

interface Case {
  readonly wanted: readonly Decky[]
  readonly previous: readonly Decky[]
  readonly observed: Observation
}

const observations = (before: readonly Decky[]): fc.Arbitrary<Observation> =>
  fc
    .record({
      damages: fc.array(damage, {minLength: 24, maxLength: 24}),
      network: fc.constantFrom(network(), network(), network({gateway: '10.78.0.9'}), null),
      imagePresent: fc.boolean(),
    })
    .map(({damages, network: found, imagePresent}) => {
      const instances = before
        .flatMap(instancesOf)
        .flatMap((each, index) => (damages[index]?.(each) ?? []).map(withoutForeignAddress))
      return {
        network: found === null ? null : observedNetwork({network: found}),
        surplusNetworks: [],
        imagePresent,
        instances:
          found === null ? instances.map((each) => ({...each, networkId: null, ip: null, mac: null})) : instances,
      }
    })

/** A fleet as it was (some of it forgotten by the state), as it runs, and as it is to be. */
const cases: fc.Arbitrary<Case> = fc.tuple(deckies, deckies, fc.subarray([...NAMES])).chain(([before, wanted, known]) =>
  fc.record({
    wanted: fc.constant(wanted),
    previous: fc.constant(before.filter(({name}) => known.includes(name as 'a'))),
    observed: observations(before),
  }),
)
const choices = fc.infiniteStream(fc.nat())
const chooser = (stream: Iterator<number>) => (ready: number) => (stream.next().value as number) % Math.max(1, ready)

describe('any plan', () => {
  it('can be carried out in any order that it allows, and leaves nothing to do', () => {
    fc.assert(
      fc.property(cases, choices, (situation, stream) => {
        const input = inputOf(situation)
        const world = new PlanWorld(input.desired, input.observed)
        world.run(planFleet(input), chooser(stream))
        const again = planFleet(inputOf({...situation, previous: situation.wanted, observed: world.observation}))
        expect(again.operations).toEqual([])
        expect(summarize(again).unchanged).toBe(situation.wanted.length)
      }),
      {numRuns: 400},
    )
  })

  it('is the same for the same input, whatever the order in which the engine lists', () => {
    fc.assert(
      fc.property(cases, (situation) => {
        const reversed = {...situation.observed, instances: situation.observed.instances.toReversed()}
        const text = textOf(situation)
        expect(textOf(situation)).toBe(text)
        expect(textOf({...situation, observed: reversed}).split('\n').length).toBe(text.split('\n').length)
      }),
    )
  })

  it('depends only on operations of its own that stand before it, and names each once', () => {
    fc.assert(
      fc.property(cases, (situation) => {
        const seen = new Set<string>()
        for (const {id, dependsOn} of planOf(situation).operations) {
          expect(seen.has(id)).toBe(false)
          expect(dependsOn.filter((each) => !seen.has(each))).toEqual([])
          seen.add(id)
        }
      }),
    )
  })

  it('names nothing but the network, the image and deckies of ours', () => {
    fc.assert(
      fc.property(cases, (situation) => {
        const {wanted, previous, observed} = situation
        const ours = new Set([
          ...[...wanted, ...previous].map(({name}) => name),
          ...observed.instances.map((i) => i.decky),
        ])
        for (const {address, decky: name} of planOf(situation).operations) {
          if (name === null) expect(['network', 'image']).toContain(address)
          else expect([ours.has(name), address]).toEqual([true, `decky/${name}`])
        }
      }),
    )
  })

  it('of an addition touches only what was submitted, and leftovers', () => {
    const additive = fc.tuple(deckies, fc.subarray([...NAMES])).chain(([all, submitted]) => {
      const staying = all.filter(({name}) => !submitted.includes(name as 'a'))
      const leftovers = [one(1, {ip: '10.78.0.10'}), one(2, {ip: '10.78.0.99'})]
      return fc.tuple(fc.constant(all), fc.constant(staying), observations([...staying, ...leftovers]))
    })
    fc.assert(
      fc.property(additive, choices, ([all, staying, seen], stream) => {
        const stays = new Set(staying.map(({name}) => name))
        const untouched = staying.flatMap(instancesOf)
        const leftovers = seen.instances.filter(({decky: name}) => !stays.has(name))
        const observed = running([...untouched, ...leftovers.filter((each) => isFree(staying, each))], {
          imagePresent: seen.imagePresent,
        })
        const scope = all.map(({name}) => name).filter((name) => !stays.has(name))
        const input = inputOf({wanted: all, previous: staying, observed, scope})
        const plan = planFleet(input)
        for (const {decky: name} of plan.operations) expect(name === null || !stays.has(name)).toBe(true)
        for (const {decky: name} of plan.changes) expect(stays.has(name)).toBe(false)
        const world = new PlanWorld(input.desired, observed)
        world.run(plan, chooser(stream))
        for (const instance of untouched) expect(world.observation.instances).toContainEqual(instance)
        expect(world.observation.instances.every(({decky: name}) => NAMES.includes(name as 'a'))).toBe(true)
      }),
      {numRuns: 300},
    )
  })

  it('moves addresses among eight deckies without ever giving one to two', () => {
    fc.assert(
      fc.property(permutation, permutation, choices, (ips, macs, stream) => {
        const before = NAMES.map((_, index) => numbered(index))
        const after = NAMES.map((_, index) => numbered(index, ips[index], macs[index]))
        const plan = planOf({wanted: after, previous: before})
        const moved = after.filter(({ip, mac}, index) => before[index]?.ip !== ip || before[index]?.mac !== mac)
        expect(summarize(plan)).toMatchObject({replace: moved.length, unchanged: 8 - moved.length})
        const world = new PlanWorld(fleetOf(after), running(before.flatMap(instancesOf)))
        world.run(plan, chooser(stream))
        expect(hasChanges(planOf({wanted: after, observed: world.observation}))).toBe(false)
      }),
      {numRuns: 200},
    )
  })
})

const isFree = (staying: readonly Decky[], {ip, mac}: ObservedInstance): boolean =>
  staying.every((each) => each.ip !== ip && each.mac !== mac)
