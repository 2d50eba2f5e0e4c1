/** A Docker engine of ours on a fake Engine, with every wait shortened. */
import {rm} from 'node:fs/promises'
import {afterEach, beforeEach} from 'vitest'

import {OS_PROFILES} from '../../../src/catalog/os-profiles.ts'
import {createDockerEngine} from '../../../src/engines/docker/index.ts'
import {DEFAULT_TIMING, type Timing} from '../../../src/engines/docker/timing.ts'
import type {CallOptions, Engine} from '../../../src/engines/engine.ts'
import {FakeEngine} from '../../support/fake-engine.ts'
import {INSTALL, network} from '../../support/fleet-parts.ts'
import {writeStubDecoy} from '../../support/stub-decoy.ts'

export const QUICK: Timing = {
  ...DEFAULT_TIMING,
  ping: 400,
  read: 400,
  create: 400,
  start: 400,
  stop: 400,
  remove: 400,
  network: 400,
  image: 5_000,
  exec: 400,
  drain: 400,
  rollback: 1_000,
  grace: 100,
  backoff: 2,
  backoffCap: 10,
  look: 5,
  poll: 5,
  watch: 5,
}

export interface Bench {
  readonly fake: FakeEngine
  readonly engine: Engine
  readonly evidence: string[]
  readonly steps: string[]
  /** Options of a call that may take this long. */
  within(milliseconds?: number): CallOptions
  /** Makes the image and the network of `fleet-parts`. */
  prepare(): Promise<void>
  /** Another engine of ours on the same fake. */
  another(overrides: Partial<Parameters<typeof createDockerEngine>[0]>): Promise<Engine>
}

/** Makes a bench for each test of the suite. */
export function useBench(): Bench {
  let fake: FakeEngine
  let engine: Engine
  let bundle: string
  let evidence: string[] = []
  let steps: string[] = []
  const options = () => ({
    install: INSTALL,
    evidence: {store: (lines: readonly string[]) => evidence.push(...lines)},
    host: fake.host,
    image: null,
    osProfiles: OS_PROFILES,
    parallel: 4,
    bundleDirectory: bundle,
    timing: QUICK,
  })
  beforeEach(async () => {
    evidence = []
    steps = []
    fake = await FakeEngine.start()
    bundle = await writeStubDecoy()
    engine = await createDockerEngine(options())
  })
  afterEach(async () => {
    await engine.close()
    await fake.dispose()
    await rm(bundle, {recursive: true})
  })
  const within = (milliseconds = 3_000): CallOptions => ({
    signal: AbortSignal.timeout(milliseconds),
    onStep: (step) => steps.push(step),
  })
  return {
    get fake() {
      return fake
    },
    get engine() {
      return engine
    },
    get evidence() {
      return evidence
    },
    get steps() {
      return steps
    },
    within,
    async prepare() {
      fake.state.images.set(engine.runtimeId, {})
      await engine.createNetwork(network(), within())
      fake.calls.length = 0
      steps.length = 0
    },
    another: (overrides) => createDockerEngine({...options(), ...overrides}),
  }
}

/** The error that a promise rejects with. */
export async function failureOf(
  promise: Promise<unknown>,
): Promise<Error & {fault?: string; code?: string; hint?: string}> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was rejected')
}
