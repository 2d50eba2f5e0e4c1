/** An operator's own services: containers in the network namespace of the decky's container. */
import type {CustomService} from '../../fleet/spec.ts'
import {EngineError} from '../engine.ts'
import type {ContainerDetails} from './api-types.ts'
import {CallFailure} from './call-failure.ts'
import {customServiceSpec} from './container.ts'
import {waitHealthy} from './custom-health.ts'
import type {Job} from './ensure.ts'
import {translate} from './errors.ts'
import {lastLines} from './evidence.ts'
import {deviations} from './hardening.ts'
import {containerName} from './names.ts'
import type {OwnContainer} from './own-containers.ts'
import {pause} from './pause.ts'
import {troubleOf} from './readiness.ts'
import {findContainer, persist} from './retry.ts'
import {removeContainer, retire} from './stop.ts'

/** How many looks a custom service has to keep running for: nothing announces that it is ready. */
const STEADY_LOOKS = 4

/** Keeps those that run in this very start of the decky's container, and makes the others anew. */
export async function ensureCustomServices(
  job: Job,
  decky: ContainerDetails,
  present: readonly OwnContainer[],
): Promise<void> {
  const {context, request, options} = job
  const kept = new Set<string>()
  for (const service of request.decky.customServices) {
    const fitting = await findFitting(
      job,
      decky,
      present.filter(({customService}) => customService === service.name),
    )
    if (fitting !== null) kept.add(fitting)
  }
  for (const container of present) if (!kept.has(container.id)) await retire(context, container, options)
  const names = new Set(present.filter(({id}) => kept.has(id)).map(({customService}) => customService))
  for (const service of request.decky.customServices) {
    if (!names.has(service.name)) await createCustomService(job, decky, service)
  }
}

async function findFitting(
  {context, request, options}: Job,
  decky: ContainerDetails,
  candidates: readonly OwnContainer[],
): Promise<string | null> {
  for (const {id, configHash} of candidates) {
    if (configHash !== request.configHash) continue
    const container = await findContainer(context.api, id, options.signal)
    if (container?.State.Running && staleness(container, decky) === null) return id
  }
  return null
}

/** Why a custom service's container is not what it should be beside its decky's, or null. */
export function staleness(container: ContainerDetails, decky: ContainerDetails): string | null {
  if (container.HostConfig.NetworkMode !== `container:${decky.Id}`) return "is not in its decky's network namespace"
  // The namespace dies with each start of its owner, while the engine goes on saying that both run.
  if (Date.parse(container.State.StartedAt) < Date.parse(decky.State.StartedAt))
    return 'is in the network namespace of an earlier start'
  return deviations(container, true)[0] ?? null
}

async function createCustomService(job: Job, decky: ContainerDetails, service: CustomService): Promise<void> {
  const {context, request, options} = job
  const name = containerName(context.install, request, service.name)
  const spec = customServiceSpec(request, service, decky.Id, context.install)
  options.onStep?.(`starting ${service.name}`)
  try {
    const id = await persist(context.timing, {
      what: `create ${service.name}`,
      signal: options.signal,
      run: () => context.api.createContainer(name, spec, options.signal),
      look: async (hurry) => (await findContainer(context.api, name, hurry))?.Id ?? null,
    })
    await runSteadily(job, service, {id, name}, decky.Id)
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error
    throw translate(error, {endpoint: context.endpoint, decky: request.decky.name, image: service.image})
  }
}

async function runSteadily(
  job: Job,
  service: CustomService,
  container: {id: string; name: string},
  decky: string,
): Promise<void> {
  const {context, options} = job
  const {id} = container
  try {
    await persist(context.timing, {
      what: `start ${service.name}`,
      signal: options.signal,
      run: () => context.api.startContainer(id, options.signal).then(() => true),
      look: async (hurry) => (await findContainer(context.api, id, hurry))?.State.Running === true || null,
    })
    for (let look = 0; look < STEADY_LOOKS; look++) {
      await pause(context.timing.poll, `wait for ${service.name}`, options.signal)
      const found = await findContainer(context.api, id, options.signal)
      const trouble = found === null ? 'its container disappeared' : troubleOf(found, 0)
      if (trouble !== null) {
        throw new EngineError('not-ready', `${service.name} is not ready: ${trouble}`, {
          hint: `try "docker run --cap-drop ALL ${service.image}": custom services run without capabilities and cannot connect anywhere`,
        })
      }
    }
    await waitHealthy(context, service, {custom: id, decky}, options)
  } catch (error) {
    const explained = await explain(job, id, error)
    await removeContainer(context, container, undefined).catch(() => {})
    throw explained
  }
}

/** With what it printed, where it is the service itself that did not make it. */
async function explain({context, request, options}: Job, id: string, error: unknown): Promise<unknown> {
  const late = options.signal.reason instanceof Error && options.signal.reason.name === 'TimeoutError'
  if (!(error instanceof EngineError) || !(error.fault === 'not-ready' || late)) return error
  const lines = await lastLines(context, id)
  const tail = lines === '' ? '' : `\nlast lines of its log:\n${lines}`
  return new EngineError('not-ready', `${request.decky.name}: ${error.message}${tail}`, {
    hint: error.hint,
    cause: error,
  })
}
