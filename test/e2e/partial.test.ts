import {expect, it} from 'vitest'
import {importBusybox} from '../lab/busybox.ts'
import {type Bench, useBench} from '../support/bench.ts'
import {importBrokenDecoy} from '../support/broken-decoy.ts'
import {outcomes} from '../support/documents.ts'
import {
  type ContainerView,
  DECKY_LABEL,
  deckyContainers,
  FLEET_LABEL,
  incarnations,
  inspectContainers,
  networks,
} from '../support/engine-view.ts'
import {fleetText} from '../support/fleet-text.ts'
import {describeOnEngines, describeOnLab} from '../support/lab.ts'

const HELD = '10.77.0.60'
const FIRST = fleetText({alpha: {services: 'http'}})
const MORE = fleetText({beta: {services: 'http', ip: HELD}, gamma: {services: 'http'}})

describeOnEngines('a deploy in which a decky cannot start', (engine) => {
  const bench = useBench('squat', {}, engine)

  it('fails only the decky whose address somebody else holds, and converges once it is free', async () => {
    const on = bench()
    const {site} = on
    const held = site.address(40)
    const more = on.text({beta: {services: 'http', ip: held}, gamma: {services: 'http'}})
    await on.deploy(on.text({alpha: {services: 'http'}}))
    const alpha = await site.incarnations()
    const squatter = await site.squat(held)
    const there = await squatter.look()

    const {lifecycle, summary} = await on.deploy(more, [], 3)

    expect(outcomes(lifecycle)).toEqual(['beta: failed', 'gamma: created'])
    expect(summary).toMatchObject({created: 1, failed: 1})
    expect(lifecycle[0]?.error).toContain(held)
    expect(lifecycle[0]?.error).toMatch(squatter.name)
    expect(await squatter.look()).toEqual(there)
    const before = await site.incarnations()
    expect(before).toMatchObject(alpha)
    expect(before).toHaveProperty('gamma')

    await squatter.leave()
    expect(outcomes((await on.deploy(more)).lifecycle)).toEqual(['beta: created', 'gamma: unchanged'])
    const {beta, ...others} = await site.incarnations()
    expect(beta).toBeDefined()
    expect(others).toMatchObject({...alpha, gamma: before.gamma})
    expect((await on.status()).drifted).toBe(false)
  })
})

describeOnLab('a deploy in which some deckies fail', () => {
  const bench = useBench('partial')

  it('says in the row what a decoy that dies said last, made harmless', async () => {
    const on = bench()
    await on.deploy(FIRST)
    const before = await incarnations(on.lab)
    await on.run(['config', 'set', 'image', await importBrokenDecoy(on.lab, 'dies')])

    const {lifecycle} = await on.deploy(MORE, [], 3)

    expect(outcomes(lifecycle)).toEqual(['beta: failed', 'gamma: failed'])
    for (const {error} of lifecycle) {
      expect(error).toMatch(/ends again and again|exit code 3/)
      expect(error).toMatch(/no such .*plugin/)
      expect(error).not.toContain('\u001b')
    }
    expect(await incarnations(on.lab)).toEqual(before)

    await on.run(['config', 'set', 'image', ''])
    expect(outcomes((await on.deploy(MORE)).lifecycle)).toEqual(['beta: created', 'gamma: created'])
  })

  it('gives a decky that stays silent no longer than --timeout, and with --fail-fast begins no other', async () => {
    const on = bench()
    await on.run(['config', 'set', 'image', await importBrokenDecoy(on.lab, 'silent')])
    const crowd = fleetText(Object.fromEntries([...'abcdef'].map((name) => [`decky-${name}`, {services: 'http'}])))
    const {lifecycle} = await on.deploy(crowd, ['--timeout', '3s', '--fail-fast', '--parallel', '1'], 3)
    expect(lifecycle.map(({status}) => status)).toEqual(Array(6).fill('failed'))
    expect(lifecycle[0]?.error).toContain('http 80/tcp did not answer in time')
    expect(lifecycle.at(-1)?.error).toMatch(/^not attempted: decky\/decky-\w failed$/)
    expect(await on.lab.containers()).toEqual([])
  })

  it('names what a failing network kept from being made, and every decky with it', async () => {
    const on = bench()
    const {lifecycle} = await on.deploy(
      fleetText({alpha: {services: 'http'}}, {interface: 'nic9', net: '10.77.0.0/24'}),
      [],
      3,
    )
    expect(outcomes(lifecycle)).toEqual(['alpha: failed'])
    expect(lifecycle[0]?.error).toContain('nic9')
  })

  it('never changes what only looks like its own', async () => {
    const on = bench()
    const {lab} = on
    await on.deploy(FIRST)
    const [own] = (await deckyContainers(lab)).values()
    if (own === undefined) throw new Error('alpha does not run')
    const foreign = await plantLookAlikes(on, own)
    const before = await look(on, foreign)
    expect(before).toHaveLength(5)

    await on.deploy(fleetText({beta: {services: 'http'}}))
    await on.replace(fleetText({beta: {services: 'redis'}, gamma: {services: 'http'}}))
    const mine = await deckyContainers(lab, own.Config.Labels[FLEET_LABEL])
    await lab.docker(['rm', '-f', String(mine.get('gamma')?.Id)])
    await on.reconcile()
    expect(await on.run(['teardown', 'beta', '--yes'])).toMatchObject({code: 0})
    expect(await on.run(['teardown', '--all', '--yes'])).toMatchObject({code: 0})

    expect(await look(on, foreign)).toEqual(before)
    expect((await inspectContainers(lab)).map(({Name}) => Name)).toEqual(foreign.containers.map((name) => `/${name}`))
    for (const name of foreign.containers) await lab.docker(['rm', '-f', name])
    for (const name of foreign.networks) await lab.docker(['network', 'rm', name])
  })
})

interface Foreign {
  readonly containers: readonly string[]
  readonly networks: readonly string[]
  readonly image: string
}

/** Containers, networks and an image of somebody else's, as close to ours as names and labels allow. */
async function plantLookAlikes({lab}: Bench, own: ContainerView): Promise<Foreign> {
  const busybox = await importBusybox(lab)
  const label = (name: string, value: string): string[] => ['--label', `${name}=${value}`]
  const otherFleet = label(FLEET_LABEL, `${own.Config.Labels[FLEET_LABEL]}0`)
  const [network] = await networks(lab)
  const containers = [`${own.Name.slice(1)}-2`, 'decnet-alpha', 'zz-gamma']
  const labels = [[], [...otherFleet, ...label(DECKY_LABEL, 'alpha')], [...otherFleet, ...label(DECKY_LABEL, 'gamma')]]
  for (const [index, name] of containers.entries()) {
    const run = ['run', '-d', '--network', 'none', '--name', name, ...(labels[index] ?? [])]
    await lab.docker([...run, busybox, 'sleep', '3600'])
  }
  const looks = [`${network?.Name}-2`, `x${network?.Name}`]
  for (const [index, name] of looks.entries()) {
    const bridge = ['network', 'create', '-d', 'bridge', '--subnet', `10.99.${index}.0/24`, ...otherFleet]
    await lab.docker([...bridge, name])
  }
  const image = `${own.Config.Image.split(':')[0]}:other`
  await lab.docker(['tag', busybox, image])
  return {containers: containers.toSorted(), networks: looks, image}
}

async function look({lab}: Bench, {containers, networks: wanted}: Foreign): Promise<unknown[]> {
  const seen = (await inspectContainers(lab)).filter(({Name}) => containers.includes(Name.slice(1)))
  return [...seen, ...(await networks(lab)).filter(({Name}) => wanted.includes(Name))]
}
