/** Errors as the REST layer writes them. */
import {RELEASES} from './releases.ts'

export type Json = Readonly<Record<string, unknown>>

export interface Failure {
  readonly status: number
  readonly document: Json
  readonly headers?: readonly (readonly [string, string])[]
}

/** An exception: the cause stands at the top and in the list of causes. */
export function exception(status: number, type: string, reason: string, more: Json = {}): Failure {
  const cause = {type, reason, ...more}
  return {status, document: {error: {root_cause: [cause], ...cause}, status}}
}

export const simple = (status: number, message: string): Failure => ({status, document: {error: message, status}})

export const noHandler = (uri: string, method: string): Failure => ({
  status: 400,
  document: {error: `no handler found for uri [${uri}] and method [${method}]`},
})

export const wrongMethod = (uri: string, method: string, allowed: readonly string[]): Failure => ({
  ...simple(405, `Incorrect HTTP method for uri [${uri}] and method [${method}], allowed: [${allowed.join(', ')}]`),
  headers: [['Allow', allowed.join(',')]],
})

export const noSuchIndex = (name: string): Failure =>
  exception(404, 'index_not_found_exception', `no such index [${name}]`, {
    'resource.type': 'index_or_alias',
    'resource.id': name,
    index_uuid: '_na_',
    index: name,
  })

/** Null: it may be called that. */
export function invalidName(name: string): Failure | null {
  const refused = (why: string): Failure =>
    exception(400, 'invalid_index_name_exception', `Invalid index name [${name}], ${why}`, {
      index_uuid: '_na_',
      index: name,
    })
  if (/[\\/*?"<>| ,#:]/.test(name)) {
    return refused('must not contain the following characters [ , ", *, \\, <, |, ,, >, /, ?]')
  }
  if (/^[_+-]/.test(name)) return refused("must not start with '_', '-', or '+'")
  return name === name.toLowerCase() ? null : refused('must be lowercase')
}

/** The schemes that are offered without TLS, or with it. */
export function unauthenticated(reason: string, secure: boolean, old: boolean): Failure {
  const basic = old ? 'Basic realm="security" charset="UTF-8"' : 'Basic realm="security", charset="UTF-8"'
  const offered = [basic, ...(secure ? ['Bearer realm="security"'] : []), 'ApiKey']
  const failure = exception(401, 'security_exception', reason, {header: {'WWW-Authenticate': offered}})
  return {...failure, headers: offered.map((value) => ['WWW-Authenticate', value] as const)}
}

export const isOld = (version: string): boolean => version !== RELEASES.at(-1)?.version
