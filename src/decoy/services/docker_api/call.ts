/** One request as a handler sees it, and the answers that handlers give. */
import type {ServiceEvent} from '../../../events/event.ts'
import type {Capturing} from '../../capture.ts'
import {printable, sample} from '../../sample.ts'
import type {Connection} from '../../service.ts'
import type {AppResponse} from '../http/products/product.ts'
import {atLeast, header, type RequestBody, type RequestHead} from '../http/request/message.ts'
import type {HeaderList} from '../http/response.ts'
import type {Engine} from './engine.ts'
import {RefusedError} from './engine-error.ts'
import type {ProcessHost} from './process.ts'
import type {Runtime} from './runtime.ts'
import {type Json, object} from './state.ts'

export interface Call {
  readonly engine: Engine
  readonly runtime: Runtime
  readonly head: RequestHead
  readonly body: RequestBody
  /** The body, where it is a file. */
  readonly upload: Capturing | null
  readonly connection: Connection
  /** What the route's pattern caught. */
  readonly parameters: readonly string[]
  readonly query: URLSearchParams
  /** The minor version of the API that the client speaks: 41 of 1.41. */
  readonly api: number
  /** Without TLS. */
  readonly plain: boolean
  /** Records what comes of the request later, as long as the connection lasts. */
  readonly record: (event: ServiceEvent) => void
}

export type Handler = (call: Call) => AppResponse

export interface Route {
  readonly method: string
  /** Below the version. */
  readonly path: RegExp
  readonly handler: Handler
}

export const JSON_TYPE = ['Content-Type', 'application/json'] as const

/** Docker's encoder ends every document with a line feed. */
export const json = (status: number, value: unknown, headers: HeaderList = []): AppResponse => ({
  status,
  headers: [JSON_TYPE, ...headers],
  body: Buffer.from(`${JSON.stringify(value)}\n`),
})

export const nothing = (status: number): AppResponse => ({status, headers: [], body: Buffer.alloc(0)})

export const parameter = ({parameters}: Call, at = 0): string => parameters[at] ?? ''

export const flag = ({query}: Call, name: string): boolean =>
  !['', '0', 'no', 'false', 'none'].includes((query.get(name) ?? '').trim().toLowerCase())

/** The chunked coding is of HTTP/1.1. */
export const isCoded = ({head}: Call): boolean => atLeast(head.version, 1, 1)

/** The document of a request. @throws RefusedError in the words of the release. */
export function jsonBody(call: Call): Json {
  const {head, body, engine} = call
  const {old} = engine.release
  const type = (header(head.headers, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (body.size > 0 && type !== 'application/json') {
    throw new RefusedError(
      400,
      old || type !== ''
        ? `Content-Type specified (${type}) must be 'application/json'`
        : 'malformed Content-Type header (): mime: no media type',
    )
  }
  if (body.size === 0)
    throw old ? new RefusedError(500, 'EOF') : new RefusedError(400, 'invalid JSON: got EOF while reading request body')
  try {
    return object(JSON.parse(body.captured.toString('utf8')))
  } catch {
    const problem = problemOf(body.captured)
    throw old ? new RefusedError(500, problem) : new RefusedError(400, `invalid JSON: ${problem}`)
  }
}

/** The same where there need not be one. */
export const optionalBody = (call: Call): Json => (call.body.size === 0 ? {} : jsonBody(call))

/** As `encoding/json` says it of the usual case, a wrong first character. */
function problemOf(bytes: Buffer): string {
  const first = bytes.toString('utf8').trimStart()[0] ?? ''
  return '{["tfn-0123456789'.includes(first)
    ? 'unexpected EOF'
    : `invalid character '${first}' looking for beginning of value`
}

/** `filters` of a list: names with the values that are wanted. @throws RefusedError */
export function filtersOf({query, engine}: Call, known: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const {old} = engine.release
  const sent = query.get('filters') ?? ''
  if (sent === '') return new Map()
  let parsed: Json
  try {
    parsed = object(JSON.parse(sent))
  } catch {
    const problem = old ? problemOf(Buffer.from(sent)) : 'invalid filter'
    throw new RefusedError(old ? 500 : 400, problem)
  }
  return new Map(
    Object.entries(parsed).map(([name, values]) => {
      if (!known.includes(name)) throw new RefusedError(400, `${old ? 'Invalid' : 'invalid'} filter '${name}'`)
      return [name, Array.isArray(values) ? values.map(String) : Object.keys(object(values))]
    }),
  )
}

/** What an intruder makes the Engine do. */
export function deed(call: Call, action: string, facts: Readonly<Record<string, unknown>>): ServiceEvent {
  const {limits} = call.connection
  const shown = Object.entries(facts).map(([key, value]) => [key, safe(value, limits.sample)])
  return {event: 'command', data: {action, ...Object.fromEntries(shown)}}
}

const LIST_LIMIT = 32

function safe(value: unknown, limit: number): unknown {
  if (typeof value === 'string') return sample(value, limit)
  if (Array.isArray(value)) return value.slice(0, LIST_LIMIT).map((item) => safe(item, Math.min(limit, 1024)))
  return value
}

export const shown = (text: string): string => printable(Buffer.from(text, 'utf8').subarray(0, 256))

/** Where a process that this request starts belongs. */
export function processHost({engine, connection, record}: Call): ProcessHost {
  const {peer, local, limits, now} = connection
  return {persona: engine.persona, peer, local, limits, now, record}
}

/** What the Engine says of itself in every answer. */
export const engineHeaders = ({release}: Engine, experimental = true): HeaderList => [
  ['Api-Version', release.api],
  ...(experimental ? [['Docker-Experimental', 'false'] as const] : []),
  ['Ostype', 'linux'],
  ['Server', `Docker/${release.version} (linux)`],
]
