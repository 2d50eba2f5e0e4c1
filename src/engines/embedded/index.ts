/**
 * The embedded engine: one detached process plays every decky on loopback addresses.
 *
 * Its "image" is that process running this version's code: `ensureImage` starts it, `removeImage` ends it. A process of
 * another version goes on until the first decky is to be played by the new one; then it is ended, which closes its
 * sessions and completes its evidence, and the new process takes up all deckies as they were written down. They keep
 * their config hashes, so that a plan still shows which of them were made for another version.
 */

import {setTimeout as sleep} from 'node:timers/promises'

import {readDeckies} from '../../decoy/embedded/files.ts'
import type {DeckyRecord} from '../../decoy/embedded/protocol.ts'
import {PROTOCOL_VERSION} from '../../decoy/embedded/protocol.ts'
import type {FleetNetwork} from '../../fleet/decky.ts'
import type {Observation} from '../../fleet/observation.ts'
import {
  type CallOptions,
  type DeckyProbe,
  type DeckyRequest,
  type Engine,
  EngineError,
  type EvidenceSink,
  type Install,
} from '../engine.ts'
import {deckyManifest} from '../manifest.ts'
import {BUNDLE_DIRECTORY, type EmbeddedBundle, readBundle} from './bundle.ts'
import {ControlFailure} from './control-client.ts'
import {DecoyProcess, Silence, silent} from './decoy-process.ts'
import {prepareDirectory, removeFiles} from './directory.ts'
import {drainEvidence} from './evidence.ts'
import {refusalError} from './failures.ts'
import {deleteNetwork, NETWORK_FILE, networkId, readNetwork, refuseOutside, saveNetwork} from './network.ts'
import {observe} from './observe.ts'
import {probeDeckies} from './probe.ts'
import {DEFAULT_TIMING, type Timing} from './timing.ts'

/** Milliseconds between two looks at the evidence files while they are followed. */
const FOLLOW_MS = 200

export interface EmbeddedEngineOptions {
  readonly install: Install
  /** Takes what the process recorded before a decky is removed. */
  readonly evidence: EvidenceSink
  /** Private to the engine; made with mode 0700 where it is missing. */
  readonly directory: string
  /** Added to every port when it is bound. */
  readonly portOffset: number
  readonly bundleDirectory?: string
  readonly timing?: Timing
}

/** Reads the decoy bundle, and starts nothing yet. */
export async function createEmbeddedEngine(options: EmbeddedEngineOptions): Promise<Engine> {
  return new EmbeddedEngine(options, await readBundle(options.bundleDirectory ?? BUNDLE_DIRECTORY))
}

class EmbeddedEngine implements Engine {
  readonly name = 'embedded'
  readonly runtimeId: string
  readonly #options: EmbeddedEngineOptions
  readonly #decoys: DecoyProcess

  constructor(options: EmbeddedEngineOptions, bundle: EmbeddedBundle) {
    this.#options = options
    this.runtimeId = bundle.runtimeId
    this.#decoys = new DecoyProcess(options.directory, bundle, options.timing ?? DEFAULT_TIMING)
  }

  observe(signal: AbortSignal): Promise<Observation> {
    return observe(this.#decoys, this.#options.directory, this.runtimeId, signal)
  }

  async ensureImage({signal, onStep}: CallOptions): Promise<void> {
    onStep?.('starting the decoy process')
    await this.#decoys.ensure({current: true, revive: false, signal})
  }

  async removeImage(options: CallOptions): Promise<void> {
    await this.#leave(options)
  }

  async createNetwork(network: FleetNetwork, _options: CallOptions): Promise<void> {
    const {directory, install} = this.#options
    refuseOutside(network.subnet)
    prepareDirectory(directory)
    saveNetwork(directory, network, install)
  }

  async removeNetwork(options: CallOptions): Promise<void> {
    deleteNetwork(this.#options.directory)
    await this.#leave(options)
  }

  createDecky(request: DeckyRequest, network: FleetNetwork, options: CallOptions): Promise<void> {
    return this.#play(request, network, options, false)
  }

  replaceDecky(request: DeckyRequest, network: FleetNetwork, options: CallOptions): Promise<void> {
    return this.#play(request, network, options, false)
  }

  restartDecky(request: DeckyRequest, network: FleetNetwork, options: CallOptions): Promise<void> {
    return this.#play(request, network, options, true)
  }

  async removeDecky(name: string, {signal, onStep}: CallOptions): Promise<void> {
    const {directory, evidence} = this.#options
    if (!readDeckies(directory).some(({manifest}) => manifest.name === name)) return
    // A process that is stuck cannot be asked to let go of one decky: it is ended, and the others wait for reconcile.
    await this.#decoys.ensure({current: false, revive: true, signal})
    onStep?.('stopping')
    await this.#order(name, '', () => this.#decoys.order('stop', {name}, signal))
    onStep?.('collecting evidence')
    drainEvidence(directory, evidence)
    onStep?.('removing')
    await this.#order(name, '', () => this.#decoys.order('forget', {name}, signal))
  }

  async collect(): Promise<void> {
    drainEvidence(this.#options.directory, this.#options.evidence)
  }

  async follow({signal}: CallOptions): Promise<void> {
    while (!signal.aborted) {
      drainEvidence(this.#options.directory, this.#options.evidence)
      await sleep(FOLLOW_MS, undefined, {signal}).catch(() => undefined)
    }
  }

  probe(names: readonly string[], signal: AbortSignal): Promise<DeckyProbe[]> {
    return probeDeckies(this.#decoys, this.#options.directory, names, signal)
  }

  async close(): Promise<void> {}

  async #play(
    request: DeckyRequest,
    network: FleetNetwork,
    {signal, onStep}: CallOptions,
    revive: boolean,
  ): Promise<void> {
    const {decky} = request
    refuseOutside(decky.ip)
    refuseCustomServices(request)
    this.#requireNetwork(network)
    onStep?.('starting the decoy process')
    await this.#decoys.ensure({current: true, revive, signal})
    onStep?.(`waiting for ${decky.services.map(({name}) => name).join(', ')}`)
    const record = this.#record(request, network)
    await this.#order(decky.name, decky.ip, () => this.#decoys.order('play', {record}, signal))
  }

  #record(request: DeckyRequest, network: FleetNetwork): DeckyRecord {
    const {install, portOffset} = this.#options
    const manifest = deckyManifest(request, install, request.decky.ip)
    return {
      v: PROTOCOL_VERSION,
      manifest: portOffset === 0 ? manifest : {...manifest, portOffset},
      configHash: request.configHash,
      generation: request.generation,
      networkId: networkId(install, network),
      startedAt: new Date().toISOString(),
      stopped: false,
    }
  }

  #requireNetwork(network: FleetNetwork): void {
    const {directory, install} = this.#options
    if (readNetwork(directory)?.id === networkId(install, network)) return
    throw new EngineError('refused', `the loopback network ${network.subnet} is not the fleet's`, {
      hint: 'run the command again: it is made anew',
    })
  }

  /** Carries out a request of which the answer may be no. */
  async #order(decky: string, bind: string, order: () => Promise<object>): Promise<void> {
    try {
      await order()
    } catch (error) {
      if (error instanceof Silence) throw silent(null)
      if (!(error instanceof ControlFailure)) throw error
      if (error.refusal !== null) throw refusalError(decky, bind, error.refusal)
      throw new EngineError('unavailable', `${decky}: the decoy process ended while it was asked`, {
        hint: 'decnet reconcile starts it again',
        cause: error,
      })
    }
  }

  /** With the last decky the process ends and its files go, once the store has all the evidence in them. */
  async #leave({signal, onStep}: CallOptions): Promise<void> {
    const {directory, evidence} = this.#options
    if (readDeckies(directory).length > 0) return
    onStep?.('ending the decoy process')
    await this.#decoys.end(signal)
    onStep?.('collecting evidence')
    drainEvidence(directory, evidence)
    removeFiles(directory, readNetwork(directory) === null ? [] : [NETWORK_FILE])
  }
}

/** There is no container to run an operator's own image in. */
function refuseCustomServices({decky}: DeckyRequest): void {
  const [custom] = decky.customServices
  if (custom === undefined) return
  throw new EngineError('refused', `${decky.name}: ${custom.name} needs a container, and this engine has none`, {
    hint: 'use the docker engine for custom services',
  })
}
