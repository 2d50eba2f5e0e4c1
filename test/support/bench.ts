import {rm} from 'node:fs/promises'
import {afterAll, afterEach, beforeAll, expect} from 'vitest'
import type {EngineName} from '../../src/fleet/spec.ts'
import {type IntruderTool, installTools} from '../lab/tools.ts'
import {type DecnetOptions, type DecnetOutcome, decnet, type RunningDecnet, spawnDecnet} from './decnet.ts'
import {DockerSite} from './docker-site.ts'
import {
  documentOf,
  type ErrorDocument,
  type MutationDocument,
  type PlanDocument,
  type StatusDocument,
} from './documents.ts'
import {EmbeddedSite} from './embedded-site.ts'
import {fleetText, type Section} from './fleet-text.ts'
import {type Lab, startLab} from './lab.ts'
import type {Site} from './site.ts'

/** An operator at work: runs commands, and knows what they should have ended with. */
export class Bench {
  readonly site: Site

  constructor(site: Site) {
    this.site = site
  }

  /** Throws for an operator who works without Docker. */
  get lab(): Lab {
    if (!(this.site instanceof DockerSite)) throw new Error('there is no lab without Docker')
    return this.site.lab
  }

  get stateDir(): string {
    return this.site.stateDir
  }

  /** A fleet file for this place. */
  text(sections: Readonly<Record<string, Section>>, general: Section = {}): string {
    return fleetText(sections, {...this.site.general, ...general})
  }

  run(args: readonly string[], options?: DecnetOptions): Promise<DecnetOutcome> {
    return decnet(this.site, args, options)
  }

  start(args: readonly string[], options?: DecnetOptions): RunningDecnet {
    return spawnDecnet(this.site, args, options)
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

/** Suites on the embedded engine in one test process, so far: each has a loopback network of its own. */
let embeddedSites = 0

async function makeSite(engine: EngineName, name: string, subnet: string | undefined): Promise<Site> {
  if (engine === 'embedded') return EmbeddedSite.create(++embeddedSites)
  const site = new DockerSite(await startLab({name, ...(subnet && {subnet})}))
  // A lab comes with the directory made: here it is for the first command to make.
  await rm(site.stateDir, {recursive: true})
  return site
}

/**
 * One lab, or one place without Docker, for all scenarios of a suite. After each, `teardown --all` has to leave nothing
 * of ours, and the next begins with an empty engine and no state.
 */
export function useBench(
  name: string,
  {tools = [], keepsFleet = false, subnet}: BenchOptions = {},
  engine: EngineName = 'docker',
): () => Bench {
  let bench: Bench | undefined
  const current = (): Bench => {
    if (bench === undefined) throw new Error('there is no place to work at')
    return bench
  }

  beforeAll(async () => {
    await installTools(tools, (line) => console.info(`lab: ${line}`))
    bench = new Bench(await makeSite(engine, name, subnet))
  })

  if (!keepsFleet) afterEach(() => clear(current()))

  afterAll(async () => {
    if (bench === undefined) return
    try {
      if (keepsFleet) await clear(bench)
    } finally {
      await bench.site.dispose()
    }
  })

  return current
}

async function clear(bench: Bench): Promise<void> {
  const {site} = bench
  if (site instanceof DockerSite) await site.lab.thawDockerd()
  try {
    const outcome = await bench.run(['teardown', '--all', '--yes', '--lock-timeout', '60s'])
    expect(outcome, said(outcome)).toMatchObject({code: 0})
    expect(await site.remains()).toEqual([])
  } finally {
    await site.clear()
    await rm(site.stateDir, {recursive: true, force: true})
  }
}
