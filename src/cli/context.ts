import {userInfo} from 'node:os'
import {join} from 'node:path'

import {CATALOG} from '../catalog/index.ts'
import {isLocalEndpoint} from '../engines/docker/endpoint.ts'
import {hostAddresses} from '../network/host-addresses.ts'
import {type Bus, NO_BUS} from '../operations/bus.ts'
import type {Deps, EngineRequest} from '../operations/deps.ts'
import type {ProgressListener} from '../operations/progress.ts'
import {thisMachine} from '../operations/surroundings.ts'
import {tracedEngine} from '../operations/tracer.ts'
import {resolveStateDir} from '../state/state-dir.ts'
import {type ProgressMode, progressListener} from './progress/index.ts'
import {makeTracer} from './tracing.ts'
import {makeStyle, type Style} from './views/style.ts'
import {sanitizeLines} from './views/text.ts'
import {columnsOf} from './views/width.ts'

/** The global flags that decide how a command works. */
export interface ContextFlags {
  readonly progress: ProgressMode
  readonly quiet: boolean
  readonly color: boolean
  readonly 'state-dir'?: string | undefined
}

export interface CommandContext {
  readonly deps: Deps
  /** For standard output. */
  readonly style: Style
  /** For standard error. */
  readonly errorStyle: Style
  /** Columns of standard output; unlimited where it is no terminal. */
  readonly width: number
  readonly progress: ProgressListener
  /** Ends the progress display; call it before anything else is printed. */
  readonly endProgress: () => Promise<void>
}

/**
 * The composition root: the only place that knows which modules implement the operations' dependencies. What is heavy
 * to load (SQLite, the Docker client) is loaded when it is first used.
 */
export async function loadDeps(stateDir: string, env: NodeJS.ProcessEnv, version: string): Promise<Deps> {
  const {Store} = await import('../state/store.ts')
  const {EvidenceStore} = await import('../events/evidence-store.ts')
  const tracer = await makeTracer(env, version)
  return {
    catalog: CATALOG,
    stateDir,
    user: userInfo().username,
    now: () => new Date(),
    hostAddresses,
    detectNetwork: async () => (await import('../network/detect.ts')).detectNetwork(),
    openState: () => Store.open(stateDir, {mode: 'write'}),
    readState: () => Store.open(stateDir, {mode: 'read'}),
    openEvidence: () => EvidenceStore.open(stateDir),
    createEngine: async (request) => tracedEngine(await createEngine(request, stateDir, env), tracer),
    tracer,
    bus: await makeBus(env.DECNET_BUS_URL),
    surroundings: {
      ...thisMachine(),
      engineIsLocal: isLocalEndpoint(env.DOCKER_HOST),
      engineFacts: async (signal) => {
        const {dockerFacts} = await import('../engines/docker/facts.ts')
        return dockerFacts({host: env.DOCKER_HOST, certPath: env.DOCKER_CERT_PATH}, signal)
      },
    },
  }
}

/** Where the embedded engine keeps what it needs, and its evidence. */
export function embeddedDirectory(stateDir: string): string {
  return join(stateDir, 'embedded')
}

async function createEngine(request: EngineRequest, stateDir: string, env: NodeJS.ProcessEnv) {
  if (request.name === 'embedded') {
    const {createEmbeddedEngine} = await import('../engines/embedded/index.ts')
    const {install, evidence, portOffset} = request
    return createEmbeddedEngine({install, evidence, portOffset, directory: embeddedDirectory(stateDir)})
  }
  const [{createDockerEngine}, {OS_PROFILES}] = await Promise.all([
    import('../engines/docker/index.ts'),
    import('../catalog/os-profiles.ts'),
  ])
  return createDockerEngine({
    ...request,
    host: env.DOCKER_HOST,
    certPath: env.DOCKER_CERT_PATH,
    osProfiles: OS_PROFILES,
  })
}

async function makeBus(url: string | undefined): Promise<Bus> {
  if (url === undefined || url === '') return NO_BUS
  const {NatsBus} = await import('../events/nats-bus.ts')
  const onFailure = (message: string): void => {
    process.stderr.write(`warning: nothing is published, DECNET_BUS_URL cannot be used: ${sanitizeLines(message)}\n`)
  }
  return new NatsBus(url, {onFailure})
}

/** What commands that run on a terminal or in a pipe have in common. */
export async function makeContext(options: {
  readonly flags: ContextFlags
  readonly json: boolean
  /** Of this program. */
  readonly version: string
  readonly signal: AbortSignal
}): Promise<CommandContext> {
  const {flags, json, version} = options
  const {env} = process
  const stateDir = resolveStateDir({flag: flags['state-dir'], env, uid: process.getuid?.(), cwd: process.cwd()})
  const deps = await loadDeps(stateDir, env, version)
  const style = makeStyle({isTTY: process.stdout.isTTY === true && !json, noColorFlag: !flags.color, env})
  const errorStyle = makeStyle({isTTY: process.stderr.isTTY === true, noColorFlag: !flags.color, env})
  const mode = flags.quiet ? 'quiet' : flags.progress
  const {listener, end} = await progressListener(mode, {stream: process.stderr, style: errorStyle, env})
  return {
    deps,
    style,
    errorStyle,
    width: columnsOf(process.stdout),
    progress: listener,
    endProgress: end,
  }
}
