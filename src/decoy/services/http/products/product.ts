import type {ServiceEvent} from '../../../../events/event.ts'
import type {Action, Connection} from '../../../service.ts'
import type {Access} from '../auth/guard.ts'
import type {NameAndPassword} from '../login/credentials.ts'
import type {Dialect} from '../request/dialect.ts'
import type {Fault, RequestBody, RequestHead} from '../request/message.ts'
import type {HeaderList, Response, Tunnel} from '../response.ts'
import type {Site} from '../site/site.ts'

export const HTTP_PORT = 80
export const HTTPS_PORT = 443

/** What a product knows of the machine and of its own set-up. */
export interface ServerFacts {
  readonly version: string
  /** The name it gives itself where a client names none. */
  readonly name: string
  readonly port: number
  /** Behind TLS: its links begin with https. */
  readonly secure: boolean
  readonly site: Site
}

/** `http://host`, with the port where it is not the scheme's own. */
export function originOf(facts: Pick<ServerFacts, 'secure' | 'port'>, host: string, port = facts.port): string {
  return facts.secure
    ? `https://${host}${port === HTTPS_PORT ? '' : `:${port}`}`
    : `http://${host}${port === HTTP_PORT ? '' : `:${port}`}`
}

/** What a product knows of the moment. */
export interface Moment {
  readonly now: number
  readonly localIp: string
  /** Requests answered on this connection before this one. */
  readonly served: number
  /** What authentication makes of this request. */
  readonly access: Access
}

/** Pages made by a program; everything that it does not claim is the static site's. */
export interface Application {
  claims(head: RequestHead): boolean
  /** Takes the body as it comes, where more of it is wanted than what is kept of one. */
  receive?(head: RequestHead, connection: Connection): ((bytes: Buffer) => void) | null
  handle(head: RequestHead, body: RequestBody, connection: Connection): AppResponse
}

/** What an application behind the server answers; the server adds its own headers. */
export interface AppResponse {
  readonly status: number
  /** By default the server's own word for the status. */
  readonly reason?: string
  readonly headers: HeaderList
  readonly body: Buffer
  /** Made while it is sent: its length is not known beforehand. */
  readonly streamed?: true
  /** The connection ends with it. */
  readonly close?: true
  /** These headers and no others: what a program writes that has taken the connection from its server. */
  readonly bare?: true
  /** The type that the server finds in the body, where the application names none. */
  readonly detected?: string
  /** What follows it: see `Response`. */
  readonly rest?: readonly Action[]
  readonly tunnel?: Tunnel
  /** What was found in the request besides what is recorded of every one. */
  readonly events?: readonly ServiceEvent[]
  /** Whose the Authorization header is, where it is right and its scheme is none that `Verify` knows. */
  readonly authorized?: string
  /** Credentials that the application found where nobody else looks for them. */
  readonly attempt?: Attempt
}

export interface Attempt {
  readonly login: NameAndPassword
  readonly method: string
  readonly success: boolean
}

export interface Interruption {
  readonly cause: 'timeout' | 'eof'
  readonly stage: 'start' | 'headers' | 'body'
  /** Known once the body began. */
  readonly head: RequestHead | null
  readonly body: RequestBody
}

/** One web server product, as bytes tell it from others. */
export interface Product {
  readonly dialect: Dialect
  /** Sent before the body is read, where the client waits for it (RFC 9110 §10.1.1). */
  continues(head: RequestHead): boolean
  /** Answers without waiting for the body: it is refused, or the client waits in vain for `100 Continue`. */
  hastens(head: RequestHead): boolean
  /** A static resource, or the refusal of the request. */
  answer(head: RequestHead, body: RequestBody, moment: Moment): Response
  /** What could not be read as a request. */
  refuse(fault: Fault, moment: Moment): Response
  /** What an application answered. */
  deliver(head: RequestHead, app: AppResponse, moment: Moment): Response
  /** The peer went silent or hung up in the middle of a request; null: the connection is closed without a word. */
  interrupted(cause: Interruption, moment: Moment): Response | null
  /** Plain HTTP came to a port with TLS; absent: the connection is closed without a word. */
  insecure?(moment: Moment): Response | null
}
