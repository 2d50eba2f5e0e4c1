import {type ChildProcess, type SpawnOptions, spawn} from 'node:child_process'
import {setTimeout as pause} from 'node:timers/promises'

/** What a finished child process left behind. */
export interface Outcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface CaptureOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly input?: string | Buffer
  /** After this the child is killed and the call fails. Default one minute. */
  readonly timeoutMs?: number
}

/**
 * Collects what a child prints until it ends. A non-zero exit is an outcome, not an error.
 *
 * @throws Error when the child could not be started or did not end within `timeoutMs`.
 */
export function collect(child: ChildProcess, what: string, timeoutMs = 60_000): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${what} took longer than ${timeoutMs} ms\n${text(stderr).slice(-2000)}`))
    }, timeoutMs)
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(new Error(`${what}: ${error.message}`, {cause: error}))
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({code, signal, stdout: text(stdout), stderr: text(stderr)})
    })
  })
}

const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8')

/** Runs a command to its end. See {@link collect} for what counts as an error. */
export function capture(command: string, args: readonly string[], options: CaptureOptions = {}): Promise<Outcome> {
  const spawnOptions: SpawnOptions = {stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']}
  if (options.env !== undefined) spawnOptions.env = options.env
  if (options.cwd !== undefined) spawnOptions.cwd = options.cwd
  const child = spawn(command, args, spawnOptions)
  // A child that ends without reading its input is judged by its exit code, not by our EPIPE.
  child.stdin?.on('error', () => {})
  child.stdin?.end(options.input)
  return collect(child, [command, ...args].join(' '), options.timeoutMs)
}

/**
 * Runs a command that has to succeed and returns its standard output.
 *
 * @throws Error with what the command printed, when it ends with anything but 0.
 */
export async function must(command: string, args: readonly string[], options: CaptureOptions = {}): Promise<string> {
  const outcome = await capture(command, args, options)
  if (outcome.code !== 0) {
    const said = (outcome.stderr || outcome.stdout).trim().slice(-2000)
    throw new Error(`${[command, ...args].join(' ')} ended with ${outcome.code ?? outcome.signal}: ${said}`)
  }
  return outcome.stdout
}

export interface PollOptions {
  readonly timeoutMs: number
  readonly everyMs?: number
}

/**
 * Asks until the answer is neither `undefined` nor `false`.
 *
 * @throws Error that names `what` when the deadline passes first.
 */
export async function poll<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  {timeoutMs, everyMs = 50}: PollOptions,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await probe()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`)
    await pause(everyMs)
  }
}
