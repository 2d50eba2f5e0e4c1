import {rm} from 'node:fs/promises'
import {expect, it} from 'vitest'
import {poll} from '../lab/process.ts'
import {useBench} from '../support/bench.ts'
import {documentOf, outcomes} from '../support/documents.ts'
import {deckyContainers, FLEET_LABEL, images, networks} from '../support/engine-view.ts'
import {deckies} from '../support/fleet-text.ts'
import {describeOnEngines, describeOnLab} from '../support/lab.ts'

describeOnEngines('teardown', (engine) => {
  const bench = useBench('teardown', {}, engine)

  it('removes the deckies that are named, in any case of letters, and no other', async () => {
    const on = bench()
    await on.deploy(on.text(deckies(4)))
    const before = await on.site.incarnations()

    const outcome = await on.run(['teardown', 'decky-2', 'DECKY-3', '--yes', '--json'])

    expect(outcome).toMatchObject({code: 0})
    expect(outcomes(documentOf('teardown', outcome).lifecycle)).toEqual(['decky-2: removed', 'decky-3: removed'])
    const {'decky-2': _second, 'decky-3': _third, ...rest} = before
    expect(await on.site.incarnations()).toEqual(rest)
    expect((await on.status()).deckies.map(({name}) => name)).toEqual(['decky-1', 'decky-4'])
  })

  it('frees the names and addresses of what it removed', async () => {
    const on = bench()
    await on.deploy(on.text({alpha: {services: 'http', ip: on.site.address(20)}, beta: {services: 'http'}}))
    await on.run(['teardown', 'alpha', '--yes'])
    await on.deploy(on.text({alpha: {services: 'redis', ip: on.site.address(20)}}))
    expect((await on.status()).drifted).toBe(false)
  })

  it('removes network and image with the last decky', async () => {
    const on = bench()
    await on.deploy(on.text(deckies(2)))
    if (engine === 'docker') expect(await images(on.lab)).toHaveLength(1)
    await on.run(['teardown', 'decky-1', '--yes'])
    if (engine === 'docker') expect(await networks(on.lab)).toHaveLength(1)
    else expect(await on.site.remains()).toHaveLength(2)
    const last = await on.run(['teardown', 'decky-2', '--yes', '--json'])
    expect(last).toMatchObject({code: 0})
    expect(await on.site.remains()).toEqual([])
    if (engine === 'docker') expect([await images(on.lab), await on.lab.containers()]).toEqual([[], []])
  })

  it('refuses a name that the fleet does not have, and then removes none', async () => {
    const on = bench()
    await on.deploy(on.text(deckies(2)))
    const before = await on.site.snapshot()
    const error = await on.refused(['teardown', 'decky-1', 'nobody', '--yes'], 64)
    expect(error).toMatchObject({code: 'UNKNOWN_DECKY', message: expect.stringContaining('nobody')})
    expect(error.message).not.toContain('decky-1')
    expect(await on.site.snapshot()).toEqual(before)
  })

  it('wants consent', async () => {
    const on = bench()
    await on.deploy(on.text(deckies(2)))
    const before = await on.site.snapshot()
    expect(await on.refused(['teardown', '--all'], 64)).toMatchObject({code: 'CONFIRM_REQUIRED'})
    expect(await on.site.snapshot()).toEqual(before)
  })

  it('has nothing to do twice', async () => {
    const on = bench()
    await on.deploy(on.text(deckies(1)))
    for (const removed of [1, 0]) {
      const outcome = await on.run(['teardown', '--all', '--yes', '--json'])
      expect(outcome).toMatchObject({code: 0, json: {ok: true, summary: {removed}}})
    }
    expect(await on.run(['teardown', '--all', '--yes'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Nothing to do/),
    })
  })

  it('removes what a killed deploy left', async () => {
    const on = bench()
    const killed = on.start(['deploy', '-'], {input: on.text(deckies(4))})
    await poll('the first decky', async () => (await on.site.remains()).length > 1, {
      timeoutMs: 30_000,
      everyMs: 10,
    })
    killed.child.kill('SIGKILL')
    await killed.done
    expect(await on.site.remains()).not.toEqual([])
    expect(await on.run(['teardown', '--all', '--yes'])).toMatchObject({code: 0})
    expect(await on.site.remains()).toEqual([])
    if (engine === 'docker') expect(await on.lab.containers()).toEqual([])
  })
})

describeOnLab('teardown without its state', () => {
  const bench = useBench('stateless')

  it('touches nothing of an install whose state is lost', async () => {
    const on = bench()
    await on.deploy(on.text(deckies(2)))
    await rm(on.stateDir, {recursive: true})
    const before = await on.site.snapshot()

    expect(await on.run(['teardown', '--all', '--yes', '--json'])).toMatchObject({
      code: 0,
      json: {summary: {removed: 0}},
    })

    expect(await on.site.snapshot()).toEqual(before)
    for (const {Id, Config} of (await deckyContainers(on.lab)).values()) {
      expect(Config.Labels[FLEET_LABEL]).toBeDefined()
      await on.lab.docker(['rm', '-f', Id])
    }
    for (const {Id} of await networks(on.lab)) await on.lab.docker(['network', 'rm', Id])
  })
})
