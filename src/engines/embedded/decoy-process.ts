/** The one process of a directory: found, started, ended. Safe for commands that do so at the same time. */
import {type ChildProcess, spawn} from 'node:child_process'
import {closeSync, openSync, readFileSync, rmSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {readProcess} from '../../decoy/embedded/files.ts'
import {processIdentity} from '../../decoy/embedded/process-identity.ts'
import {
  EXIT_HELD,
  FILES,
  type OperationName,
  type Operations,
  type ProcessRecord,
} from '../../decoy/embedded/protocol.ts'
import {PathTooLong} from '../../decoy/embedded/socket-path.ts'
import {printable} from '../../decoy/sample.ts'
import {EngineError} from '../engine.ts'
import type {EmbeddedBundle} from './bundle.ts'
import {ControlFailure, call} from './control-client.ts'
import {prepareDirectory} from './directory.ts'
import {abandoned} from './failures.ts'
import type {Timing} from './timing.ts'

/** A log that is longer is begun anew with the next process. */
const MAX_LOG = 1024 * 1024
const SHOWN_LOG = 600

/** `silent`: it is there and does not answer. */
export type Found =
  | {readonly state: 'gone'}
  | {readonly state: 'silent'; readonly pid: number | null}
  | {readonly state: 'answers'; readonly self: ProcessRecord}

export class DecoyProcess {
  readonly #directory: string
  readonly #bundle: EmbeddedBundle
  readonly #timing: Timing
  #turn: Promise<unknown> = Promise.resolve()

  constructor(directory: string, bundle: EmbeddedBundle, timing: Timing) {
    this.#directory = directory
    this.#bundle = bundle
    this.#timing = timing
  }

  /** Reads only. */
  async find(signal: AbortSignal): Promise<Found> {
    const end = performance.now() + this.#timing.answer
    for (;;) {
      try {
        return {state: 'answers', self: await this.ask('hello', {}, signal)}
      } catch (error) {
        if (error instanceof Silence) return {state: 'silent', pid: this.#livingPid()}
        if (!(error instanceof ControlFailure)) throw error
      }
      const pid = this.#livingPid()
      if (pid === null) return {state: 'gone'}
      // It is on its way out, or has lost its socket: then nobody can ask it, but it is there and holds the ports.
      if (performance.now() > end) return {state: 'silent', pid}
      await this.#pause(signal)
    }
  }

  /** A request that is answered from memory: throws `Silence` where that takes too long. */
  async ask<K extends OperationName>(
    op: K,
    given: Operations[K]['given'],
    signal: AbortSignal,
  ): Promise<Operations[K]['reply']> {
    const deadline = AbortSignal.timeout(this.#timing.answer)
    try {
      return await call(this.#directory, op, given, AbortSignal.any([signal, deadline]))
    } catch (error) {
      if (signal.aborted) throw abandoned('ask the decoy process', signal.reason)
      throw deadline.aborted ? new Silence('the decoy process does not answer') : translated(error)
    }
  }

  /** A request that takes as long as it takes. */
  async order<K extends OperationName>(
    op: K,
    given: Operations[K]['given'],
    signal: AbortSignal,
  ): Promise<Operations[K]['reply']> {
    try {
      return await call(this.#directory, op, given, signal)
    } catch (error) {
      if (signal.aborted) throw abandoned(op, signal.reason)
      throw translated(error)
    }
  }

  /**
   * A process that answers, started where there is none. With `current` it runs the code of this version: one of another
   * version is ended first, and the new one takes over all its deckies with the first that it is told to play; what the
   * old one had recorded is in its files by then. With `revive` one that is stuck is ended and started again.
   */
  ensure(options: {readonly current: boolean; readonly revive: boolean; readonly signal: AbortSignal}): Promise<void> {
    return this.#inTurn(async () => {
      const found = await this.find(options.signal)
      if (found.state === 'answers') {
        if (!options.current || found.self.runtimeId === this.#bundle.runtimeId) return
        await this.#end(found.self.pid, options.signal)
      }
      if (found.state === 'silent') {
        if (!options.revive) throw silent(found.pid)
        await this.#end(found.pid, options.signal)
      }
      await this.#start(options.signal)
    })
  }

  /** Ends it, whatever state it is in. */
  end(signal: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      const found = await this.find(signal)
      if (found.state === 'answers') await this.#end(found.self.pid, signal)
      if (found.state === 'silent') await this.#end(found.pid, signal)
    })
  }

  /** The process that was written down, if it is still that very process. */
  #livingPid(): number | null {
    const record = readProcess(this.#directory)
    return record?.identity != null && processIdentity(record.pid) === record.identity ? record.pid : null
  }

  async #end(pid: number | null, signal: AbortSignal): Promise<void> {
    await this.ask('end', {}, signal).catch((error: unknown) => {
      if (signal.aborted) throw error
    })
    if (await this.#gone(this.#timing.end, signal)) return
    // Only what is proven to be ours gets a signal: a pid alone may be somebody else's by now.
    const living = this.#livingPid()
    if (living !== null) process.kill(living, 'SIGKILL')
    if (!(await this.#gone(this.#timing.kill, signal))) throw silent(living ?? pid)
  }

  async #gone(withinMs: number, signal: AbortSignal): Promise<boolean> {
    const end = performance.now() + withinMs
    for (;;) {
      if (this.#livingPid() === null && !(await this.#reachable(signal))) return true
      if (performance.now() > end) return false
      await this.#pause(signal)
    }
  }

  /** Whether somebody listens on the socket: the kernel's word, which a stopped process does not change. */
  async #reachable(signal: AbortSignal): Promise<boolean> {
    try {
      await call(this.#directory, 'hello', {}, AbortSignal.any([signal, AbortSignal.timeout(this.#timing.poll)]))
      return true
    } catch (error) {
      return !(error instanceof ControlFailure && error.kind === 'gone')
    }
  }

  async #start(signal: AbortSignal): Promise<void> {
    prepareDirectory(this.#directory)
    const child = this.#launch()
    const end = performance.now() + this.#timing.start
    let exit: number | null = null
    child.once('exit', (code, killed) => {
      exit = code ?? (killed === null ? 0 : -1)
    })
    child.once('error', () => {
      exit ??= -1
    })
    while (performance.now() < end) {
      if (await this.#listens(signal)) return
      // Somebody else's process was faster: it is the one that will answer.
      if (exit !== null && exit !== EXIT_HELD) throw this.#startFailure(exit)
      await this.#pause(signal)
    }
    if (exit === EXIT_HELD) throw silent(this.#livingPid())
    child.kill('SIGKILL')
    throw this.#startFailure(null)
  }

  async #listens(signal: AbortSignal): Promise<boolean> {
    try {
      await this.ask('hello', {}, signal)
      return true
    } catch (error) {
      if (error instanceof ControlFailure) return false
      throw error
    }
  }

  /** In a session of its own, so that neither the terminal nor its end reaches it, and with nothing of our environment. */
  #launch(): ChildProcess {
    const path = join(this.#directory, FILES.log)
    if ((statSync(path, {throwIfNoEntry: false})?.size ?? 0) > MAX_LOG) rmSync(path)
    const log = openSync(path, 'a', 0o600)
    try {
      const args = ['--no-addons', '--disable-warning=ExperimentalWarning', this.#bundle.path]
      const child = spawn(process.execPath, [...args, this.#directory, this.#bundle.runtimeId], {
        detached: true,
        cwd: '/',
        env: {},
        stdio: ['ignore', log, log],
      })
      child.unref()
      return child
    } finally {
      closeSync(log)
    }
  }

  #startFailure(exit: number | null): EngineError {
    const why = exit === null ? `did not answer within ${this.#timing.start / 1000} s` : `ended with exit code ${exit}`
    const path = join(this.#directory, FILES.log)
    const log = logTail(path)
    return new EngineError('not-ready', `the decoy process ${why}${log === '' ? '' : `: ${log}`}`, {
      hint: `what it said is in ${path}`,
    })
  }

  async #pause(signal: AbortSignal): Promise<void> {
    try {
      await sleep(this.#timing.poll, undefined, {signal})
    } catch {
      throw abandoned('wait for the decoy process', signal.reason)
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work)
    this.#turn = turn.catch(() => {})
    return turn
  }
}

/** The process is there and says nothing. */
export class Silence extends Error {}

function translated(error: unknown): unknown {
  if (error instanceof PathTooLong) {
    return new EngineError('refused', error.message, {hint: 'choose a shorter directory with --state-dir'})
  }
  if (error instanceof Error && 'code' in error && error.code === 'EACCES') {
    return new EngineError('permission', 'the decoy process belongs to another user', {
      hint: 'run the command as the user who deployed the fleet',
      cause: error,
    })
  }
  return error
}

export function silent(pid: number | null): EngineError {
  const which = pid === null ? '' : ` (pid ${pid})`
  return new EngineError('unavailable', `the decoy process${which} does not answer`, {
    hint: 'if it is stopped, continue it; "decnet reconcile" ends it and starts it again',
  })
}

function logTail(path: string): string {
  try {
    const text = readFileSync(path)
    return printable(text.subarray(-SHOWN_LOG)).replaceAll('\\x0a', ' ').trim()
  } catch {
    return ''
  }
}
