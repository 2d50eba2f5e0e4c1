/** Brings one decky's container to what was asked, whatever a crash, a race or a lost answer left behind. */
import {DecnetError} from '../../fleet/errors.ts'
import {type CallOptions, type DeckyRequest, EngineError} from '../engine.ts'
import type {ContainerDetails, EndpointDetails} from './api-types.ts'
import {CallFailure} from './call-failure.ts'
import {deckySpec} from './container.ts'
import type {DockerContext} from './context.ts'
import {kindOf, translate} from './errors.ts'
import {deviations} from './hardening.ts'
import {isOwn, LABEL} from './labels.ts'
import {containerName, retiredName} from './names.ts'
import {type AttachedNetwork, describeNetwork, endpointHolder} from './network.ts'
import type {OwnContainer} from './own-containers.ts'
import {pause} from './pause.ts'
import {lastEnd, troubleOf, waitAnswering, waitReady} from './readiness.ts'
import {findContainer, persist} from './retry.ts'
import {retire} from './stop.ts'

/** Leftovers in containerd go away with the container they block; more than two in a row do not. */
const FRESH_TRIES = 3
/** Of taking a name that is taken: with the pauses between them, as long as an engine may take to make a container. */
const NAME_TRIES = 40

export interface Job {
  readonly context: DockerContext
  readonly request: DeckyRequest
  readonly network: AttachedNetwork
  readonly options: CallOptions
}

/** Which of the decky's containers is already the wanted one: right hash, hardening and network. Running ones first. */
export async function findWanted(job: Job, candidates: readonly OwnContainer[]): Promise<ContainerDetails | null> {
  const {context, request, options} = job
  const matching = candidates.filter((c) => c.configHash === request.configHash && !isDying(c.state))
  const found = await Promise.all(matching.map(({id}) => findContainer(context.api, id, options.signal)))
  const usable = found.filter((container) => container !== null && isUsable(container, job))
  return usable.find((container) => container?.State.Running === true) ?? usable[0] ?? null
}

function isDying(state: string): boolean {
  return state === 'dead' || state === 'removing'
}

/** A restart policy of `no` is what an interrupted operation leaves; it is put right when the container starts. */
function isUsable(container: ContainerDetails, job: Job): boolean {
  const {request, network} = job
  const wrong = deviations(container, false).filter((text) => !text.startsWith('has restart policy'))
  const endpoint = attachment(container, network.details)
  // A hand that connected it anew gave it other addresses, which it keeps over every start.
  return wrong.length === 0 && endpoint?.IPAMConfig?.IPv4Address === request.decky.ip && hasItsMac(job, endpoint)
}

/** An endpoint that is not up has no MAC on some engines. */
function hasItsMac({request, network}: Job, {MacAddress}: EndpointDetails): boolean {
  const shared = describeNetwork(network.details).driver !== 'macvlan'
  return shared || (MacAddress ?? '') === '' || MacAddress?.toLowerCase() === request.decky.mac
}

/** The endpoint on this network; a container that never started has it under the name or id it was created with. */
export function attachment(container: ContainerDetails, network: {readonly Id: string; readonly Name: string}) {
  const entries = Object.entries(container.NetworkSettings.Networks ?? {})
  return entries.find(
    ([key, endpoint]) =>
      endpoint.NetworkID === network.Id ||
      key === network.Id ||
      ((endpoint.NetworkID ?? '') === '' && key === network.Name),
  )?.[1]
}

/** A container that has not been started. */
export interface FreshContainer {
  readonly id: string
  /** Another run made it: whether it is still as it was made is to be looked at. */
  readonly adopted: boolean
}

/** Creates the container without starting it. Its address stays free until the start. */
export async function createFresh(job: Job): Promise<FreshContainer> {
  const {context, request, network, options} = job
  const name = containerName(context.install, request, null)
  const spec = deckySpec(
    request,
    {handle: network.handle, driver: describeNetwork(network.details).driver === 'ipvlan' ? 'ipvlan' : 'macvlan'},
    {install: context.install, image: context.image, osSysctls: context.sysctlsOf(request.decky.os)},
  )
  options.onStep?.('creating')
  for (let attempt = 1; ; attempt++) {
    try {
      const id = await persist(context.timing, {
        what: `create ${request.decky.name}`,
        signal: options.signal,
        run: () => context.api.createContainer(name, spec, options.signal),
        look: (hurry) => ownIdOf(job, name, hurry),
      })
      return {id, adopted: false}
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error
      if (kindOf(error) !== 'name-taken' || attempt >= NAME_TRIES) throw translated(job, error)
      const adopted = await settleName(job, name, error)
      if (adopted !== null) return {id: adopted, adopted: true}
      await pause(context.timing.poll, `create ${request.decky.name}`, options.signal)
    }
  }
}

/** The id of our container of this name and hash that has not run yet, or null. */
async function ownIdOf(job: Job, name: string, signal: AbortSignal | undefined): Promise<string | null> {
  const found = await findContainer(job.context.api, name, signal)
  return found !== null && isOurs(job, found) && found.State.Status === 'created' ? found.Id : null
}

function isOurs({context, request}: Job, {Config}: ContainerDetails): boolean {
  return isOwn(Config.Labels, context.install.id) && Config.Labels?.[LABEL.configHash] === request.configHash
}

/** Somebody has the name: our own unstarted container is adopted, our older one makes room, anyone else's stays. */
async function settleName(job: Job, name: string, error: CallFailure): Promise<string | null> {
  const {context, options} = job
  const holder = await findContainer(context.api, name, options.signal)
  // The engine reserves a name while it still makes the container, e.g. for a call whose answer we gave up waiting for.
  if (holder === null) return null
  if (!isOwn(holder.Config.Labels, context.install.id)) throw translated(job, error)
  if (isOurs(job, holder) && holder.State.Status === 'created') return holder.Id
  await context.api.renameContainer(holder.Id, retiredName(name, holder.Id), options.signal)
  return null
}

/** Starts a container that was just made, and waits until the decky is ready and as it was asked for. */
async function bringUpFresh(job: Job, id: string): Promise<ContainerDetails> {
  const {context, request, options} = job
  options.onStep?.('starting')
  await start(job, id)
  await waitReady(context, request.decky, {id, since: null}, options)
  return verify(job, id, 0)
}

/** Starts (or unpauses) whatever is there and waits until the decky is ready and as it was asked for. */
export async function bringUp(job: Job, id: string): Promise<ContainerDetails> {
  const {context, request, options} = job
  const before = await inspect(job, id)
  if (before.HostConfig.RestartPolicy.Name !== 'always')
    await guarded(job, () => context.api.setRestartPolicy(id, 'always'))
  const wasRunning = before.State.Running
  if (before.State.Paused === true) {
    options.onStep?.('unpausing')
    await guarded(job, () => context.api.unpauseContainer(id, options.signal))
  }
  if (wasRunning) {
    await waitAnswering(context, request.decky, id, options)
  } else {
    options.onStep?.('starting')
    await start(job, id)
    await waitReady(context, request.decky, {id, since: lastEnd(before)}, options)
  }
  return verify(job, id, wasRunning ? before.RestartCount : 0)
}

/** Starts it; an unknown outcome is settled by looking. A leftover is thrown as the `CallFailure` it is. */
async function start(job: Job, id: string): Promise<void> {
  const {context, options, request} = job
  try {
    await persist(context.timing, {
      what: `start ${request.decky.name}`,
      signal: options.signal,
      run: () => context.api.startContainer(id, options.signal).then(() => true),
      look: async (hurry) => (await findContainer(context.api, id, hurry))?.State.Running === true || null,
    })
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error
    const kind = kindOf(error)
    if (kind === 'leftover') throw error
    const {ip, mac} = request.decky
    const wanted = kind === 'address-in-use' ? {ip} : kind === 'mac-in-use' ? {mac} : null
    const holder = wanted === null ? {} : await endpointHolder(context, job.network.details, wanted).catch(() => ({}))
    throw translated(job, error, holder)
  }
}

/** containerd still has something of this container's id: only another container helps. */
export function isLeftover(error: unknown): boolean {
  return error instanceof CallFailure && kindOf(error) === 'leftover'
}

/** Whether the engine stopped answering: what was begun is then left to the next run, which looks first. */
export function isSilent(error: unknown): boolean {
  if (error instanceof DecnetError) return error.code === 'ENGINE_UNAVAILABLE'
  return error instanceof EngineError && error.fault === 'unavailable'
}

/** Creates and brings up. What it made is removed when it fails. */
export async function createAndBringUp(job: Job): Promise<ContainerDetails> {
  for (let attempt = 1; ; attempt++) {
    const {id, adopted} = await createFresh(job)
    try {
      return await (adopted ? bringUp(job, id) : bringUpFresh(job, id))
    } catch (error) {
      if (!isSilent(error)) await discard(job, id)
      if (!isLeftover(error) || attempt >= FRESH_TRIES) throw error
    }
  }
}

/** Removes a container that did not make it; the reason it did not matters more than a failure to remove it. */
export async function discard(job: Job, id: string): Promise<void> {
  const {context, request, options} = job
  options.onStep?.('removing what failed')
  const name = containerName(context.install, request, null)
  const signal = AbortSignal.timeout(context.timing.rollback)
  await retire(context, {id, name}, {signal}).catch(() => {})
}

/** What runs is what was asked for: address, MAC, network, hardening. */
async function verify(job: Job, id: string, restarts: number): Promise<ContainerDetails> {
  const {request, network} = job
  const {decky} = request
  const container = await inspect(job, id)
  const trouble = troubleOf(container, restarts)
  if (trouble !== null) throw new EngineError('not-ready', `${decky.name} is not ready: ${trouble}`)
  const endpoint = attachment(container, network.details)
  const hasOwnMac = describeNetwork(network.details).driver === 'macvlan'
  const problems = [
    ...(endpoint === undefined ? ["is not on the fleet's network"] : []),
    ...(endpoint !== undefined && endpoint.IPAddress !== decky.ip ? [`has address ${endpoint.IPAddress}`] : []),
    ...(hasOwnMac && endpoint !== undefined && endpoint.MacAddress?.toLowerCase() !== decky.mac
      ? [`has MAC ${endpoint.MacAddress}`]
      : []),
    ...deviations(container, false),
  ]
  if (problems.length === 0) return container
  throw new EngineError('refused', `${decky.name} runs otherwise than asked: ${problems.join('; ')}`, {
    hint: 'the engine ignored part of the request: check its version with "docker version" (20.10 or later)',
  })
}

async function inspect(job: Job, id: string): Promise<ContainerDetails> {
  const {context, options} = job
  return guarded(job, () =>
    persist(context.timing, {
      what: 'inspect the container',
      signal: options.signal,
      run: () => context.api.inspectContainer(id, options.signal),
    }),
  )
}

async function guarded<T>(job: Job, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw error instanceof CallFailure ? translated(job, error) : error
  }
}

export function translated(job: Job, failure: CallFailure, holder: {holder?: string} = {}): Error {
  const {context, request, network} = job
  return translate(failure, {
    endpoint: context.endpoint,
    decky: request.decky.name,
    ip: request.decky.ip,
    mac: request.decky.mac,
    image: context.image,
    interface: describeNetwork(network.details).interface,
    ...holder,
  })
}
