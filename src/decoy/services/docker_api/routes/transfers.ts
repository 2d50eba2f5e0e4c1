/** Images that come and go: pulled, imported, built, pushed. */
import type {Credential, ServiceEvent} from '../../../../events/event.ts'
import {sample} from '../../../sample.ts'
import {type Action, delay, write} from '../../../service.ts'
import type {AppResponse} from '../../http/products/product.ts'
import {header} from '../../http/request/message.ts'
import {type Call, deed, isCoded, JSON_TYPE, json, parameter, type Route, shown} from '../call.ts'
import {RefusedError} from '../engine-error.ts'
import {isReference, reference} from '../registry.ts'
import {type Image, type Json, object, text} from '../state.ts'
import {told} from '../streams.ts'
import {knownImage} from './images.ts'

function pull(call: Call): AppResponse {
  const {engine, query, connection} = call
  const source = query.get('fromImage') ?? ''
  const events: ServiceEvent[] = [
    deed(call, 'image.pull', {image: source, tag: query.get('tag') ?? '', source: query.get('fromSrc') ?? ''}),
    ...registryLogin(call),
  ]
  if (source === '') return {...imported(call), events}
  const name = reference(source, query.get('tag') ?? '')
  if (!isReference(name)) throw new RefusedError(400, 'invalid reference format')
  const present = engine.findImage(name) !== undefined
  const image = engine.pull(name, connection.now())
  return {...streamed(call, progress(name, image, present)), events}
}

/** Lines of the pull of an image, layer by layer. */
function progress(name: string, image: Image, present: boolean): Action[] {
  const colon = name.lastIndexOf(':')
  const repository = name.slice(0, colon)
  const path = /[.:]/.test(repository.split('/')[0] ?? '')
    ? repository
    : repository.includes('/')
      ? repository
      : `library/${repository}`
  const first = line({status: `Pulling from ${path}`, id: name.slice(colon + 1)})
  const digest = line({status: `Digest: ${image.digest ?? ''}`})
  if (present) return [delay(600), first, digest, line({status: `Status: Image is up to date for ${name}`})]
  const ids = image.layers.map((layer) => layer.slice(7, 19))
  const each = (status: string, more: Json = {progressDetail: {}}): Action[] =>
    ids.map((id) => line({status, ...more, id}))
  const total = Math.max(1, Math.floor(image.size / ids.length / 3))
  const at = (current: number): Json => ({
    progressDetail: {current, total},
    progress: bar(current, total),
  })
  return [
    delay(700),
    first,
    ...each('Pulling fs layer'),
    delay(500),
    ...each('Downloading', at(Math.floor(total / 3))),
    delay(400),
    ...each('Verifying Checksum'),
    ...each('Download complete'),
    delay(150),
    ...each('Extracting', at(total)),
    delay(250),
    ...each('Pull complete'),
    digest,
    line({status: `Status: Downloaded newer image for ${name}`}),
  ]
}

/** jsonmessage: fifty characters of a bar, and how much of how much. */
function bar(current: number, total: number): string {
  const done = Math.floor((current / total) * 50)
  const size = (bytes: number): string =>
    bytes < 1_000_000 ? `${Number((bytes / 1000).toPrecision(4))}kB` : `${Number((bytes / 1_000_000).toPrecision(4))}MB`
  return `[${'='.repeat(done)}${done < 50 ? '>' : ''}${' '.repeat(Math.max(0, 49 - done))}]  ${size(current).padStart(8)}/${size(total)}`
}

const line = (value: Json): Action => write(Buffer.from(`${JSON.stringify(value)}\r\n`))

function streamed(call: Call, pieces: readonly Action[]): AppResponse {
  return {
    status: 200,
    headers: [JSON_TYPE],
    body: Buffer.alloc(0),
    streamed: true,
    rest: told(pieces, isCoded(call)),
  }
}

function imported(call: Call): AppResponse {
  const {query, connection, engine} = call
  const name = query.get('repo') ?? ''
  if (name !== '' && !isReference(reference(name))) throw new RefusedError(400, 'invalid reference format')
  const image = engine.pull(
    name === '' ? `import@sha256:${connection.random(32).toString('hex')}` : reference(name),
    connection.now(),
  )
  return streamed(call, [line({status: image.id})])
}

/** A build ends before it begins: what is sent is not unpacked. */
function build(call: Call): AppResponse {
  const {query} = call
  const facts = {remote: query.get('remote') ?? '', tag: query.getAll('t'), dockerfile: query.get('dockerfile') ?? ''}
  const events = [deed(call, 'image.build', facts)]
  return {
    ...json(500, {message: `Cannot locate specified Dockerfile: ${shown(facts.dockerfile || 'Dockerfile')}`}),
    events,
  }
}

function push(call: Call): AppResponse {
  const image = knownImage(call)
  const events = [deed(call, 'image.push', {image: parameter(call)}), ...registryLogin(call)]
  const name = parameter(call)
  const error = 'denied: requested access to the resource is denied'
  const lines = [
    line({status: `The push refers to repository [${shown(name)}]`}),
    ...image.layers.map((layer) => line({status: 'Preparing', progressDetail: {}, id: layer.slice(7, 19)})),
    line({errorDetail: {message: error}, error}),
  ]
  return {...streamed(call, [delay(500), ...lines]), events}
}

/** Clients send the credentials of the registry along. */
function registryLogin({head, connection}: Call): ServiceEvent[] {
  const value = header(head.headers, 'x-registry-auth')
  if (value === undefined) return []
  let sent: Json = {}
  try {
    sent = object(JSON.parse(Buffer.from(value, 'base64').toString('utf8')))
  } catch {
    return []
  }
  const secret = text(sent.password) || text(sent.identitytoken) || text(sent.registrytoken)
  if (secret === '') return []
  const credential: Credential = {
    principal: shown(text(sent.username)),
    method: 'registry',
    secret: sample(secret, connection.limits.credential),
    outcome: 'failure',
  }
  return [{event: 'auth.attempt', credential}]
}

function unknownSource(): AppResponse {
  throw new RefusedError(
    500,
    'Get "https://index.docker.io/v1/search": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
  )
}

export const TRANSFER_ROUTES: readonly Route[] = [
  {method: 'GET', path: /^\/images\/search$/, handler: unknownSource},
  {method: 'POST', path: /^\/images\/create$/, handler: pull},
  {method: 'POST', path: /^\/images\/(.+)\/push$/, handler: push},
  {method: 'POST', path: /^\/build$/, handler: build},
  {
    method: 'POST',
    path: /^\/build\/prune$/,
    handler: () => json(200, {CachesDeleted: null, SpaceReclaimed: 0}),
  },
]
