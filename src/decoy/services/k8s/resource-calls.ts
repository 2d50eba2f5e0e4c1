/** Calls that are about objects. */
import type {ServiceEvent} from '../../../events/event.ts'
import {CLOSE, type Connection} from '../../service.ts'
import {header, headerTokens, type RequestBody, type RequestHead} from '../http/request/message.ts'
import type {HeaderList, Tunnel} from '../http/response.ts'
import {type Cluster, nameOf, object, text} from './cluster.ts'
import {deed, shown} from './deeds.ts'
import {encode} from './encode.ts'
import type {Json, Stored} from './objects.ts'
import {decodeProtobuf} from './protobuf.ts'
import {reviewOf} from './reviews.ts'
import {
  alreadyExists,
  badRequest,
  dialError,
  failure,
  noSuchResource,
  notAllowed,
  notFound,
  type Status,
} from './status.ts'
import {tableOf} from './tables.ts'
import type {ResourceTarget} from './target.ts'

export interface Call {
  readonly cluster: Cluster
  readonly head: RequestHead
  readonly body: RequestBody
  readonly connection: Connection
  readonly query: URLSearchParams
  readonly user: string
}

export interface Answered {
  readonly status: number
  readonly headers: HeaderList
  readonly body: Buffer
  readonly events: readonly ServiceEvent[]
  readonly tunnel?: Tunnel
}

const JSON_TYPE = ['Content-Type', 'application/json'] as const
/** A watch of what does not change: nothing is said until one of the two leaves. */
const SILENCE: Tunnel = () => ({open: () => [], feed: () => [], end: () => [CLOSE]})

export function handleResource(call: Call, target: ResourceTarget, pretty: boolean): Answered {
  const {definition, verb, subresource} = target
  const said = (value: unknown, status = 200, events: readonly ServiceEvent[] = []): Answered => ({
    status,
    headers: [JSON_TYPE],
    body: encode(value, pretty),
    events,
  })
  const refused = (status: Status, events: readonly ServiceEvent[] = []): Answered => said(status, status.code, events)
  if (definition === undefined) return refused(noSuchResource())
  if (!definition.verbs.includes(verb)) return refused(notAllowed())
  if (subresource !== '' && subresource !== 'status') return throughKubelet(call, target, refused)
  switch (verb) {
    case 'list':
      return listed(call, target, said)
    case 'watch':
      return {...said({}), body: Buffer.alloc(0), tunnel: SILENCE}
    case 'get': {
      const [stored] = call.cluster.select(target)
      return stored === undefined
        ? refused(notFound(target))
        : said(shownAs(call, target, [stored]), 200, read([stored], target))
    }
    case 'create':
      return created(call, target, said, refused)
    case 'update':
    case 'patch':
      return changed(call, target, said, refused)
    default:
      return removed(call, target, said, refused)
  }
}

type Say = (value: unknown, status?: number, events?: readonly ServiceEvent[]) => Answered
type Refuse = (status: Status, events?: readonly ServiceEvent[]) => Answered

const apiVersion = ({group, version}: ResourceTarget): string => (group === '' ? version : `${group}/${version}`)

function whole(target: ResourceTarget, stored: Stored): Json {
  return {kind: target.definition?.kind ?? '', apiVersion: apiVersion(target), ...stored.object()}
}

/** `kubectl get` asks for a table, and takes the object where there is none. */
const asTable = ({head}: Call): boolean =>
  headerTokens(head.headers, 'accept').some((type) => type.includes('as=table'))

function shownAs(call: Call, target: ResourceTarget, stored: readonly [Stored]): Json {
  if (asTable(call)) return tableFor(call, target, stored)
  return whole(target, stored[0])
}

function tableFor({cluster, connection}: Call, target: ResourceTarget, stored: readonly Stored[]): Json {
  const now = connection.now()
  return tableOf(
    target.resource,
    stored.map((each) => each.object()),
    {version: cluster.version(now), now},
  )
}

function listed(call: Call, target: ResourceTarget, said: Say): Answered {
  const {cluster, connection} = call
  const stored = cluster.select(target).filter((each) => selected(each, call))
  const events = read(stored, target)
  if (asTable(call)) return said(tableFor(call, target, stored), 200, events)
  return said(
    {
      kind: `${target.definition?.kind ?? ''}List`,
      apiVersion: apiVersion(target),
      metadata: {resourceVersion: cluster.version(connection.now())},
      items: stored.map((each) => each.object()),
    },
    200,
    events,
  )
}

function selected({object: make, name}: Stored, {query}: Call): boolean {
  const labels = object(object(make().metadata).labels)
  const wanted = (query.get('labelSelector') ?? '').split(',').filter((part) => part !== '')
  const named = /^metadata\.name=(.*)$/.exec(query.get('fieldSelector') ?? '')?.[1]
  if (named !== undefined && named !== name) return false
  return wanted.every((part) => {
    const [key = '', value] = part.split(/==?/, 2)
    return value === undefined ? key in labels : labels[key] === value
  })
}

/** Nobody reads these who has business here. */
function read(stored: readonly Stored[], {resource, namespace, name}: ResourceTarget): ServiceEvent[] {
  if (!stored.some(({bait}) => bait)) return []
  const path = shown([namespace, resource, name].filter((part) => part !== '').join('/'))
  return [
    {event: 'file.read', data: {path, objects: stored.map((each) => `${each.namespace}/${each.name}`).slice(0, 32)}},
  ]
}

/** The document that was sent; null: nobody can read it. */
function sentDocument({body, head}: Call): Json | null {
  if (/protobuf/.test(header(head.headers, 'content-type') ?? '')) return decodeProtobuf(body.captured)
  try {
    return object(JSON.parse(body.captured.toString('utf8')))
  } catch {
    return null
  }
}

function created(call: Call, target: ResourceTarget, said: Say, refused: Refuse): Answered {
  const {cluster, connection} = call
  const sent = sentDocument(call)
  if (sent === null) return refused(unreadable(call), [deed(call, target, {})])
  const review = reviewOf(call, target, sent)
  if (review !== null) return said(review, 201)
  const events = [deed(call, target, sent)]
  const kind = target.definition?.kind ?? ''
  if (text(sent.kind) !== '' && text(sent.kind) !== kind) {
    return refused(
      badRequest(
        `${kind} in version ${JSON.stringify(target.version)} cannot be handled as a ${kind}: no kind ${JSON.stringify(text(sent.kind))} is registered`,
      ),
      events,
    )
  }
  if (target.namespace !== '' && !cluster.hasNamespace(target.namespace)) {
    return refused(notFound({...target, group: '', resource: 'namespaces', name: target.namespace}), events)
  }
  const name = text(object(sent.metadata).name)
  if (name === '' && text(object(sent.metadata).generateName) === '') {
    const cause = {
      reason: 'FieldValueRequired',
      message: 'Required value: name or generateName is required',
      field: 'metadata.name',
    }
    const message = `${kind} "" is invalid: metadata.name: ${cause.message}`
    return refused(failure(422, 'Invalid', message, {kind, causes: [cause]}), events)
  }
  if (name !== '' && cluster.select({...target, name}).length > 0) return refused(alreadyExists(target, name), events)
  const {now, random} = connection
  if (call.query.get('dryRun') === 'All') {
    return said({...sent, metadata: {...object(sent.metadata), name: nameOf(sent, random)}}, 201, events)
  }
  const stored = cluster.create(target, sent, {now: now(), random})
  return said(whole(target, stored), 201, events)
}

function unreadable({head}: Call): Status {
  const type = (header(head.headers, 'content-type') ?? '').split(';', 1)[0] ?? ''
  if (type === '' || type === 'application/json') {
    return badRequest(
      "the object provided is unrecognized (must be of type): couldn't get version/kind; json parse error: unexpected end of JSON input",
    )
  }
  const accepted = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
  return failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
  )
}

function changed(call: Call, target: ResourceTarget, said: Say, refused: Refuse): Answered {
  const events = [deed(call, target, sentDocument(call) ?? {})]
  const [stored] = call.cluster.select(target)
  return stored === undefined ? refused(notFound(target), events) : said(whole(target, stored), 200, events)
}

function removed(call: Call, target: ResourceTarget, said: Say, refused: Refuse): Answered {
  const events = [deed(call, target, {})]
  const stored = call.cluster.select(target)
  if (target.name !== '' && stored.length === 0) return refused(notFound(target), events)
  for (const each of stored) call.cluster.remove(each)
  const [first] = stored
  if (target.name === '' || first === undefined) {
    const list = {kind: `${target.definition?.kind ?? ''}List`, apiVersion: apiVersion(target), metadata: {}, items: []}
    return said(list, 200, events)
  }
  const uid = text(object(first.object().metadata).uid)
  const details = {name: first.name, ...(target.group === '' ? {} : {group: target.group}), kind: target.resource, uid}
  return said({kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details}, 200, events)
}

/** Logs, commands and forwarded ports go through the kubelet of the node, which cannot be reached. */
function throughKubelet(call: Call, target: ResourceTarget, refused: Refuse): Answered {
  const {cluster, query} = call
  const events = [deed(call, target, {}, {command: query.getAll('command'), container: query.get('container') ?? ''})]
  const [stored] = cluster.select({...target, subresource: ''})
  if (stored === undefined) return refused(notFound(target), events)
  const status = object(stored.object().status)
  const host = text(status.hostIP) || cluster.persona.facts.ip
  const place = `${host}:10250`
  const cause = `dial tcp ${place}: connect: connection refused`
  const {resource, subresource, namespace, name} = target
  const [container] = Array.isArray(status.containerStatuses) ? status.containerStatuses.map(object) : []
  const message =
    resource === 'pods' && subresource === 'log'
      ? `Get "https://${place}/containerLogs/${namespace}/${name}/${text(container?.name)}": ${cause}`
      : `error dialing backend: ${cause}`
  return refused(dialError(message), events)
}
