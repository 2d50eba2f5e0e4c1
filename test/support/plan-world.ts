/** An engine reduced to what a plan can be checked against: who is there, with which addresses, on which network. */
import type {Decky, Fleet} from '../../src/fleet/decky.ts'
import type {Observation, ObservedInstance, ObservedNetwork} from '../../src/fleet/observation.ts'
import type {Action, Operation, Plan} from '../../src/fleet/plan.ts'

export const observedNetwork = (fleet: Pick<Fleet, 'network'>, changes: Partial<ObservedNetwork> = {}) => ({
  id: 'net-1',
  foreignEndpoints: [],
  ...fleet.network,
  ...changes,
})

/** The hash that stands for a decky's configuration. */
export const hashOf = (decky: Decky): string => JSON.stringify(decky)

/** A healthy instance of a decky. */
export function instanceOf(decky: Decky, changes: Partial<ObservedInstance> = {}): ObservedInstance {
  return {
    id: `c-${decky.name}`,
    decky: decky.name,
    customService: null,
    configHash: hashOf(decky),
    generation: 1,
    state: 'running',
    ip: decky.ip,
    mac: decky.mac,
    networkId: 'net-1',
    startedAt: '2026-01-01T00:00:00Z',
    restarts: 0,
    deviations: [],
    ...changes,
  }
}

/** The containers of a healthy decky: its own, and one for each custom service. */
export function instancesOf(decky: Decky): ObservedInstance[] {
  const customs = decky.customServices.map(({name}) =>
    instanceOf(decky, {id: `c-${decky.name}-${name}`, customService: name, ip: null, mac: null, networkId: null}),
  )
  return [instanceOf(decky), ...customs]
}

/** Carries out operations on an observation, and throws where a real engine would refuse. */
export class PlanWorld {
  #network: ObservedNetwork | null
  #image: boolean
  #instances: ObservedInstance[]
  #made = 0
  readonly #fleet: Fleet | null

  constructor(fleet: Fleet | null, observed: Observation) {
    this.#fleet = fleet
    this.#network = observed.network
    this.#image = observed.imagePresent
    this.#instances = [...observed.instances]
  }

  get observation(): Observation {
    return {
      network: this.#network,
      surplusNetworks: [],
      imagePresent: this.#image,
      instances: this.#instances,
    }
  }

  /** Runs a whole plan in an order that its dependencies allow: `choose` picks one of so many that are ready. */
  run({operations}: Plan, choose: (ready: number) => number): void {
    const done = new Set<string>()
    let open = [...operations]
    while (open.length > 0) {
      const ready = open.filter(({dependsOn}) => dependsOn.every((id) => done.has(id)))
      const next = ready[choose(ready.length)]
      if (next === undefined) throw new Error(`a cycle among ${open.map(({id}) => id).join(', ')}`)
      this.apply(next)
      done.add(next.id)
      open = open.filter((operation) => operation !== next)
    }
  }

  apply({action, decky}: Operation): void {
    const name = decky ?? ''
    const actions: Readonly<Record<Action, () => void>> = {
      'image.ensure': () => {
        this.#image = true
      },
      'image.remove': () => {
        this.#image = false
      },
      'network.create': () => this.#createNetwork(),
      'network.replace': () => {
        this.#removeNetwork()
        this.#createNetwork()
      },
      'network.remove': () => this.#removeNetwork(),
      'decky.remove': () => this.#remove(name),
      'decky.create': () => {
        this.#mustBeFree(name)
        this.#create(name)
      },
      'decky.replace': () => {
        this.#remove(name)
        this.#create(name)
      },
      'decky.restart': () => this.#restart(name),
    }
    actions[action]()
  }

  #createNetwork(): void {
    if (this.#network !== null) throw new Error('there is a network already')
    if (this.#fleet === null) throw new Error('a network for no fleet')
    this.#network = observedNetwork(this.#fleet, {id: `net-${++this.#made + 1}`})
  }

  #removeNetwork(): void {
    const {id} = this.#network ?? {}
    const attached = this.#instances.filter(({networkId}) => networkId === id)
    if (attached.length > 0) throw new Error(`${attached.map(({decky}) => decky).join(', ')} on the network`)
    this.#network = null
  }

  #remove(name: string): void {
    this.#instances = this.#instances.filter(({decky}) => decky !== name)
  }

  #mustBeFree(name: string): void {
    if (this.#instances.some(({decky}) => decky === name)) throw new Error(`the name ${name} is in use`)
  }

  #decky(name: string): Decky {
    const decky = this.#fleet?.deckies.find((candidate) => candidate.name === name)
    if (decky === undefined) throw new Error(`${name} is not of the fleet`)
    return decky
  }

  #create(name: string): void {
    const decky = this.#decky(name)
    if (this.#network === null) throw new Error('no network')
    if (!this.#image) throw new Error('no image')
    this.#claim(decky)
    this.#bringUp(decky, this.#network.id)
  }

  /** Its custom services are brought up with it. */
  #restart(name: string): void {
    const decky = this.#decky(name)
    this.#claim(decky)
    this.#remove(name)
    this.#bringUp(decky, this.#network?.id ?? null)
  }

  #bringUp(decky: Decky, networkId: string | null): void {
    for (const instance of instancesOf(decky)) {
      this.#instances.push(instance.customService === null ? {...instance, networkId} : instance)
    }
  }

  #claim({name, ip, mac}: Decky): void {
    const holder = this.#instances.find((other) => other.decky !== name && (other.ip === ip || other.mac === mac))
    if (holder !== undefined) throw new Error(`Address already in use: ${ip} or ${mac} of ${name} by ${holder.decky}`)
  }
}
