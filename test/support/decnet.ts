import type {ChildProcess, SpawnOptions} from 'node:child_process'
import {existsSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {collect, type Outcome} from '../lab/process.ts'
import type {Lab} from './lab.ts'
import type {Site} from './site.ts'

const DIST = resolve(import.meta.dirname, '../../dist/commands')
const COMMAND_LIMIT_MS = 120_000

export interface DecnetOptions {
  /** Another state directory than the lab's own. */
  readonly stateDir?: string
  /** Added to, or with `undefined` taken from, what the command would see in the lab. */
  readonly env?: NodeJS.ProcessEnv
  /** Standard input; without it there is none. */
  readonly input?: string
  readonly cwd?: string
  /** Ends the command as Ctrl-C does. */
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

export interface DecnetOutcome extends Outcome {
  /** Standard output as JSON, if it is one document. */
  readonly json: unknown
}

/** A command that runs: signal `child`, and await `done` for how it ended. */
export interface RunningDecnet {
  readonly child: ChildProcess
  readonly done: Promise<DecnetOutcome>
}

/** What starts programs for an operator. */
export type Place = Pick<Site, 'spawn' | 'stateDir' | 'directory'>

/** Runs the built command line. A non-zero exit is an outcome, not an error. */
export function decnet(place: Place, args: readonly string[], options: DecnetOptions = {}): Promise<DecnetOutcome> {
  return spawnDecnet(place, args, options).done
}

/**
 * Starts the built command line. `child.pid` is the pid of decnet itself, so it can be killed.
 *
 * @throws Error when the command line is not built.
 */
export function spawnDecnet(place: Place, args: readonly string[], options: DecnetOptions = {}): RunningDecnet {
  if (!existsSync(DIST)) throw new Error(`${DIST} is missing: npm run build`)
  const spawnOptions: SpawnOptions = {
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: environment(place.stateDir, place.directory, options),
    ...(options.cwd !== undefined && {cwd: options.cwd}),
  }
  const child = place.spawn('decnet', args, spawnOptions)
  child.stdin?.on('error', () => {})
  child.stdin?.end(options.input)
  const interrupt = (): void => void child.kill('SIGINT')
  options.signal?.addEventListener('abort', interrupt, {once: true})
  const done = collect(child, `decnet ${args.join(' ')}`, options.timeoutMs ?? COMMAND_LIMIT_MS)
    .then((outcome) => ({...outcome, json: parsed(outcome.stdout)}))
    .finally(() => options.signal?.removeEventListener('abort', interrupt))
  return {child, done}
}

/** Runs a line of Bash inside a lab, for what only a shell does: pipes, redirections, limits. */
export function shell(lab: Lab, line: string, options: DecnetOptions = {}): Promise<Outcome> {
  const child = lab.spawn('bash', ['-c', line], {
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: environment(lab.layout.stateDir, lab.layout.directory, options),
  })
  child.stdin?.on('error', () => {})
  child.stdin?.end(options.input)
  return collect(child, line, options.timeoutMs ?? COMMAND_LIMIT_MS)
}

// What the test runner and npm put in the environment would be noticed by oclif and by colour detection.
const OF_A_SHELL = /^(PATH|LANG|LC_\w+|TERM|TZ|SHELL|USER|LOGNAME|DOCKER_\w+)$/

/** What an operator's shell has, with a home of the lab's own, so that nobody's settings or caches matter. */
export function environment(
  stateDir: string,
  directory: string,
  options: Pick<DecnetOptions, 'stateDir' | 'env'> = {},
): NodeJS.ProcessEnv {
  const hidden = Object.keys(process.env).filter((name) => !OF_A_SHELL.test(name))
  return {
    ...Object.fromEntries(hidden.map((name) => [name, undefined])),
    DECNET_STATE_DIR: options.stateDir ?? stateDir,
    HOME: join(directory, 'home'),
    ...options.env,
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
