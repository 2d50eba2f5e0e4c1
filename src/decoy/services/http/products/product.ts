import type {Dialect} from '../request/dialect.ts'
import type {Fault, RequestBody, RequestHead} from '../request/message.ts'
import type {HeaderList, Response} from '../response.ts'
import type {Site} from '../site/site.ts'

/** What a product knows of the machine and of its own set-up. */
export interface ServerFacts {
  readonly version: string
  /** The name it gives itself where a client names none. */
  readonly name: string
  readonly port: number
  readonly site: Site
  /** Basic authentication on everything. */
  readonly realm: string | null
}

/** What a product knows of the moment. */
export interface Moment {
  readonly now: number
  readonly localIp: string
  /** Requests answered on this connection before this one. */
  readonly served: number
  /** Whether the credentials of this request are good. */
  readonly authorized: boolean
}

/** What an application behind the server answers; the server adds its own headers. */
export interface AppResponse {
  readonly status: number
  readonly reason: string
  readonly headers: HeaderList
  readonly body: Buffer
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
}
