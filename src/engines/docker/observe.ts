/** What runs of this fleet. Reads only; a partial answer is an error. */
import type {InstanceState, Observation, ObservedInstance, ObservedNetwork} from '../../fleet/observation.ts'
import {EngineError} from '../engine.ts'
import type {ContainerDetails, NetworkDetails} from './api-types.ts'
import {CallFailure} from './call-failure.ts'
import type {DockerContext} from './context.ts'
import {staleness} from './custom-services.ts'
import {attachment} from './ensure.ts'
import {deviations} from './hardening.ts'
import type {DecoyImage} from './image.ts'
import {chooseNetwork, describeNetwork, ownNetworks} from './network.ts'
import {listOwn, type OwnContainer} from './own-containers.ts'
import {persist} from './retry.ts'

const RELISTS = 4
const NEVER = '0001-01-01T00:00:00Z'
const STATES: ReadonlySet<string> = new Set<InstanceState>([
  'running',
  'created',
  'restarting',
  'paused',
  'exited',
  'removing',
  'dead',
])

export async function observe(context: DockerContext, image: DecoyImage, signal: AbortSignal): Promise<Observation> {
  const [networks, containers, imagePresent] = await Promise.all([
    ownNetworks(context, signal),
    inspectAll(context, signal),
    persist(context.timing, {what: 'look for the image', signal, run: () => image.present(context.api, signal)}),
  ])
  const {chosen, surplus} = chooseNetwork(networks)
  const ids = new Set(containers.map(({details}) => details.Id))
  return {
    network: chosen === null ? null : observedNetwork(chosen, ids),
    surplusNetworks: surplus.map(({Id}) => Id),
    imagePresent,
    instances: containers.map((container) => observedInstance(container, containers, networks)),
  }
}

interface Inspected {
  readonly own: OwnContainer
  readonly details: ContainerDetails
}

/** A container that vanishes between list and inspect makes the list stale, so it is taken again. */
async function inspectAll(context: DockerContext, signal: AbortSignal): Promise<Inspected[]> {
  for (let attempt = 0; attempt < RELISTS; attempt++) {
    const listed = await listOwn(context, signal)
    const found = await Promise.all(listed.map((own) => inspectOne(context, own, signal)))
    const whole = found.filter((container) => container !== null)
    if (whole.length === listed.length) return whole
  }
  throw new EngineError('unavailable', 'the containers of this fleet keep changing while they are looked at', {
    hint: 'another program removes them; try again when it is done',
  })
}

async function inspectOne(context: DockerContext, own: OwnContainer, signal: AbortSignal): Promise<Inspected | null> {
  try {
    const details = await persist(context.timing, {
      what: 'inspect the container',
      signal,
      run: () => context.api.inspectContainer(own.id, signal),
    })
    return {own, details}
  } catch (error) {
    if (error instanceof CallFailure && error.status === 404) return null
    throw error
  }
}

function observedNetwork(network: NetworkDetails, own: ReadonlySet<string>): ObservedNetwork {
  const foreign = Object.entries(network.Containers ?? {}).filter(([id]) => !own.has(id))
  return {id: network.Id, ...describeNetwork(network), foreignEndpoints: foreign.map(([, {Name}]) => Name)}
}

function observedInstance(
  {own, details}: Inspected,
  all: readonly Inspected[],
  networks: readonly NetworkDetails[],
): ObservedInstance {
  const network = networks.find((candidate) => attachment(details, candidate) !== undefined)
  const endpoint = network === undefined ? undefined : attachment(details, network)
  const {State, Config} = details
  return {
    id: own.id,
    decky: own.decky,
    customService: own.customService,
    configHash: own.configHash,
    generation: own.generation,
    state: stateOf(State.Status),
    ip: endpoint?.IPAddress || endpoint?.IPAMConfig?.IPv4Address || null,
    mac: endpoint === undefined ? null : (endpoint.MacAddress || Config.MacAddress || '').toLowerCase() || null,
    networkId: network?.Id ?? null,
    startedAt: State.StartedAt === NEVER ? null : State.StartedAt,
    restarts: details.RestartCount,
    deviations: own.customService === null ? deviations(details, false) : customDeviations(own, details, all),
  }
}

function customDeviations(own: OwnContainer, details: ContainerDetails, all: readonly Inspected[]): string[] {
  const beside = all.filter((other) => other.own.decky === own.decky && other.own.customService === null)
  const problems = beside.map((decky) => staleness(details, decky.details))
  if (problems.includes(null)) return []
  return [problems[0] ?? 'has no decky beside it']
}

function stateOf(status: string): InstanceState {
  return STATES.has(status) ? (status as InstanceState) : 'dead'
}
