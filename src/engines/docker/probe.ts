import type {Readable} from 'node:stream'

import type {Port} from '../../fleet/catalog.ts'
import {type DeckyProbe, EngineError, type ServiceProbe} from '../engine.ts'
import {CallFailure, connectionFailure, safeText} from './call-failure.ts'
import {NODE_PATH, PROBE_PATH} from './container.ts'
import type {DockerContext} from './context.ts'
import {Demultiplexer} from './multiplex.ts'
import {listOwn} from './own-containers.ts'

const OUTPUT_LIMIT = 64 * 1024

/** Looks inside the running containers of these deckies. Never rejects for one decky's sake. */
export async function probeDeckies(
  context: DockerContext,
  names: readonly string[],
  signal: AbortSignal,
): Promise<DeckyProbe[]> {
  const own = (await listOwn(context, signal)).filter(({customService}) => customService === null)
  return Promise.all(
    names.map(async (name) => {
      const running = own.findLast(({decky, state}) => decky === name && state === 'running')
      if (running === undefined) return unknown(name, 'its container does not run')
      return probeContainer(context, name, running.id, signal)
    }),
  )
}

/** Runs the probe inside one container. Rejects only when the signal ends it. */
export async function probeContainer(
  context: DockerContext,
  decky: string,
  id: string,
  signal: AbortSignal,
): Promise<DeckyProbe> {
  try {
    const exec = await context.api.createExec(id, [NODE_PATH, PROBE_PATH], signal)
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(context.timing.exec)])
    return parseReport(decky, await outputOf(await context.api.startExec(exec, deadline)))
  } catch (error) {
    if (signal.aborted) throw error
    if (error instanceof CallFailure) return unknown(decky, error.text)
    if (error instanceof EngineError || error instanceof SyntaxError) return unknown(decky, safeText(error.message))
    throw error
  }
}

/** What listens in the network namespace of a decky's container, whoever it belongs to. */
export async function boundPorts(context: DockerContext, id: string, signal: AbortSignal): Promise<Port[]> {
  const exec = await context.api.createExec(id, [NODE_PATH, PROBE_PATH], signal)
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(context.timing.exec)])
  const report = parsed(await outputOf(await context.api.startExec(exec, deadline)))
  const listed = Array.isArray(report.listening) ? report.listening : []
  return listed.flatMap((each) => {
    const {port, protocol} = record(each)
    return typeof port === 'number' && (protocol === 'tcp' || protocol === 'udp') ? [{port, protocol}] : []
  })
}

function parsed(text: string): Record<string, unknown> {
  try {
    return record(JSON.parse(text))
  } catch {
    // A command that was cut off, or a decoy that is not ours any more: the next look may tell.
    return {}
  }
}

/** What a command wrote to its standard output; bounded. */
export async function outputOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  const demultiplexer = new Demultiplexer((channel, bytes) => {
    if (channel === 'stdout' && size < OUTPUT_LIMIT) chunks.push(bytes)
    size += bytes.length
  })
  try {
    for await (const chunk of stream) {
      demultiplexer.feed(Buffer.from(chunk))
      if (size > OUTPUT_LIMIT) throw new SyntaxError(`the probe wrote more than ${OUTPUT_LIMIT} bytes`)
    }
  } catch (error) {
    throw error instanceof SyntaxError ? error : connectionFailure('run probe', error)
  } finally {
    stream.destroy()
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A taken-over decoy answers what it likes: every field is checked, and text is escaped. */
function parseReport(decky: string, text: string): DeckyProbe {
  const report = record(text.trim() === '' ? {error: 'the probe wrote nothing'} : JSON.parse(text))
  const address = record(Array.isArray(report.addresses) ? report.addresses[0] : null)
  const services = Array.isArray(report.services) ? report.services : []
  return {
    decky,
    ip: typeof address.ip === 'string' ? safeText(address.ip) : null,
    mac: typeof address.mac === 'string' ? safeText(address.mac) : null,
    services: services.flatMap((service) => parseService(record(service)) ?? []),
    error: typeof report.error === 'string' ? safeText(report.error) : null,
  }
}

function parseService({name, port, protocol, state}: Record<string, unknown>): ServiceProbe | null {
  if (typeof name !== 'string' || typeof port !== 'number') return null
  if (protocol !== 'tcp' && protocol !== 'udp') return null
  if (state !== 'answering' && state !== 'listening' && state !== 'down') return null
  return {name: safeText(name), port, protocol, state}
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function unknown(decky: string, error: string): DeckyProbe {
  return {decky, ip: null, mac: null, services: [], error}
}
