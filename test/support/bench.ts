import {rm} from 'node:fs/promises'
import {afterAll, afterEach, beforeAll, expect} from 'vitest'
import {removeEverything} from '../lab/engine-api.ts'
import {INTRUDER_INTERFACE} from '../lab/layout.ts'
import {type IntruderTool, installTools} from '../lab/tools.ts'
import {type DecnetOptions, type DecnetOutcome, decnet, type RunningDecnet, spawnDecnet} from './decnet.ts'
import {
  documentOf,
  type ErrorDocument,
  type MutationDocument,
  type PlanDocument,
  type StatusDocument,
} from './documents.ts'
import {FLEET_LABEL} from './engine-view.ts'
import {type Lab, startLab} from './lab.ts'

/** An operator at work in a lab: runs commands, and knows what they should have ended with. */
export class Bench {
  readonly lab: Lab

  constructor(lab: Lab) {
    this.lab = lab
  }

  get stateDir(): string {
    return this.lab.layout.stateDir
  }

  run(args: readonly string[], options?: DecnetOptions): Promise<DecnetOutcome> {
    return decnet(this.lab, args, options)
  }

  start(args: readonly string[], options?: DecnetOptions): RunningDecnet {
    return spawnDecnet(this.lab, args, options)
  }

  /** Deploys a fleet file given as text, expects the exit code (0), and returns the document. */
  async deploy(text: string, flags: readonly string[] = [], exit = 0): Promise<MutationDocument> {
    const outcome = await this.run(['deploy', '-', '--json', ...flags], {input: text})
    expect(outcome, said(outcome)).toMatchObject({code: exit})
    return documentOf('deploy', outcome)
  }

  /** Deploys a fleet file as the whole fleet, with consent. */
  replace(text: string, exit = 0): Promise<MutationDocument> {
    return this.deploy(text, ['--replace-fleet', '--yes'], exit)
  }

  async plan(text: string, flags: readonly string[] = []): Promise<PlanDocument> {
    const outcome = await this.run(['plan', '-', '--json', ...flags], {input: text})
    expect(outcome, said(outcome)).toMatchObject({code: 0})
    return documentOf('plan', outcome)
  }

  /** Expects the command to fail with this exit code before it does anything, and returns its error. */
  async refused(args: readonly string[], exit: number, options?: DecnetOptions): Promise<ErrorDocument['error']> {
    const outcome = await this.run([...args, '--json'], options)
    expect(outcome, said(outcome)).toMatchObject({code: exit})
    return documentOf('error', outcome).error
  }

  /** The fleet as `status` tells it, and whether it exits 2 for drift. */
  async status(): Promise<StatusDocument & {readonly drifted: boolean}> {
    const outcome = await this.run(['status', '--json', '--detailed-exitcode'])
    expect([0, 2], said(outcome)).toContain(outcome.code)
    return {...documentOf('status', outcome), drifted: outcome.code === 2}
  }

  async reconcile(): Promise<MutationDocument> {
    const outcome = await this.run(['reconcile', '--json', '--yes'])
    expect(outcome, said(outcome)).toMatchObject({code: 0})
    return documentOf('reconcile', outcome)
  }

  /** Ids of our containers and networks, whatever the state says. */
  async remains(): Promise<string[]> {
    const filter = ['--filter', `label=${FLEET_LABEL}`, '-q', '--no-trunc']
    const listed = await Promise.all([
      this.lab.docker(['ps', '-a', ...filter]),
      this.lab.docker(['network', 'ls', ...filter]),
    ])
    return listed.flatMap((ids) => ids.split('\n').filter(Boolean))
  }
}

/** What a command said, for the message of an expectation that it did not meet. */
export function said({code, signal, stdout, stderr}: DecnetOutcome): string {
  return `exit ${code ?? signal}\n${stdout.slice(0, 4000)}\n${stderr.slice(0, 4000)}`
}

export interface BenchOptions {
  /** What the intruder needs. */
  readonly tools?: readonly IntruderTool[]
  /** Scenarios begin with the fleet that the one before left, and say themselves what it is to be. */
  readonly keepsFleet?: boolean
  /** Another LAN than the labs' usual one. */
  readonly subnet?: string
}

/**
 * One lab for all scenarios of a file. After each, `teardown --all` has to leave nothing of ours, and the next begins
 * with an empty Engine and no state.
 */
export function useBench(name: string, {tools = [], keepsFleet = false, subnet}: BenchOptions = {}): () => Bench {
  let bench: Bench | undefined
  const current = (): Bench => {
    if (bench === undefined) throw new Error('the lab is not up')
    return bench
  }

  beforeAll(async () => {
    await installTools(tools, (line) => console.info(`lab: ${line}`))
    bench = new Bench(await startLab({name, ...(subnet && {subnet})}))
    // A lab comes with the directory made: here it is for the first command to make.
    await rm(bench.stateDir, {recursive: true})
  })

  if (!keepsFleet) afterEach(() => clear(current()))

  afterAll(async () => {
    if (bench === undefined) return
    try {
      if (keepsFleet) await clear(bench)
    } finally {
      await bench.lab.dispose()
    }
  })

  return current
}

async function clear(bench: Bench): Promise<void> {
  const {lab, stateDir} = bench
  await lab.thawDockerd()
  try {
    const outcome = await bench.run(['teardown', '--all', '--yes', '--lock-timeout', '60s'])
    expect(outcome, said(outcome)).toMatchObject({code: 0})
    expect(await bench.remains()).toEqual([])
  } finally {
    await removeEverything(lab.socket)
    await rm(stateDir, {recursive: true, force: true})
    // The next install has other MACs for the same addresses; the intruder would talk to the old ones for half a minute.
    await lab.intruder('ip', ['neigh', 'flush', 'dev', INTRUDER_INTERFACE])
  }
}
