/** Asterisk's older SIP driver, chan_sip: in use up to Asterisk 20. */
import {createHmac} from 'node:crypto'

import {type Answer, type Dialect, type Place, plain, type SipHeaders} from './dialect.ts'
import {header, type SipRequest, tagOf} from './message.ts'
import {chanSipVias} from './via.ts'

const ALLOW = 'INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, SUBSCRIBE, NOTIFY, INFO, PUBLISH, MESSAGE'
/** How long a challenge waits for its answer: a dialog that did not come to be is kept for 32 seconds. */
const NONCE_MS = 32_000
/** A client counts on with each try; a nonce belongs to one of the last. */
const TRIES = 3

export function chanSip(server: string, realm: string, secret: Buffer): Dialect {
  /** Nothing is kept for a stranger: what a dialog has at random follows from what the peer sent. */
  const derive = (purpose: string, ...parts: readonly string[]): string =>
    createHmac('sha256', secret)
      .update([purpose, ...parts].join('\0'))
      .digest('hex')
      .slice(0, 8)
  const callId = (request: SipRequest): string => header(request.headers, 'call-id') ?? ''
  const sequence = (request: SipRequest): number => Number.parseInt(header(request.headers, 'cseq') ?? '0', 10)
  const nonceAt = (request: SipRequest, place: Place, count: number, period: number): string =>
    derive('nonce', place.source.ip, callId(request), String(count), String(period))
  const period = ({now}: Place): number => Math.floor(now / NONCE_MS)

  function challenge(request: SipRequest, place: Place, stale: boolean): Answer {
    const nonce = nonceAt(request, place, sequence(request), period(place))
    const value = `Digest algorithm=MD5, realm="${realm}", nonce="${nonce}"${stale ? ', stale=true' : ''}`
    return {status: 401, reason: 'Unauthorized', headers: [], trailing: [['WWW-Authenticate', value]]}
  }

  return {
    name: 'chan_sip',
    protects: false,
    dispensable: ['Accept', 'Contact', 'Supported', 'Allow', 'Server'],
    headers: (request, answer, place) =>
      frame(request, answer, {place, server, tag: `as${derive('tag', callId(request))}`}),
    options: (_, place, exists) => ({
      status: exists ? 200 : 404,
      reason: exists ? 'OK' : 'Not Found',
      headers: [],
      trailing: [...(exists ? [['Contact', contactOf(place)] as const] : []), ['Accept', 'application/sdp']],
    }),
    challenge,
    nonceAge(nonce, request, place) {
      const count = sequence(request)
      for (let back = 0; back <= TRIES; back++) {
        const of = (when: number): string => nonceAt(request, place, count - back, when)
        if (nonce === of(period(place)) || nonce === of(period(place) - 1)) return 'fresh'
      }
      return /^[0-9a-f]{8}$/.test(nonce) ? 'stale' : null
    },
    denied: () => plain(403, 'Forbidden'),
    registered: (_, place, contact, expires) => ({
      status: 200,
      reason: 'OK',
      headers: [],
      trailing: [
        ['Expires', String(expires)],
        ...(contact === null ? [] : [['Contact', `${contact};expires=${expires}`] as const]),
        ['Date', new Date(place.now).toUTCString()],
      ],
    }),
    noDialog: plain(481, 'Call leg/transaction does not exist'),
    notFound: plain(404, 'Not Found'),
    unavailable: plain(480, 'Temporarily unavailable'),
    trying: plain(100, 'Trying'),
    unknownMethod: plain(501, 'Method Not Implemented'),
  }
}

const contactOf = ({local, transport}: Place): string =>
  `<sip:${local.ip}:${local.port}${transport === 'tcp' ? ';transport=TCP' : ''}>`

interface Frame {
  readonly place: Place
  readonly server: string
  readonly tag: string
}

function frame(request: SipRequest, answer: Answer, {place, server, tag}: Frame): SipHeaders {
  const value = (name: string): string => header(request.headers, name) ?? ''
  const to = value('to')
  return [
    ...chanSipVias(request, place.source).map((via) => ['Via', via] as const),
    ['From', value('from')],
    ['To', tagOf(to) === null && answer.status > 100 ? `${to};tag=${tag}` : to],
    ['Call-ID', value('call-id')],
    ['CSeq', value('cseq')],
    ['Server', server],
    ['Allow', ALLOW],
    ['Supported', 'replaces, timer'],
    ...answer.headers,
    ...(answer.status === 100 ? [['Contact', contactOf(place)] as const] : []),
    ...(answer.trailing ?? []),
    ['Content-Length', '0'],
  ]
}
