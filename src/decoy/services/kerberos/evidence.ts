/** What of a request is worth an event. */
import type {CrackableHash, ServiceEvent} from '../../../events/event.ts'
import type {KdcRequest} from '../../codecs/kerberos/kdc-request.ts'
import {principalText} from '../../codecs/kerberos/types.ts'
import type {Limits} from '../../limits.ts'
import {printable, sample} from '../../sample.ts'

const NAME = 256
const MOST_ETYPES = 24

const shown = (text: string, limit = NAME): string => printable(Buffer.from(text, 'utf8').subarray(0, limit))

/** Names and etypes of a request: tools are told by the order and choice of the latter. */
export function facts({client, realm, server, etypes, till}: KdcRequest): Record<string, unknown> {
  return {
    user: client === null ? null : shown(principalText(client)),
    realm: shown(realm),
    server: server === null ? null : shown(principalText(server)),
    etypes: etypes.slice(0, MOST_ETYPES),
    till: new Date(till).toISOString(),
  }
}

export function requestEvent(
  request: KdcRequest,
  error: number,
  more: Readonly<Record<string, unknown>> = {},
): ServiceEvent {
  const operation = request.type === 'as' ? 'as-req' : 'tgs-req'
  return {event: 'request', data: {operation, ...facts(request), error, ...more}}
}

/** `technique`: what only an attacker asks for. */
export function probeEvent(
  technique: string,
  request: KdcRequest,
  more: Readonly<Record<string, unknown>> = {},
): ServiceEvent {
  const operation = request.type === 'as' ? 'as-req' : 'tgs-req'
  return {event: 'probe', data: {operation, technique, ...facts(request), ...more}}
}

export interface Attempt {
  readonly hash: CrackableHash | null
  readonly success: boolean
  readonly error: number
  readonly etype: number
}

export function attemptEvent(
  request: KdcRequest,
  {hash, success, error, etype}: Attempt,
  limits: Limits,
): ServiceEvent {
  return {
    event: 'auth.attempt',
    credential: {
      principal: request.client === null ? '' : shown(principalText(request.client), limits.credential),
      domain: shown(request.realm),
      method: 'kerberos-preauth',
      ...(hash === null ? {} : {hash}),
      outcome: success ? 'success' : 'failure',
    },
    data: {...facts(request), etype, error},
  }
}

export function malformedEvent(reason: string, bytes: Buffer, limits: Limits): ServiceEvent {
  return {event: 'malformed', data: {reason, sample: sample(bytes, Math.min(limits.sample, 512))}}
}
