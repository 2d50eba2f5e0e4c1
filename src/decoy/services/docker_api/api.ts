/** The Engine API: versions, routes, and what every answer has. */
import type {ServiceEvent} from '../../../events/event.ts'
import {Capturing} from '../../capture.ts'
import type {Connection} from '../../service.ts'
import type {Application, AppResponse} from '../http/products/product.ts'
import type {RequestBody, RequestHead} from '../http/request/message.ts'
import type {HeaderList} from '../http/response.ts'
import {decodePath, splitTarget} from '../http/site/path.ts'
import {type Call, engineHeaders, type Handler, json, nothing, type Route} from './call.ts'
import type {Engine} from './engine.ts'
import {RefusedError} from './engine-error.ts'
import {CONTAINER_ROUTES} from './routes/containers.ts'
import {EXEC_ROUTES} from './routes/exec.ts'
import {IMAGE_ROUTES} from './routes/images.ts'
import {NETWORK_ROUTES} from './routes/networks.ts'
import {PROCESS_ROUTES} from './routes/processes.ts'
import {SYSTEM_ROUTES} from './routes/system.ts'
import {TRANSFER_ROUTES} from './routes/transfers.ts'
import type {Runtime} from './runtime.ts'

const ROUTES: readonly Route[] = [
  ...SYSTEM_ROUTES,
  ...CONTAINER_ROUTES,
  ...PROCESS_ROUTES,
  ...EXEC_ROUTES,
  ...TRANSFER_ROUTES,
  ...IMAGE_ROUTES,
  ...NETWORK_ROUTES,
]
/** `docker cp` into a container. */
const UPLOAD = /\/containers\/[^/]+\/archive(?:\?|$)/
const NOT_FOUND = 'page not found'
/** From here on errors are JSON. */
const JSON_ERRORS = 24

export class DockerApi implements Application {
  readonly #engine: Engine
  readonly #runtime: Runtime
  readonly #plain: boolean
  readonly #record: (event: ServiceEvent) => void
  #upload: Capturing | null = null

  constructor(engine: Engine, runtime: Runtime, plain: boolean, record: (event: ServiceEvent) => void) {
    this.#engine = engine
    this.#runtime = runtime
    this.#plain = plain
    this.#record = record
  }

  claims(): boolean {
    return true
  }

  receive({method, target}: RequestHead, {limits}: Connection): ((bytes: Buffer) => void) | null {
    const upload = method === 'PUT' && UPLOAD.test(target) ? new Capturing(limits) : null
    this.#upload = upload
    return upload === null ? null : (bytes) => upload.append(bytes)
  }

  handle(head: RequestHead, body: RequestBody, connection: Connection): AppResponse {
    const {path, query, authority} = splitTarget(head.target)
    if (head.target === '*' && head.method === 'OPTIONS') {
      return {status: 200, headers: [['Content-Length', '0']], body: Buffer.alloc(0)}
    }
    const moved = movedTo(head, path, authority)
    if (moved !== null) return {status: 301, headers: [['Location', moved]], body: Buffer.alloc(0)}
    const [, version, below] = /^\/v([0-9.]+)(\/.*)$/.exec(path) ?? []
    const options = head.method === 'OPTIONS'
    const found = options ? {handler: () => nothing(200), parameters: []} : findRoute(head.method, below ?? path)
    if (found === null) return json(404, {message: NOT_FOUND})
    const call: Call = {
      engine: this.#engine,
      runtime: this.#runtime,
      head,
      body,
      upload: this.#upload,
      connection,
      parameters: found.parameters,
      query: new URLSearchParams(Buffer.from(query ?? '', 'latin1').toString('utf8')),
      api: minorOf(version ?? this.#engine.release.api),
      plain: this.#plain,
      record: this.#record,
    }
    return this.#versioned(call, version, found.handler)
  }

  #versioned(call: Call, version: string | undefined, handler: Handler): AppResponse {
    const refused = version === undefined ? null : this.#outdated(version)
    if (refused !== null) return this.#dressed(this.#refusal(call, refused), false)
    try {
      return this.#dressed(handler(call), true)
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      return this.#dressed(this.#refusal(call, error), true)
    }
  }

  #outdated(version: string): RefusedError | null {
    const {api, minApi} = this.#engine.release
    if (minorOf(version) < minorOf(minApi)) {
      return new RefusedError(
        400,
        `client version ${version} is too old. Minimum supported API version is ${minApi}, please upgrade your client to a newer version`,
      )
    }
    if (minorOf(version) <= minorOf(api)) return null
    return new RefusedError(400, `client version ${version} is too new. Maximum supported API version is ${api}`)
  }

  #refusal({api}: Call, {status, message}: RefusedError): AppResponse {
    if (api >= JSON_ERRORS || !this.#engine.release.old) return json(status, {message})
    const headers: HeaderList = [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['X-Content-Type-Options', 'nosniff'],
    ]
    return {status, headers, body: Buffer.from(`${message}\n`)}
  }

  /** `experimental` is said once the version is agreed upon. */
  #dressed(app: AppResponse, experimental: boolean): AppResponse {
    // A stream that takes the connection says what it wants to say by itself.
    if (app.bare === true) return app
    return {...app, headers: [...app.headers, ...engineHeaders(this.#engine, experimental)]}
  }
}

/** gorilla/mux leads to the clean form of a path; another host it takes for a path of its own. */
function movedTo(head: RequestHead, path: string, authority: string | null): string | null {
  if (head.target === '*') return '/%2A'
  if (head.method === 'CONNECT' && authority === null && !path.startsWith('/')) return `//${path}/`
  if (!path.includes('//') && !/\/\.{1,2}(?:\/|$)/.test(path)) return null
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') kept.pop()
    else if (part !== '' && part !== '.') kept.push(part)
  }
  return `/${kept.join('/')}${/\/\.{0,2}$/.test(path) && kept.length > 0 ? '/' : ''}`
}

function findRoute(method: string, path: string): {handler: Handler; parameters: string[]} | null {
  for (const route of ROUTES) {
    if (route.method !== method) continue
    const caught = route.path.exec(path)
    if (caught === null) continue
    const parameters = caught
      .slice(1)
      .map((part) => Buffer.from(decodePath(part ?? '') ?? '', 'latin1').toString('utf8'))
    return {handler: route.handler, parameters}
  }
  return null
}

function minorOf(version: string): number {
  const [major = '0', minor = '0'] = version.split('.')
  return (Number(major) - 1) * 1000 + Number(minor)
}
