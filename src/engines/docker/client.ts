/** The one way calls reach a Docker Engine: bounded in number, time and size, and typed in failure. */
import {Agent as HttpAgent, type IncomingMessage} from 'node:http'
import {Agent as HttpsAgent} from 'node:https'
import type {Readable} from 'node:stream'
import {inspect} from 'node:util'
import type DockerModem from 'docker-modem'

import {EngineError} from '../engine.ts'
import {CallFailure, connectionFailure, safeText} from './call-failure.ts'
import type {Endpoint} from './endpoint.ts'
import {Slots} from './slots.ts'

export interface CallRequest {
  /** What it does, for messages: `start container`. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: object
  readonly upload?: Readable
  readonly deadlineMs: number
  /**
   * How long a change under way still gets after the signal: giving it up would not cancel it in the engine, only hide
   * its outcome.
   */
  readonly graceMs?: number
  /** Stops waiting for a slot, and a GET under way. */
  readonly signal?: AbortSignal | undefined
}

export interface Reply {
  readonly status: number
  /** Decoded JSON; null for an empty answer; text for anything that does not claim to be JSON. */
  readonly body: unknown
}

/** An inspect of a network with a thousand endpoints is 400 kB; more than this is no engine's answer. */
const BODY_LIMIT = 8 * 1024 * 1024
export const DEFAULT_PARALLEL = 4
/** Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED of the environment does not weaken it. */
const STRICT_TLS = {rejectUnauthorized: true, minVersion: 'TLSv1.2'} as const

/** docker-modem treats a status that is not listed as an error of its own wording; ours is made from the answer. */
const EVERY_STATUS: Readonly<Record<number, boolean>> = Object.fromEntries(
  Array.from({length: 600}, (_, status) => [status, true]),
)

export class EngineClient {
  readonly #modem: DockerModem
  readonly #slots: Slots
  readonly #agent: HttpAgent
  #closed = false

  constructor(modem: DockerModem, agent: HttpAgent, parallel: number) {
    this.#modem = modem
    this.#agent = agent
    this.#slots = new Slots(parallel)
  }

  /** One call with a bounded answer. 2xx and 304 resolve; everything else rejects with `CallFailure`. */
  async call(request: CallRequest): Promise<Reply> {
    const release = await this.#slots.take(request.signal).catch((reason: unknown) => {
      throw abandoned(request.name, reason)
    })
    const deadline = AbortSignal.timeout(request.deadlineMs)
    try {
      if (this.#closed) throw closedBefore(request)
      const response = await this.#dial(request, joined(request, deadline))
      return reply(request, response, await readBounded(response))
    } catch (error) {
      throw this.#closed ? closedBefore(request) : failure(request, deadline, error)
    } finally {
      release()
    }
  }

  /** An answer that is read as it comes. The deadline is for its first byte; the signal ends all of it. */
  async stream(request: CallRequest): Promise<IncomingMessage> {
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(new DOMException('no answer', 'TimeoutError')), request.deadlineMs)
    try {
      const response = await this.#dial(request, joined({...request, method: 'GET'}, deadline.signal))
      if (response.statusCode !== undefined && response.statusCode < 300) return response
      reply(request, response, await readBounded(response))
      throw new CallFailure(request.name, 'unknown', {text: `answered ${response.statusCode}`})
    } catch (error) {
      throw failure(request, deadline.signal, error)
    } finally {
      clearTimeout(timer)
    }
  }

  /** What is still under way fails, and for good: a retry would keep the process from ending. */
  close(): void {
    this.#closed = true
    this.#agent.destroy()
  }

  #dial(request: CallRequest, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      // docker-modem forgets its callback when an abort comes before the request is built.
      signal.addEventListener('abort', () => reject(signal.reason), {once: true})
      this.#modem.dial(
        {
          path: `${request.path}?`,
          method: request.method,
          isStream: true,
          statusCodes: EVERY_STATUS,
          abortSignal: signal,
          options: {_query: request.query ?? {}, _body: request.body ?? {}},
          ...(request.upload === undefined ? {} : {file: request.upload}),
        },
        (error, result) => {
          if (error === null) resolve(result as IncomingMessage)
          else reject(error)
        },
      )
    })
  }
}

/** Opens nothing yet. `parallel` bounds the calls in flight; streams do not count. */
export async function connect(endpoint: Endpoint, parallel = DEFAULT_PARALLEL): Promise<EngineClient> {
  const {default: Docker} = await import('dockerode')
  // A kept-alive socket that the engine closes under a request looks like a lost engine; a new one costs 0.2 ms.
  const agent =
    endpoint.kind === 'unix' ? new HttpAgent({keepAlive: false}) : new HttpsAgent({keepAlive: false, ...STRICT_TLS})
  // docker-modem formats the options of every call for a debug line, wanted or not, and the agent among them with all
  // its sockets: 100 ms of every decky's deployment.
  Object.defineProperty(agent, inspect.custom, {value: () => 'Agent'})
  const options =
    endpoint.kind === 'unix'
      ? {socketPath: endpoint.path, protocol: 'http' as const, agent}
      : {
          host: endpoint.host,
          port: endpoint.port,
          protocol: 'https' as const,
          ...endpoint.certificates,
          agent,
        }
  const docker = withoutDockerEnvironment(() => new Docker(options))
  return new EngineClient(docker.modem as DockerModem, agent, parallel)
}

/**
 * docker-modem reads DOCKER_HOST and friends itself and lets them win over what it was told, so that a deploy could
 * land on another engine than the one that was chosen.
 */
function withoutDockerEnvironment<T>(build: () => T): T {
  const hidden = Object.entries(process.env).filter(([name]) => name.startsWith('DOCKER_'))
  for (const [name] of hidden) delete process.env[name]
  try {
    return build()
  } finally {
    for (const [name, value] of hidden) process.env[name] = value
  }
}

function joined({method, signal, graceMs}: CallRequest, deadline: AbortSignal): AbortSignal {
  if (signal === undefined) return deadline
  return AbortSignal.any([deadline, method === 'GET' ? signal : delayed(signal, graceMs ?? 0)])
}

/** Aborts so much later than the other, for the other's reason. */
function delayed(signal: AbortSignal, milliseconds: number): AbortSignal {
  const later = new AbortController()
  const start = () => setTimeout(() => later.abort(signal.reason), milliseconds).unref()
  if (signal.aborted) start()
  else signal.addEventListener('abort', start, {once: true})
  return later.signal
}

async function readBounded(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > BODY_LIMIT) throw new Error(`the answer is longer than ${BODY_LIMIT} bytes`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function reply(request: CallRequest, response: IncomingMessage, text: string): Reply {
  const status = response.statusCode ?? 0
  const isJson = response.headers['content-type']?.startsWith('application/json') === true
  if (status >= 400 || status < 200) {
    throw new CallFailure(request.name, 'refused', {status, text: refusalText(text, status)})
  }
  if (text.trim() === '') return {status, body: null}
  return {status, body: isJson ? JSON.parse(text) : text}
}

function refusalText(text: string, status: number): string {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && 'message' in body) return safeText(String(body.message))
  } catch {
    // Proxies answer with HTML or plain text; its beginning says enough.
  }
  return safeText(text) || `answered with status ${status}`
}

function failure(request: CallRequest, deadline: AbortSignal, error: unknown): Error {
  if (error instanceof CallFailure) return error
  if (deadline.aborted) {
    const text = `no answer within ${request.deadlineMs / 1000} s`
    return new CallFailure(request.name, 'unknown', {text, code: 'DEADLINE', cause: error})
  }
  if (request.signal?.aborted === true) {
    if (request.method === 'GET') return abandoned(request.name, request.signal.reason)
    return new CallFailure(request.name, 'unknown', {
      text: 'no answer before the time ran out',
      code: 'DEADLINE',
      cause: error,
    })
  }
  if (error instanceof SyntaxError) {
    return new CallFailure(request.name, 'unknown', {text: 'the answer is not JSON', code: 'PROTOCOL', cause: error})
  }
  return connectionFailure(request.name, error)
}

function closedBefore({name}: CallRequest): EngineError {
  return new EngineError('unavailable', `${name}: the connection to the engine is closed`)
}

/** The error of waiting that the caller's signal ended: its reason where that is already one of ours. */
export function abandoned(what: string, reason: unknown): Error {
  if (reason instanceof EngineError || (reason instanceof Error && reason.name === 'DecnetError')) return reason
  const late = reason instanceof Error && reason.name === 'TimeoutError'
  return new EngineError('timeout', late ? `${what}: the time for this operation ran out` : `${what}: interrupted`, {
    cause: reason,
  })
}
