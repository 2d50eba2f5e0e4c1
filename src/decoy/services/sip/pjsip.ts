/** Asterisk's newer SIP driver, chan_pjsip, on PJSIP. */
import {createHmac} from 'node:crypto'

import {type Answer, type Dialect, type Place, plain, type SipHeaders} from './dialect.ts'
import {header, type SipRequest, tagOf} from './message.ts'
import {branchOf, pjsipVias} from './via.ts'

const ACCEPT =
  'application/sdp, application/dialog-info+xml, application/simple-message-summary, application/xpidf+xml, application/cpim-pidf+xml, application/pidf+xml, application/pidf+xml, application/dialog-info+xml, application/simple-message-summary, message/sipfrag;version=2.0'
const ALLOW = 'OPTIONS, SUBSCRIBE, NOTIFY, PUBLISH, INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, REGISTER, REFER, MESSAGE'
const SUPPORTED = '100rel, timer, replaces, norefersub'
/** `nonce_lifetime` of an authentication object. */
const NONCE_SECONDS = 32

export function pjsip(server: string, realm: string, secret: Buffer): Dialect {
  const seal = (time: string, request: SipRequest, {source}: Place): string =>
    createHmac('md5', secret)
      .update([time, source.ip, String(source.port), header(request.headers, 'call-id') ?? '', realm].join('\0'))
      .digest('hex')
  const seconds = ({now}: Place): number => Math.floor(now / 1000)

  function challenge(request: SipRequest, place: Place, stale: boolean): Answer {
    const time = String(seconds(place))
    const opaque = place.random(8).toString('hex')
    const parts = [
      `realm="${realm}"`,
      `nonce="${time}/${seal(time, request, place)}"`,
      `opaque="${opaque}"`,
      ...(stale ? ['stale=true'] : []),
      'algorithm=MD5',
      'qop="auth"',
    ]
    // The stack writes a space behind the scheme, and one before the first parameter.
    return {status: 401, reason: 'Unauthorized', headers: [['WWW-Authenticate', `Digest  ${parts.join(',')}`]]}
  }

  return {
    name: 'chan_pjsip',
    protects: true,
    dispensable: ['Accept', 'Accept-Language', 'Accept-Encoding', 'Supported', 'Allow', 'Server'],
    headers: (request, answer, place) => frame(request, answer, place, server),
    options: (request, _, exists) => {
      if (!exists && /^sips?:[^@]+@/i.test(request.uri)) return plain(404, 'Not Found')
      return {
        status: 200,
        reason: 'OK',
        headers: [
          ['Accept', ACCEPT],
          ['Allow', ALLOW],
          ['Supported', SUPPORTED],
          ['Accept-Encoding', 'text/plain'],
          ['Accept-Language', 'en'],
        ],
      }
    },
    challenge,
    nonceAge(nonce, request, place) {
      const [time = '', given = ''] = nonce.split('/')
      if (!/^\d{1,12}$/.test(time) || given !== seal(time, request, place)) return null
      return seconds(place) - Number(time) <= NONCE_SECONDS ? 'fresh' : 'stale'
    },
    denied: (request, place) => challenge(request, place, false),
    registered: (_, place, contact, expires) => ({
      status: 200,
      reason: 'OK',
      headers: [
        ['Date', new Date(place.now).toUTCString()],
        ...(contact === null ? [] : [['Contact', `${contact};expires=${Math.max(0, expires - 1)}`] as const]),
        ['Expires', String(expires)],
      ],
    }),
    noDialog: plain(481, 'Call/Transaction Does Not Exist'),
    notFound: plain(404, 'Not Found'),
    unavailable: plain(480, 'Temporarily Unavailable'),
    trying: plain(100, 'Trying'),
    unknownMethod: null,
  }
}

function frame(request: SipRequest, answer: Answer, place: Place, server: string): SipHeaders {
  const value = (name: string): string => header(request.headers, name) ?? ''
  const to = rewritten(value('to'))
  const tag = branchOf(request)
  return [
    ...pjsipVias(request, place.source).map((via) => ['Via', via] as const),
    ['Call-ID', value('call-id')],
    ['From', rewritten(value('from'))],
    ['To', tagOf(to) === null && answer.status > 100 && tag !== '' ? `${to};tag=${tag}` : to],
    ['CSeq', value('cseq')],
    ...answer.headers,
    ['Server', server],
    ...(answer.trailing ?? []),
    // Two spaces: the stack leaves room for a number that it fills in later.
    ['Content-Length', ' 0'],
  ]
}

/** PJSIP writes addresses anew: a name in quotes, the URI in brackets, the parameters behind it. */
function rewritten(address: string): string {
  const [, quoted, bare = '', uri, rest = ''] = /^(?:"([^"]*)"|([^<"]*?))\s*<([^<>]*)>(.*)$/.exec(address) ?? []
  if (uri !== undefined) {
    const name = (quoted ?? bare).trim()
    return `${name === '' ? '' : `"${name}" `}<${uri}>${rest.trim()}`
  }
  const semicolon = address.indexOf(';')
  return semicolon < 0 ? `<${address}>` : `<${address.slice(0, semicolon).trim()}>${address.slice(semicolon)}`
}
