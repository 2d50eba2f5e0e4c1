/** IPP over HTTP (RFC 8010 §4): requests are posted, everything else is the product's pages. */
import type {ServiceEvent} from '../../../events/event.ts'
import {Intake, shown} from '../../printing/intake.ts'
import {sample} from '../../sample.ts'
import type {Connection} from '../../service.ts'
import type {Application, AppResponse} from '../http/products/product.ts'
import {header, type RequestBody, type RequestHead} from '../http/request/message.ts'
import type {HeaderList} from '../http/response.ts'
import {type IppPrinter, perform} from './printer/operations.ts'
import {type IppRequest, RequestReader, textOf} from './wire/request-reader.ts'
import {refusal, writeResponse} from './wire/response.ts'
import {OPERATION_NAMES, STATUS} from './wire/tags.ts'

const MEDIA_TYPE = 'application/ipp'

interface Reading {
  readonly reader: RequestReader
  readonly intake: Intake
  size: number
}

export class IppApplication implements Application {
  readonly #printer: IppPrinter
  readonly #pages: Application
  readonly #headers: HeaderList
  readonly #reading = new WeakMap<RequestHead, Reading>()

  /** @param headers what the product says with each response, besides its type. */
  constructor(printer: IppPrinter, pages: Application, headers: HeaderList) {
    this.#printer = printer
    this.#pages = pages
    this.#headers = headers
  }

  claims(head: RequestHead): boolean {
    return isIpp(head) || this.#pages.claims(head)
  }

  receive(head: RequestHead, connection: Connection): ((bytes: Buffer) => void) | null {
    if (!isIpp(head)) return null
    const intake = new Intake(connection.limits)
    const reading: Reading = {
      intake,
      size: 0,
      reader: new RequestReader((bytes) => {
        intake.append(bytes)
        reading.size += bytes.length
      }),
    }
    this.#reading.set(head, reading)
    return (bytes) => reading.reader.push(bytes)
  }

  handle(head: RequestHead, body: RequestBody, connection: Connection): AppResponse {
    if (!isIpp(head)) return this.#pages.handle(head, body, connection)
    const reading = this.#reading.get(head)
    const request = reading?.reader.request ?? null
    if (reading === undefined || request === null) return this.#malformed(reading, body, connection)
    const response = perform({request, printer: this.#printer, now: connection.now(), size: reading.size})
    const events = [requestEvent(request, response.status, connection), ...documentEvents(request, reading)]
    return this.#respond(writeResponse(request, response), events)
  }

  #malformed(reading: Reading | undefined, body: RequestBody, {limits}: Connection): AppResponse {
    const known = reading?.reader.head ?? {version: {major: 1, minor: 1}, id: 1}
    const input = sample(body.captured, Math.min(limits.sample, 1024))
    const answer = refusal(STATUS.BAD_REQUEST, 'client-error-bad-request')
    return this.#respond(writeResponse(known, answer), [{event: 'malformed', data: {reason: 'no IPP request', input}}])
  }

  #respond(body: Buffer, events: readonly ServiceEvent[]): AppResponse {
    return {status: 200, headers: [['Content-Type', MEDIA_TYPE], ...this.#headers], body, events}
  }
}

const isIpp = ({method, headers}: RequestHead): boolean =>
  method === 'POST' && (header(headers, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() === MEDIA_TYPE

function requestEvent(request: IppRequest, status: number, {limits}: Connection): ServiceEvent {
  const given = (name: string): string | null => {
    const text = textOf(request, name)
    return text === null ? null : shown(text)
  }
  const {version, operation, attributes} = request
  return {
    event: 'request',
    data: {
      operation: OPERATION_NAMES.get(operation) ?? `0x${operation.toString(16).padStart(4, '0')}`,
      version: `${version.major}.${version.minor}`,
      status: `0x${status.toString(16).padStart(4, '0')}`,
      printer: given('printer-uri'),
      job: given('job-name'),
      user: given('requesting-user-name'),
      format: given('document-format'),
      attributes: attributes.slice(0, 64).map(({name}) => shown(name, Math.min(64, limits.sample))),
    },
  }
}

/** A document is evidence whatever became of the job. */
function documentEvents(request: IppRequest, {intake, size}: Reading): ServiceEvent[] {
  if (size === 0) return []
  const name = textOf(request, 'job-name') ?? textOf(request, 'document-name') ?? ''
  const user = textOf(request, 'requesting-user-name') ?? ''
  const format = textOf(request, 'document-format')
  return intake.printed({name, user, language: null}, format === null ? {} : {format: shown(format)})
}
