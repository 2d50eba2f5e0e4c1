import {describe, expect, it} from 'vitest'

import type {Decky} from '../../src/fleet/decky.ts'
import type {InstanceState, ObservedInstance} from '../../src/fleet/observation.ts'
import {isDestructive, planToText, summarize} from '../../src/fleet/plan.ts'
import {network, service} from '../support/fleet-parts.ts'
import {EMPTY, graphOf, one, planOf, running, SCADA, textOf, WEB1, WEB2, WEB3} from '../support/plan-situation.ts'
import {instanceOf, observedNetwork} from '../support/plan-world.ts'
import {refusalOf} from '../support/refusal.ts'

describe('the text of a plan', () => {
  it('of a first deployment', () => {
    expect(textOf({wanted: [WEB1, WEB2], previous: [], observed: EMPTY})).toMatchInlineSnapshot(`
      "  + network       create   not found
        + image         create   not found
        + decky/web-01  create   new
        + decky/web-02  create   new
      Plan: 2 to create, 0 to replace, 0 to restart, 0 to remove, 0 unchanged.
      "
    `)
  })

  it('of no change', () => {
    expect(textOf({wanted: [WEB1, WEB2]})).toMatchInlineSnapshot(`
      "No changes: 2 unchanged.
      "
    `)
  })

  it('of an addition to a fleet of three', () => {
    const added = one(4)
    expect(
      textOf({wanted: [WEB1, WEB2, WEB3, added], previous: [WEB1, WEB2, WEB3], scope: [added.name]}),
    ).toMatchInlineSnapshot(`
      "  + decky/web-04  create   new
      Plan: 1 to create, 0 to replace, 0 to restart, 0 to remove, 0 unchanged.
      "
    `)
  })

  it('of changed specs names the fields, never their values', () => {
    const secret = {password: 'canary-7f3a'}
    const after = [
      one(1, {services: [service('ssh', 22, secret)], hostname: 'FS01'}),
      one(2, {services: [service('ssh', 22), service('http', 80, secret)]}),
      one(3, {os: 'bsd', distro: 'freebsd', customServices: [SCADA]}),
    ]
    expect(textOf({wanted: after, previous: [WEB1, WEB2, WEB3]})).toMatchInlineSnapshot(`
      "-/+ decky/web-01  replace  hostname, ssh options changed
      -/+ decky/web-02  replace  services changed
      -/+ decky/web-03  replace  os, distro, custom services changed
      Plan: 0 to create, 3 to replace, 0 to restart, 0 to remove, 0 unchanged.
      "
    `)
  })

  it('of another runtime', () => {
    const observed = running([instanceOf(WEB1, {configHash: 'older'})])
    expect(textOf({wanted: [WEB1], observed})).toMatchInlineSnapshot(`
      "-/+ decky/web-01  replace  its runtime or network changed
      Plan: 0 to create, 1 to replace, 0 to restart, 0 to remove, 0 unchanged.
      "
    `)
  })

  it('of instances that do not run', () => {
    const states: InstanceState[] = ['exited', 'created', 'paused', 'restarting', 'dead', 'removing']
    const deckies = states.map((_, index) => one(index + 1))
    const instances = deckies.map((each, index) =>
      instanceOf(each, {state: states[index] ?? 'exited', ...(index === 0 ? {ip: null, mac: null} : {})}),
    )
    expect(textOf({wanted: deckies, observed: running(instances)})).toMatchInlineSnapshot(`
      "  ~ decky/web-01  restart  its instance is exited
        ~ decky/web-02  restart  its instance is created
        ~ decky/web-03  restart  its instance is paused
        ~ decky/web-04  restart  its instance is restarting
      -/+ decky/web-05  replace  its instance is dead
      -/+ decky/web-06  replace  its instance is removing
      Plan: 0 to create, 2 to replace, 4 to restart, 0 to remove, 0 unchanged.
      "
    `)
  })

  it('of wrong addresses, a lost network and a weakened container', () => {
    const instances = [
      instanceOf(WEB1, {ip: '10.78.0.99'}),
      instanceOf(WEB2, {mac: null}),
      instanceOf(WEB3, {networkId: null, ip: null, mac: null}),
      instanceOf(one(4), {deviations: ['runs with capability NET_ADMIN', 'runs as root']}),
    ]
    expect(textOf({wanted: [WEB1, WEB2, WEB3, one(4)], observed: running(instances)})).toMatchInlineSnapshot(`
      "-/+ decky/web-01  replace  its address is 10.78.0.99 instead of 10.78.0.11
      -/+ decky/web-02  replace  its MAC is missing instead of 00:50:56:00:00:12
      -/+ decky/web-03  replace  it is not attached to the fleet network
      -/+ decky/web-04  replace  runs with capability NET_ADMIN
      Plan: 0 to create, 4 to replace, 0 to restart, 0 to remove, 0 unchanged.
      "
    `)
  })

  it('of a missing network and image', () => {
    const observed = running([instanceOf(WEB1, {networkId: null, ip: null, mac: null})], {
      network: null,
      imagePresent: false,
    })
    expect(textOf({wanted: [WEB1], observed})).toMatchInlineSnapshot(`
      "  + network       create   not found
        + image         create   not found
      -/+ decky/web-01  replace  it is not attached to the fleet network
      Plan: 0 to create, 1 to replace, 0 to restart, 0 to remove, 0 unchanged.
      "
    `)
  })

  it('of a network that has to change takes every decky with it, also those out of scope', () => {
    const observed = running(
      [WEB1, WEB2].map((each) => instanceOf(each)),
      {
        network: observedNetwork({network: network()}, {subnet: '10.77.0.0/24'}),
      },
    )
    const situation = {wanted: [WEB1, WEB2, WEB3], previous: [WEB1, WEB2], observed, scope: [WEB3.name]}
    expect(textOf(situation)).toMatchInlineSnapshot(`
      "-/+ network       replace  its subnet is 10.77.0.0/24 instead of 10.78.0.0/24
      -/+ decky/web-01  replace  the network is replaced
      -/+ decky/web-02  replace  the network is replaced
        + decky/web-03  create   new
      Plan: 1 to create, 2 to replace, 0 to restart, 0 to remove, 0 unchanged.
      "
    `)
    expect(graphOf(situation)).toMatchInlineSnapshot(`
      [
        "decky.remove decky/web-01",
        "decky.remove decky/web-02",
        "network.replace network <- decky.remove decky/web-01, decky.remove decky/web-02",
        "decky.create decky/web-01 <- decky.remove decky/web-01, network.replace network",
        "decky.create decky/web-02 <- decky.remove decky/web-02, network.replace network",
        "decky.create decky/web-03 <- network.replace network",
      ]
    `)
  })

  it('of addresses that move in a ring', () => {
    const after = [one(1, {ip: WEB2.ip}), one(2, {ip: WEB3.ip}), one(3, {ip: WEB1.ip})]
    const situation = {wanted: after, previous: [WEB1, WEB2, WEB3]}
    expect(textOf(situation)).toMatchInlineSnapshot(`
      "-/+ decky/web-01  replace  ip changed
      -/+ decky/web-02  replace  ip changed
      -/+ decky/web-03  replace  ip changed
      Plan: 0 to create, 3 to replace, 0 to restart, 0 to remove, 0 unchanged.
      "
    `)
    expect(graphOf(situation)).toMatchInlineSnapshot(`
      [
        "decky.remove decky/web-01",
        "decky.remove decky/web-02",
        "decky.remove decky/web-03",
        "decky.create decky/web-01 <- decky.remove decky/web-01, decky.remove decky/web-02",
        "decky.create decky/web-02 <- decky.remove decky/web-02, decky.remove decky/web-03",
        "decky.create decky/web-03 <- decky.remove decky/web-01, decky.remove decky/web-03",
      ]
    `)
  })

  it('of leftovers', () => {
    const observed = running([instanceOf(WEB1), instanceOf(WEB2), instanceOf(WEB2, {id: 'c-again', state: 'exited'})])
    const plan = planOf({wanted: [WEB1], observed})
    expect(planToText(plan)).toMatchInlineSnapshot(`
      "  - decky/web-02  remove   left over by an interrupted command
      Plan: 0 to create, 0 to replace, 0 to restart, 1 to remove, 1 unchanged.
      "
    `)
    expect(isDestructive(plan)).toBe(false)
  })

  it('of a teardown to nothing', () => {
    const situation = {wanted: [], previous: [WEB1, WEB2]}
    expect(textOf(situation)).toMatchInlineSnapshot(`
      "  - network       remove   the fleet is empty
        - image         remove   the fleet is empty
        - decky/web-01  remove   no longer wanted
        - decky/web-02  remove   no longer wanted
      Plan: 0 to create, 0 to replace, 0 to restart, 2 to remove, 0 unchanged.
      "
    `)
    expect(graphOf(situation)).toMatchInlineSnapshot(`
      [
        "decky.remove decky/web-01",
        "decky.remove decky/web-02",
        "network.remove network <- decky.remove decky/web-01, decky.remove decky/web-02",
        "image.remove image <- decky.remove decky/web-01, decky.remove decky/web-02, network.remove network",
      ]
    `)
  })

  it('of a teardown of one decky', () => {
    expect(textOf({wanted: [WEB2], previous: [WEB1, WEB2], scope: [WEB1.name]})).toMatchInlineSnapshot(`
      "  - decky/web-01  remove   no longer wanted
      Plan: 0 to create, 0 to replace, 0 to restart, 1 to remove, 0 unchanged.
      "
    `)
  })

  it('of custom services', () => {
    const plc = (n: number) => one(n, {customServices: [SCADA]})
    const companion = (of: Decky, changes: Partial<ObservedInstance> = {}) =>
      instanceOf(of, {id: 'x', customService: 'scada', ip: null, mac: null, networkId: null, ...changes})
    const deckies = [1, 2, 3, 4, 5, 6].map(plc)
    const instances = deckies.flatMap((each, index) => [
      ...(index === 5 ? [] : [instanceOf(each, {startedAt: '2026-01-02T00:00:00Z'})]),
      ...[
        [companion(each, {startedAt: '2026-01-02T00:00:01Z'})],
        [],
        [companion(each, {state: 'exited'})],
        [companion(each, {configHash: 'older'})],
        [companion(each, {startedAt: '2026-01-01T00:00:00Z'})],
        [companion(each)],
      ]
        .slice(index, index + 1)
        .flat(),
    ])
    expect(textOf({wanted: deckies, observed: running(instances)})).toMatchInlineSnapshot(`
      "-/+ decky/web-02  replace  its service scada is not found
      -/+ decky/web-03  replace  its service scada is exited
      -/+ decky/web-04  replace  its service scada changed
      -/+ decky/web-05  replace  its service scada lost the network
      -/+ decky/web-06  replace  only containers of its own services are found
      Plan: 0 to create, 5 to replace, 0 to restart, 0 to remove, 1 unchanged.
      "
    `)
  })

  it('of two instances with one name', () => {
    const observed = running([instanceOf(WEB1), instanceOf(WEB1, {id: 'c-again'})])
    expect(textOf({wanted: [WEB1], observed})).toMatchInlineSnapshot(`
      "-/+ decky/web-01  replace  2 instances carry its name
      Plan: 0 to create, 1 to replace, 0 to restart, 0 to remove, 0 unchanged.
      "
    `)
  })

  it('of unhealthy deckies', () => {
    const unhealthy = new Map([[WEB1.name, 'ssh on port 22 does not answer']])
    const plan = planOf({wanted: [WEB1, WEB2], unhealthy})
    expect(planToText(plan)).toMatchInlineSnapshot(`
      "  ~ decky/web-01  restart  ssh on port 22 does not answer
      Plan: 0 to create, 0 to replace, 1 to restart, 0 to remove, 1 unchanged.
      "
    `)
    expect(isDestructive(plan)).toBe(false)
  })

  it('has one line of ASCII for each change, whatever the engine says', () => {
    const unhealthy = new Map([[WEB1.name, 'ends\n  - decky/web-02  remove   forged\r\u001b[2K\u009b\u202e é']])
    const text = textOf({wanted: [WEB1, WEB2], unhealthy})
    expect(text.split('\n')).toHaveLength(3)
    expect(text).toMatch(/^[\n\x20-\x7e]*$/)
  })
})

describe('a plan', () => {
  it('asks for consent exactly where something that runs goes', () => {
    expect(isDestructive(planOf({wanted: [WEB1], previous: [], observed: EMPTY}))).toBe(false)
    expect(isDestructive(planOf({wanted: [one(1, {hostname: 'x'})], previous: [WEB1]}))).toBe(true)
    expect(isDestructive(planOf({wanted: [], previous: [WEB1]}))).toBe(true)
    const stopped = running([instanceOf(WEB1, {state: 'exited'})])
    expect(isDestructive(planOf({wanted: [one(1, {hostname: 'x'})], previous: [WEB1], observed: stopped}))).toBe(false)
  })

  it('is refused where a stranger keeps the network from being replaced', () => {
    const observed = running([], {
      network: observedNetwork({network: network()}, {gateway: '10.78.0.9', foreignEndpoints: ['printer', 'nas']}),
    })
    const error = refusalOf(() => planOf({wanted: [WEB1], previous: [], observed}))
    expect(error.code).toBe('NETWORK_CONFLICT')
    expect(error.message).toContain('printer, nas')
  })

  it('leaves alone what the state has and neither the wish nor the scope names', () => {
    const plan = planOf({wanted: [WEB2], previous: [WEB1, WEB2], scope: [WEB2.name]})
    expect(plan.operations).toEqual([])
    expect(plan.changes.map(({decky: name}) => name)).toEqual([WEB2.name])
  })

  it('counts deckies, not operations', () => {
    const after = [one(1, {ip: WEB2.ip}), one(2, {ip: WEB1.ip})]
    const plan = planOf({wanted: after, previous: [WEB1, WEB2]})
    expect(plan.operations).toHaveLength(4)
    expect(summarize(plan)).toEqual({create: 0, replace: 2, restart: 0, remove: 0, unchanged: 0})
  })

  it('waits for every holder of an address', () => {
    // After a crash several stopped containers may be configured with one address.
    const left = [instanceOf(one(5, {ip: WEB1.ip})), instanceOf(one(6, {ip: WEB1.ip, mac: WEB1.mac}))]
    const graph = graphOf({wanted: [WEB1], previous: [], observed: running(left)})
    expect(graph.at(-1)).toBe('decky.create decky/web-01 <- decky.remove decky/web-05, decky.remove decky/web-06')
  })

  it('takes an address from who holds it wrongly, though its owner is configured with it too', () => {
    const stopped = instanceOf(WEB1, {state: 'exited'})
    const intruder = instanceOf(WEB2, {ip: WEB1.ip})
    for (const instances of [
      [stopped, intruder],
      [intruder, stopped],
    ]) {
      expect(graphOf({wanted: [WEB1, WEB2], observed: running(instances)})).toEqual([
        'decky.remove decky/web-02',
        'decky.restart decky/web-01 <- decky.remove decky/web-02',
        'decky.create decky/web-02 <- decky.remove decky/web-02',
      ])
    }
  })
})
