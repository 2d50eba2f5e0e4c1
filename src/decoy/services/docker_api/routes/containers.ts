/** Containers: lists, what each is, and making and removing them. */

import {Capturing} from '../../../capture.ts'
import type {AppResponse} from '../../http/products/product.ts'
import {type Call, deed, filtersOf, flag, json, jsonBody, nothing, parameter, type Route, shown} from '../call.ts'
import {inspectJson, listJson} from '../container-json.ts'
import {RefusedError} from '../engine-error.ts'
import {hash} from '../registry.ts'
import {type Container, type Json, object, strings, text} from '../state.ts'
import {commandLine} from '../status.ts'

const FILTERS = [
  'ancestor',
  'before',
  'exited',
  'expose',
  'health',
  'id',
  'isolation',
  'is-task',
  'label',
  'name',
  'network',
  'publish',
  'since',
  'status',
  'volume',
]

function list(call: Call): AppResponse {
  const {engine, query, connection} = call
  const limit = query.get('limit') ?? ''
  if (limit !== '' && !/^[+-]?\d+$/.test(limit)) {
    throw new RefusedError(500, `strconv.Atoi: parsing ${JSON.stringify(limit)}: invalid syntax`)
  }
  const filters = filtersOf(call, FILTERS)
  const wanted = [...engine.containers.values()]
    .toReversed()
    .toSorted((a, b) => b.created - a.created)
    .filter((container) => matches(container, filters))
  const all = flag(call, 'all') || Number(limit) > 0 || filters.has('status') || filters.has('exited')
  const seen = all ? wanted : wanted.filter(({state}) => state === 'running' || state === 'paused')
  const now = connection.now()
  const sized = flag(call, 'size')
  const cut = Number(limit) > 0 ? seen.slice(0, Number(limit)) : seen
  return json(
    200,
    cut.map((container) =>
      listJson(container, engine.release, {
        network: engine.networkOf(container),
        now,
        size: sized ? (engine.images.get(container.imageId)?.size ?? 0) : null,
      }),
    ),
  )
}

function matches(
  {id, name, image, state, config}: Container,
  filters: ReadonlyMap<string, readonly string[]>,
): boolean {
  const some = (key: string, test: (value: string) => boolean): boolean => filters.get(key)?.some(test) ?? true
  const labels = object(config.Labels)
  return (
    some('id', (value) => id.startsWith(value)) &&
    some('name', (value) => name.includes(value.replace(/^[/^]+|\$$/g, ''))) &&
    some('status', (value) => state === value) &&
    some('ancestor', (value) => image.startsWith(value)) &&
    some('label', (value) => {
      const [key = '', wanted] = value.split('=', 2)
      return labels[key] !== undefined && (wanted === undefined || labels[key] === wanted)
    })
  )
}

function create(call: Call): AppResponse {
  const {engine, connection, query} = call
  const sent = jsonBody(call)
  const host = object(sent.HostConfig)
  const facts = {
    image: text(sent.Image),
    command: strings(sent.Cmd),
    entrypoint: strings(sent.Entrypoint),
    environment: strings(sent.Env),
    user: text(sent.User),
    name: query.get('name') ?? '',
    binds: [...strings(host.Binds), ...mounts(host)],
    privileged: host.Privileged === true,
    network: text(host.NetworkMode),
    pid: text(host.PidMode),
    capabilities: strings(host.CapAdd),
    restart: text(object(host.RestartPolicy).Name),
    // What leads out of a container.
    dangerous: isDangerous(host),
  }
  const event = deed(call, 'container.create', facts)
  try {
    const {id} = engine.create(query.get('name') ?? '', sent, {now: connection.now(), random: connection.random})
    return {...json(201, {Id: id, Warnings: []}), events: [event]}
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    return {...json(error.status, {message: error.message}), events: [event]}
  }
}

const mounts = (host: Json): string[] =>
  Array.isArray(host.Mounts)
    ? host.Mounts.map(object).map(({Source: from, Target: to}) => `${text(from)}:${text(to)}`)
    : []

function isDangerous(host: Json): boolean {
  const sources = [...strings(host.Binds), ...mounts(host)].map((bind) => bind.split(':', 1)[0] ?? '')
  const outside = sources.some((source) => /^\/(?:$|etc|root|home|var|run|proc|dev|boot|usr|mnt\/?$)/.test(source))
  return host.Privileged === true || outside || host.PidMode === 'host' || strings(host.CapAdd).length > 0
}

function inspect(call: Call): AppResponse {
  const {engine} = call
  const container = engine.container(parameter(call))
  const layer = hash(`${container.imageId} overlay`)
  return json(200, inspectJson(container, engine.release, {network: engine.networkOf(container), layer}))
}

function remove(call: Call): AppResponse {
  const {engine, runtime} = call
  const container = engine.container(parameter(call))
  const {id, name, state} = container
  if ((state === 'running' || state === 'paused') && !flag(call, 'force')) {
    throw new RefusedError(
      409,
      engine.release.old
        ? `You cannot remove a ${state} container ${id}. Stop the container before attempting removal or force remove`
        : `cannot remove container "/${name}": container is ${state}: stop the container before removing or force remove`,
    )
  }
  runtime.remove(container)
  return {...nothing(204), events: [deed(call, 'container.remove', {container: name})]}
}

function rename(call: Call): AppResponse {
  const {engine, query} = call
  engine.rename(engine.container(parameter(call)), query.get('name') ?? '')
  return nothing(204)
}

function prune({engine, runtime}: Call): AppResponse {
  const gone = [...engine.containers.values()].filter(({state}) => state === 'created' || state === 'exited')
  for (const container of gone) runtime.remove(container)
  return json(200, {ContainersDeleted: gone.length === 0 ? null : gone.map(({id}) => id), SpaceReclaimed: 0})
}

function top(call: Call): AppResponse {
  const {engine} = call
  const container = engine.running(parameter(call))
  const {pid, startedAt} = container
  const started = new Date(startedAt).toISOString().slice(11, 16)
  return json(200, {
    Processes: [['root', String(pid), String(pid - 21), '0', started, '?', '00:00:00', commandLine(container)]],
    Titles: ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'],
  })
}

/** `docker cp` into a container: a tar archive, which is kept and not unpacked. */
function upload(call: Call): AppResponse {
  const {engine, query, connection} = call
  const {name} = engine.container(parameter(call))
  const {fields, parts} = (call.upload ?? new Capturing(connection.limits)).finish()
  const data = {path: shown(query.get('path') ?? ''), container: shown(name), ...fields}
  return {...nothing(200), events: [{event: 'file.write', data}, ...parts]}
}

function download(call: Call): AppResponse {
  const {id} = call.engine.container(parameter(call))
  const path = call.query.get('path') ?? ''
  const event = {event: 'file.read', data: {path: shown(path), container: id.slice(0, 12)}} as const
  const message = `Could not find the file ${shown(path)} in container ${parameter(call)}`
  return {...json(404, {message}), events: [event]}
}

function changes(call: Call): AppResponse {
  call.engine.container(parameter(call))
  return json(200, null)
}

function commit(call: Call): AppResponse {
  const {engine, query, connection} = call
  const container = engine.container(query.get('container') ?? '')
  const name = query.get('repo') ?? ''
  const image = engine.pull(
    name === '' ? `commit@sha256:${connection.random(32).toString('hex')}` : `${name}:${query.get('tag') || 'latest'}`,
    connection.now(),
  )
  return {
    ...json(201, {Id: image.id}),
    events: [deed(call, 'container.commit', {container: container.name, image: name})],
  }
}

export const CONTAINER_ROUTES: readonly Route[] = [
  {method: 'GET', path: /^\/containers\/(?:json|ps)$/, handler: list},
  {method: 'POST', path: /^\/containers\/create$/, handler: create},
  {method: 'POST', path: /^\/containers\/prune$/, handler: prune},
  {method: 'POST', path: /^\/commit$/, handler: commit},
  {method: 'GET', path: /^\/containers\/([^/]*)\/json$/, handler: inspect},
  {method: 'GET', path: /^\/containers\/([^/]*)\/top$/, handler: top},
  {method: 'GET', path: /^\/containers\/([^/]*)\/changes$/, handler: changes},
  {method: 'PUT', path: /^\/containers\/([^/]*)\/archive$/, handler: upload},
  {method: 'GET', path: /^\/containers\/([^/]*)\/archive$/, handler: download},
  {method: 'HEAD', path: /^\/containers\/([^/]*)\/archive$/, handler: download},
  {method: 'POST', path: /^\/containers\/([^/]*)\/rename$/, handler: rename},
  {method: 'DELETE', path: /^\/containers\/([^/]*)$/, handler: remove},
]
