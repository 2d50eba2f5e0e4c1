/** Failures as the API server tells them: objects of kind Status. */
import type {ResourceTarget, Target} from './target.ts'

export type Status = Readonly<Record<string, unknown>> & {readonly code: number}

export function failure(
  code: number,
  reason: string,
  message: string,
  details?: Readonly<Record<string, unknown>>,
): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : {details}),
    code,
  }
}

export const unauthorized = (): Status => failure(401, 'Unauthorized', 'Unauthorized')

/** `pods` of the core group, `deployments.apps` of another. */
const qualified = ({group, resource}: ResourceTarget): string => (group === '' ? resource : `${resource}.${group}`)

const details = ({group, resource, name}: ResourceTarget): Readonly<Record<string, unknown>> => ({
  ...(name === '' ? {} : {name}),
  ...(group === '' ? {} : {group}),
  kind: resource,
})

export function forbidden(target: Target, user: string): Status {
  if (target.kind === 'path') {
    return failure(
      403,
      'Forbidden',
      `forbidden: User ${quoted(user)} cannot ${target.verb} path ${quoted(target.path)}`,
      {},
    )
  }
  const {namespace, resource, subresource, name, group, verb} = target
  const whole = subresource === '' ? resource : `${resource}/${subresource}`
  const place = namespace === '' ? 'at the cluster scope' : `in the namespace ${quoted(namespace)}`
  const what = `${qualified(target)}${name === '' ? '' : ` ${quoted(name)}`} is forbidden`
  const message = `${what}: User ${quoted(user)} cannot ${verb} resource ${quoted(whole)} in API group ${quoted(group)} ${place}`
  return failure(403, 'Forbidden', message, details(target))
}

export const notFound = (target: ResourceTarget): Status =>
  failure(404, 'NotFound', `${qualified(target)} ${quoted(target.name)} not found`, details(target))

export const noSuchResource = (): Status =>
  failure(404, 'NotFound', 'the server could not find the requested resource', {})

export const notAllowed = (): Status =>
  failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})

export const alreadyExists = (target: ResourceTarget, name: string): Status =>
  failure(409, 'AlreadyExists', `${qualified(target)} ${quoted(name)} already exists`, {
    ...details({...target, name}),
  })

export const badRequest = (message: string): Status => failure(400, 'BadRequest', message)

/** The kubelet of a node does not answer: nothing runs there. */
export const dialError = (message: string): Status => failure(500, 'InternalError', message)

/** Go's `%q` of what is printable. */
const quoted = (text: string): string => JSON.stringify(text)
