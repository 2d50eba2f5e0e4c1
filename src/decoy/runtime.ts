/** Plays the deckies of a manifest: creates their services, keeps their ports, and ends it all. */
import {deckyScope} from './decky-scope.ts'
import type {Evidence} from './evidence.ts'
import {DEFAULT_LIMITS, type Limits} from './limits.ts'
import type {DeckyManifest, Manifest, ServiceManifest} from './manifest.ts'
import {Persona} from './persona.ts'
import {PortKeeper} from './port-keeper.ts'
import type {Service} from './service.ts'
import {SERVICE_LOADERS, type ServiceLoader} from './services.ts'
import type {StatusFile} from './status.ts'

export interface RuntimeOptions {
  readonly manifest: Manifest
  readonly evidence: Evidence
  readonly status: StatusFile
  readonly limits?: Limits
  readonly loaders?: ReadonlyMap<string, ServiceLoader>
}

export class Runtime {
  readonly #options: RuntimeOptions
  readonly #keepers: PortKeeper[] = []

  constructor(options: RuntimeOptions) {
    this.#options = options
  }

  /** Resolves when every port was tried once. Never rejects: what fails is reported as evidence. */
  async start(): Promise<void> {
    const {manifest, status} = this.#options
    // All ports appear as down before the first is up: a probe must not mistake an early look for a whole one.
    status.setAll(
      manifest.deckies.flatMap((decky) =>
        decky.services.flatMap(({name, ports}) =>
          ports.map((port) => ({decky: decky.name, name, bind: decky.bind, ...port, state: 'down' as const})),
        ),
      ),
    )
    await Promise.all(manifest.deckies.map((decky) => this.#startDecky(decky)))
  }

  /** Stops accepting and ends all sessions. */
  async stop(): Promise<void> {
    await Promise.all(this.#keepers.map((keeper) => keeper.stop()))
  }

  async #startDecky(decky: DeckyManifest): Promise<void> {
    const {evidence, status, limits = DEFAULT_LIMITS} = this.#options
    const scope = deckyScope(decky.name, decky.bind, limits, evidence)
    const persona = new Persona(decky.persona)
    await Promise.all(
      decky.services.map((service) => {
        const keepers = service.ports.map(
          ({port, protocol}) => new PortKeeper(scope, {service: service.name, port, protocol}, status),
        )
        this.#keepers.push(...keepers)
        return this.#startService(persona, service, keepers)
      }),
    )
  }

  async #startService(persona: Persona, manifest: ServiceManifest, keepers: readonly PortKeeper[]): Promise<void> {
    let service: Service
    try {
      const load = (this.#options.loaders ?? SERVICE_LOADERS).get(manifest.name)
      if (load === undefined) throw new Error(`there is no service ${manifest.name}`)
      const create = await load()
      service = await create(persona, manifest.options)
    } catch (error) {
      for (const keeper of keepers) keeper.fail('create', error)
      return
    }
    await Promise.all(keepers.map((keeper) => keeper.start(service)))
  }
}
