/** The API server: who calls, what the caller may do, and what comes of it. */
import type {ServiceEvent} from '../../../events/event.ts'
import type {Connection} from '../../service.ts'
import type {Application, AppResponse} from '../http/products/product.ts'
import {header, type RequestBody, type RequestHead} from '../http/request/message.ts'
import type {HeaderList} from '../http/response.ts'
import {decodePath, splitTarget} from '../http/site/path.ts'
import type {Cluster} from './cluster.ts'
import {coreVersions, groupList, health, oneGroup, paths, resourceList} from './discovery.ts'
import {encode, wantsPretty} from './encode.ts'
import {uuid} from './facts.ts'
import {versionJson} from './releases.ts'
import {type Answered, type Call, handleResource} from './resource-calls.ts'
import {forbidden, type Status, unauthorized} from './status.ts'
import {targetOf} from './target.ts'

const ANONYMOUS = 'system:anonymous'
const JSON_TYPE = ['Content-Type', 'application/json'] as const
const PLAIN_TYPE = ['Content-Type', 'text/plain; charset=utf-8'] as const
const NO_SNIFF = ['X-Content-Type-Options', 'nosniff'] as const
/** What `system:public-info-viewer` is granted: everybody may know that much. */
const PUBLIC = /^\/(?:healthz|livez|readyz|version|version\/)$/

/** What a port makes of its callers. */
export interface Admission {
  /** Who shows no credentials is an administrator. */
  readonly open: boolean
  /** Honey tokens, and whose they are. */
  readonly tokens: ReadonlyMap<string, string>
}

interface Caller {
  readonly name: string
  readonly administrator: boolean
  /** By a token of the fleet file. */
  readonly proven: boolean
}

export class KubernetesApi implements Application {
  readonly #cluster: Cluster
  readonly #admission: Admission
  /** The client has shown a certificate, which no authority of the cluster has signed. */
  foreignCertificate = false

  constructor(cluster: Cluster, admission: Admission) {
    this.#cluster = cluster
    this.#admission = admission
  }

  claims(): boolean {
    return true
  }

  handle(head: RequestHead, body: RequestBody, connection: Connection): AppResponse {
    const {path: encoded, query} = splitTarget(head.target)
    const path = Buffer.from(decodePath(encoded) ?? encoded, 'latin1').toString('utf8')
    const search = new URLSearchParams(Buffer.from(query ?? '', 'latin1').toString('utf8'))
    const pretty = wantsPretty(search, header(head.headers, 'user-agent') ?? '')
    const audit: HeaderList = [
      ['Audit-Id', auditId(head, connection)],
      ['Cache-Control', 'no-cache, private'],
    ]
    const caller = this.#caller(head)
    if (caller === null) return finished(document(unauthorized(), pretty), audit)
    const call: Call = {cluster: this.#cluster, head, body, connection, query: search, user: caller.name}
    const answered = this.#answer(call, path, caller, pretty)
    const app = finished(answered, [...audit, ...this.#flow(caller)])
    return caller.proven ? {...app, authorized: caller.name} : app
  }

  #caller(head: RequestHead): Caller | null {
    const authorization = header(head.headers, 'authorization') ?? ''
    const token = /^bearer +(\S+)$/i.exec(authorization)?.[1]
    const owner = token === undefined ? undefined : this.#admission.tokens.get(token)
    if (owner !== undefined) return {name: owner, administrator: true, proven: true}
    // Other schemes are none of its business.
    if (token !== undefined || this.foreignCertificate) return null
    return {name: ANONYMOUS, administrator: this.#admission.open, proven: false}
  }

  /** Priority and fairness: to which flow a request belongs; the same for all callers of a kind. */
  #flow({name}: Caller): HeaderList {
    const {persona} = this.#cluster
    const kind = name === ANONYMOUS ? 'catch-all' : 'global-default'
    return [
      ['X-Kubernetes-Pf-Flowschema-Uid', uuid(persona.bytes(`k8s flow ${kind}`, 16))],
      ['X-Kubernetes-Pf-Prioritylevel-Uid', uuid(persona.bytes(`k8s priority ${kind}`, 16))],
    ]
  }

  #answer(call: Call, path: string, caller: Caller, pretty: boolean): Answered {
    const target = targetOf(call.head.method, path, call.query)
    const open = PUBLIC.test(path) && (call.head.method === 'GET' || call.head.method === 'HEAD')
    // kubeadm lets everybody read how to join.
    const joining =
      target.kind === 'resource' &&
      target.verb === 'get' &&
      target.namespace === 'kube-public' &&
      target.name === 'cluster-info'
    if (!caller.administrator && !open && !joining) {
      return {...document(forbidden(target, caller.name), pretty), headers: [JSON_TYPE, NO_SNIFF]}
    }
    if (target.kind === 'resource') return handleResource(call, target, pretty)
    return this.#path(call, path, pretty)
  }

  #path({head, query, connection}: Call, path: string, pretty: boolean): Answered {
    const parts = path.split('/').filter((part) => part !== '')
    const {local} = connection
    const {release, persona} = this.#cluster
    const written = (value: unknown, lines = pretty): Answered => document(value, lines)
    if (head.method !== 'GET' && head.method !== 'HEAD') return missing()
    if (path === '/') return written(paths(), true)
    if (path === '/version' || path === '/version/') return written(versionJson(release), true)
    const state = health(path.replace(/\/$/, ''), query.has('verbose'))
    if (state !== null) return plain(200, state)
    if (path === '/metrics')
      return {...plain(200, metrics(persona.integer('k8s requests', 90_000, 4_000_000))), headers: [METRICS]}
    const [root, group, version] = parts
    if (root === 'api' && parts.length === 1) return written(coreVersions(`${persona.facts.ip}:${local.port}`))
    if (root === 'apis' && parts.length === 1) return written(groupList())
    const found =
      root === 'api'
        ? resourceList('', group ?? '')
        : version === undefined
          ? oneGroup(group ?? '')
          : resourceList(group ?? '', version)
    return (root === 'api' || root === 'apis') && found !== null ? written(found) : missing()
  }
}

const METRICS = ['Content-Type', 'text/plain; version=0.0.4; charset=utf-8'] as const

const metrics = (total: number): string =>
  [
    '# HELP apiserver_audit_event_total [ALPHA] Counter of audit events generated and sent to the audit backend.',
    '# TYPE apiserver_audit_event_total counter',
    'apiserver_audit_event_total 0',
    '# HELP apiserver_request_total [STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
    '# TYPE apiserver_request_total counter',
    `apiserver_request_total{code="200",component="apiserver",dry_run="",group="",resource="pods",scope="cluster",subresource="",verb="LIST",version="v1"} ${total}`,
    '',
  ].join('\n')

/** Taken from a proxy in front, or made. */
function auditId({headers}: RequestHead, {random}: Connection): string {
  const given = header(headers, 'audit-id') ?? ''
  return /^[\x21-\x7e]{1,64}$/.test(given) ? given : uuid(random(16))
}

function document(value: unknown, pretty: boolean): Answered {
  const {code} = value as Partial<Status>
  return {status: code ?? 200, headers: [JSON_TYPE], body: encode(value, pretty), events: []}
}

const plain = (status: number, text: string): Answered => ({
  status,
  headers: [PLAIN_TYPE, NO_SNIFF],
  body: Buffer.from(text),
  events: [],
})

const missing = (): Answered => plain(404, '404 page not found\n')

function finished(answered: Answered, own: HeaderList): AppResponse {
  const {status, headers, body, tunnel} = answered
  const events: readonly ServiceEvent[] = answered.events
  return {
    status,
    headers: [...headers, ...own],
    body,
    events,
    ...(tunnel === undefined ? {} : {tunnel, streamed: true as const}),
  }
}
