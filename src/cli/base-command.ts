import {Command, Errors} from '@oclif/core'

import {DecnetError} from '../fleet/errors.ts'

import type {CommandContext, ContextFlags} from './context.ts'
import type {ExitCode} from './exit-codes.ts'
import {errorDocument, failureOf} from './failure.ts'
import {globalFlags} from './flags.ts'
import type {CommandOutcome} from './mutate.ts'
import {failureText} from './views/failure.ts'
import {makeStyle} from './views/style.ts'
import {columnsOf} from './views/width.ts'

/** What every command has: signals, one way to fail, and JSON on standard output that is complete or an error. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true
  static override baseFlags = globalFlags
  /** What it can end with besides `COMMON_EXITS`: help and documentation say so, and tests hold it to that. */
  static exits: readonly ExitCode[] = []

  readonly #abort = new AbortController()
  #written: Promise<void> = Promise.resolve()
  #context: CommandContext | null = null

  /** Aborted by the first SIGINT, SIGTERM or SIGHUP; its reason is the DecnetError to end with. */
  protected get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** The dependencies and views of this run. */
  protected async makeContext(flags: ContextFlags): Promise<CommandContext> {
    // Loaded here and not above: help and `validate` need none of what it brings.
    const {makeContext} = await import('./context.ts')
    const {version} = this.config
    const context = await makeContext({flags, json: this.jsonEnabled(), version, signal: this.signal})
    this.#context = context
    return context
  }

  protected override async init(): Promise<void> {
    await super.init()
    for (const signal of SIGNALS) process.on(signal, this.#onSignal)
  }

  // oclif gives up on a pipe that stalls for 10 s and cuts the document at 64 KiB: wait for the write instead.
  protected override async _run<T>(): Promise<T> {
    const result = await super._run<T>()
    await this.#written
    return result
  }

  protected override logJson(json: unknown): void {
    // A command that writes its JSON line by line has no document at its end.
    if (json === undefined) return
    this.#written = new Promise((resolve) => void process.stdout.write(`${JSON.stringify(json)}\n`, () => resolve()))
  }

  /** Writes human text to standard output; with --json only the document goes there. */
  protected print(text: string): void {
    if (!this.jsonEnabled()) process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** Ends a command that has an outcome: prints it, sets the exit code, and returns what --json writes. */
  protected conclude({text, document, exitCode}: CommandOutcome): object {
    this.print(text)
    process.exitCode = exitCode
    return document
  }

  /** oclif's own handler would print its whole configuration as JSON: every failure is shown here instead. */
  protected override async catch(error: Error): Promise<unknown> {
    if (error instanceof Errors.ExitError) throw error
    // Else oclif warns of a command that does not parse, where it is the parsing that failed.
    this.parsed = true
    const failure = failureOf(error)
    if (failure.code === 'INTERNAL') this.debug(error)
    if (this.jsonEnabled()) {
      this.logJson(errorDocument(failure))
    } else {
      const style = makeStyle({
        isTTY: process.stderr.isTTY === true,
        noColorFlag: this.argv.includes('--no-color'),
        env: process.env,
      })
      process.stderr.write(`${failureText(failure, style, columnsOf(process.stderr))}\n`)
    }
    process.exitCode = failure.exit
    return undefined
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    const deps = this.#context?.deps
    await Promise.all([deps?.bus.close(), deps?.tracer.close()])
    for (const signal of SIGNALS) process.off(signal, this.#onSignal)
    await super.finally(error)
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const code = signal === 'SIGINT' ? 'INTERRUPTED' : 'TERMINATED'
    // The second signal means: now. What is under way is found and closed by the next command.
    if (this.#abort.signal.aborted) process.exit(code === 'INTERRUPTED' ? 130 : 143)
    this.#abort.abort(new DecnetError(code, `stopped by ${signal}`, {hint: 'run the same command again to resume'}))
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
