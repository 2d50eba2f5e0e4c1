import {describe, expect, it} from 'vitest'

import {mutationView} from '../../src/cli/views/mutation.ts'
import {nextSteps} from '../../src/cli/views/next-steps.ts'
import {makeStyle} from '../../src/cli/views/style.ts'
import type {Decky} from '../../src/fleet/decky.ts'
import type {MutationResult} from '../../src/operations/mutation.ts'
import {decky, network, service} from '../support/fleet-parts.ts'
import {result, row} from '../support/view-samples.ts'

const PLAIN = makeStyle({isTTY: false, noColorFlag: true, env: {}})
const SSH = decky({name: 'a', ip: '127.77.0.2'})
const HTTP = decky({name: 'b', ip: '127.77.0.3', services: [service('http', 80)]})

function deployed(deckies: readonly Decky[], changes: Partial<MutationResult['fleet']> = {}): MutationResult {
  const {fleet} = result()
  const loopback = network({driver: 'loopback', interface: 'lo', subnet: '127.77.0.0/24', gateway: '127.77.0.1'})
  return result({
    rows: deckies.map(({name}) => row({decky: name})),
    fleet: {...fleet, engine: 'embedded', network: loopback, portOffset: 10_000, deckies, ...changes},
  })
}

describe('what to do next', () => {
  it('is a client for each service, the status, what intruders did, and the way back', () => {
    expect(nextSteps(deployed([HTTP, SSH]), undefined, PLAIN)).toMatchInlineSnapshot(`
      "Try, on this machine:
        ssh -p 10022 root@127.77.0.2
        curl http://127.77.0.3:10080/
        decnet status          see what runs
        decnet events          see what intruders do
        decnet teardown --all  remove it again"
    `)
  })

  it('leaves out ports that clients know, and says from where a LAN is reached', () => {
    const docker = {engine: 'docker', network: network(), portOffset: 0} as const
    expect(nextSteps(deployed([HTTP, SSH], docker), undefined, PLAIN)).toMatchInlineSnapshot(`
      "Try, from another machine of the LAN (this one cannot reach macvlan deckies):
        ssh root@127.77.0.2
        curl http://127.77.0.3/
        decnet status          see what runs
        decnet events          see what intruders do
        decnet teardown --all  remove it again"
    `)
  })

  it('names another state directory, as a shell takes it', () => {
    const text = nextSteps(deployed([SSH]), "/tmp/a b\x1b's", PLAIN)
    expect(text).toContain("decnet status --state-dir '/tmp/a b\\x1b'\\''s' ")
  })

  it('has no purposes beside commands where a terminal would break the lines', () => {
    const text = nextSteps(deployed([SSH]), `/tmp/${'x'.repeat(50)}`, PLAIN, 80)
    expect(text).toMatch(/\n {2}decnet teardown --all --state-dir \/tmp\/x+$/)
    expect(nextSteps(deployed([SSH]), '/tmp/x', PLAIN, 80)).toMatch(/see what runs\n.*\n.*remove it again$/)
  })

  it('speaks of what this deployment brought up, and of any port for want of better ones', () => {
    const redis = decky({name: 'c', ip: '127.77.0.4', services: [service('redis', 6379)]})
    const down = deployed([SSH, redis])
    const rows = [row({decky: 'a', status: 'failed', outcome: null}), row({decky: 'c'})]
    expect(nextSteps({...down, rows}, undefined, PLAIN)).toContain('\n  nc 127.77.0.4 16379\n')
    expect(nextSteps({...down, rows: []}, undefined, PLAIN)).toContain('machine:\n  decnet status ')
  })

  it('stands below the summary of what went well, and only there', () => {
    const summary = {created: 1, replaced: 0, restarted: 0, removed: 0, unchanged: 0, failed: 0}
    const fine = {...deployed([SSH]), summary}
    expect(mutationView(fine, PLAIN, 'advice')).toBe('1 created. The fleet has 1 decky.\n\nadvice')
    expect(mutationView({...fine, interrupted: true}, PLAIN, 'advice')).not.toContain('advice')
    expect(mutationView({...fine, resourceErrors: ['x']}, PLAIN, 'advice')).not.toContain('advice')
  })
})
