/** Waits until a decky's services listen and answer, as the decoy announces it on its evidence stream. */
import {setTimeout as sleep} from 'node:timers/promises'

import type {Decky} from '../../fleet/decky.ts'
import {type CallOptions, EngineError} from '../engine.ts'
import type {ContainerDetails} from './api-types.ts'
import {CallFailure, safeText} from './call-failure.ts'
import {abandoned} from './client.ts'
import type {DockerContext} from './context.ts'
import {lastLines, logBatches} from './evidence.ts'
import {probeContainer} from './probe.ts'

const NEVER = '0001-01-01T00:00:00Z'

/** A decky that will not become ready; the last lines of its log are added where it is caught. */
class NotReady extends Error {}

/** Which services of which start of the decoy have announced themselves. */
export class ReadinessTracker {
  readonly #expected: readonly string[]
  #boot: unknown
  #ready = new Set<string>()

  constructor(decky: Decky) {
    this.#expected = decky.services.flatMap(({name, ports}) => ports.map((port) => portKey(name, port)))
  }

  get missing(): string[] {
    return this.#expected.filter((key) => !this.#ready.has(key))
  }

  /** Throws NotReady when the line says that a service failed. */
  feed(line: string): void {
    const event = parseAnnouncement(line)
    if (event === null) return
    if (event.boot !== this.#boot) {
      this.#boot = event.boot
      this.#ready = new Set()
    }
    if (event.name === 'service.error') throw new NotReady(`${event.service}: ${event.message}`)
    if (!event.answering) throw new NotReady(`${event.key} listens but does not answer`)
    this.#ready.add(event.key)
  }
}

function portKey(service: string, port: {readonly port: unknown; readonly protocol: unknown}): string {
  return `${service} ${String(port.port)}/${String(port.protocol)}`
}

function parseAnnouncement(line: string) {
  // Attackers make most lines; only the two that matter are decoded.
  if (!line.includes('"service.ready"') && !line.includes('"service.error"')) return null
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  const {event, service, boot, data} = (value ?? {}) as Record<string, unknown>
  if (event !== 'service.ready' && event !== 'service.error') return null
  const facts = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>
  const name = safeText(String(service))
  return {
    name: event,
    service: name,
    boot,
    key: portKey(name, {port: facts.port, protocol: facts.protocol}),
    answering: facts.listening === true && facts.answering === true,
    message: safeText(String(facts.message ?? 'failed')),
  }
}

/**
 * After a start: follows the log since the container's last end, beside a look at its state, until everything is
 * ready. Holds no call slot while it waits. Rejects with `not-ready` and the container's last lines.
 */
export async function waitReady(
  context: DockerContext,
  decky: Decky,
  started: {readonly id: string; readonly since: string | null},
  options: CallOptions,
): Promise<void> {
  options.onStep?.(`waiting for ${decky.services.map(({name}) => name).join(', ') || 'its container'}`)
  const tracker = new ReadinessTracker(decky)
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  try {
    await Promise.race([follow(context, tracker, started, signal), watch(context, started.id, signal)])
  } catch (error) {
    throw await explain(context, decky, started.id, tracker.missing, {error, signal: options.signal})
  } finally {
    stop.abort()
  }
}

/** For a container that ran before this operation: its announcements may have been rotated away, so it is asked. */
export async function waitAnswering(
  context: DockerContext,
  decky: Decky,
  id: string,
  options: CallOptions,
): Promise<void> {
  options.onStep?.(`probing ${decky.services.map(({name}) => name).join(', ')}`)
  let missing: string[] = []
  try {
    do {
      const probe = await probeContainer(context, decky.name, id, options.signal)
      const answering = new Set(
        probe.services.filter(({state}) => state === 'answering').map((s) => portKey(s.name, s)),
      )
      missing = new ReadinessTracker(decky).missing.filter((key) => !answering.has(key))
    } while (missing.length > 0 && (await sleep(context.timing.poll, true, {signal: options.signal})))
  } catch (error) {
    throw await explain(context, decky, id, missing, {error, signal: options.signal})
  }
}

async function follow(
  context: DockerContext,
  tracker: ReadinessTracker,
  started: {readonly id: string; readonly since: string | null},
  signal: AbortSignal,
): Promise<void> {
  const since = started.since === null ? {} : {since: started.since}
  while (tracker.missing.length > 0) {
    try {
      const stream = await context.api.readLog(started.id, {follow: true, ...since}, signal)
      for await (const lines of logBatches(stream, ['stdout'])) {
        for (const {line} of lines) tracker.feed(line)
        if (tracker.missing.length === 0) return
      }
    } catch (error) {
      // Following stops at rotations and restarts of the engine: it is taken up again from where it began.
      if (!(error instanceof CallFailure) || signal.aborted) throw error
    }
    await sleep(context.timing.poll, undefined, {signal})
  }
}

/** Rejects once the container is not simply running any more. */
async function watch(context: DockerContext, id: string, signal: AbortSignal): Promise<never> {
  for (;;) {
    // Looks come second to the log: most deckies are ready before the first.
    await sleep(context.timing.watch, undefined, {signal})
    const container = await lookAgain(context, id, signal)
    // The engine counts restarts from each start anew.
    const trouble = container === null ? null : troubleOf(container, 0)
    if (trouble !== null) throw new NotReady(trouble)
  }
}

/** null: the engine did not answer; the next look may. */
async function lookAgain(context: DockerContext, id: string, signal: AbortSignal): Promise<ContainerDetails | null> {
  try {
    return await context.api.inspectContainer(id, signal)
  } catch (error) {
    if (error instanceof CallFailure && error.status === 404) throw new NotReady('its container disappeared')
    if (error instanceof CallFailure) return null
    throw error
  }
}

/** Why this container will not become ready, or null. */
export function troubleOf(container: ContainerDetails, restarts: number): string | null {
  const {State, RestartCount} = container
  if (State.OOMKilled) return 'it ran out of memory'
  if (RestartCount > restarts || State.Restarting) {
    const code = State.ExitCode === 0 ? '' : ` (exit code ${State.ExitCode})`
    return `its process ends again and again${code}`
  }
  if (State.Paused === true) return 'its container was paused'
  if (!State.Running)
    return `its process ended with exit code ${State.ExitCode}${State.Error && `: ${safeText(State.Error)}`}`
  return null
}

/** What the log is read from for the next start of this container; null: it never ran. */
export function lastEnd(container: ContainerDetails): string | null {
  const {FinishedAt} = container.State
  if (FinishedAt === undefined || FinishedAt === NEVER) return null
  const milliseconds = Date.parse(FinishedAt)
  return Number.isNaN(milliseconds) ? null : (milliseconds / 1000).toFixed(3)
}

async function explain(
  context: DockerContext,
  decky: Decky,
  id: string,
  missing: readonly string[],
  {error, signal}: {readonly error: unknown; readonly signal: AbortSignal},
): Promise<unknown> {
  const late = signal.aborted && signal.reason instanceof Error && signal.reason.name === 'TimeoutError'
  if (signal.aborted && !late) return abandoned(`wait for ${decky.name}`, signal.reason)
  if (!(error instanceof NotReady) && !late) return error
  const reason = error instanceof NotReady ? error.message : `${missing.join(', ') || 'it'} did not answer in time`
  const lines = await lastLines(context, id)
  const tail = lines === '' ? '' : `\nlast lines of its log:\n${lines}`
  return new EngineError('not-ready', `${decky.name} is not ready: ${reason}${tail}`, {cause: error})
}
