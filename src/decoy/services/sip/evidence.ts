/** What of a SIP message is worth an event. */
import type {Credential, ServiceEvent} from '../../../events/event.ts'
import {type DigestCapture, digestLine} from '../../codecs/credentials/digest.ts'
import type {Limits} from '../../limits.ts'
import {printable, sample} from '../../sample.ts'
import type {Place} from './dialect.ts'
import {header, type SipRequest, userOf} from './message.ts'

const SHOWN = 256
/** What the tools call themselves that look for telephone systems to rob. */
const SCANNERS =
  /friendly-scanner|sipvicious|sipcli|sip-scan|sundayddr|iWar|VaxSIPUserAgent|sipsak|pplsip|SIPPTS|\bzgrab\b/i

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const show = (text: string): string => printable(latin1(text).subarray(0, SHOWN))

export function requestEvent(request: SipRequest, status: number | null, place: Place, limits: Limits): ServiceEvent {
  const {method, uri, headers, body} = request
  const agent = header(headers, 'user-agent') ?? ''
  const scanner = SCANNERS.exec(`${agent} ${header(headers, 'from') ?? ''}`)?.[0]
  return {
    event: 'request',
    data: {
      method: show(method),
      uri: sample(latin1(uri), SHOWN),
      transport: place.transport,
      from: show(header(headers, 'from') ?? ''),
      to: show(header(headers, 'to') ?? ''),
      contact: show(header(headers, 'contact') ?? ''),
      userAgent: agent === '' ? null : sample(latin1(agent), SHOWN),
      status,
      ...(method === 'INVITE' ? {dialled: show(userOf(uri) ?? '')} : {}),
      ...(scanner === undefined ? {} : {scanner: show(scanner)}),
      ...(body.length === 0 ? {} : {body: sample(body, limits.sample)}),
    },
  }
}

export function credentialOf(capture: DigestCapture, success: boolean, place: Place, limits: Limits): Credential {
  const hash = digestLine(capture, {server: place.local.ip, client: place.source.ip})
  return {
    principal: printable(latin1(capture.user).subarray(0, limits.credential)),
    domain: printable(latin1(capture.realm).subarray(0, limits.credential)),
    method: 'digest',
    ...(hash === null ? {secret: sample(latin1(capture.response), limits.credential)} : {hash}),
    outcome: success ? 'success' : 'failure',
  }
}

export function strangeEvent(
  event: 'malformed' | 'probe',
  reason: string,
  bytes: Buffer,
  limits: Limits,
): ServiceEvent {
  return {event, data: {reason, input: sample(bytes, Math.min(limits.sample, 1024))}}
}
