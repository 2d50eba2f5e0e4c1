/** The REST layer: who may ask, where a path leads, and how an answer is written. */
import type {Connection} from '../../service.ts'
import {basicLogin, type Verify} from '../http/login/credentials.ts'
import type {Application, AppResponse} from '../http/products/product.ts'
import type {RequestBody, RequestHead} from '../http/request/message.ts'
import type {HeaderList} from '../http/response.ts'
import {decodePath, splitTarget} from '../http/site/path.ts'
import {type Answer, type Call, deed, document, FailedError, shown} from './call.ts'
import {cat} from './cat.ts'
import {cluster, nodes, root} from './cluster.ts'
import {encode} from './document.ts'
import {exception, type Failure, invalidName, noHandler, simple, unauthenticated} from './failures.ts'
import {bulk, createIndex, describe, oneDocument, refuseMethod, removeIndex} from './indices.ts'
import type {Node} from './node.ts'
import {count, search} from './search.ts'

const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'HEAD',
  'PATCH',
  'TRACE',
  'CONNECT',
])
const TEXT = 'text/plain; charset=UTF-8'

export interface Security {
  readonly enabled: boolean
  readonly secure: boolean
  readonly verify: Verify
}

export class ElasticsearchApi implements Application {
  readonly #node: Node
  readonly #security: Security

  constructor(node: Node, security: Security) {
    this.#node = node
    this.#security = security
  }

  claims(): boolean {
    return true
  }

  handle(head: RequestHead, body: RequestBody, connection: Connection): AppResponse {
    const {path: encoded, query} = splitTarget(head.target)
    const path = Buffer.from(decodePath(encoded) ?? encoded, 'latin1').toString('utf8')
    const call: Call = {
      node: this.#node,
      head,
      body,
      connection,
      parts: path.split('/').filter((part) => part !== ''),
      query: new URLSearchParams(Buffer.from(query ?? '', 'latin1').toString('utf8')),
      uri: Buffer.from(head.target, 'latin1').toString('utf8').slice(0, 4096),
    }
    return this.#written(call, this.#answer(call))
  }

  #answer(call: Call): Answer {
    try {
      if (!METHODS.has(call.head.method))
        throw new FailedError(simple(405, `Unexpected http method: ${shown(call.head.method)}`))
      this.#authenticate(call)
      return route(call)
    } catch (error) {
      if (!(error instanceof FailedError)) throw error
      const {status, document: value, headers}: Failure = error.failure
      const events =
        status === 404 || status === 401 || call.head.method === 'GET'
          ? []
          : [deed(call, `refused.${call.head.method}`, call.uri)]
      return {...document(value, events, status), ...(headers === undefined ? {} : {headers})}
    }
  }

  #authenticate({head, uri}: Call): void {
    const {enabled, secure, verify} = this.#security
    if (!enabled) return
    const login = basicLogin(head.headers)
    if (login !== null && verify(login)) return
    const user = login === null ? null : Buffer.from(login.name, 'latin1').toString('utf8').slice(0, 256)
    const reason =
      user === null
        ? `missing authentication credentials for REST request [${uri}]`
        : `unable to authenticate user [${user}] for REST request [${uri}]`
    throw new FailedError(unauthenticated(reason, secure, !this.#node.release.version.startsWith('8')))
  }

  #written({query}: Call, {status, content, headers = [], events, pretty}: Answer): AppResponse {
    const {release} = this.#node
    const asked = query.get('pretty')
    const lines = asked === null ? pretty === true : asked !== 'false'
    const body = content.kind === 'text' ? content.text : encode(content.value, lines)
    const own: HeaderList = [
      ...headers,
      ...(release.named ? [['X-elastic-product', 'Elasticsearch'] as const] : []),
      ...(release.warns && !this.#security.enabled && status < 400 ? [warning(release)] : []),
      ['content-type', content.kind === 'text' ? TEXT : release.json],
    ]
    return {status, headers: own, body: Buffer.from(body), ...(events === undefined ? {} : {events})}
  }
}

const warning = ({version, hash}: Node['release']): readonly [string, string] => [
  'Warning',
  `299 Elasticsearch-${version}-${hash} "Elasticsearch built-in security features are not enabled. Without authentication, your cluster could be accessible to anyone. See https://www.elastic.co/guide/en/elasticsearch/reference/7.17/security-minimal-setup.html to enable security."`,
]

type Handler = (call: Call) => Answer

/** Paths that begin with an underscore; others are indices. */
const ROOTS: Readonly<Record<string, Handler>> = {
  _cat: cat,
  _cluster: cluster,
  _nodes: nodes,
  _search: (call) => (call.parts[1] === 'scroll' ? noScroll() : search(call, '')),
  _count: (call) => count(call, ''),
  _all: (call) => index(call),
  _bulk: (call) => bulk(call, ''),
  _aliases: (call) => describe(call, '', 'aliases'),
  _alias: (call) => describe(call, '', 'aliases'),
  _mapping: (call) => describe(call, call.parts[1] ?? '', 'mappings'),
  _mappings: (call) => describe(call, call.parts[1] ?? '', 'mappings'),
  _settings: (call) => describe(call, call.parts[1] ?? '', 'settings'),
  _snapshot: (call) => document({}, call.head.method === 'GET' ? [] : [deed(call, '_snapshot', call.uri)]),
  _scripts: (call) => document({acknowledged: true}, [deed(call, '_scripts', call.uri)]),
  _template: () => document({}),
  _index_template: () => document({index_templates: []}),
  _tasks: () => document({nodes: {}}),
  _license: ({node}) => document({license: license(node)}),
  _refresh: () => document({_shards: {total: 2, successful: 1, failed: 0}}),
  _xpack: ({node}) =>
    document({
      build: {hash: node.release.hash, date: node.release.date},
      license: license(node),
      tagline: 'You know, for X',
    }),
}

function license({persona}: Node): Readonly<Record<string, unknown>> {
  const bytes = persona.bytes('es license', 16).toString('hex')
  const uid = `${bytes.slice(0, 8)}-${bytes.slice(8, 12)}-4${bytes.slice(13, 16)}-9${bytes.slice(17, 20)}-${bytes.slice(20)}`
  return {
    status: 'active',
    uid,
    type: 'basic',
    issue_date_in_millis: persona.installedAt,
    issued_to: 'elasticsearch',
    issuer: 'elasticsearch',
    start_date_in_millis: -1,
  }
}

function noScroll(): never {
  throw new FailedError(exception(404, 'search_context_missing_exception', 'No search context found for id [1]'))
}

function route(call: Call): Answer {
  const {parts, head, uri} = call
  const [first] = parts
  if (head.method === 'OPTIONS')
    return {status: 200, content: {kind: 'text', text: ''}, headers: [['Allow', optionsOf(first)]]}
  if (first === undefined) {
    return head.method === 'GET' || head.method === 'HEAD' ? root(call) : refuseMethod(call, ['GET', 'HEAD', 'DELETE'])
  }
  const handler = Object.hasOwn(ROOTS, first) ? ROOTS[first] : undefined
  if (handler !== undefined) return handler(call)
  if (parts.length > 3) throw new FailedError(noHandler(uri, head.method))
  if (first.startsWith('_')) {
    const refused = invalidName(first)
    if (refused !== null && parts.length === 1 && head.method === 'GET') throw new FailedError(refused)
    throw new FailedError(noHandler(uri, head.method))
  }
  return index(call)
}

const optionsOf = (first: string | undefined): string =>
  first === undefined ? 'GET,HEAD,DELETE' : 'GET,PUT,HEAD,DELETE'

/** `/index…` */
function index(call: Call): Answer {
  const {parts, head, uri} = call
  const [name = '', what, id = ''] = parts
  switch (what) {
    case undefined:
      if (head.method === 'PUT') return createIndex(call, name)
      if (head.method === 'DELETE') return removeIndex(call, name)
      return head.method === 'POST' ? refuseMethod(call, ['GET', 'PUT', 'HEAD', 'DELETE']) : describe(call, name, 'all')
    case '_search':
      return search(call, name)
    case '_count':
      return count(call, name)
    case '_bulk':
      return bulk(call, name)
    case '_mapping':
    case '_mappings':
      return describe(call, name, 'mappings')
    case '_settings':
      return describe(call, name, 'settings')
    case '_alias':
      return describe(call, name, 'aliases')
    case '_refresh':
      return document({_shards: {total: 2, successful: 1, failed: 0}})
    case '_doc':
    case '_create':
    case '_source':
      return oneDocument(call, name, id)
    default:
      throw new FailedError(noHandler(uri, head.method))
  }
}
