/** Routes and answers of applications. */
import type {Connection} from '../../../../service.ts'
import {formLogin, type NameAndPassword} from '../../login/credentials.ts'
import {type Field, formFields, urlencodedFields} from '../../login/fields.ts'
import {header, type RequestBody, type RequestHead} from '../../request/message.ts'
import type {HeaderList} from '../../response.ts'
import {decodePath, splitTarget} from '../../site/path.ts'
import type {Application, AppResponse} from '../product.ts'

/** A request as an application sees it. Text is latin1. */
export interface Asked {
  readonly head: RequestHead
  /** Decoded, without the query. */
  readonly path: string
  readonly query: string | null
  readonly body: RequestBody
  /** As the client names it, port included; the machine's address where it names none. */
  readonly host: string
  readonly connection: Connection
}

export type Answer = (asked: Asked) => AppResponse

export interface Route {
  /** Ends with `*`: everything below. */
  readonly path: string
  /** GET and HEAD where absent; the answer to other methods is that of the next route, or the last. */
  readonly methods?: readonly string[]
  readonly answer: Answer
}

const READING = ['GET', 'HEAD']

export class Pages implements Application {
  readonly #routes: readonly Route[]
  readonly #otherwise: Answer | null

  /** `otherwise`: for what no route matches; null: the server's own business. */
  constructor(routes: readonly Route[], otherwise: Answer | null) {
    this.#routes = routes
    this.#otherwise = otherwise
  }

  claims(head: RequestHead): boolean {
    return this.#otherwise !== null || this.#find(head) !== undefined
  }

  handle(head: RequestHead, body: RequestBody, connection: Connection): AppResponse {
    const {query, authority} = splitTarget(head.target)
    const host = authority ?? header(head.headers, 'host') ?? connection.local.ip
    const asked: Asked = {head, path: pathOf(head), query, body, host, connection}
    const answer = this.#find(head)?.answer ?? this.#otherwise
    return answer === null ? empty(404) : answer(asked)
  }

  #find(head: RequestHead): Route | undefined {
    const path = pathOf(head)
    return this.#routes.find((route) => (route.methods ?? READING).includes(head.method) && matches(route.path, path))
  }
}

function pathOf(head: RequestHead): string {
  const {path} = splitTarget(head.target)
  return decodePath(path) ?? path
}

const matches = (pattern: string, path: string): boolean =>
  pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern

export const fieldsOf = ({head, body}: Asked): Field[] =>
  formFields(header(head.headers, 'content-type') ?? '', body.captured)

export const loginOf = (asked: Asked): NameAndPassword | null => formLogin(fieldsOf(asked))

export const queryField = ({query}: Asked, name: string): string | undefined =>
  urlencodedFields(query ?? '').find((field) => field.name === name)?.value

export function cookieOf({head}: Asked, name: string): string | null {
  const pairs = (header(head.headers, 'cookie') ?? '').split(';', 64).map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null
}

export const answer = (status: number, headers: HeaderList, body: string | Buffer): AppResponse => ({
  status,
  headers,
  body: typeof body === 'string' ? Buffer.from(body, 'utf8') : body,
})

export const empty = (status: number, headers: HeaderList = []): AppResponse => answer(status, headers, '')

export const json = (status: number, value: unknown, headers: HeaderList = []): AppResponse =>
  answer(status, [['Content-Type', 'application/json'], ...headers], JSON.stringify(value))

/** What an attacker chose and a page repeats is bounded; line ends would make headers of it. */
export const echoed = (text: string): string => text.slice(0, 256).replace(/[\x00-\x1f\x7f]/g, '')

/** Who is signed in; the oldest is forgotten first. */
export class Sessions {
  readonly #users = new Map<string, string>()

  open(user: string, {connection}: Asked): string {
    const token = connection.random(16).toString('hex')
    const [oldest] = this.#users.keys()
    if (oldest !== undefined && this.#users.size >= SESSIONS_LIMIT) this.#users.delete(oldest)
    this.#users.set(token, user)
    return token
  }

  user(token: string | null): string | null {
    return token === null ? null : (this.#users.get(token) ?? null)
  }
}

const SESSIONS_LIMIT = 256
