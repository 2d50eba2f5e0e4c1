/** The Engine itself: what it is, what it has, and whether it is there. */
import type {Credential} from '../../../../events/event.ts'
import {kernelOf} from '../../../kernel.ts'
import {sample} from '../../../sample.ts'
import type {AppResponse} from '../../http/products/product.ts'
import {type Call, flag, isCoded, JSON_TYPE, json, jsonBody, type Route, shown} from '../call.ts'
import {RefusedError} from '../engine-error.ts'
import {type Json, text} from '../state.ts'
import {Attachment} from '../streams.ts'
import {summaryOf} from './images.ts'
import {info} from './info.ts'

const NO_STORE = ['Cache-Control', 'no-cache, no-store, must-revalidate'] as const
const PLAIN = 'text/plain; charset=utf-8'

/** HEAD is answered by the handler itself, which names length and type; for GET the server finds them. */
function ping({engine, head}: Call): AppResponse {
  const later = engine.release.old
    ? []
    : ([
        ['Builder-Version', '2'],
        ['Swarm', 'inactive'],
      ] as const)
  const headers = [NO_STORE, ['Pragma', 'no-cache'] as const, ...later]
  if (head.method === 'HEAD') {
    return {
      status: 200,
      headers: [...headers, ['Content-Length', '0'], ['Content-Type', PLAIN]],
      body: Buffer.alloc(0),
    }
  }
  return {status: 200, headers, detected: PLAIN, body: Buffer.from('OK')}
}

function version({engine}: Call): AppResponse {
  const {release, persona} = engine
  const kernel = kernelOf(persona.facts).release
  const component = (name: string, {version: of, commit}: {version: string; commit: string}): Json => ({
    Name: name,
    Version: of,
    Details: {GitCommit: commit},
  })
  return json(200, {
    Platform: {Name: release.platform},
    Components: [
      {
        Name: 'Engine',
        Version: release.version,
        Details: {
          ApiVersion: release.api,
          Arch: 'amd64',
          BuildTime: release.built,
          Experimental: 'false',
          GitCommit: release.commit,
          GoVersion: release.go,
          KernelVersion: kernel,
          MinAPIVersion: release.minApi,
          Os: 'linux',
        },
      },
      component('containerd', release.containerd),
      component('runc', release.runc),
      component('docker-init', {version: '0.19.0', commit: release.init}),
    ],
    Version: release.version,
    ApiVersion: release.api,
    MinAPIVersion: release.minApi,
    GitCommit: release.commit,
    GoVersion: release.go,
    Os: 'linux',
    Arch: 'amd64',
    KernelVersion: kernel,
    BuildTime: release.built,
  })
}

function diskUsage(call: Call): AppResponse {
  const {engine} = call
  const images = [...engine.images.values()]
  const uses = (id: string): number => [...engine.containers.values()].filter(({imageId}) => imageId === id).length
  return json(200, {
    LayersSize: images.reduce((sum, {size}) => sum + size, 0),
    Images: images.map((image) => ({
      ...summaryOf(image, call),
      Containers: uses(image.id),
      SharedSize: 0,
    })),
    Containers: [],
    Volumes: [],
    BuildCache: engine.release.old ? null : [],
    ...(engine.release.old ? {BuilderSize: 0} : {}),
  })
}

/** Credentials of a registry, which nobody asks there. */
function authenticate(call: Call): AppResponse {
  if (call.body.size === 0) throw new RefusedError(500, 'EOF')
  const sent = jsonBody(call)
  const {limits} = call.connection
  const password = text(sent.password)
  if (text(sent.username) === '' && password === '') {
    throw new RefusedError(
      500,
      'Get "https://registry-1.docker.io/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    )
  }
  const credential: Credential = {
    principal: shown(text(sent.username)),
    method: 'registry',
    secret: sample(password, limits.credential),
    outcome: 'failure',
  }
  const server =
    text(sent.serveraddress)
      .replace(/[^\w.:/-]/g, '')
      .slice(0, 128) || 'https://registry-1.docker.io/v2/'
  const refused = json(call.engine.release.old ? 500 : 401, {
    message: `Get "${server}": unauthorized: incorrect username or password`,
  })
  return {...refused, events: [{event: 'auth.attempt', credential}]}
}

/** Nothing happens that is worth telling. */
function events(call: Call): AppResponse {
  return {
    status: 200,
    headers: [JSON_TYPE],
    body: Buffer.alloc(0),
    streamed: true,
    tunnel: (initiative) =>
      new Attachment(initiative, {
        terminal: true,
        streams: new Set(),
        before: [],
        over: flag(call, 'until'),
        ...(isCoded(call) ? {coded: true as const} : {}),
      }),
  }
}

const noManager = (): AppResponse => {
  throw new RefusedError(
    503,
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
  )
}

function initSwarm({engine}: Call): AppResponse {
  throw new RefusedError(
    400,
    `could not choose an IP address to advertise since this system has multiple addresses on different interfaces (172.17.0.1 on docker0 and ${engine.persona.facts.ip} on eth0) - specify one with --advertise-addr`,
  )
}

export const SYSTEM_ROUTES: readonly Route[] = [
  {method: 'GET', path: /^\/_ping$/, handler: ping},
  {method: 'HEAD', path: /^\/_ping$/, handler: ping},
  {method: 'GET', path: /^\/version$/, handler: version},
  {method: 'GET', path: /^\/info$/, handler: info},
  {method: 'GET', path: /^\/system\/df$/, handler: diskUsage},
  {method: 'GET', path: /^\/events$/, handler: events},
  {method: 'POST', path: /^\/auth$/, handler: authenticate},
  {method: 'GET', path: /^\/(?:swarm|nodes|services|tasks|secrets|configs)(?:\/[^/]+)?$/, handler: noManager},
  {method: 'POST', path: /^\/swarm\/(?:init|join)$/, handler: initSwarm},
  {method: 'POST', path: /^\/(?:services|secrets|configs)\/create$/, handler: noManager},
  {method: 'GET', path: /^\/plugins$/, handler: () => json(200, [])},
]
