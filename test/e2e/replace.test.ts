import {expect, it} from 'vitest'
import {type Bench, useBench} from '../support/bench.ts'
import {outcomes} from '../support/documents.ts'
import {EngineProxy} from '../support/engine-proxy.ts'
import {networks} from '../support/engine-view.ts'
import {deckies} from '../support/fleet-text.ts'
import {describeOnEngines} from '../support/lab.ts'
import {rounds} from '../support/soak.ts'
import {stateRows} from '../support/state-files.ts'

const trio = (on: Bench) => ({
  alpha: {services: 'http', ip: on.site.address(20)},
  beta: {services: 'http, redis'},
  gamma: {services: 'ssh', os: 'windows'},
})

/** Eight deckies on eight addresses, each moved on by `offset`. */
function ring(on: Bench, offset: number): Record<string, {services: string; ip: string}> {
  const places = Array.from({length: 8}, (_, index) => on.site.address(31 + ((index + offset) % 8)))
  return Object.fromEntries(places.map((ip, index) => [`ring-${index}`, {services: 'http', ip}]))
}

describeOnEngines('deploy --replace-fleet', (engine) => {
  const bench = useBench('replace', {}, engine)

  it('changes nothing when the file says what runs already', async () => {
    const on = bench()
    await on.replace(on.text(trio(on)))
    const before = await on.site.snapshot()
    const proxy = engine === 'docker' ? await EngineProxy.start(on.lab) : undefined
    try {
      const args = ['deploy', '-', '--replace-fleet', '--json']
      const env = proxy?.env ?? {}
      const outcome = await on.run([...args, '--detailed-exitcode'], {input: on.text(trio(on)), env})
      expect(outcome).toMatchObject({code: 0, json: {ok: true, summary: {unchanged: 3, created: 0, failed: 0}}})
    } finally {
      await proxy?.stop()
    }
    if (proxy !== undefined) {
      expect(proxy.calls).not.toEqual([])
      expect(proxy.changes).toEqual([])
    }
    expect(await on.site.snapshot()).toEqual(before)
    expect(await on.plan(on.text(trio(on)), ['--replace-fleet'])).toMatchObject({changes: false, operations: []})
  })

  it('has a row for every decky of the file and for every one that goes', async () => {
    const on = bench()
    await on.replace(on.text(trio(on)))
    const {gamma, ...rest} = trio(on)
    const {lifecycle, summary} = await on.replace(on.text({...rest, delta: gamma}))
    expect(outcomes(lifecycle).toSorted()).toEqual([
      'alpha: unchanged',
      'beta: unchanged',
      'delta: created',
      'gamma: removed',
    ])
    expect(summary).toMatchObject({created: 1, removed: 1, unchanged: 2, replaced: 0, failed: 0})
    expect(Object.keys(await on.site.incarnations()).toSorted()).toEqual(['alpha', 'beta', 'delta'])
  })

  it('replaces the one decky whose services have other options, under its old address and MAC', async () => {
    const on = bench()
    await on.replace(on.text(trio(on)))
    const [before, {deckies: old}] = [await on.site.incarnations(), await on.status()]

    const {lifecycle} = await on.replace(on.text({...trio(on), 'alpha.http': {title: 'Payroll'}}))

    expect(outcomes(lifecycle).toSorted()).toEqual(['alpha: replaced', 'beta: unchanged', 'gamma: unchanged'])
    const after = await on.site.incarnations()
    expect(after.alpha).not.toBe(before.alpha)
    expect({...after, alpha: ''}).toEqual({...before, alpha: ''})
    const identity = ({name, ip, mac}: {name: string; ip: string; mac: string}) => ({name, ip, mac})
    expect((await on.status()).deckies.map(identity)).toEqual(old.map(identity))
  })

  it('moves addresses around a ring of eight', {timeout: 900_000}, async () => {
    const on = bench()
    await on.replace(on.text(ring(on, 0)))
    for (let round = 1; round <= rounds(2, 50); round++) {
      const {lifecycle} = await on.replace(on.text(ring(on, round)))
      expect(new Set(lifecycle.map(({outcome}) => outcome))).toEqual(new Set(['replaced']))
      const wanted = Object.entries(ring(on, round)).map(([name, {ip}]): [string, string] => [name, ip])
      expect(await on.site.addresses()).toEqual(Object.fromEntries(wanted))
    }
    expect((await on.status()).drifted).toBe(false)
  })

  it('moves the whole fleet to another subnet', async () => {
    const on = bench()
    await on.replace(on.text(deckies(3)))
    const before = engine === 'docker' ? await networks(on.lab) : []
    const moved = on.site.address(0).replace(/\d+\.0$/, '251.')
    const general = {net: `${moved}0/24`, ...(engine === 'docker' && {gw: `${moved}1`})}

    const {lifecycle} = await on.replace(on.text(deckies(3), general))

    expect(lifecycle.map(({outcome}) => outcome)).toEqual(['replaced', 'replaced', 'replaced'])
    const {deckies: seen, drifted} = await on.status()
    expect(seen.map(({ip}) => ip.startsWith(moved))).toEqual([true, true, true])
    expect(drifted).toBe(false)
    if (engine === 'embedded') return
    expect(Object.values(await on.site.addresses()).every((ip) => ip?.startsWith(moved))).toBe(true)
    const after = await networks(on.lab)
    expect(after).toHaveLength(1)
    expect(after[0]?.Id).not.toBe(before[0]?.Id)
  })

  it('asks for consent where something ends, and does nothing without it', async () => {
    const on = bench()
    await on.replace(on.text(trio(on)))
    const [before, rows] = [await on.site.snapshot(), stateRows(on.stateDir)]
    const error = await on.refused(['deploy', '-', '--replace-fleet'], 64, {input: on.text({alpha: trio(on).alpha})})
    expect(error).toMatchObject({code: 'CONFIRM_REQUIRED', message: expect.stringContaining('removes 2')})
    expect(await on.site.snapshot()).toEqual(before)
    expect(stateRows(on.stateDir)).toEqual(rows)
  })

  it('refuses a file without deckies', async () => {
    const on = bench()
    await on.replace(on.text({alpha: trio(on).alpha}))
    const before = await on.site.snapshot()
    await on.refused(['deploy', '-', '--replace-fleet', '--yes'], 65, {input: on.text({})})
    expect(await on.site.snapshot()).toEqual(before)
  })
})
