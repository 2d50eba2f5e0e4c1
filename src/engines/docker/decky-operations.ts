/** The operations on one decky, out of the steps of `ensure.ts`, `stop.ts` and `custom-services.ts`. */
import {DecnetError} from '../../fleet/errors.ts'
import {type CallOptions, EngineError} from '../engine.ts'
import type {ContainerDetails} from './api-types.ts'
import {CallFailure} from './call-failure.ts'
import {removeBuilt, requireCustomImages} from './custom-image.ts'
import {ensureCustomServices} from './custom-services.ts'
import {
  bringUp,
  createAndBringUp,
  createFresh,
  discard,
  findWanted,
  isLeftover,
  isSilent,
  type Job,
  translated,
} from './ensure.ts'
import {listOwn, type OwnContainer} from './own-containers.ts'
import {retire, retireAll, stopContainer} from './stop.ts'

interface Present {
  readonly own: readonly OwnContainer[]
  readonly custom: readonly OwnContainer[]
}

async function present({context, request, options}: Job): Promise<Present> {
  const all = await listOwn(context, options.signal, request.decky.name)
  return {
    own: all.filter(({customService}) => customService === null),
    custom: all.filter(({customService}) => customService !== null),
  }
}

/** Adopts what fits, removes the rest of it, creates what is missing. */
export async function createDecky(job: Job): Promise<void> {
  await requireCustomImages(job)
  const {own, custom} = await present(job)
  const wanted = await findWanted(job, own)
  await retireAll(
    job.context,
    own.filter(({id}) => id !== wanted?.Id),
    job.options,
  )
  const container = wanted === null ? await createAndBringUp(job) : await adopt(job, wanted)
  await ensureCustomServices(job, container, custom)
}

async function adopt(job: Job, wanted: ContainerDetails): Promise<ContainerDetails> {
  try {
    return await bringUp(job, wanted.Id)
  } catch (error) {
    if (!isLeftover(error)) throw error
    await retire(job.context, {id: wanted.Id, name: wanted.Name.slice(1)}, job.options)
    return createAndBringUp(job)
  }
}

/**
 * The new container is created beside the old one, whose address it takes over between the old one's stop and its own
 * start. The old one goes only after the new one is ready, and comes back if that fails. A crash in between needs no
 * record: whatever has the wanted hash wins at the next run.
 */
export async function replaceDecky(job: Job): Promise<void> {
  await requireCustomImages(job)
  const {own, custom} = await present(job)
  const wanted = await findWanted(job, own)
  const old = own.filter(({id}) => id !== wanted?.Id)
  if (old.length === 0) return createDecky(job)
  const id = wanted?.Id ?? (await createFresh(job)).id
  // The container that stands in the way may be the replacement itself, adopted from a run that was cut off.
  const retiring = old.filter((container) => container.id !== id)
  job.options.onStep?.('stopping the previous container')
  const container = await takeOver(job, id, retiring, custom)
  await ensureCustomServices(job, container, custom)
  await retireAll(job.context, retiring, job.options)
  await removeBuilt(job.context, custom, job.request.decky.customServices)
}

async function takeOver(
  job: Job,
  id: string,
  retiring: readonly OwnContainer[],
  custom: readonly OwnContainer[],
): Promise<ContainerDetails> {
  const {context, options} = job
  const wasRunning = retiring.filter(({state}) => state === 'running' || state === 'paused' || state === 'restarting')
  const runningCustom = custom.filter(({state}) => state === 'running')
  try {
    for (const {id: stopping} of [...runningCustom, ...wasRunning])
      await stopContainer(context, stopping, options.signal)
    return await bringUp(job, id)
  } catch (error) {
    const reason = error instanceof CallFailure ? translated(job, error) : error
    if (isSilent(reason)) throw reason
    await discard(job, id)
    const problem = await comeBack(job, [...wasRunning, ...runningCustom])
    throw afterRollback(reason, wasRunning.length > 0, problem)
  }
}

/** Starts what was stopped, in time of its own: the operation's may have run out. Resolves with why it could not. */
async function comeBack(job: Job, stopped: readonly OwnContainer[]): Promise<string | null> {
  const {api, timing} = job.context
  const signal = AbortSignal.timeout(timing.rollback)
  job.options.onStep?.('rolling back')
  try {
    for (const {id} of stopped) {
      await api.setRestartPolicy(id, 'always', signal)
      await api.startContainer(id, signal)
    }
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function afterRollback(error: unknown, ranBefore: boolean, problem: string | null): unknown {
  if (!ranBefore || !(error instanceof EngineError || error instanceof DecnetError)) return error
  const outcome =
    problem === null
      ? 'rolled back: the previous container runs again'
      : `the previous container did not come back: ${problem}`
  const [first = '', ...tail] = error.message.split('\n')
  const message = [`${first} (${outcome})`, ...tail].join('\n')
  const options = {hint: error.hint, cause: error}
  return error instanceof EngineError
    ? new EngineError(error.fault, message, options)
    : new DecnetError(error.code, message, options)
}

/** Brings back what is there; a hung decky is stopped first. Makes it anew where nothing of its hash is left. */
export async function restartDecky(job: Job): Promise<void> {
  await requireCustomImages(job)
  const {own, custom} = await present(job)
  const wanted = await findWanted(job, own)
  if (wanted === null) return createDecky(job)
  await retireAll(
    job.context,
    own.filter(({id}) => id !== wanted.Id),
    job.options,
  )
  const hangs = wanted.State.Running && wanted.State.Paused !== true
  if (hangs) {
    job.options.onStep?.('stopping')
    await stopContainer(job.context, wanted.Id, job.options.signal)
  }
  const container = await bringUp(job, wanted.Id)
  await ensureCustomServices(job, container, custom)
}

/** Drains its evidence, then removes every container of it. */
export async function removeDecky(context: Job['context'], name: string, options: CallOptions): Promise<void> {
  const containers = await listOwn(context, options.signal, name)
  await retireAll(context, containers, options)
  await removeBuilt(context, containers, [])
}
