import {join} from 'node:path'

import type {OsName, OsProfile} from '../../fleet/catalog.ts'
import type {FleetNetwork} from '../../fleet/decky.ts'
import type {Observation} from '../../fleet/observation.ts'
import type {CallOptions, DeckyProbe, DeckyRequest, Engine, EvidenceSink, Install} from '../engine.ts'
import {DockerApi} from './api.ts'
import {CallFailure} from './call-failure.ts'
import {connect} from './client.ts'
import {collectEvidence} from './collect.ts'
import type {DockerContext} from './context.ts'
import {createDecky, removeDecky, replaceDecky, restartDecky} from './decky-operations.ts'
import {endpointText, parseEndpoint} from './endpoint.ts'
import type {Job} from './ensure.ts'
import {translate} from './errors.ts'
import {followEvidence} from './follow.ts'
import {DecoyImage} from './image.ts'
import {type AttachedNetwork, createNetwork, removeNetworks, requireNetwork} from './network.ts'
import {observe} from './observe.ts'
import {probeDeckies} from './probe.ts'
import {DEFAULT_TIMING, type Timing} from './timing.ts'

export interface DockerEngineOptions {
  readonly install: Install
  /** Takes what a container's log holds before the container is removed. */
  readonly evidence: EvidenceSink
  /** The operator's choice of Engine (`unix://…`, `tcp://…`); undefined: the local socket. */
  readonly host: string | undefined
  /** Directory of `ca.pem`, `cert.pem`, `key.pem` for `tcp://`. */
  readonly certPath?: string | undefined
  /** An image of the operator's instead of the one we make; null: ours. */
  readonly image: string | null
  readonly osProfiles: ReadonlyMap<OsName, OsProfile>
  /** Calls in flight at once; 4 is where more stops helping (2 cores). */
  readonly parallel: number
  readonly bundleDirectory?: string
  readonly timing?: Timing
}

/** Two levels up from here is `src/` or `dist/`; the bundle is in `dist/` of the package in both cases. */
const PACKAGE_ROOT = join(import.meta.dirname, '../../..')
export const BUNDLE_DIRECTORY = join(PACKAGE_ROOT, 'dist', 'decoy-bundle')

/** Reads the decoy bundle, and calls no engine yet. */
export async function createDockerEngine(options: DockerEngineOptions): Promise<Engine> {
  const endpoint = await parseEndpoint(options.host, options.certPath)
  const image = await DecoyImage.of(options.bundleDirectory ?? BUNDLE_DIRECTORY, options.image ?? undefined)
  const timing = options.timing ?? DEFAULT_TIMING
  const client = await connect(endpoint, options.parallel)
  return new DockerEngine(image, {
    api: new DockerApi(client, timing),
    timing,
    install: options.install,
    image: image.reference,
    evidence: options.evidence,
    endpoint: endpointText(endpoint),
    sysctlsOf: (os) => options.osProfiles.get(os)?.sysctls ?? {},
  })
}

class DockerEngine implements Engine {
  readonly name = 'docker'
  readonly runtimeId: string
  readonly #context: DockerContext
  readonly #image: DecoyImage
  #attached: {readonly key: string; readonly network: Promise<AttachedNetwork>} | null = null

  constructor(image: DecoyImage, context: DockerContext) {
    this.#image = image
    this.#context = context
    this.runtimeId = image.reference
  }

  observe(signal: AbortSignal): Promise<Observation> {
    return this.#translated(() => observe(this.#context, this.#image, signal))
  }

  ensureImage({signal, onStep}: CallOptions): Promise<void> {
    const {api, timing} = this.#context
    return this.#translated(() => this.#image.ensure(api, timing, signal, onStep ?? ignore))
  }

  removeImage({signal, onStep}: CallOptions): Promise<void> {
    return this.#translated(() => this.#image.remove(this.#context.api, signal, onStep ?? ignore))
  }

  createNetwork(network: FleetNetwork, options: CallOptions): Promise<void> {
    this.#attached = null
    return this.#translated(() => createNetwork(this.#context, network, options))
  }

  removeNetwork(options: CallOptions): Promise<void> {
    this.#attached = null
    return this.#translated(() => removeNetworks(this.#context, options))
  }

  createDecky(request: DeckyRequest, network: FleetNetwork, options: CallOptions): Promise<void> {
    return this.#onNetwork(network, options, (attached) => createDecky(this.#job(request, attached, options)))
  }

  replaceDecky(request: DeckyRequest, network: FleetNetwork, options: CallOptions): Promise<void> {
    return this.#onNetwork(network, options, (attached) => replaceDecky(this.#job(request, attached, options)))
  }

  restartDecky(request: DeckyRequest, network: FleetNetwork, options: CallOptions): Promise<void> {
    return this.#onNetwork(network, options, (attached) => restartDecky(this.#job(request, attached, options)))
  }

  removeDecky(name: string, options: CallOptions): Promise<void> {
    return this.#translated(() => removeDecky(this.#context, name, options))
  }

  collect(options: CallOptions): Promise<void> {
    return this.#translated(() => collectEvidence(this.#context, options))
  }

  follow(options: CallOptions): Promise<void> {
    return this.#translated(() => followEvidence(this.#context, options))
  }

  probe(names: readonly string[], signal: AbortSignal): Promise<DeckyProbe[]> {
    return this.#translated(() => probeDeckies(this.#context, names, signal))
  }

  async close(): Promise<void> {
    this.#context.api.close()
  }

  #job(request: DeckyRequest, network: AttachedNetwork, options: CallOptions): Job {
    return {context: this.#context, request, network, options}
  }

  /** Deckies created one after the other share one look at their network; a failure may be the network's. */
  #onNetwork(
    wanted: FleetNetwork,
    {signal}: CallOptions,
    operation: (network: AttachedNetwork) => Promise<void>,
  ): Promise<void> {
    return this.#translated(async () => {
      try {
        await operation(await this.#attachedNetwork(wanted, signal))
      } catch (error) {
        this.#attached = null
        throw error
      }
    })
  }

  #attachedNetwork(wanted: FleetNetwork, signal: AbortSignal): Promise<AttachedNetwork> {
    const key = JSON.stringify(wanted)
    if (this.#attached?.key !== key) {
      this.#attached = {key, network: requireNetwork(this.#context, wanted, signal)}
    }
    return this.#attached.network
  }

  async #translated<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await operation()
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error
      throw translate(error, {endpoint: this.#context.endpoint, image: this.#context.image})
    }
  }
}

function ignore(): void {}
