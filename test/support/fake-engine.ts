/** A Docker Engine over HTTP on a unix socket: for every fault that a real one shows only by accident. */
import {mkdtemp, rm} from 'node:fs/promises'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import type {ContainerSpec} from '../../src/engines/docker/api-types.ts'
import {ROUTES} from './fake-engine-routes.ts'
import {FakeEngineState, Refusal} from './fake-engine-state.ts'

export interface Fault {
  /** `POST /containers/[^/]+/start`, without the API version. */
  readonly on: RegExp
  /** How often; 1 where absent. */
  readonly times?: number
  /** Answers this instead; `then` carries the change out nevertheless. */
  readonly status?: number
  readonly text?: string
  /** Breaks the connection: before or after the change was carried out. */
  readonly reset?: 'before' | 'after'
  /** Never answers; `after`: having carried the change out. */
  readonly silence?: 'before' | 'after'
  /** What the body is instead of the answer: cut in the middle, no JSON, or without end. */
  readonly body?: 'truncated' | 'garbage' | 'endless'
  /** Done first, e.g. to make something vanish. */
  readonly first?: () => void
}

export interface Call {
  readonly method: string
  /** Without version and query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
}

export class FakeEngine {
  readonly state = new FakeEngineState()
  readonly calls: Call[] = []
  apiVersion = '1.41'
  minimumVersion = '1.12'
  info: Record<string, unknown> = {
    OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
    KernelVersion: '6.1.0-21-amd64',
    DockerRootDir: '/',
    SecurityOptions: ['name=seccomp,profile=default'],
  }
  arch = process.arch === 'x64' ? 'amd64' : process.arch
  /** What every call takes. */
  latencyMs = 0
  /** Requests at one time, without those that follow a log. */
  mostCallsInFlight = 0
  #inFlight = 0
  readonly #faults: (Fault & {left: number})[] = []
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  readonly #directory: string

  private constructor(directory: string) {
    this.#directory = directory
    this.#server = createServer((request, response) => void this.#serve(request, response))
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  static async start(): Promise<FakeEngine> {
    const engine = new FakeEngine(await mkdtemp(join(tmpdir(), 'fake-engine-')))
    await new Promise<void>((resolve) => engine.#server.listen(engine.socket, resolve))
    return engine
  }

  get socket(): string {
    return join(this.#directory, 'docker.sock')
  }

  get host(): string {
    return `unix://${this.socket}`
  }

  fail(fault: Fault): void {
    this.#faults.push({...fault, left: fault.times ?? 1})
  }

  /** `POST /containers/create`, in order, with ids shortened. */
  changes(): string[] {
    return this.calls
      .filter(({method}) => method !== 'GET')
      .map(({method, path}) => `${method} ${path.replace(/[0-9a-f]{64}/g, 'ID')}`)
  }

  count(pattern: RegExp): number {
    return this.calls.filter(({method, path}) => pattern.test(`${method} ${path}`)).length
  }

  async dispose(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
    await rm(this.#directory, {recursive: true, force: true})
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://engine')
    const path = decodeURIComponent(url.pathname.replace(/^\/v[\d.]+/, ''))
    const method = request.method ?? 'GET'
    const raw = await readAll(request)
    const call: Call = {method, path, query: url.searchParams, body: parse(raw)}
    this.calls.push(call)
    if (!/logs$|exec/.test(path)) this.#count(response)
    if (this.latencyMs > 0) await sleep(this.latencyMs)
    const fault = this.#faults.find(({on, left}) => left > 0 && on.test(`${method} ${path}`))
    if (fault !== undefined) fault.left--
    fault?.first?.()
    if (fault?.reset === 'before') return void request.socket.destroy()
    if (fault?.silence === 'before') return
    if (fault?.status !== undefined) return answer(response, fault.status, {message: fault.text ?? ''})
    this.#perform(call, request, response, fault)
  }

  #count(response: ServerResponse): void {
    this.mostCallsInFlight = Math.max(this.mostCallsInFlight, ++this.#inFlight)
    response.on('close', () => this.#inFlight--)
  }

  #perform(call: Call, request: IncomingMessage, response: ServerResponse, fault: Fault | undefined): void {
    const route = ROUTES.find(({method, path}) => method === call.method && path.test(call.path))
    try {
      if (route === undefined) throw new Refusal(404, 'page not found')
      const result = route.handle(this, call, route.path.exec(call.path)?.[1] ?? '')
      if (fault?.reset === 'after') return void request.socket.destroy()
      if (fault?.silence === 'after') return
      if (fault?.body !== undefined) spoil(response, fault.body, result.body)
      else if (result.stream !== undefined) result.stream(response)
      else answer(response, result.status, result.body)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      answer(response, error.status, {message: error.message})
    }
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status
  if (body === undefined) return void response.end()
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify(body))
}

function spoil(response: ServerResponse, how: 'truncated' | 'garbage' | 'endless', body: unknown): void {
  response.setHeader('Content-Type', 'application/json')
  if (how === 'garbage') return void response.end('<html>busy</html>')
  if (how === 'truncated') {
    const text = JSON.stringify(body ?? {})
    response.setHeader('Content-Length', text.length)
    response.write(text.slice(0, text.length / 2), () => response.destroy())
    return
  }
  const chunk = Buffer.alloc(1024 * 1024, 0x20)
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  }
  response.on('drain', more)
  more()
}

/** An image's archive is read and forgotten. */
const KEPT = 1024 * 1024

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request) {
      size += chunk.length
      if (size <= KEPT) chunks.push(Buffer.from(chunk))
    }
  } catch {
    // The client gave up while it sent.
  }
  return Buffer.concat(chunks)
}

function parse(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'))
  } catch {
    return raw
  }
}

/** A create call's body, where the call is one. */
export function specOf(call: Call | undefined): ContainerSpec {
  if (call === undefined) throw new Error('no such call')
  return call.body as ContainerSpec
}
