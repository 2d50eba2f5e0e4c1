/**
 * SIP messages (RFC 3261 §7, §25):
 *
 *     Request      = Method SP Request-URI SP "SIP/2.0" CRLF *(header CRLF) CRLF [body]
 *     Response     = "SIP/2.0" SP Status-Code SP Reason-Phrase CRLF *(header CRLF) CRLF [body]
 *     header       = name *WSP ":" value, continued on lines that begin with white space
 *
 * Text is latin1: one character a byte.
 */
export interface SipHeader {
  /** Lower case, compact forms written out. */
  readonly name: string
  readonly value: string
}

export interface SipRequest {
  readonly method: string
  readonly uri: string
  readonly headers: readonly SipHeader[]
  readonly body: Buffer
}

export type SipMessage =
  | {readonly type: 'request'; readonly request: SipRequest}
  | {readonly type: 'response'}
  | {readonly type: 'malformed'; readonly reason: string}

/** RFC 3261 §7.3.3, RFC 3515, RFC 6665. */
const COMPACT: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  c: 'content-type',
  e: 'content-encoding',
  k: 'supported',
  l: 'content-length',
  s: 'subject',
  o: 'event',
  r: 'refer-to',
  u: 'allow-events',
}
/** chan_sip keeps 64 and drops the rest. */
const MAX_HEADERS = 64
const REQUEST_LINE = /^([A-Za-z]{1,32}) (\S{1,1024}) SIP\/2\.0$/
const NAME = /^[A-Za-z0-9\-.!%*_+`'~]{1,64}$/
/** Without them there is no telling where an answer goes or what it is of (RFC 3261 §8.1.1). */
const NEEDED = ['via', 'from', 'to', 'call-id', 'cseq']

/** @param head without the empty line that ends it. */
export function readMessage(head: string, body: Buffer): SipMessage {
  const [start = '', ...lines] = unfold(head)
  if (start.startsWith('SIP/2.0 ')) return {type: 'response'}
  const [, method = '', uri = ''] = REQUEST_LINE.exec(start) ?? []
  if (method === '') return malformed('no request')
  const headers: SipHeader[] = []
  for (const line of lines.slice(0, MAX_HEADERS)) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon)).trimEnd()
    if (!NAME.test(name)) return malformed('header without a name')
    const lower = name.toLowerCase()
    headers.push({
      name: Object.hasOwn(COMPACT, lower) ? (COMPACT[lower] ?? lower) : lower,
      value: line.slice(colon + 1).trim(),
    })
  }
  const absent = NEEDED.find((name) => (header(headers, name) ?? '') === '')
  if (absent !== undefined) return malformed(`no ${absent}`)
  if (!/^\d{1,10} +[A-Za-z]+$/.test(header(headers, 'cseq') ?? '')) return malformed('bad cseq')
  return {type: 'request', request: {method: method.toUpperCase(), uri, headers, body}}
}

/** A datagram: what follows the empty line is the body, as far as it is announced. */
export function readDatagram(bytes: Buffer): SipMessage {
  const text = bytes.toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)
  const head = text.slice(0, end?.index ?? text.length).replace(/[\r\n]+$/, '')
  const rest = end === null ? Buffer.alloc(0) : bytes.subarray(end.index + end[0].length)
  const message = readMessage(head, rest)
  if (message.type !== 'request') return message
  const length = bodyLength(message.request.headers)
  if (length === null) return malformed('bad content-length')
  const body = rest.subarray(0, length ?? rest.length)
  return {type: 'request', request: {...message.request, body}}
}

/** Octets of the body: undefined where it is not said, null where it is nonsense. */
export function bodyLength(headers: readonly SipHeader[]): number | null | undefined {
  const text = header(headers, 'content-length')
  if (text === undefined) return undefined
  return /^\d{1,9}$/.test(text) ? Number(text) : null
}

export function header(headers: readonly SipHeader[], name: string): string | undefined {
  return headers.find((candidate) => candidate.name === name)?.value
}

export const headerValues = (headers: readonly SipHeader[], name: string): string[] =>
  headers.filter((candidate) => candidate.name === name).map(({value}) => value)

/** `sip:USER@host` of a From, a To or a request line; null: it has none. */
export function userOf(address: string): string | null {
  const [, user] = /sips?:([^@;>\s]{1,128})@/i.exec(address) ?? []
  return user === undefined ? null : (user.split(':')[0] ?? null)
}

/** `;tag=…` behind the address. */
export const tagOf = (address: string): string | null => /;\s*tag=([^;\s>]{1,256})/i.exec(address)?.[1] ?? null

const malformed = (reason: string): SipMessage => ({type: 'malformed', reason})

function unfold(head: string): string[] {
  const lines: string[] = []
  for (const line of head.split(/\r?\n/)) {
    const last = lines.length - 1
    if (/^[ \t]/.test(line) && last > 0) lines[last] += ` ${line.trim()}`
    else lines.push(line)
  }
  return lines
}
