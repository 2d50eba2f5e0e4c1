/** What a request is about (apiserver, `RequestInfo`): an object of the API, or a path that is none. */
import {findResource, type Resource} from './resources.ts'

export interface ResourceTarget {
  readonly kind: 'resource'
  readonly verb: string
  readonly group: string
  readonly version: string
  readonly namespace: string
  readonly resource: string
  readonly subresource: string
  readonly name: string
  /** Undefined: the server has no such resource. */
  readonly definition: Resource | undefined
}

export type Target = ResourceTarget | {readonly kind: 'path'; readonly verb: string; readonly path: string}

const VERBS: Readonly<Record<string, string>> = {POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete'}

export function targetOf(method: string, path: string, query: URLSearchParams): Target {
  const plain: Target = {kind: 'path', verb: method.toLowerCase(), path}
  const [root, ...rest] = path.split('/').filter((part) => part !== '')
  if (root !== 'api' && root !== 'apis') return plain
  const [group = '', version = '', ...below] = root === 'api' ? ['', ...rest] : rest
  if (version === '' || below.length === 0) return plain
  const [namespace, parts] = splitNamespace(below)
  const [resource = '', name = '', subresource = ''] = parts
  return {
    kind: 'resource',
    verb: verbOf(method, name, query),
    group,
    version,
    namespace,
    resource,
    subresource,
    name,
    definition: findResource(group, version, subresource === '' ? resource : `${resource}/${subresource}`),
  }
}

/** `namespaces/NAME` is a namespace itself; what is below it is in it. */
function splitNamespace(parts: readonly string[]): [namespace: string, rest: readonly string[]] {
  const [first, name = '', third, ...rest] = parts
  if (first !== 'namespaces') return ['', parts]
  if (third === undefined || third === 'status' || third === 'finalize') return [name, parts]
  return [name, [third, ...rest]]
}

function verbOf(method: string, name: string, query: URLSearchParams): string {
  if (method === 'GET' || method === 'HEAD') {
    if (name !== '') return 'get'
    return ['true', '1'].includes(query.get('watch') ?? '') ? 'watch' : 'list'
  }
  return method === 'DELETE' && name === '' ? 'deletecollection' : (VERBS[method] ?? '')
}
