/** Everything that operations need, made for one test: a real state in a directory of its own, and an engine in memory. */
import {createHash} from 'node:crypto'
import {existsSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {onTestFinished} from 'vitest'

import {CATALOG} from '../../src/catalog/index.ts'
import {EvidenceStore} from '../../src/events/evidence-store.ts'
import type {LifecycleRow} from '../../src/fleet/lifecycle.ts'
import {type Plan, planToText} from '../../src/fleet/plan.ts'
import {readFleetSpec} from '../../src/fleet/read-spec.ts'
import type {HostNetwork} from '../../src/network/detect.ts'
import {deployIntent} from '../../src/operations/deploy.ts'
import type {Deps, EngineRequest} from '../../src/operations/deps.ts'
import type {DeploymentRequest} from '../../src/operations/desired-fleet.ts'
import {type Intent, type MutationOptions, type MutationResult, mutate, preview} from '../../src/operations/mutation.ts'
import type {ProgressEvent} from '../../src/operations/progress.ts'
import {reconcileIntent} from '../../src/operations/reconcile.ts'
import {type FleetStatus, fleetStatus} from '../../src/operations/status.ts'
import {thisMachine} from '../../src/operations/surroundings.ts'
import {teardownIntent} from '../../src/operations/teardown.ts'
import {NO_TRACER} from '../../src/operations/tracer.ts'
import {Store} from '../../src/state/store.ts'
import {FakeFleetEngine} from './fake-fleet-engine.ts'

const HOST: HostNetwork = {
  interfaces: [
    {name: 'lo', address: '127.0.0.1', subnet: '127.0.0.0/8', gateway: null, loopback: true, wireless: false},
    {
      name: 'eth0',
      address: '192.168.1.10',
      subnet: '192.168.1.0/24',
      gateway: '192.168.1.1',
      loopback: false,
      wireless: false,
    },
    {name: 'eth1', address: null, subnet: null, gateway: null, loopback: false, wireless: false},
  ],
  defaultInterface: 'eth0',
}

type DeployOptions = Partial<MutationOptions> & Partial<Omit<DeploymentRequest, 'spec'>>

export class OperationWorld {
  readonly engine = new FakeFleetEngine()
  readonly embedded = new FakeFleetEngine('embedded')
  /** What engines were made with, in order. */
  readonly engineRequests: EngineRequest[] = []
  readonly stateDir: string
  readonly progress: ProgressEvent[] = []
  /** What was published, by subject. */
  readonly published: [string, object][] = []
  host: HostNetwork = HOST
  #clock = Date.parse('2026-03-01T12:00:00.000Z')

  readonly deps: Deps

  /** Call it inside a test. */
  constructor() {
    const parent = mkdtempSync(join(tmpdir(), 'decnet-operations-'))
    onTestFinished(() => rmSync(parent, {recursive: true, force: true}))
    this.stateDir = join(parent, 'state')
    this.deps = {
      catalog: CATALOG,
      stateDir: this.stateDir,
      user: 'tester',
      now: () => this.#now(),
      detectNetwork: async () => this.host,
      hostAddresses: () => this.host.interfaces.flatMap(({address}) => address ?? []),
      openState: () => Store.open(this.stateDir, {mode: 'write'}),
      readState: () => Store.open(this.stateDir, {mode: 'read'}),
      openEvidence: () => EvidenceStore.open(this.stateDir),
      tracer: NO_TRACER,
      bus: {
        publish: (subject, message) => this.published.push([subject.join('.'), message]),
        close: async () => {},
      },
      createEngine: async (request) => {
        this.engineRequests.push(request)
        const engine = request.name === 'embedded' ? this.embedded : this.engine
        engine.evidence.sink = request.evidence
        return engine
      },
      surroundings: {
        ...thisMachine(),
        // The interfaces of a world are not those of the machine that the tests run on.
        engineIsLocal: false,
        engineFacts: () => Promise.reject(new Error('this world has no Docker Engine')),
      },
    }
  }

  async deploy(text: string, options: DeployOptions = {}): Promise<MutationResult> {
    return this.#mutate(this.deployIntent(text, options), options)
  }

  teardown(deckies: readonly string[] | 'all', options: Partial<MutationOptions> = {}): Promise<MutationResult> {
    return this.#mutate(teardownIntent(deckies), options)
  }

  reconcile(options: Partial<MutationOptions> = {}): Promise<MutationResult> {
    return this.#mutate(reconcileIntent(), options)
  }

  /** The text of the plan. */
  async preview(intent: Intent): Promise<string> {
    return planToText(await preview(this.deps, intent, {parallel: undefined, signal: new AbortController().signal}))
  }

  status(...deckies: string[]): Promise<FleetStatus | null> {
    return fleetStatus(this.deps, {deckies, parallel: undefined, signal: new AbortController().signal})
  }

  deployIntent(text: string, request: Partial<Omit<DeploymentRequest, 'spec'>> = {}): Intent {
    const {spec} = readFleetSpec('fleet.ini', text, CATALOG, {engine: request.engine})
    const sha256 = createHash('sha256').update(text).digest('hex')
    return deployIntent(this.deps, {replaceFleet: false, ...request, spec}, {name: 'fleet.ini', text, sha256})
  }

  /** What a look at the state gives; undefined: there is none. */
  state<T>(look: (store: Store) => T): T | undefined {
    if (!existsSync(this.stateDir)) return undefined
    const store = this.deps.readState()
    try {
      return store === null ? undefined : look(store)
    } finally {
      store?.close()
    }
  }

  /** State and engine, to compare before and after. */
  snapshot(): unknown {
    const {instances, network, imagePresent} = this.engine
    const state = this.state((store) => [store.generation(), store.fleet(), store.lifecycle(), store.deployments(100)])
    return structuredClone({state, instances, network, imagePresent, calls: this.engine.calls.length})
  }

  /** A clock that goes on by a second whenever it is read. */
  #now(): Date {
    this.#clock += 1000
    return new Date(this.#clock)
  }

  #mutate(intent: Intent, options: Partial<MutationOptions>): Promise<MutationResult> {
    return mutate(this.deps, intent, {
      parallel: undefined,
      timeoutMs: 5000,
      failFast: false,
      lockTimeoutMs: 0,
      signal: new AbortController().signal,
      confirm: async (_: Plan) => undefined,
      progress: (event) => void this.progress.push(event),
      ...options,
    })
  }
}

/** `web-01 create succeeded created` */
export function shown(rows: readonly LifecycleRow[]): string[] {
  return rows.map(({decky, operation, status, outcome, error}) => `${decky} ${operation} ${status} ${outcome ?? error}`)
}
