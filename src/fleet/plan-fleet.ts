import {changedFields} from './changed-fields.ts'
import type {Decky, Fleet} from './decky.ts'
import {DecnetError} from './errors.ts'
import type {LifecycleOperation} from './lifecycle.ts'
import type {Observation, ObservedInstance, ObservedNetwork} from './observation.ts'
import type {Action, DeckyChange, Operation, Plan} from './plan.ts'

export interface PlanInput {
  /** The whole fleet as it is to be; null: nothing is to remain. */
  readonly desired: Fleet | null
  /** Config hash of every desired decky, by name. */
  readonly hashes: ReadonlyMap<string, string>
  readonly observed: Observation
  /** The deckies of the state before this command, by name: for causes, and to tell a removal from a leftover. */
  readonly previous: ReadonlyMap<string, Decky>
  /** Names that this command may act upon. Leftovers, which no fleet holds any more, are always in scope. */
  readonly scope: ReadonlySet<string>
  /** Why a decky whose instance looks right is to be restarted all the same, by name. */
  readonly unhealthy?: ReadonlyMap<string, string>
  /** Why deckies differ from their instances that did not change themselves, where that is known. */
  readonly sharedCause?: string
}

/**
 * Desired and observed in, plan out: no I/O, no clock, nothing random. Deckies outside the scope are not touched, except
 * that a network which has to be replaced takes every decky with it.
 */
export function planFleet(input: PlanInput): Plan {
  return new Planner(input).plan()
}

const NETWORK = 'network'
const IMAGE = 'image'
const address = (decky: string) => `decky/${decky}`

const ARRIVALS = {create: 'decky.create', replace: 'decky.replace', restart: 'decky.restart'} as const

class Planner {
  readonly #input: PlanInput
  readonly #desired: ReadonlyMap<string, Decky>
  readonly #instances: ReadonlyMap<string, readonly ObservedInstance[]>
  readonly #networkAction: 'network.create' | 'network.replace' | 'network.remove' | null
  readonly #operations: Operation[] = []
  /** Ids of the operations that every arrival waits for. */
  readonly #resources: string[] = []
  /** Ids of the removals that free a name, an IP or a MAC. */
  readonly #removals = new Map<string, string[]>()

  constructor(input: PlanInput) {
    this.#input = input
    this.#desired = new Map(input.desired?.deckies.map((decky) => [decky.name, decky]))
    this.#instances = groupByDecky(input.observed.instances)
    this.#networkAction = this.#planNetwork()
  }

  plan(): Plan {
    const changes = this.#changes()
    const moving = this.#movingAddresses(changes)
    for (const change of changes) if (this.#releases(change, moving)) this.#addRemoval(change)
    this.#addNetwork()
    if (changes.some(({operation}) => operation === 'create' || operation === 'replace')) this.#addImage()
    for (const change of changes) this.#addArrival(change, moving)
    this.#addFarewell()
    const offset = this.#input.desired?.portOffset ?? 0
    return {operations: this.#operations, changes, ...(offset === 0 ? {} : {portOffset: offset})}
  }

  // -- what happens to each decky ----------------------------------------------------------------------------------

  #changes(): DeckyChange[] {
    const names = new Set([...this.#desired.keys(), ...this.#input.previous.keys(), ...this.#instances.keys()])
    return [...names].toSorted().flatMap((name) => this.#changeOf(name) ?? [])
  }

  #changeOf(name: string): DeckyChange | undefined {
    const decky = this.#desired.get(name)
    const inScope = this.#input.scope.has(name)
    if (decky === undefined) return this.#removal(name, inScope)
    const instances = this.#instances.get(name) ?? []
    if (this.#networkAction === 'network.replace' && instances.length > 0) {
      return {decky: name, operation: 'replace', cause: 'the network is replaced', destructive: true}
    }
    return inScope ? this.#comparison(decky, instances) : undefined
  }

  #removal(name: string, inScope: boolean): DeckyChange | undefined {
    const held = this.#input.previous.has(name)
    if (held && !inScope) return undefined
    if (held) return {decky: name, operation: 'remove', cause: 'no longer wanted', destructive: true}
    return {decky: name, operation: 'remove', cause: 'left over by an interrupted command', destructive: false}
  }

  #comparison(decky: Decky, instances: readonly ObservedInstance[]): DeckyChange {
    const own = instances.filter(({customService}) => customService === null)
    const change = (operation: LifecycleOperation, cause: string): DeckyChange => ({
      decky: decky.name,
      operation,
      cause,
      destructive: operation === 'replace' && own.some(({state}) => state === 'running'),
    })
    if (instances.length === 0) {
      return change('create', this.#input.previous.has(decky.name) ? 'not found' : 'new')
    }
    if (own.length === 0) return change('replace', 'only containers of its own services are found')
    const wanted = own.find(({configHash}) => configHash === this.#input.hashes.get(decky.name))
    if (wanted === undefined) return change('replace', this.#causeOfReplacement(decky))
    const deviation = this.#deviation(decky, wanted)
    if (deviation !== undefined) return change('replace', deviation)
    if (own.length > 1) return change('replace', `${own.length} instances carry its name`)
    if (wanted.state === 'dead' || wanted.state === 'removing')
      return change('replace', `its instance is ${wanted.state}`)
    if (wanted.state !== 'running') return change('restart', `its instance is ${wanted.state}`)
    const custom = this.#customDeviation(decky, wanted, instances)
    if (custom !== undefined) return change('replace', custom)
    const unhealthy = this.#input.unhealthy?.get(decky.name)
    return unhealthy === undefined ? change('keep', 'as it should be') : change('restart', unhealthy)
  }

  #causeOfReplacement(decky: Decky): string {
    const previous = this.#input.previous.get(decky.name)
    const fields = previous === undefined ? [] : changedFields(previous, decky)
    if (fields.length > 0) return `${fields.join(', ')} changed`
    return this.#input.sharedCause ?? 'its runtime or network changed'
  }

  #deviation(decky: Decky, instance: ObservedInstance): string | undefined {
    const network = this.#input.observed.network
    if (network === null || instance.networkId !== network.id) return 'it is not attached to the fleet network'
    // A container that does not run has no address of its own on some Engine versions.
    if (instance.ip !== decky.ip && (instance.ip !== null || instance.state === 'running')) {
      return `its address is ${instance.ip ?? 'missing'} instead of ${decky.ip}`
    }
    // Loopback knows no MAC: there the decky's is only what its services claim.
    const hasMac = this.#input.desired?.network.driver !== 'loopback'
    if (hasMac && instance.mac !== decky.mac && (instance.mac !== null || instance.state === 'running')) {
      return `its MAC is ${instance.mac ?? 'missing'} instead of ${decky.mac}`
    }
    return instance.deviations[0]
  }

  #customDeviation(decky: Decky, own: ObservedInstance, instances: readonly ObservedInstance[]): string | undefined {
    for (const {name} of decky.customServices) {
      const found = instances.filter(({customService}) => customService === name)
      const [custom] = found
      if (custom === undefined) return `its service ${name} is not found`
      if (found.length > 1) return `its service ${name} has ${found.length} instances`
      if (custom.state !== 'running') return `its service ${name} is ${custom.state}`
      if (custom.configHash !== own.configHash) return `its service ${name} changed`
      // It joined the network namespace that the decky had then; a later start of the decky leaves it with none.
      if ((custom.startedAt ?? '') < (own.startedAt ?? '')) return `its service ${name} lost the network`
    }
    return undefined
  }

  // -- addresses that change hands ---------------------------------------------------------------------------------

  /**
   * Names of deckies that hold an address (IP or MAC) which another decky is to get. They are removed before anything is
   * created, because the Engine checks an address when a container starts; all others are replaced in place.
   */
  #movingAddresses(changes: readonly DeckyChange[]): ReadonlySet<string> {
    // Stopped instances are configured with addresses that others may hold by now, so one can have several holders.
    const holders = new Map<string, string[]>()
    for (const {decky, ip, mac} of this.#input.observed.instances) {
      for (const held of [ip, mac]) if (held !== null) append(holders, held, decky)
    }
    const moving = new Set<string>()
    for (const {decky: name, operation} of changes) {
      const decky = this.#desired.get(name)
      if (decky === undefined || operation === 'keep') continue
      for (const wanted of [decky.ip, decky.mac]) {
        for (const holder of holders.get(wanted) ?? []) if (holder !== name) moving.add(holder)
      }
    }
    return moving
  }

  /** Whether the decky's instances go before anything is created: it is not to be, or what it holds is needed. */
  #releases(change: DeckyChange, moving: ReadonlySet<string>): boolean {
    if (change.operation === 'remove') return this.#instances.has(change.decky)
    if (change.operation !== 'replace') return false
    return this.#networkAction === 'network.replace' || moving.has(change.decky)
  }

  // -- operations --------------------------------------------------------------------------------------------------

  #add(operation: Omit<Operation, 'id' | 'dependsOn'>, dependsOn: readonly string[]): string {
    const id = `${operation.action} ${operation.address}`
    this.#operations.push({id, ...operation, dependsOn: dependsOn.toSorted()})
    return id
  }

  #addRemoval({decky, cause, destructive, operation}: DeckyChange): void {
    const why = operation === 'remove' ? cause : `${cause}; what it holds is needed first`
    const removal = {address: address(decky), action: 'decky.remove', decky, cause: why, destructive} as const
    const id = this.#add(removal, [])
    for (const {ip, mac} of this.#instances.get(decky) ?? []) {
      for (const held of [decky, ip, mac]) if (held !== null) append(this.#removals, held, id)
    }
  }

  #addArrival(change: DeckyChange, moving: ReadonlySet<string>): void {
    const {decky: name, operation, cause} = change
    const decky = this.#desired.get(name)
    if (decky === undefined || operation === 'keep' || operation === 'remove') return
    const released = this.#releases(change, moving)
    const action = ARRIVALS[released ? 'create' : operation]
    const destructive = change.destructive && !released
    this.#add({address: address(name), action, decky: name, cause, destructive}, this.#prerequisites(decky))
  }

  /** Network and image, and the removal of whoever holds this decky's name or addresses. */
  #prerequisites(decky: Decky): string[] {
    const removals = [decky.name, decky.ip, decky.mac].flatMap((held) => this.#removals.get(held) ?? [])
    return [...new Set([...this.#resources, ...removals])]
  }

  #addImage(): void {
    if (this.#input.observed.imagePresent) return
    this.#resources.push(this.#addResource('image.ensure', IMAGE, 'not found', []))
  }

  #addResource(action: Action, target: string, cause: string, dependsOn: readonly string[]): string {
    return this.#add(
      {address: target, action, decky: null, cause, destructive: action === 'network.replace'},
      dependsOn,
    )
  }

  // -- network -----------------------------------------------------------------------------------------------------

  #planNetwork(): 'network.create' | 'network.replace' | 'network.remove' | null {
    const {desired, observed, scope} = this.#input
    const wanted = desired !== null && desired.deckies.length > 0
    if (!wanted) return observed.network === null ? null : 'network.remove'
    const used = desired.deckies.some(({name}) => scope.has(name))
    if (observed.network === null) return used ? 'network.create' : null
    return used && this.#networkDifference(observed.network) !== undefined ? 'network.replace' : null
  }

  #networkDifference(observed: ObservedNetwork): string | undefined {
    const wanted = this.#input.desired?.network
    if (wanted === undefined) return undefined
    for (const field of ['driver', 'interface', 'subnet', 'gateway'] as const) {
      if (observed[field] !== wanted[field])
        return `its ${field} is ${observed[field] || 'missing'} instead of ${wanted[field]}`
    }
    return undefined
  }

  #addNetwork(): void {
    if (this.#networkAction === 'network.create') {
      this.#resources.push(this.#addResource('network.create', NETWORK, 'not found', []))
    } else if (this.#networkAction === 'network.replace') {
      const observed = this.#input.observed.network as ObservedNetwork
      refuseForeignEndpoints(observed)
      const cause = this.#networkDifference(observed) ?? ''
      this.#resources.push(this.#addResource('network.replace', NETWORK, cause, this.#removalIds()))
    }
  }

  /** With the last decky the network goes, and with the network the image. */
  #addFarewell(): void {
    if ((this.#input.desired?.deckies.length ?? 0) > 0) return
    const removals = this.#removalIds()
    if (this.#networkAction === 'network.remove') {
      removals.push(this.#addResource('network.remove', NETWORK, 'the fleet is empty', removals))
    }
    if (this.#input.observed.imagePresent) this.#addResource('image.remove', IMAGE, 'the fleet is empty', removals)
  }

  #removalIds(): string[] {
    return this.#operations.filter(({action}) => action === 'decky.remove').map(({id}) => id)
  }
}

function refuseForeignEndpoints({foreignEndpoints}: ObservedNetwork): void {
  if (foreignEndpoints.length === 0) return
  throw new DecnetError(
    'NETWORK_CONFLICT',
    `the fleet network has to be replaced, but ${foreignEndpoints.join(', ')} is attached to it and not ours`,
    {hint: 'disconnect it from the network first; decnet never touches what it did not make'},
  )
}

function groupByDecky(instances: readonly ObservedInstance[]): Map<string, ObservedInstance[]> {
  const groups = new Map<string, ObservedInstance[]>()
  for (const instance of instances) append(groups, instance.decky, instance)
  return groups
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
