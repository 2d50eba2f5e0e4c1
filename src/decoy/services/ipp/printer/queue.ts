/** The jobs of a printer, as its operations see them. What was printed is kept as evidence, not here. */

/** RFC 8011 §5.3.7. */
export const JOB_STATE = {PENDING: 3, PROCESSING: 5, CANCELED: 7, ABORTED: 8, COMPLETED: 9} as const

/** What a printer remembers of finished jobs. */
const MAX_JOBS = 64
/** How long a job is in the works: warming up, then as many octets a second as paper leaves it. */
const WARM_UP_MS = 3000
const OCTETS_PER_MS = 200

export interface PrintJob {
  readonly id: number
  readonly name: string
  readonly user: string
  readonly createdAt: number
  /** When the last document came; null: more are to come. */
  submittedAt: number | null
  canceledAt: number | null
  size: number
  documents: number
}

export interface JobView {
  readonly state: number
  readonly reason: string
  readonly completedAt: number | null
}

export class Queue {
  readonly #jobs = new Map<number, PrintJob>()
  #next: number

  constructor(first: number) {
    this.#next = first
  }

  create(name: string, user: string, now: number): PrintJob {
    const job: PrintJob = {
      id: this.#next++,
      name,
      user,
      createdAt: now,
      submittedAt: null,
      canceledAt: null,
      size: 0,
      documents: 0,
    }
    this.#jobs.set(job.id, job)
    if (this.#jobs.size > MAX_JOBS) for (const oldest of [...this.#jobs.keys()].slice(0, 1)) this.#jobs.delete(oldest)
    return job
  }

  find(id: number): PrintJob | undefined {
    return this.#jobs.get(id)
  }

  /** The newest first where they are finished, else in the order of their turn. */
  list(finished: boolean, now: number): PrintJob[] {
    const jobs = [...this.#jobs.values()].filter((job) => isFinished(job, now) === finished)
    return finished ? jobs.reverse() : jobs
  }

  /** Jobs that are not finished. */
  waiting(now: number): number {
    return this.list(false, now).length
  }
}

export function viewOf(job: PrintJob, now: number): JobView {
  if (job.canceledAt !== null) {
    return {state: JOB_STATE.CANCELED, reason: 'job-canceled-by-user', completedAt: job.canceledAt}
  }
  if (job.submittedAt === null) return {state: JOB_STATE.PENDING, reason: 'job-incoming', completedAt: null}
  const done = job.submittedAt + WARM_UP_MS + Math.ceil(job.size / OCTETS_PER_MS)
  if (now < done) return {state: JOB_STATE.PROCESSING, reason: 'job-printing', completedAt: null}
  return {state: JOB_STATE.COMPLETED, reason: 'job-completed-successfully', completedAt: done}
}

export const isFinished = (job: PrintJob, now: number): boolean => viewOf(job, now).state >= JOB_STATE.CANCELED
