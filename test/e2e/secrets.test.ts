/** Honey credentials are known to whoever wrote the fleet file and to the decoys, and nowhere else are they found. */
import {lstatSync, mkdirSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {expect, it} from 'vitest'
import {decodeManifest} from '../../src/decoy/manifest.ts'
import {poll} from '../lab/process.ts'
import {type Bench, useBench} from '../support/bench.ts'
import {type Canary, canaryFleet, leaks} from '../support/canaries.ts'
import type {DecnetOutcome} from '../support/decnet.ts'
import {inspectContainers} from '../support/engine-view.ts'
import {describeOnEngines} from '../support/lab.ts'
import {tallied} from '../support/promise-tally.ts'
import {rounds} from '../support/soak.ts'

const LIMIT_MS = 300_000
const KILLS = rounds(1, 10)
const OLD = canaryFleet('a')
const NEW = canaryFleet('b')
const CANARIES = [...OLD.canaries, ...NEW.canaries]

/**
 * Files of the state directory that have secrets in them, because the decoys get them from there: the fleet with what it
 * was made of, its backups, and on the embedded engine what its process is to play.
 */
const KEEPERS = /^(state\.db(-wal|-shm|-journal)?|backups\/[^/]+|embedded\/deckies\/[^/]+)$/

const found = (text: Buffer | string): readonly Canary[] => CANARIES.filter((canary) => leaks(text, canary))

function expectNone(text: Buffer | string, where: string): void {
  expect(
    found(text).map((canary) => canary.of),
    where,
  ).toEqual([])
}

/** Every file below, by its relative path. */
function filesOf(directory: string): string[] {
  return readdirSync(directory, {recursive: true, encoding: 'utf8'}).filter((name) =>
    lstatSync(join(directory, name)).isFile(),
  )
}

/** The command line of every process on this machine, as `ps` shows it to every user. */
function commandLines(): string {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(commandLine).join('\n')
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    // It has ended.
    return ''
  }
}

/** What an operator does with a fleet, and what goes wrong with it; everything that is said then. */
class Operator {
  readonly #on: Bench
  readonly #env: NodeJS.ProcessEnv
  readonly temporary: string

  constructor(on: Bench) {
    this.#on = on
    this.temporary = join(on.site.directory, 'temporary')
    mkdirSync(this.temporary, {recursive: true})
    this.#env = {DEBUG: '*', TMPDIR: this.temporary}
  }

  async says(args: readonly string[], input?: string): Promise<DecnetOutcome> {
    const outcome = await this.#on.run(args, {env: this.#env, ...(input !== undefined && {input})})
    expectNone(outcome.stdout + outcome.stderr, `decnet ${args.join(' ')}`)
    return outcome
  }

  /** Watches the list of processes meanwhile. */
  async deploys(input: string, ...flags: string[]): Promise<void> {
    const listed: string[] = []
    const running = this.says(['deploy', '-', '--progress', 'json', ...flags], input)
    let over = false
    void running
      .finally(() => {
        over = true
      })
      .catch(() => undefined)
    await poll('the deploy ends', () => listed.push(commandLines()) > 0 && over, {timeoutMs: LIMIT_MS, everyMs: 20})
    const {code, stderr} = await running
    expect(code, stderr.slice(-2000)).toBe(0)
    expect(listed.length).toBeGreaterThan(1)
    expectNone(listed.join('\n'), 'ps')
  }

  /** Somewhere on the way. */
  async isKilled(input: string, afterMs: number): Promise<void> {
    const command = ['deploy', '-', '--replace-fleet', '--yes', '--json']
    const {child, done} = this.#on.start(command, {env: this.#env, input})
    await sleep(afterMs)
    child.kill('SIGKILL')
    const {stdout, stderr} = await done
    expectNone(stdout + stderr, 'a killed deploy')
  }
}

/** All that the state directory, the home and the directory of temporary files hold. */
function expectKept(on: Bench, {temporary}: Operator): void {
  for (const name of ['.', ...readdirSync(on.stateDir, {recursive: true, encoding: 'utf8'})]) {
    const status = lstatSync(join(on.stateDir, name))
    expect(status.mode & 0o077, `${name} is nobody else’s business`).toBe(0)
    if (status.isFile() && !KEEPERS.test(name)) expectNone(readFileSync(join(on.stateDir, name)), name)
  }
  const kept = filesOf(on.stateDir).filter((name) => found(readFileSync(join(on.stateDir, name))).length > 0)
  expect(kept, 'what is looked for can be found').not.toEqual([])
  for (const name of filesOf(temporary)) expectNone(readFileSync(join(temporary, name)), `temporary ${name}`)
}

/** The Engine knows the secrets from one variable of each container, which its decoy reads, and from nothing else. */
async function expectContainers(on: Bench): Promise<void> {
  for (const container of await inspectContainers(on.lab)) {
    const {Config, Id, Name} = container
    const manifests = (Config.Env ?? []).filter((variable) => variable.startsWith('MANIFEST='))
    expect(manifests).toHaveLength(1)
    expect(found(JSON.stringify(decodeManifest(String(manifests[0]).slice('MANIFEST='.length)))), Name).not.toEqual([])
    const others = (Config.Env ?? []).filter((variable) => !manifests.includes(variable))
    expectNone(JSON.stringify({...container, Config: {...Config, Env: others}}), `docker inspect ${Name}`)
    expectNone(await on.lab.docker(['logs', Id]), `docker logs ${Name}`)
  }
}

describeOnEngines('a secret', (engine) => {
  const bench = useBench('secrets', {}, engine)

  it('is kept from everybody but the decoys', {timeout: LIMIT_MS}, async () => {
    const on = bench()
    const operator = new Operator(on)
    const [old, changed] = [OLD, NEW].map(({sections}) => on.text(sections))
    if (old === undefined || changed === undefined) throw new Error('no fleet file')
    expect(OLD.canaries.length).toBeGreaterThan(20)
    await on.run(['config', 'set', 'deployment-limit', '50'])
    await tallied(
      'P33',
      `secrets looked for in what ${KILLS + 14} commands leave (${engine})`,
      CANARIES.length,
      async () => {
        await operator.deploys(old)
        expect((await operator.says(['deploy', '-'], old)).code).toBe(6)
        expect((await operator.says(['plan', '-', '--replace-fleet'], changed)).stdout).toContain('vault-1')
        expect((await operator.says(['plan', '-', '--replace-fleet', '--json'], changed)).code).toBe(0)
        const wrong = Object.entries(OLD.sections).map(([name, keys]) => [
          name,
          Object.fromEntries(Object.entries(keys).map(([key, value]) => [name.includes('.') ? `${key}x` : key, value])),
        ])
        expect((await operator.says(['deploy', '-', '--json'], on.text(Object.fromEntries(wrong)))).code).toBe(65)
        const unnamed = old.replaceAll(/ = backup:/g, ' = ')
        expect((await operator.says(['plan', '-', '--json'], unnamed)).code).toBe(65)
        const unquoted = old.replaceAll(/ = ((?:backup:)?Cnry\w+)/g, ' = "$1')
        expect((await operator.says(['validate', '-'], unquoted)).code).toBe(65)
        for (let kill = 0; kill < KILLS; kill++) {
          await operator.isKilled(kill % 2 === 0 ? changed : old, 700 + 400 * kill)
          expectKept(on, operator)
        }
        await operator.deploys(changed, '--replace-fleet', '--yes')
        for (const args of [
          ['status'],
          ['status', '--json'],
          ['lifecycle', '--json'],
          ['config', 'list', '--json'],
          ['reconcile', '--yes'],
          ['events', '--json', '--limit', '100000'],
        ])
          await operator.says(args)
        expectKept(on, operator)
        if (engine === 'docker') await expectContainers(on)
      },
    )
  })
})
