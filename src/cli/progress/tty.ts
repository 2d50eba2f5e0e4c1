import {DefaultRenderer, Listr, ListrLogger, type ListrTaskWrapper, ProcessOutput, type SimpleRenderer} from 'listr2'

import type {Plan} from '../../fleet/plan.ts'
import type {ProgressEvent} from '../../operations/progress.ts'
import {duration, sanitize} from '../views/text.ts'

import type {ProgressSink, ProgressTarget} from './index.ts'
import {plainLine} from './plain.ts'

/** listr2 looks at standard output to decide whether it may draw; we draw on standard error and have looked already. */
class StderrRenderer extends DefaultRenderer {
  static override nonTTY = true
}

type Task = ListrTaskWrapper<unknown, typeof StderrRenderer, typeof SimpleRenderer>

/** Lines that are left for the prompt and for what comes after. */
const SPARE_LINES = 4
const TICK_MS = 250

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
  #settle: {resolve: () => void; reject: (error: Error) => void} | undefined

  constructor(title: string) {
    this.#title = title
  }

  /** listr2 calls this once; the promise it gets is settled by our own events. */
  run(task: Task): Promise<void> {
    this.#task = task
    this.tick()
    return new Promise((resolve, reject) => {
      this.#settle = {resolve, reject}
    })
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
    if (error === null) this.#settle?.resolve()
    else this.#settle?.reject(new Error(error))
    this.#settle = undefined
  }
}

class Board {
  readonly #lines = new Map<string, Line>()
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
    const addresses = [...new Set(plan.operations.map(({address}) => address))]
    if (addresses.length <= room) {
      const width = Math.max(...addresses.map((address) => address.length))
      for (const address of addresses) this.#lines.set(address, new Line(sanitize(address).padEnd(width)))
    } else {
      this.#total = new Line('fleet')
      this.#total.start(`0/${this.#count}`)
    }
    const lines = this.#total === undefined ? [...this.#lines.values()] : [this.#total]
    this.#done = this.#draw(lines)
    this.#timer = setInterval(() => {
      for (const line of lines) line.tick()
    }, TICK_MS).unref()
  }

  on(event: ProgressEvent): void {
    if (event.type === 'operation.finished') this.#finish(event)
    else if (event.type === 'operation.started') this.#lines.get(event.address)?.start(event.action)
    else if (event.type === 'operation.step') this.#lines.get(event.address)?.step(sanitize(event.step))
  }

  /** Lines of operations that never came to an end are released, so that listr2 lets go of the terminal. */
  async end(): Promise<void> {
    clearInterval(this.#timer)
    for (const line of this.#lines.values()) line.finish('', null)
    this.#total?.finish(this.#counts(), null)
    await this.#done
  }

  #finish(event: ProgressEvent & {type: 'operation.finished'}): void {
    this.#finished++
    if (event.result !== 'ok') this.#failed++
    const word = event.result === 'ok' ? 'ok' : `${event.result}: ${sanitize(event.error ?? '')}`
    // A decky that is removed and created again has two operations on one line: the first one's end is not the line's.
    const interim = event.action === 'decky.remove' && event.result === 'ok'
    const line = this.#lines.get(event.address)
    if (interim) line?.step('removed')
    else line?.finish(word, event.result === 'ok' ? null : word)
    this.#total?.step(this.#counts())
  }

  #counts(): string {
    return `${this.#finished}/${this.#count}${this.#failed === 0 ? '' : `, ${this.#failed} failed`}`
  }

  #draw(lines: readonly Line[]): Promise<unknown> {
    const {stream} = this.#target
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
          logger: new ListrLogger({processOutput: new ProcessOutput(stream, stream)}),
        },
      },
    )
    return list.run()
  }
}
