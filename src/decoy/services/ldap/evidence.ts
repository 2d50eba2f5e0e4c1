/** What of a session is worth an event. */
import type {Credential, ServiceEvent} from '../../../events/event.ts'
import {ntlmLine} from '../../codecs/credentials/ntlm.ts'
import type {AuthenticateMessage} from '../../codecs/ntlm/authenticate.ts'
import type {Limits} from '../../limits.ts'
import {printable, sample} from '../../sample.ts'
import type {Principal} from './products/dialect.ts'
import {techniquesOf} from './techniques.ts'
import {filterText} from './wire/filter.ts'
import {type Control, SCOPE, type SearchRequest} from './wire/operations.ts'
import type {Outcome} from './wire/results.ts'

const NAME = 256
const ATTRIBUTES = 64
const SCOPES: Readonly<Record<number, string>> = {[SCOPE.BASE]: 'base', [SCOPE.ONE]: 'one', [SCOPE.SUBTREE]: 'subtree'}

export const shown = (text: string, limit = NAME): string => printable(Buffer.from(text, 'utf8').subarray(0, limit))

export function simpleAttempt(
  {principal, domain}: Principal,
  password: Buffer,
  success: boolean,
  {limits, name}: {readonly limits: Limits; readonly name: string},
): ServiceEvent {
  return {
    event: 'auth.attempt',
    credential: {
      principal: shown(principal, limits.credential),
      ...(domain === undefined ? {} : {domain: shown(domain)}),
      method: 'simple',
      secret: sample(password, limits.credential),
      outcome: success ? 'success' : 'failure',
    },
    data: {name: shown(name, limits.credential)},
  }
}

export function ntlmAttempt(
  message: AuthenticateMessage,
  serverChallenge: Buffer,
  success: boolean,
  {limits, via}: {readonly limits: Limits; readonly via: string},
): ServiceEvent {
  const hash = ntlmLine(message, serverChallenge)
  const credential: Credential = {
    principal: shown(message.user, limits.credential),
    domain: shown(message.domain),
    method: message.response.kind,
    ...(hash === null ? {} : {hash}),
    outcome: success ? 'success' : 'failure',
  }
  return {event: 'auth.attempt', credential, data: {via, workstation: shown(message.workstation)}}
}

/** A token that nobody here can read, as a Kerberos ticket or an answer to a challenge of DIGEST-MD5. */
export function tokenAttempt(principal: string, mechanism: string, token: Buffer, limits: Limits): ServiceEvent {
  return {
    event: 'auth.attempt',
    credential: {principal: shown(principal, limits.credential), method: shown(mechanism, 32), outcome: 'failure'},
    data: {token: sample(token, limits.credential)},
  }
}

export function requestEvent(operation: string, facts: Readonly<Record<string, unknown>> = {}): ServiceEvent {
  return {event: 'request', data: {operation, ...facts}}
}

export interface SearchResult {
  readonly outcome: Outcome
  readonly entries: number
  readonly controls: readonly Control[]
}

export function searchEvent(
  request: SearchRequest,
  {outcome, entries, controls}: SearchResult,
  limits: Limits,
): ServiceEvent {
  const {base, scope, filter, attributes} = request
  const text = filterText(filter)
  const techniques = techniquesOf(text, attributes)
  const oids = controls.slice(0, ATTRIBUTES).map(({oid}) => shown(oid, 64))
  return {
    event: techniques.length > 0 ? 'probe' : 'query',
    data: {
      operation: 'search',
      base: shown(base, limits.sample),
      scope: SCOPES[scope] ?? String(scope),
      filter: sample(text, limits.sample).text,
      attributes: attributes.slice(0, ATTRIBUTES).map((name) => shown(name, 128)),
      ...(oids.length === 0 ? {} : {controls: oids}),
      ...(techniques.length === 0 ? {} : {techniques}),
      result: outcome.code,
      entries,
    },
  }
}

export function malformedEvent(reason: string, bytes: Buffer, limits: Limits): ServiceEvent {
  return {event: 'malformed', data: {reason, sample: sample(bytes, Math.min(limits.sample, 512))}}
}
