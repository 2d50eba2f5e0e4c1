/** Plays the deckies of a manifest, and those that come and go while it runs. */
import {Admission} from './admission.ts'
import type {ConnectionPool} from './connection-pool.ts'
import {DeckyPlayer, downPorts} from './decky-player.ts'
import type {Evidence} from './evidence.ts'
import {DEFAULT_LIMITS, type Limits} from './limits.ts'
import type {DeckyManifest, Manifest} from './manifest.ts'
import type {PortFailure} from './port-keeper.ts'
import {SERVICE_LOADERS, type ServiceLoader} from './services.ts'
import type {PortBoard} from './status.ts'

export interface RuntimeOptions {
  readonly manifest: Manifest
  readonly evidence: Evidence
  readonly status: PortBoard
  readonly limits?: Limits
  readonly loaders?: ReadonlyMap<string, ServiceLoader>
  /** What all deckies may have open together; absent: each has its own limit only. */
  readonly pool?: ConnectionPool
}

export class Runtime {
  readonly #options: RuntimeOptions
  readonly #players = new Map<string, DeckyPlayer>()

  constructor(options: RuntimeOptions) {
    this.#options = options
  }

  /** Resolves when every port was tried once. Never rejects: what fails is reported as evidence. */
  async start(): Promise<void> {
    const {manifest, status} = this.#options
    // All ports appear as down before the first is up: a probe must not mistake an early look for a whole one.
    status.setAll(manifest.deckies.flatMap(downPorts))
    await Promise.all(manifest.deckies.map((decky) => this.#play(decky)))
  }

  /**
   * Plays one more decky beside the others. Resolves when each of its ports was tried once, with those that did not come
   * up; they are tried again until the decky is removed. Its name must be free.
   */
  async add(decky: DeckyManifest): Promise<PortFailure[]> {
    this.#options.status.setAll(downPorts(decky))
    return this.#play(decky)
  }

  /** Stops one decky and ends its sessions; resolves when its ports are free. The others are not touched. */
  async remove(name: string): Promise<void> {
    const player = this.#players.get(name)
    this.#players.delete(name)
    await player?.stop()
    this.#options.status.remove(name)
  }

  /** Stops accepting and ends all sessions. */
  async stop(): Promise<void> {
    await Promise.all([...this.#players.values()].map((player) => player.stop()))
  }

  #play(decky: DeckyManifest): Promise<PortFailure[]> {
    const {evidence, status, limits = DEFAULT_LIMITS, loaders = SERVICE_LOADERS, pool} = this.#options
    const admission = new Admission(limits, Math.random, pool)
    const player = new DeckyPlayer(decky, {evidence, status, limits, admission, loaders})
    this.#players.set(decky.name, player)
    return player.start()
  }
}
