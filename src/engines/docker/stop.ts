/** Ending containers: with their evidence taken first, and looked at until they are gone. */
import type {StepListener} from '../engine.ts'
import {CallFailure} from './call-failure.ts'
import type {DockerContext} from './context.ts'
import {drainCustomLog} from './custom-log.ts'
import {kindOf} from './errors.ts'
import {drainEvidence} from './evidence.ts'
import type {OwnContainer} from './own-containers.ts'
import {pause} from './pause.ts'
import {findContainer, persist} from './retry.ts'

/** 20 looks of 250 ms. */
const REMOVAL_LOOKS = 20

interface Target {
  readonly id: string
  readonly name: string
}

/** Stops for good: without the policy, a restart of the daemon would bring it back. */
export async function stopContainer(
  context: DockerContext,
  id: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await withoutRestart(context, id, signal)
  try {
    await persist(context.timing, {
      what: 'stop the container',
      signal,
      run: () => context.api.stopContainer(id, signal).then(() => true),
      look: async (hurry) => (await findContainer(context.api, id, hurry))?.State.Running !== true || null,
    })
  } catch (error) {
    if (!(error instanceof CallFailure) || !isGoing(error)) throw error
  }
}

async function withoutRestart(context: DockerContext, id: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await persist(context.timing, {
      what: 'set the restart policy',
      signal,
      run: () => context.api.setRestartPolicy(id, 'no', signal),
    })
  } catch (error) {
    // A dead or vanishing container has no policy to change.
    if (!(error instanceof CallFailure) || error.outcome !== 'refused') throw error
  }
}

function isGoing(error: CallFailure): boolean {
  return error.status === 404 || kindOf(error) === 'removing'
}

/** Stops it, drains its evidence, removes it. */
export async function retire(
  context: DockerContext,
  container: Target & Partial<Pick<OwnContainer, 'decky' | 'customService'>>,
  options: {readonly signal?: AbortSignal | undefined; readonly onStep?: StepListener | undefined},
): Promise<void> {
  const onStep = options.onStep ?? (() => {})
  await stopContainer(context, container.id, options.signal)
  onStep('collecting evidence')
  const {customService = null, decky} = container
  if (customService === null || decky === undefined) await drainEvidence(context, container, onStep)
  else await drainCustomLog(context, {...container, decky, customService}, onStep)
  onStep('removing')
  await removeContainer(context, container, options.signal)
}

/** The custom services first: they live in the network namespace of the decky's own container. */
export async function retireAll(
  context: DockerContext,
  containers: readonly OwnContainer[],
  options: {readonly signal?: AbortSignal | undefined; readonly onStep?: StepListener | undefined},
): Promise<void> {
  for (const custom of containers.filter(({customService}) => customService !== null)) {
    await retire(context, custom, options)
  }
  for (const own of containers.filter(({customService}) => customService === null)) await retire(context, own, options)
}

/** Gone already is success; a removal under way is waited for. */
export async function removeContainer(
  context: DockerContext,
  container: Target,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await persist(context.timing, {
      what: 'remove the container',
      signal,
      run: () => context.api.removeContainer(container.id, signal).then(() => true),
      look: async (hurry) => (await findContainer(context.api, container.id, hurry)) === null || null,
    })
  } catch (error) {
    if (!(error instanceof CallFailure) || !isGoing(error)) throw error
    if (error.status !== 404) await untilGone(context, container, error)
  }
}

async function untilGone(context: DockerContext, container: Target, error: CallFailure): Promise<void> {
  for (let look = 0; look < REMOVAL_LOOKS; look++) {
    if ((await findContainer(context.api, container.id, undefined)) === null) return
    await pause(context.timing.poll, 'wait for the removal', undefined)
  }
  throw error
}
