import type {Readable} from 'node:stream'

import type {StepListener} from '../engine.ts'
import {CallFailure, connectionFailure, safeText} from './call-failure.ts'
import type {DockerContext} from './context.ts'
import {LineSplitter} from './line-splitter.ts'
import {type Channel, Demultiplexer} from './multiplex.ts'
import {persist} from './retry.ts'

const BATCH = 500
const SHOWN_LINES = 5
const SHOWN_WIDTH = 300

/**
 * Moves everything a container's log still holds into the evidence store. A log that the engine cannot read any more
 * (its file is damaged or gone) is reported as a step and does not keep the container; an engine that does not answer,
 * and a store that cannot write, do.
 */
export async function drainEvidence(
  context: DockerContext,
  container: {readonly id: string; readonly name: string},
  onStep: StepListener,
  from: {readonly since?: string; readonly signal?: AbortSignal} = {},
): Promise<void> {
  await readable(context, container, onStep, from.signal, () => drainOnce(context, container.id, from))
}

/** Undefined for a log that the engine cannot read, which is reported. */
export async function readable<T>(
  context: DockerContext,
  container: {readonly name: string},
  onStep: StepListener,
  signal: AbortSignal | undefined,
  run: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await persist(context.timing, {what: 'read the evidence', signal, run})
  } catch (error) {
    if (!(error instanceof CallFailure) || error.outcome !== 'refused') throw error
    if (error.status !== 404) onStep(`the evidence of ${container.name} cannot be read: ${error.text}`)
    return undefined
  }
}

async function drainOnce(
  context: DockerContext,
  id: string,
  {since, signal: abort}: {readonly since?: string; readonly signal?: AbortSignal},
): Promise<void> {
  let batch: string[] = []
  const deadline = AbortSignal.timeout(context.timing.drain)
  const signal = abort === undefined ? deadline : AbortSignal.any([deadline, abort])
  const stream = await context.api.readLog(id, {follow: false, ...(since !== undefined && {since})}, signal)
  for await (const lines of logBatches(stream, ['stdout'])) {
    batch.push(...lines.map(({line}) => line).filter(isEvidence))
    if (batch.length < BATCH) continue
    context.evidence.store(batch)
    batch = []
  }
  if (batch.length > 0) context.evidence.store(batch)
}

export interface LogLine {
  readonly channel: Channel
  readonly line: string
}

/** Complete lines of a log stream, of the channels asked for, as they come in. */
export async function* logBatches(stream: Readable, channels: readonly Channel[]): AsyncGenerator<readonly LogLine[]> {
  const splitters = {stdout: new LineSplitter(), stderr: new LineSplitter()}
  let ready: LogLine[] = []
  const demultiplexer = new Demultiplexer((channel, bytes) => {
    if (!channels.includes(channel)) return
    for (const line of splitters[channel].feed(bytes)) ready.push({channel, line})
  })
  try {
    for await (const chunk of stream) {
      demultiplexer.feed(Buffer.from(chunk))
      const lines = ready
      ready = []
      if (lines.length > 0) yield lines
    }
  } catch (error) {
    throw connectionFailure('read log', error)
  } finally {
    stream.destroy()
  }
}

/** What begins in the middle of a line after a rotation, and what a crash cut, is not JSON. */
export function isEvidence(line: string): boolean {
  if (!line.startsWith('{')) return false
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}

/** The end of a container's log for an error message: escaped, few, short. Empty where it cannot be had. */
export async function lastLines(context: DockerContext, id: string): Promise<string> {
  try {
    const signal = AbortSignal.timeout(context.timing.read)
    const stream = await context.api.readLog(id, {follow: false, tail: SHOWN_LINES}, signal)
    const shown: string[] = []
    for await (const lines of logBatches(stream, ['stdout', 'stderr'])) {
      shown.push(...lines.map(({line}) => safeText(line).slice(0, SHOWN_WIDTH)))
    }
    return shown.slice(-SHOWN_LINES).join('\n')
  } catch {
    return ''
  }
}
