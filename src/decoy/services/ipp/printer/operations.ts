/** What a printer does when it is asked to (RFC 8011 §4). */

import {booleanOf, type IppRequest, integerOf, textOf, textsOf} from '../wire/request-reader.ts'
import {type IppResponse, refusal} from '../wire/response.ts'
import {GROUP, OPERATION, STATUS} from '../wire/tags.ts'
import {type Attribute, charset} from '../wire/values.ts'
import {description, jobTemplate, type PrinterFacts} from './attributes.ts'
import {type JobPlace, jobAttributes, jobReceipt} from './jobs.ts'
import {mediaDatabase} from './media.ts'
import {isFinished, type PrintJob, type Queue} from './queue.ts'

export interface IppPrinter {
  readonly facts: PrinterFacts
  readonly queue: Queue
  /** Whether the path of a printer's URI is this printer's. */
  owns(path: string): boolean
  /** What the product answers to operations of its own; null: it is none of them. */
  extra(call: Call): IppResponse | null
}

export interface Call {
  readonly request: IppRequest
  readonly printer: IppPrinter
  readonly now: number
  /** Octets of the document. */
  readonly size: number
}

const DEFAULT_JOB_ATTRIBUTES: ReadonlySet<string> = new Set(['job-uri', 'job-id'])
const NAME_LENGTH = 255

type Handler = (call: Call) => IppResponse

const ok = (tag: number, ...lists: readonly (readonly Attribute[])[]): IppResponse => ({
  status: STATUS.OK,
  groups: lists.map((attributes) => ({tag, attributes})),
})

/** Answers a request that is well formed. */
export function perform(call: Call): IppResponse {
  const {request, printer} = call
  const fault = faultOf(request)
  if (fault !== null) return fault
  const extra = printer.extra(call)
  if (extra !== null) return extra
  const handler = printer.facts.operations.includes(request.operation) ? HANDLERS.get(request.operation) : undefined
  if (handler === undefined) return refusal(STATUS.OPERATION_NOT_SUPPORTED, 'server-error-operation-not-supported')
  return misplaced(call) ?? handler(call)
}

/** RFC 8011 §4.1.4, §4.1.8: what every request must begin with. */
function faultOf(request: IppRequest): IppResponse | null {
  const {version, id, attributes} = request
  const [first, second] = attributes
  if (version.major < 1 || version.major > 2) {
    return refusal(STATUS.VERSION_NOT_SUPPORTED, 'server-error-version-not-supported')
  }
  const ordered =
    first?.group === GROUP.OPERATION &&
    first.name === 'attributes-charset' &&
    second?.group === GROUP.OPERATION &&
    second.name === 'attributes-natural-language'
  if (id < 1 || !ordered) return refusal(STATUS.BAD_REQUEST, 'client-error-bad-request')
  const named = textOf(request, 'attributes-charset')?.toLowerCase() ?? ''
  if (!['utf-8', 'us-ascii'].includes(named)) {
    return {
      ...refusal(STATUS.CHARSET_NOT_SUPPORTED, 'client-error-charset-not-supported'),
      groups: [{tag: GROUP.UNSUPPORTED, attributes: [charset('attributes-charset', named.slice(0, 63))]}],
    }
  }
  return null
}

const pathOf = (address: string): string => /^ipps?:\/\/[^/]*(\/[^?]*)?/i.exec(address)?.[1] ?? ''

/** The request is for another printer, or for none. */
function misplaced({request, printer}: Call): IppResponse | null {
  const printerUri = textOf(request, 'printer-uri')
  const job = textOf(request, 'job-uri')
  if (printerUri === null && job === null) return refusal(STATUS.BAD_REQUEST, 'client-error-bad-request')
  const path = pathOf(printerUri ?? job ?? '').replace(/\/\d+$/, '')
  return printer.owns(path) ? null : refusal(STATUS.NOT_FOUND, 'client-error-not-found')
}

const place = ({printer, now}: Call): JobPlace => ({
  printerUri: printer.facts.uris[0] ?? '',
  now,
  started: printer.facts.started(now),
})

const getPrinterAttributes: Handler = (call) => ok(GROUP.PRINTER, printerAttributes(call))

/** Those that were asked for; all where nothing was. */
export function printerAttributes({request, printer, now}: Call): Attribute[] {
  const {facts, queue} = printer
  const templates = jobTemplate(facts)
  const all = [...description(facts, {now, waiting: queue.waiting(now)}), ...templates]
  const wanted = new Set(textsOf(request, 'requested-attributes'))
  const database = wanted.has('media-col-database') ? [mediaDatabase()] : []
  if (wanted.size === 0 || wanted.has('all')) return [...all, ...database]
  const isTemplate = new Set(templates)
  const told = all.filter(
    (attribute) =>
      wanted.has(attribute.name) || wanted.has(isTemplate.has(attribute) ? 'job-template' : 'printer-description'),
  )
  return [...told, ...database]
}

/** Null: the job can be printed. */
function unprintable({request, printer}: Call): IppResponse | null {
  const format = textOf(request, 'document-format')
  const compression = textOf(request, 'compression')
  if (format !== null && !printer.facts.formats.includes(format.toLowerCase())) {
    return refusal(STATUS.FORMAT_NOT_SUPPORTED, 'client-error-document-format-not-supported')
  }
  if (compression !== null && compression !== 'none') {
    return refusal(STATUS.COMPRESSION_NOT_SUPPORTED, 'client-error-compression-not-supported')
  }
  return null
}

const utf8 = (latin1: string): string => Buffer.from(latin1.slice(0, NAME_LENGTH), 'latin1').toString('utf8')

function create(call: Call): PrintJob {
  const {request, printer, now} = call
  const user = textOf(request, 'requesting-user-name') ?? 'anonymous'
  return printer.queue.create(utf8(textOf(request, 'job-name') ?? 'Untitled'), utf8(user), now)
}

function submit(job: PrintJob, {size, now}: Call): void {
  job.size += size
  job.documents += size > 0 ? 1 : 0
  job.submittedAt = now
}

const printJob: Handler = (call) => {
  const refused = unprintable(call)
  if (refused !== null) return refused
  const job = create(call)
  submit(job, call)
  return ok(GROUP.JOB, jobReceipt(job, place(call)))
}

const validateJob: Handler = (call) => unprintable(call) ?? ok(GROUP.JOB)

const createJob: Handler = (call) => {
  const refused = unprintable(call)
  return refused ?? ok(GROUP.JOB, jobReceipt(create(call), place(call)))
}

/** The job that a request names, by URI or by number. */
function jobOf({request, printer}: Call): PrintJob | undefined {
  const [, digits] = /\/(\d{1,9})$/.exec(textOf(request, 'job-uri') ?? '') ?? []
  const id = digits === undefined ? integerOf(request, 'job-id') : Number(digits)
  return id === null ? undefined : printer.queue.find(id)
}

const withJob =
  (handle: (job: PrintJob, call: Call) => IppResponse): Handler =>
  (call) => {
    const job = jobOf(call)
    return job === undefined ? refusal(STATUS.NOT_FOUND, 'client-error-not-found') : handle(job, call)
  }

const sendDocument = withJob((job, call) => {
  if (job.submittedAt !== null || job.canceledAt !== null)
    return refusal(STATUS.NOT_POSSIBLE, 'client-error-not-possible')
  const refused = unprintable(call)
  if (refused !== null) return refused
  if (textOf(call.request, 'last-document') === null) return refusal(STATUS.BAD_REQUEST, 'client-error-bad-request')
  job.size += call.size
  job.documents += call.size > 0 ? 1 : 0
  if (booleanOf(call.request, 'last-document')) job.submittedAt = call.now
  return ok(GROUP.JOB, jobReceipt(job, place(call)))
})

const closeJob = withJob((job, call) => {
  job.submittedAt ??= call.now
  return ok(GROUP.JOB, jobReceipt(job, place(call)))
})

const cancelJob = withJob((job, {now}) => {
  if (isFinished(job, now)) return refusal(STATUS.NOT_POSSIBLE, 'client-error-not-possible')
  job.canceledAt = now
  return ok(GROUP.JOB)
})

const getJobAttributes = withJob((job, call) =>
  ok(GROUP.JOB, chosen(jobAttributes(job, place(call)), call.request, null)),
)

function chosen(all: readonly Attribute[], request: IppRequest, usual: ReadonlySet<string> | null): Attribute[] {
  const asked = new Set(textsOf(request, 'requested-attributes'))
  if (asked.size === 0) return all.filter(({name}) => usual?.has(name) !== false)
  if (asked.has('all') || asked.has('job-description')) return [...all]
  return all.filter(({name}) => asked.has(name))
}

const getJobs: Handler = (call) => {
  const {request, printer, now} = call
  const finished = textOf(request, 'which-jobs') === 'completed'
  const user = booleanOf(request, 'my-jobs') ? utf8(textOf(request, 'requesting-user-name') ?? '') : null
  const limit = Math.max(0, integerOf(request, 'limit') ?? Number.MAX_SAFE_INTEGER)
  const jobs = printer.queue.list(finished, now).filter((job) => user === null || job.user === user)
  const shown = jobs
    .slice(0, limit)
    .map((job) => chosen(jobAttributes(job, place(call)), request, DEFAULT_JOB_ATTRIBUTES))
  return ok(GROUP.JOB, ...shown)
}

const cancelMyJobs: Handler = ({request, printer, now}) => {
  const user = utf8(textOf(request, 'requesting-user-name') ?? '')
  for (const job of printer.queue.list(false, now)) if (job.user === user) job.canceledAt = now
  return ok(GROUP.JOB)
}

const HANDLERS: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [OPERATION.PRINT_JOB, printJob],
  [OPERATION.VALIDATE_JOB, validateJob],
  [OPERATION.CREATE_JOB, createJob],
  [OPERATION.SEND_DOCUMENT, sendDocument],
  [OPERATION.CLOSE_JOB, closeJob],
  [OPERATION.CANCEL_JOB, cancelJob],
  [OPERATION.CANCEL_MY_JOBS, cancelMyJobs],
  [OPERATION.GET_JOB_ATTRIBUTES, getJobAttributes],
  [OPERATION.GET_JOBS, getJobs],
  [OPERATION.GET_PRINTER_ATTRIBUTES, getPrinterAttributes],
  [OPERATION.IDENTIFY_PRINTER, () => ok(GROUP.OPERATION)],
])

export const COMMON_OPERATIONS: readonly number[] = [...HANDLERS.keys()].toSorted((left, right) => left - right)
