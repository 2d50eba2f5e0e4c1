/** The Engine API calls a fake Engine understands. */
import type {ServerResponse} from 'node:http'

import type {ContainerSpec} from '../../src/engines/docker/api-types.ts'
import type {Call, FakeEngine} from './fake-engine.ts'
import {type FakeContainer, frame, Refusal} from './fake-engine-state.ts'

interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly stream?: (response: ServerResponse) => void
}

type Handler = (engine: FakeEngine, call: Call, id: string) => Answer

interface Route {
  readonly method: string
  readonly path: RegExp
  readonly handle: Handler
}

const DONE: Answer = {status: 204}
const FOLLOW_POLL_MS = 5

const route = (method: string, path: RegExp, handle: Handler): Route => ({method, path, handle})

export const ROUTES: readonly Route[] = [
  route('GET', /^\/version$/, ({apiVersion, minimumVersion, arch}) => ({
    status: 200,
    body: {
      Version: 'fake',
      ApiVersion: apiVersion,
      MinAPIVersion: minimumVersion,
      Os: 'linux',
      Arch: arch,
    },
  })),
  route('GET', /^\/info$/, ({info}) => ({
    status: 200,
    body: {...info, SystemTime: info.SystemTime ?? new Date().toISOString()},
  })),
  route('GET', /^\/containers\/json$/, ({state}, call) => ({
    status: 200,
    body: [...state.containers.values()]
      .filter((container) => state.ignoresFilters || hasLabels(container.spec.Labels, call))
      .map(({id, name, spec, status, created}) => ({
        Id: id,
        Names: [`/${name}`],
        Labels: spec.Labels,
        Image: spec.Image,
        State: status,
        Created: created,
      })),
  })),
  route('GET', /^\/containers\/([^/]+)\/json$/, ({state}, _, id) => ({
    status: 200,
    body: state.inspect(state.container(id)),
  })),
  route('POST', /^\/containers\/create$/, ({state}, call) => {
    const container = state.createContainer(call.query.get('name') ?? '', call.body as ContainerSpec)
    return {status: 201, body: {Id: container.id, Warnings: []}}
  }),
  route('POST', /^\/containers\/([^/]+)\/start$/, ({state}, _, id) => ({
    status: state.start(state.container(id)) ? 204 : 304,
  })),
  route('POST', /^\/containers\/([^/]+)\/stop$/, ({state}, _, id) => ({
    status: state.stop(state.container(id)) ? 204 : 304,
  })),
  route('POST', /^\/containers\/([^/]+)\/unpause$/, ({state}, _, id) => {
    state.container(id).status = 'running'
    return DONE
  }),
  route('POST', /^\/containers\/([^/]+)\/rename$/, ({state}, call, id) => {
    state.container(id).name = call.query.get('name') ?? ''
    return DONE
  }),
  route('POST', /^\/containers\/([^/]+)\/update$/, ({state}, call, id) => {
    Object.assign(state.container(id).host, call.body)
    return {status: 200, body: {Warnings: null}}
  }),
  route('DELETE', /^\/containers\/([^/]+)$/, ({state}, _, id) => {
    state.containers.delete(state.container(id).id)
    return DONE
  }),
  route('GET', /^\/containers\/([^/]+)\/logs$/, ({state}, call, id) => {
    const container = state.container(id)
    const follow = call.query.get('follow') === '1'
    const sent =
      call.query.get('timestamps') === '1' ? {...container, log: stamped(container.log, state.rotated)} : container
    return {status: 200, stream: (response) => sendLog(response, sent, follow)}
  }),
  route('POST', /^\/containers\/([^/]+)\/exec$/, ({state}, _, id) => {
    const container = state.container(id)
    if (container.status !== 'running') throw new Refusal(409, `Container ${id} is not running`)
    const exec = `${state.execs.size + 1}`.padStart(64, 'e')
    state.execs.set(exec, container.id)
    return {status: 201, body: {Id: exec}}
  }),
  route('POST', /^\/exec\/([^/]+)\/start$/, ({state}, _, id) => {
    const container = state.container(state.execs.get(id) ?? '')
    return {
      status: 200,
      stream: (response) => void response.end(frame('stdout', state.probeOutput ?? probeReport(container))),
    }
  }),
  route('GET', /^\/exec\/([^/]+)\/json$/, ({state}) => ({status: 200, body: {ExitCode: state.exitCodes.shift() ?? 0}})),
  route('GET', /^\/networks$/, ({state}) => ({status: 200, body: [...state.networks.values()]})),
  route('GET', /^\/networks\/([^/]+)$/, ({state}, _, id) => ({
    status: 200,
    body: state.inspectNetwork(state.network(id)),
  })),
  route('POST', /^\/networks\/create$/, ({state}, call) => ({
    status: 201,
    body: {Id: state.createNetwork(call.body as Record<string, unknown>).Id},
  })),
  route('DELETE', /^\/networks\/([^/]+)$/, ({state}, _, id) => {
    state.removeNetwork(state.network(id))
    return DONE
  }),
  route('GET', /^\/images\/json$/, () => ({status: 200, body: []})),
  route('GET', /^\/images\/(.+)\/json$/, ({state}, _, reference) => {
    if (!state.images.has(reference)) throw new Refusal(404, `No such image: ${reference}`)
    const Config = {Labels: state.images.get(reference)}
    return {status: 200, body: {Id: `sha256:${'1'.repeat(64)}`, Os: 'linux', Architecture: 'amd64', Config}}
  }),
  route('POST', /^\/images\/create$/, ({state}, call) => {
    const made = !state.importAnswer.includes('"error"')
    if (made) state.images.set(`${call.query.get('repo')}:${call.query.get('tag')}`, {})
    return {status: 200, stream: (response) => void response.end(state.importAnswer)}
  }),
  route('POST', /^\/build$/, ({state}, call) => {
    const labels = JSON.parse(call.query.get('labels') ?? '{}') as Record<string, string>
    if (!state.buildAnswer.includes('"error"')) state.images.set(call.query.get('t') ?? '', labels)
    return {status: 200, stream: (response) => void response.end(state.buildAnswer)}
  }),
  route('DELETE', /^\/images\/(.+)$/, ({state}, _, reference) => {
    if (!state.images.delete(reference)) throw new Refusal(404, `No such image: ${reference}`)
    return {status: 200, body: []}
  }),
]

function hasLabels(labels: Readonly<Record<string, string>>, call: Call): boolean {
  const filters = JSON.parse(call.query.get('filters') ?? '{}') as {label?: string[]}
  return (filters.label ?? []).every((filter) => {
    const [key = '', value] = filter.split('=')
    return labels[key] === value
  })
}

/** Each line at a nanosecond of its own. */
function stamped(log: readonly Buffer[], before: number): Buffer[] {
  return log.map((bytes, index) => {
    const at = `2026-01-01T00:00:00.${String(before + index).padStart(9, '0')}Z`
    return frame(bytes.readUInt8(0) === 1 ? 'stdout' : 'stderr', `${at} ${bytes.subarray(8).toString()}`)
  })
}

/** A follower is sent what is there, then what comes, until the container ends. */
function sendLog(response: ServerResponse, container: FakeContainer, follow: boolean): void {
  let sent = 0
  const send = () => {
    for (; sent < container.log.length; sent++) response.write(container.log[sent])
    const over = !follow || container.status !== 'running'
    if (over) response.end()
    else if (!response.destroyed) setTimeout(send, FOLLOW_POLL_MS)
  }
  response.flushHeaders()
  send()
}

function probeReport(container: FakeContainer): string {
  const endpoint = Object.values(container.endpoints)[0]
  const services = container.log
    .map((line) => JSON.parse(line.subarray(8).toString()) as {service: string; data: Record<string, unknown>})
    .map(({service, data}) => ({name: service, port: data.port, protocol: data.protocol, state: 'answering'}))
  const listening = services.map(({port, protocol}) => ({ip: '0.0.0.0', port, protocol}))
  const addresses = [{interface: 'eth0', ip: endpoint?.IPAddress, mac: endpoint?.MacAddress}]
  return `${JSON.stringify({v: 1, boot: 'b', addresses, services, listening, error: null})}\n`
}
