import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {poll} from '../lab/process.ts'
import {type Bench, said, useBench} from '../support/bench.ts'
import {type RunningDecnet, shell} from '../support/decnet.ts'
import {documentOf} from '../support/documents.ts'
import {deckyContainers, incarnations} from '../support/engine-view.ts'
import {deckies, fleetText} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'
import {Random, seedOfRun} from '../support/random.ts'
import {rounds} from '../support/soak.ts'

const SIX = fleetText(deckies(6))

/** A deploy of six deckies tells about fifty events; the last ones come when all is done. */
const MOMENTS = 30

const EXITS = {SIGINT: 130, SIGTERM: 143, SIGHUP: 143} as const

/** Resolves once the command has told `count` events of its progress, or has ended. */
function afterEvents({child, done}: RunningDecnet, count: number): Promise<void> {
  let lines = 0
  const told = new Promise<void>((resolve) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      lines += chunk.toString().split('\n').length - 1
      if (lines >= count) resolve()
    })
  })
  return Promise.race([told, done.then(() => undefined)])
}

async function rows(on: Bench): Promise<readonly {status: string; decky: string; error: string | null}[]> {
  return documentOf('lifecycle', await on.run(['lifecycle', '--json'])).rows
}

async function stuckInEngineCall(on: Bench): Promise<RunningDecnet> {
  await on.lab.freezeDockerd()
  const stuck = on.start(['deploy', '-'], {input: SIX})
  const lockFile = join(on.stateDir, 'lock.json')
  await poll(
    'the lock',
    () =>
      readFile(lockFile).then(
        () => true,
        () => false,
      ),
    {timeoutMs: 20_000},
  )
  return stuck
}

describeOnLab('signals', () => {
  const bench = useBench('signals')
  const seed = seedOfRun()
  console.info(`signals: DECNET_SEED=${seed}`)
  const random = new Random(seed)
  const attempts = Array.from({length: rounds(5, 50)}, (_, round) => ({
    name: (['SIGINT', 'SIGTERM', 'SIGHUP'] as const)[round % 3] ?? 'SIGINT',
    moment: random.between(1, MOMENTS),
  }))

  it.each(attempts)(
    '$name after $moment events of a deploy stops it, and running it again finishes it',
    async ({name, moment}) => {
      const on = bench()
      const deploy = on.start(['deploy', '-', '--progress', 'json'], {input: SIX})
      await afterEvents(deploy, moment)
      const sent = performance.now()
      deploy.child.kill(name)
      const outcome = await deploy.done

      expect(outcome, said(outcome)).toMatchObject({code: EXITS[name]})
      expect(performance.now() - sent).toBeLessThan(15_000)
      const left = await rows(on)
      expect(left.map(({status}) => status).filter((status) => status !== 'succeeded' && status !== 'failed')).toEqual(
        [],
      )
      const done = left.filter(({status}) => status === 'succeeded').map(({decky}) => decky)
      const before = await incarnations(on.lab)
      expect(Object.keys(before)).toEqual(expect.arrayContaining(done))

      await on.deploy(SIX)

      expect((await deckyContainers(on.lab)).size).toBe(6)
      const after = await incarnations(on.lab)
      for (const decky of done) expect(after[decky]).toBe(before[decky])
      expect(await on.status()).toMatchObject({drifted: false, leftovers: []})
    },
  )

  it('says what was not attempted', async () => {
    const on = bench()
    const deploy = on.start(['deploy', '-', '--progress', 'json'], {input: SIX})
    await afterEvents(deploy, 2)
    deploy.child.kill('SIGINT')
    const {code, stdout} = await deploy.done
    expect(code).toBe(130)
    expect(stdout).toContain('Interrupted: run the same command again to resume.')
    const errors = (await rows(on)).map(({error}) => error)
    expect(errors).toContain('not attempted: the command was interrupted')
  })

  it('ends a command whose Engine hangs within 15 seconds', async () => {
    const on = bench()
    const stuck = await stuckInEngineCall(on)
    const sent = performance.now()
    stuck.child.kill('SIGINT')
    expect(await stuck.done).toMatchObject({code: 130})
    expect(performance.now() - sent).toBeLessThan(15_000)
    await on.lab.thawDockerd()
    await on.deploy(SIX)
  })

  it('ends a command whose Engine hangs in the middle of its work within 15 seconds', async () => {
    const on = bench()
    const deploy = on.start(['deploy', '-', '--progress', 'json'], {input: SIX})
    await afterEvents(deploy, 12)
    await on.lab.freezeDockerd()
    const sent = performance.now()
    deploy.child.kill('SIGTERM')
    const outcome = await deploy.done
    expect(outcome, said(outcome)).toMatchObject({code: 143})
    expect(performance.now() - sent).toBeLessThan(15_000)
    await on.lab.thawDockerd()
    await on.deploy(SIX)
    expect(await on.status()).toMatchObject({drifted: false})
  })

  it('ends at once at the second one, and the next command closes the rows', async () => {
    const on = bench()
    const deploy = on.start(['deploy', '-', '--progress', 'json'], {input: SIX})
    await afterEvents(deploy, 12)
    await on.lab.freezeDockerd()
    deploy.child.kill('SIGINT')
    const sent = performance.now()
    deploy.child.kill('SIGTERM')
    const {code} = await deploy.done
    // The kernel delivers two pending signals in an order of its own; the second one delivered names the exit code.
    expect([130, 143]).toContain(code)
    expect(performance.now() - sent).toBeLessThan(1000)
    await on.lab.thawDockerd()
    expect((await rows(on)).map(({status}) => status)).toContain('running')

    expect(await on.run(['config', 'set', 'parallel', '2'])).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/an earlier command was interrupted; \d open rows? closed as failed/),
    })

    const closed = (await rows(on)).filter(({status}) => status !== 'succeeded')
    expect(closed).not.toEqual([])
    expect(new Set(closed.map(({status}) => status))).toEqual(new Set(['failed']))
    await on.deploy(SIX)
    expect(await on.status()).toMatchObject({drifted: false})
  })

  it('interrupts the wait for the lock', async () => {
    const on = bench()
    const stuck = await stuckInEngineCall(on)
    const waiting = on.start(['teardown', '--all', '--yes', '--lock-timeout', '60s', '--progress', 'plain'])
    await afterEvents(waiting, 1)
    waiting.child.kill('SIGINT')
    expect(await waiting.done).toMatchObject({code: 130})
    await on.lab.thawDockerd()
    expect(await stuck.done).toMatchObject({code: 0})
  })
})

describeOnLab('a closed pipe', () => {
  const bench = useBench('pipe')

  it.each(['config list', 'config list --json', 'lifecycle', 'deploy --help'])(
    'ends %s with 141 and without a word',
    async (command) => {
      const {lab} = bench()
      const outcome = await shell(lab, `decnet ${command} | true; exit "\${PIPESTATUS[0]}"`)
      expect(outcome).toMatchObject({code: 141, stderr: ''})
    },
  )

  it('does not keep a deploy from finishing its work', async () => {
    const {lab} = bench()
    const line = `decnet deploy - --json --progress quiet | true; exit "\${PIPESTATUS[0]}"`
    expect(await shell(lab, line, {input: fleetText(deckies(2))})).toMatchObject({code: 141, stderr: ''})
    expect(await bench().status()).toMatchObject({drifted: false, deckies: [{state: 'running'}, {state: 'running'}]})
  })
})
