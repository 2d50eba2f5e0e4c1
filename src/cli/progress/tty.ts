import {DefaultRenderer, Listr, ListrLogger, type ListrTaskWrapper, ProcessOutput, type SimpleRenderer} from 'listr2'

import type {Plan} from '../../fleet/plan.ts'
import type {ProgressEvent} from '../../operations/progress.ts'
import {duration, sanitize, truncate} from '../views/text.ts'

import type {ProgressSink, ProgressTarget} from './index.ts'
import {plainLine} from './plain.ts'
import {labelsOf, wordsOf} from './words.ts'

/** listr2 looks at standard output to decide whether it may draw; we draw on standard error and have looked already. */
class StderrRenderer extends DefaultRenderer {
  static override nonTTY = true
}

type Task = ListrTaskWrapper<unknown, typeof StderrRenderer, typeof SimpleRenderer>

/** Lines that are left for the prompt and for what comes after. */
const SPARE_LINES = 4
const TICK_MS = 250
/** What is left of a line for the step and the time, however long the name of a decky is. */
const SPARE_COLUMNS = 30
/** As everywhere else in decnet; `✗` comes with a word, so neither is said by colour alone. */
const ICONS = {COMPLETED: '✓', FAILED: '✗'} as const

/**
 * A live line for each operation with its current step and time; where there are more of them than the terminal has
 * lines, one line that counts. listr2 only draws: it runs nothing, and has no say in signals.
 */
export function ttyProgress(target: ProgressTarget): ProgressSink {
  let board: Board | undefined
  return {
    listener: (event) => {
      if (event.type === 'plan') {
        const room = (target.stream.rows ?? 24) - SPARE_LINES
        if (event.plan.operations.length > 0) board = new Board(event.plan, room, target)
      } else if (board !== undefined && event.type !== 'notice' && event.type !== 'waiting-for-lock') {
        board.on(event)
      } else {
        const line = plainLine(event, target.style)
        if (line !== undefined) target.stream.write(`${line}\n`)
      }
    },
    end: async () => board?.end(),
  }
}

/** One line of the board. */
class Line {
  readonly #title: string
  #task: Task | undefined
  #step = 'queued'
  #startedAt: number | undefined
  #endedAt: number | undefined
  /** Settled by our own events, which may come before listr2 has called `run`. */
  readonly #end = Promise.withResolvers<Error | undefined>()

  constructor(title: string) {
    this.#title = title
  }

  /** listr2 calls this once. */
  async run(task: Task): Promise<void> {
    this.#task = task
    this.tick()
    const error = await this.#end.promise
    if (error !== undefined) throw error
  }

  start(step: string): void {
    this.#startedAt ??= performance.now()
    this.step(step)
  }

  step(step: string): void {
    this.#step = step
    this.tick()
  }

  tick(): void {
    if (this.#task === undefined) return
    const end = this.#endedAt ?? performance.now()
    const elapsed = this.#startedAt === undefined ? '' : `  ${duration(end - this.#startedAt)}`
    this.#task.title = `${this.#title}  ${this.#step}${elapsed}`
  }

  /** Only the first end counts. */
  finish(step: string, error: string | null): void {
    if (this.#endedAt !== undefined) return
    this.#endedAt = performance.now()
    this.step(step)
    this.#end.resolve(error === null ? undefined : new Error(error))
  }
}

class Board {
  readonly #lines = new Map<string, Line>()
  /** How many operations of an address are still to come: a decky may be removed and created again. */
  readonly #left = new Map<string, number>()
  readonly #total: Line | undefined
  readonly #count: number
  readonly #done: Promise<unknown>
  readonly #timer: NodeJS.Timeout
  readonly #target: ProgressTarget
  #finished = 0
  #failed = 0

  constructor(plan: Plan, room: number, target: ProgressTarget) {
    this.#target = target
    this.#count = plan.operations.length
    for (const {address} of plan.operations) this.#left.set(address, (this.#left.get(address) ?? 0) + 1)
    const labels = labelsOf(plan)
    if (labels.size <= room) {
      const longest = Math.max(...[...labels.values()].map((label) => label.length))
      const width = Math.min(longest, Math.max(SPARE_COLUMNS, (target.stream.columns ?? 80) - SPARE_COLUMNS))
      for (const [address, label] of labels) this.#lines.set(address, new Line(truncate(label, width).padEnd(width)))
    } else {
      this.#total = new Line('fleet')
      this.#total.start(this.#counts())
    }
    const lines = this.#total === undefined ? [...this.#lines.values()] : [this.#total]
    this.#done = this.#draw(lines)
    this.#timer = setInterval(() => {
      for (const line of lines) line.tick()
    }, TICK_MS).unref()
  }

  on(event: ProgressEvent): void {
    if (event.type === 'operation.finished') this.#finish(event)
    else if (event.type === 'operation.started') this.#lines.get(event.address)?.start(wordsOf(event.action).doing)
    else if (event.type === 'operation.step') this.#lines.get(event.address)?.step(sanitize(event.step))
  }

  /** Lines of operations that never came to an end are released, so that listr2 lets go of the terminal. */
  async end(): Promise<void> {
    clearInterval(this.#timer)
    for (const line of this.#lines.values()) line.finish('not done', 'not done')
    this.#total?.finish(this.#counts(), null)
    await this.#done
  }

  #finish(event: ProgressEvent & {type: 'operation.finished'}): void {
    this.#finished++
    if (event.result !== 'ok') this.#failed++
    const fine = event.result === 'ok'
    const word = fine ? wordsOf(event.action).done : `${event.result}: ${sanitize(event.error ?? '')}`
    const left = (this.#left.get(event.address) ?? 1) - 1
    this.#left.set(event.address, left)
    const line = this.#lines.get(event.address)
    if (fine && left > 0) line?.step(word)
    else line?.finish(word, fine ? null : word)
    this.#total?.step(this.#counts())
  }

  #counts(): string {
    return `${this.#finished} of ${this.#count} done${this.#failed === 0 ? '' : `, ${this.#failed} of them failed`}`
  }

  #draw(lines: readonly Line[]): Promise<unknown> {
    const {stream, style} = this.#target
    const list = new Listr(
      lines.map((line) => ({title: ' ', task: (_context: unknown, task: Task) => line.run(task)})),
      {
        renderer: StderrRenderer,
        concurrent: true,
        exitOnError: false,
        registerSignalListeners: false,
        rendererOptions: {
          formatOutput: 'truncate',
          showErrorMessage: false,
          collapseErrors: false,
          icon: ICONS,
          // listr2 heeds NO_COLOR, and knows nothing of --no-color.
          color: {
            COMPLETED: (text = '') => style.good(text),
            FAILED: (text = '') => style.bad(text),
            PENDING: (text = '') => style.warn(text),
          },
          logger: new ListrLogger({processOutput: new ProcessOutput(stream, stream)}),
        },
      },
    )
    return list.run()
  }
}
