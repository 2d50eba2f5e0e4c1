/** Commands in a container that runs already. */
import type {AppResponse} from '../../http/products/product.ts'
import {
  type Call,
  deed,
  engineHeaders,
  json,
  jsonBody,
  nothing,
  optionalBody,
  parameter,
  processHost,
  type Route,
} from '../call.ts'
import {RefusedError} from '../engine-error.ts'
import {type Exec, strings, text} from '../state.ts'
import {Attachment, frame} from '../streams.ts'
import {hijacked} from './processes.ts'

function create(call: Call): AppResponse {
  const {engine, connection} = call
  const sent = jsonBody(call)
  const command = strings(sent.Cmd)
  if (command.length === 0) throw new RefusedError(400, 'No exec command specified')
  const container = engine.running(parameter(call))
  const facts = {
    container: container.name,
    command,
    user: text(sent.User),
    environment: strings(sent.Env),
    privileged: sent.Privileged === true,
  }
  const {id} = engine.newExec(container, sent, connection.random)
  return {...json(201, {Id: id}), events: [deed(call, 'exec.create', facts)]}
}

function start(call: Call): AppResponse {
  const {engine, runtime} = call
  const exec = engine.exec(parameter(call))
  const sent = optionalBody(call)
  const detached = sent.Detach === true
  const terminal = exec.config.Tty === true
  if (exec.state !== 'created') {
    const message = `Exec command ${exec.id} has already run`
    if (detached) throw new RefusedError(409, message)
    return complaining(call, `Error: ${message}\r\n`, terminal)
  }
  if (detached) {
    runtime.startExec(exec, null, processHost(call))
    return nothing(200)
  }
  const streams = new Set([
    ...(exec.config.AttachStdout === true ? [1 as const] : []),
    ...(exec.config.AttachStderr === true ? [2 as const] : []),
  ])
  return withEngine(
    call,
    hijacked(call, terminal, (initiative) => {
      const attachment = new Attachment(initiative, {terminal, streams, before: [], over: false})
      runtime.startExec(exec, attachment, processHost(call))
      return attachment
    }),
  )
}

/** The stream has begun by the time that there is something to complain of. */
function complaining(call: Call, message: string, terminal: boolean): AppResponse {
  const before = [terminal ? Buffer.from(message) : frame(1, Buffer.from(message))]
  return withEngine(
    call,
    hijacked(
      call,
      terminal,
      (initiative) => new Attachment(initiative, {terminal, streams: new Set(), before, over: true}),
    ),
  )
}

const withEngine = ({engine}: Call, app: AppResponse): AppResponse => ({
  ...app,
  headers: [...app.headers, ...engineHeaders(engine)],
})

function inspect(call: Call): AppResponse {
  const {id, container, config, state, exitCode, pid}: Exec = call.engine.exec(parameter(call))
  const [entrypoint = '', ...args] = strings(config.Cmd)
  return json(200, {
    ID: id,
    Running: state === 'running',
    ExitCode: exitCode,
    ProcessConfig: {
      tty: config.Tty === true,
      entrypoint,
      arguments: args,
      privileged: config.Privileged === true,
      ...(text(config.User) === '' ? {} : {user: text(config.User)}),
    },
    OpenStdin: config.AttachStdin === true,
    OpenStderr: config.AttachStderr === true,
    OpenStdout: config.AttachStdout === true,
    CanRemove: false,
    ContainerID: container.id,
    DetachKeys: '',
    Pid: pid,
  })
}

function resize(call: Call): AppResponse {
  call.engine.exec(parameter(call))
  return nothing(200)
}

export const EXEC_ROUTES: readonly Route[] = [
  {method: 'POST', path: /^\/containers\/([^/]*)\/exec$/, handler: create},
  {method: 'POST', path: /^\/exec\/([^/]*)\/start$/, handler: start},
  {method: 'POST', path: /^\/exec\/([^/]*)\/resize$/, handler: resize},
  {method: 'GET', path: /^\/exec\/([^/]*)\/json$/, handler: inspect},
]
