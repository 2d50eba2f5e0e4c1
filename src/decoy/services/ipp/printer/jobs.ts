/** What is told of a job (RFC 8011 §5.3). */
import {type Attribute, enumeration, integer, keyword, nameText, noValue, text, uri} from '../wire/values.ts'
import {type PrintJob, viewOf} from './queue.ts'

export interface JobPlace {
  readonly printerUri: string
  readonly now: number
  /** What times count from. */
  readonly started: number
}

export const jobUri = (printerUri: string, id: number): string =>
  printerUri.includes('/printers/') ? `${printerUri.split('/printers/')[0]}/jobs/${id}` : `${printerUri}/${id}`

/** What an operation that makes a job answers. */
export function jobReceipt(job: PrintJob, {printerUri, now}: JobPlace): Attribute[] {
  const {state, reason} = viewOf(job, now)
  return [
    uri('job-uri', jobUri(printerUri, job.id)),
    integer('job-id', job.id),
    enumeration('job-state', state),
    keyword('job-state-reasons', reason),
    text('job-state-message', ''),
  ]
}

export function jobAttributes(job: PrintJob, place: JobPlace): Attribute[] {
  const {completedAt} = viewOf(job, place.now)
  const since = (at: number): number => Math.max(1, Math.floor((at - place.started) / 1000))
  return [
    ...jobReceipt(job, place),
    uri('job-printer-uri', place.printerUri),
    nameText('job-name', job.name),
    nameText('job-originating-user-name', job.user),
    integer('job-k-octets', Math.ceil(job.size / 1024)),
    integer('number-of-documents', job.documents),
    integer('time-at-creation', since(job.createdAt)),
    job.submittedAt === null ? noValue('time-at-processing') : integer('time-at-processing', since(job.submittedAt)),
    completedAt === null ? noValue('time-at-completed') : integer('time-at-completed', since(completedAt)),
    integer('job-printer-up-time', since(place.now)),
  ]
}
