/** Plays one decky: creates its services and keeps its ports. */
import type {Admission} from './admission.ts'
import {BeaconKeeper} from './beacon-keeper.ts'
import {type DeckyScope, deckyScope} from './decky-scope.ts'
import type {Evidence} from './evidence.ts'
import type {Limits} from './limits.ts'
import type {DeckyManifest, ServiceManifest} from './manifest.ts'
import {Persona} from './persona.ts'
import {type KeptPort, type PortFailure, PortKeeper, portStatus} from './port-keeper.ts'
import type {Service} from './service.ts'
import type {ServiceLoader} from './services.ts'
import type {PortBoard, PortStatus} from './status.ts'

export interface PlayerOptions {
  readonly evidence: Evidence
  readonly status: PortBoard
  readonly limits: Limits
  readonly admission: Admission
  readonly loaders: ReadonlyMap<string, ServiceLoader>
}

export class DeckyPlayer {
  readonly #manifest: DeckyManifest
  readonly #options: PlayerOptions
  readonly #keepers: PortKeeper[] = []
  readonly #beacons: BeaconKeeper[] = []
  #stopped = false

  constructor(manifest: DeckyManifest, options: PlayerOptions) {
    this.#manifest = manifest
    this.#options = options
  }

  /** Resolves when every port was tried once, with those that did not come up. Never rejects. */
  async start(): Promise<PortFailure[]> {
    const {evidence, status, limits, admission} = this.#options
    const {name, bind, services} = this.#manifest
    const scope = deckyScope(name, bind, limits, evidence, admission)
    const persona = new Persona(this.#manifest.persona)
    const failures = await Promise.all(
      services.map((service) => {
        const keepers = keptPorts(this.#manifest, service).map((kept) => new PortKeeper(scope, kept, status))
        this.#keepers.push(...keepers)
        return this.#startService(scope, persona, service, keepers)
      }),
    )
    return failures.flat()
  }

  /** Stops accepting and ends all sessions. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const beacon of this.#beacons) beacon.stop()
    await Promise.all(this.#keepers.map((keeper) => keeper.stop()))
  }

  async #startService(
    scope: DeckyScope,
    persona: Persona,
    manifest: ServiceManifest,
    keepers: readonly PortKeeper[],
  ): Promise<PortFailure[]> {
    let service: Service
    try {
      const load = this.#options.loaders.get(manifest.name)
      if (load === undefined) throw new Error(`there is no service ${manifest.name}`)
      const create = await load()
      service = await create(persona, manifest.options)
    } catch (error) {
      return keepers.map((keeper) => keeper.fail('create', error))
    }
    const failures = await Promise.all(keepers.map((keeper) => keeper.start(service)))
    this.#startBeacons(scope, manifest.name, service, keepers)
    return failures.filter((failure) => failure !== null)
  }

  #startBeacons(scope: DeckyScope, name: string, service: Service, keepers: readonly PortKeeper[]): void {
    const beacons = service.beacons?.()
    if (beacons === undefined || this.#stopped) return
    const keeper = new BeaconKeeper(scope, name, beacons, {
      sendFrom: (port, bytes, to) =>
        keepers.find((kept) => kept.protocol === 'udp' && kept.port === port)?.send(bytes, to),
    })
    this.#beacons.push(keeper)
    keeper.start()
  }
}

/** Every port of a decky as it appears before it is up. */
export function downPorts(decky: DeckyManifest): PortStatus[] {
  return decky.services.flatMap((service) =>
    keptPorts(decky, service).map((kept) => portStatus(decky, kept, 'down' as const)),
  )
}

function keptPorts({portOffset = 0}: DeckyManifest, {name, ports}: ServiceManifest): KeptPort[] {
  return ports.map(({port, protocol}) => ({service: name, port, protocol, offset: portOffset}))
}
