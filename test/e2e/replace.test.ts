import {expect, it} from 'vitest'
import {useBench} from '../support/bench.ts'
import {outcomes} from '../support/documents.ts'
import {EngineProxy} from '../support/engine-proxy.ts'
import {addresses, incarnations, networks, snapshot} from '../support/engine-view.ts'
import {deckies, fleetText} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'
import {rounds} from '../support/soak.ts'
import {stateRows} from '../support/state-files.ts'

const TRIO = {
  alpha: {services: 'http', ip: '10.77.0.20'},
  beta: {services: 'http, redis'},
  gamma: {services: 'ssh', os: 'windows'},
}

const RING = [
  '10.77.0.31',
  '10.77.0.32',
  '10.77.0.33',
  '10.77.0.34',
  '10.77.0.35',
  '10.77.0.36',
  '10.77.0.37',
  '10.77.0.38',
]

/** Eight deckies on the addresses of the ring, each moved on by `offset`. */
function ring(offset: number): Record<string, {services: string; ip: string}> {
  const rotated = [...RING.slice(offset % RING.length), ...RING.slice(0, offset % RING.length)]
  return Object.fromEntries(rotated.map((ip, index) => [`ring-${index}`, {services: 'http', ip}]))
}

describeOnLab('deploy --replace-fleet', () => {
  const bench = useBench('replace')

  it('changes nothing when the file says what runs already', async () => {
    const on = bench()
    await on.replace(fleetText(TRIO))
    const before = await snapshot(on.lab)
    const proxy = await EngineProxy.start(on.lab)
    try {
      const args = ['deploy', '-', '--replace-fleet', '--json']
      const outcome = await on.run([...args, '--detailed-exitcode'], {input: fleetText(TRIO), env: proxy.env})
      expect(outcome).toMatchObject({code: 0, json: {ok: true, summary: {unchanged: 3, created: 0, failed: 0}}})
    } finally {
      await proxy.stop()
    }
    expect(proxy.calls).not.toEqual([])
    expect(proxy.changes).toEqual([])
    expect(await snapshot(on.lab)).toEqual(before)
    expect(await on.plan(fleetText(TRIO), ['--replace-fleet'])).toMatchObject({changes: false, operations: []})
  })

  it('has a row for every decky of the file and for every one that goes', async () => {
    const on = bench()
    await on.replace(fleetText(TRIO))
    const {gamma, ...rest} = TRIO
    const {lifecycle, summary} = await on.replace(fleetText({...rest, delta: gamma}))
    expect(outcomes(lifecycle).toSorted()).toEqual([
      'alpha: unchanged',
      'beta: unchanged',
      'delta: created',
      'gamma: removed',
    ])
    expect(summary).toMatchObject({created: 1, removed: 1, unchanged: 2, replaced: 0, failed: 0})
    expect(Object.keys(await incarnations(on.lab)).toSorted()).toEqual(['alpha', 'beta', 'delta'])
  })

  it('replaces the one decky whose services have other options, under its old address and MAC', async () => {
    const on = bench()
    await on.replace(fleetText(TRIO))
    const [before, {deckies: old}] = [await incarnations(on.lab), await on.status()]

    const {lifecycle} = await on.replace(fleetText({...TRIO, 'alpha.http': {title: 'Payroll'}}))

    expect(outcomes(lifecycle).toSorted()).toEqual(['alpha: replaced', 'beta: unchanged', 'gamma: unchanged'])
    const after = await incarnations(on.lab)
    expect(after.alpha).not.toBe(before.alpha)
    expect({...after, alpha: ''}).toEqual({...before, alpha: ''})
    const identity = ({name, ip, mac}: {name: string; ip: string; mac: string}) => ({name, ip, mac})
    expect((await on.status()).deckies.map(identity)).toEqual(old.map(identity))
  })

  it('moves addresses around a ring of eight', {timeout: 900_000}, async () => {
    const on = bench()
    await on.replace(fleetText(ring(0)))
    for (let round = 1; round <= rounds(2, 50); round++) {
      const {lifecycle} = await on.replace(fleetText(ring(round)))
      expect(new Set(lifecycle.map(({outcome}) => outcome))).toEqual(new Set(['replaced']))
      const wanted = Object.entries(ring(round)).map(([name, {ip}]): [string, string] => [name, ip])
      expect(await addresses(on.lab)).toEqual(Object.fromEntries(wanted))
    }
    expect((await on.status()).drifted).toBe(false)
  })

  it('moves the whole fleet to another subnet', async () => {
    const on = bench()
    await on.replace(fleetText(deckies(3)))
    const [before] = await networks(on.lab)
    const moved = fleetText(deckies(3), {net: '10.77.1.0/24', gw: '10.77.1.1'})

    const {lifecycle} = await on.replace(moved)

    expect(lifecycle.map(({outcome}) => outcome)).toEqual(['replaced', 'replaced', 'replaced'])
    expect(Object.values(await addresses(on.lab)).every((ip) => ip?.startsWith('10.77.1.'))).toBe(true)
    const after = await networks(on.lab)
    expect(after).toHaveLength(1)
    expect(after[0]?.Id).not.toBe(before?.Id)
  })

  it('asks for consent where something ends, and does nothing without it', async () => {
    const on = bench()
    await on.replace(fleetText(TRIO))
    const [engine, rows] = [await snapshot(on.lab), stateRows(on.stateDir)]
    const error = await on.refused(['deploy', '-', '--replace-fleet'], 64, {input: fleetText({alpha: TRIO.alpha})})
    expect(error).toMatchObject({code: 'CONFIRM_REQUIRED', message: expect.stringContaining('removes 2')})
    expect(await snapshot(on.lab)).toEqual(engine)
    expect(stateRows(on.stateDir)).toEqual(rows)
  })

  it('refuses a file without deckies', async () => {
    const on = bench()
    await on.replace(fleetText({alpha: TRIO.alpha}))
    const before = await snapshot(on.lab)
    await on.refused(['deploy', '-', '--replace-fleet', '--yes'], 65, {input: fleetText({})})
    expect(await snapshot(on.lab)).toEqual(before)
  })
})
