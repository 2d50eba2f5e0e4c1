/** What a deployment waits for at a custom service, where the fleet file says so. */
import type {CustomService, Health} from '../../fleet/spec.ts'
import {type CallOptions, EngineError} from '../engine.ts'
import type {DockerContext} from './context.ts'
import {pause} from './pause.ts'
import {boundPorts, outputOf} from './probe.ts'
import {troubleOf} from './readiness.ts'
import {findContainer} from './retry.ts'

/** The containers of a custom service and of its decky, by id. */
interface Pair {
  readonly custom: string
  readonly decky: string
}

/** Resolves once it is well. Rejects with why it cannot become so, or once the time for it ran out. */
export async function waitHealthy(
  context: DockerContext,
  service: CustomService,
  ids: Pair,
  options: CallOptions,
): Promise<void> {
  const {health} = service
  if (health === undefined) return
  options.onStep?.(`waiting for ${service.name}`)
  const what = `${service.name} is not well: ${describe(health)}`
  try {
    while (!(await isWell(context, health, ids, options.signal))) {
      const found = await findContainer(context.api, ids.custom, options.signal)
      const trouble = found === null ? 'its container disappeared' : troubleOf(found, 0)
      if (trouble !== null) throw new EngineError('not-ready', `${service.name} is not ready: ${trouble}`)
      await pause(context.timing.poll, what, options.signal)
    }
  } catch (error) {
    // The time ran out in the middle of a call: what was waited for says more than that the call was given up.
    if (options.signal.aborted) await pause(0, what, options.signal)
    throw error
  }
}

function describe(health: Health): string {
  if ('command' in health) return `"${health.command.join(' ')}" does not end with 0`
  return `nothing listens on ${health.port.port}/${health.port.protocol}`
}

/** Both looks are from inside: the network namespace is the decky's, and a command has the confinement of its container. */
async function isWell(context: DockerContext, health: Health, ids: Pair, signal: AbortSignal): Promise<boolean> {
  if ('command' in health) return (await exitCode(context, ids.custom, health.command, signal)) === 0
  const bound = await boundPorts(context, ids.decky, signal)
  return bound.some(({port, protocol}) => port === health.port.port && protocol === health.port.protocol)
}

async function exitCode(
  {api, timing}: DockerContext,
  id: string,
  command: readonly string[],
  signal: AbortSignal,
): Promise<number | null> {
  const exec = await api.createExec(id, command, signal)
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timing.exec)])
  await outputOf(await api.startExec(exec, deadline))
  return api.execExitCode(exec, signal)
}
