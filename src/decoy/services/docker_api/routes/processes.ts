/** What makes a container run and stop, and what it says meanwhile. */
import type {Initiative, ProtocolSession} from '../../../service.ts'
import {hardwareOf} from '../../../shell/machine.ts'
import type {AppResponse} from '../../http/products/product.ts'
import {headerTokens} from '../../http/request/message.ts'
import {type Call, deed, flag, isCoded, JSON_TYPE, json, nothing, parameter, processHost, type Route} from '../call.ts'
import {RefusedError} from '../engine-error.ts'
import {waited} from '../runtime.ts'
import {type Container, type Json, type LogRecord, timestamp} from '../state.ts'
import {commandLine} from '../status.ts'
import {Attachment, type AttachOptions, frame, Promised} from '../streams.ts'

const RAW = 'application/vnd.docker.raw-stream'
const MULTIPLEXED = 'application/vnd.docker.multiplexed-stream'
/** From here on framed streams have a type of their own. */
const NAMED_FRAMES = 42

export const isUpgrade = ({head}: Call): boolean => headerTokens(head.headers, 'upgrade').includes('tcp')

export const streamType = ({api}: Call, terminal: boolean): string =>
  terminal || api < NAMED_FRAMES ? RAW : MULTIPLEXED

/** The connection becomes the stream. Without `Upgrade` there is no word of it but the type. */
export function hijacked(
  call: Call,
  terminal: boolean,
  tunnel: (initiative: Initiative) => ProtocolSession,
): AppResponse {
  if (!isUpgrade(call)) {
    return {status: 200, reason: 'OK', headers: [['Content-Type', RAW]], body: Buffer.alloc(0), bare: true, tunnel}
  }
  const headers = [
    ['Content-Type', streamType(call, terminal)],
    ['Connection', 'Upgrade'],
    ['Upgrade', 'tcp'],
  ] as const
  return {status: 101, reason: 'UPGRADED', headers, body: Buffer.alloc(0), bare: true, tunnel}
}

function wantedStreams(call: Call): Set<1 | 2> {
  return new Set([...(flag(call, 'stdout') ? [1 as const] : []), ...(flag(call, 'stderr') ? [2 as const] : [])])
}

const isLive = ({state}: Container): boolean => state === 'running' || state === 'paused'

function attach(call: Call): AppResponse {
  const {engine, runtime} = call
  let container: Container
  try {
    container = engine.container(parameter(call))
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    // The stream has begun by then: it carries the complaint.
    const body = Buffer.from(`${error.message}\r\n`)
    return {status: 404, headers: [['Content-Type', RAW]], body, bare: true}
  }
  const terminal = container.config.Tty === true
  const over = container.state === 'exited' || !flag(call, 'stream')
  const before = flag(call, 'logs') ? lines(container.log, wantedStreams(call), terminal) : []
  return hijacked(call, terminal, (initiative) => {
    const attachment = new Attachment(initiative, {terminal, streams: wantedStreams(call), before, over})
    if (!over) runtime.attach(container, attachment)
    return attachment
  })
}

const lines = (log: readonly LogRecord[], streams: ReadonlySet<1 | 2>, terminal: boolean): Buffer[] =>
  log.filter(({stream}) => streams.has(stream)).map(({stream, data}) => (terminal ? data : frame(stream, data)))

function logs(call: Call): AppResponse {
  const {engine, runtime, query} = call
  const streams = wantedStreams(call)
  if (streams.size === 0) throw new RefusedError(400, 'Bad parameters: you must choose at least one stream')
  const container = engine.container(parameter(call))
  const terminal = container.config.Tty === true
  const tail = /^\d+$/.test(query.get('tail') ?? '') ? Number(query.get('tail')) : container.log.length
  const stamped = flag(call, 'timestamps')
  const kept = (tail === 0 ? [] : container.log.slice(-tail)).map((entry) => (stamped ? withTime(entry) : entry))
  const over = !flag(call, 'follow') || !isLive(container)
  const options: AttachOptions = {
    terminal,
    streams,
    before: lines(kept, streams, terminal),
    over,
    ...(isCoded(call) ? {coded: true as const} : {}),
  }
  return {
    status: 200,
    headers: engine.release.old ? [] : [['Content-Type', streamType(call, terminal)]],
    body: Buffer.alloc(0),
    streamed: true,
    tunnel: (initiative) => {
      const attachment = new Attachment(initiative, options)
      if (!over) runtime.attach(container, attachment)
      return attachment
    },
  }
}

const withTime = ({stream, at, data}: LogRecord): LogRecord => ({
  stream,
  at,
  data: Buffer.concat([Buffer.from(`${new Date(at).toISOString().slice(0, -1)}000000Z `), data]),
})

function start(call: Call): AppResponse {
  const {engine, runtime} = call
  const container = engine.container(parameter(call))
  if (isLive(container)) return nothing(304)
  const facts = {container: container.name, image: container.image, command: commandLine(container)}
  const missing = runtime.missing(container)
  if (missing !== null) {
    const cause = `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "${missing}": executable file not found in $PATH: unknown`
    container.exitCode = 127
    container.error = engine.release.old ? cause : `failed to create task for container: ${cause}`
    throw new RefusedError(400, container.error)
  }
  runtime.start(container, processHost(call))
  return {...nothing(204), events: [deed(call, 'container.start', facts)]}
}

const KILLED = 137

function stop(call: Call): AppResponse {
  const {engine, runtime, connection} = call
  const container = engine.container(parameter(call))
  if (!isLive(container)) return nothing(304)
  runtime.exited(container, KILLED, connection.now())
  return {...nothing(204), events: [deed(call, 'container.stop', {container: container.name})]}
}

function kill(call: Call): AppResponse {
  const {engine, runtime, connection} = call
  const {old} = engine.release
  const wanted = parameter(call)
  const deadly = /^(?:|(?:SIG)?(?:KILL|TERM|INT|QUIT|HUP|ABRT|STOP)|\d+)$/.test(call.query.get('signal') ?? '')
  try {
    const container = engine.running(wanted)
    if (deadly) runtime.exited(container, KILLED, connection.now())
    return {...nothing(204), events: [deed(call, 'container.kill', {container: container.name})]}
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    throw new RefusedError(error.status, `${old ? 'Cannot' : 'cannot'} kill container: ${wanted}: ${error.message}`)
  }
}

function restart(call: Call): AppResponse {
  const {engine, runtime, connection} = call
  const container = engine.container(parameter(call))
  if (isLive(container)) runtime.exited(container, KILLED, connection.now())
  runtime.start(container, processHost(call))
  return {...nothing(204), events: [deed(call, 'container.restart', {container: container.name})]}
}

function pause(call: Call): AppResponse {
  const container = call.engine.running(parameter(call))
  if (container.state === 'paused') throw new RefusedError(409, `Container ${container.id} is already paused`)
  container.state = 'paused'
  return nothing(204)
}

function unpause(call: Call): AppResponse {
  const container = call.engine.container(parameter(call))
  if (container.state !== 'paused') throw new RefusedError(500, `Container ${container.id} is not paused`)
  container.state = 'running'
  return nothing(204)
}

/** The head of the answer goes out at once, the answer when it is over. */
function wait(call: Call): AppResponse {
  const {engine, runtime, query} = call
  const container = engine.container(parameter(call))
  const condition = query.get('condition') ?? 'not-running'
  const over = condition === 'not-running' && !isLive(container)
  const body = Buffer.from(`${JSON.stringify(waited(container, engine.release.old))}\n`)
  const app: AppResponse = {status: 200, headers: [JSON_TYPE], body: over ? body : Buffer.alloc(0), streamed: true}
  if (over) return app
  return {
    ...app,
    tunnel: (initiative, resume) => {
      const waiter = new Promised(initiative, isCoded(call) ? resume : null)
      runtime.wait(container, waiter, condition === 'removed' ? 'removal' : 'exit')
      return waiter
    },
  }
}

/** What the container uses, measured once: of a decoy's nothing changes. */
function stats(call: Call): AppResponse {
  const {engine, connection} = call
  const container = engine.container(parameter(call))
  const {persona} = engine
  const at = (ms: number): string => timestamp(ms, container.id)
  const now = connection.now()
  const live = isLive(container)
  const limit = hardwareOf(persona).memory * 1024
  const cpus = hardwareOf(persona).cores
  const used = live ? persona.integer(`docker memory ${container.id}`, 8, 220) * 1_048_576 : 0
  const usage = (ms: number): Json => ({
    cpu_usage: {
      total_usage: live ? Math.floor((ms - container.startedAt) * 3000) : 0,
      usage_in_kernelmode: 0,
      usage_in_usermode: 0,
    },
    system_cpu_usage: Math.floor((ms - persona.bootedAt(ms)) * 1_000_000 * cpus),
    online_cpus: cpus,
    throttling_data: {periods: 0, throttled_periods: 0, throttled_time: 0},
  })
  return json(200, {
    read: at(now),
    preread: at(now - 1000),
    pids_stats: live ? {current: 1} : {},
    blkio_stats: {},
    num_procs: 0,
    storage_stats: {},
    cpu_stats: usage(now),
    precpu_stats: usage(now - 1000),
    memory_stats: live ? {usage: used, stats: {inactive_file: 0}, limit} : {},
    name: `/${container.name}`,
    id: container.id,
    ...(live
      ? {
          networks: {
            eth0: {
              rx_bytes: used % 900_001,
              rx_packets: used % 7919,
              tx_bytes: used % 500_009,
              tx_packets: used % 4001,
            },
          },
        }
      : {}),
  })
}

function resize(call: Call): AppResponse {
  call.engine.running(parameter(call))
  return nothing(200)
}

function update(call: Call): AppResponse {
  call.engine.container(parameter(call))
  return {...nothing(200), status: 200, headers: [JSON_TYPE], body: Buffer.from('{"Warnings":null}\n')}
}

const on = (method: string, what: string, handler: Route['handler']): Route => ({
  method,
  path: new RegExp(`^/containers/([^/]*)/${what}$`),
  handler,
})

export const PROCESS_ROUTES: readonly Route[] = [
  on('POST', 'attach', attach),
  on('GET', 'logs', logs),
  on('POST', 'start', start),
  on('POST', 'stop', stop),
  on('POST', 'kill', kill),
  on('POST', 'restart', restart),
  on('POST', 'pause', pause),
  on('POST', 'unpause', unpause),
  on('POST', 'wait', wait),
  on('POST', 'resize', resize),
  on('GET', 'stats', stats),
  on('POST', 'update', update),
]
