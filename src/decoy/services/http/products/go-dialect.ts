/** How the HTTP server of Go's standard library (`net/http`) reads requests; what it refuses was recorded from dockerd. */
import type {Dialect, HeadMeter} from '../request/dialect.ts'
import {
  atLeast,
  type BodyFraming,
  type Fault,
  fault,
  type Header,
  headerValues,
  type RequestLine,
} from '../request/message.ts'
import {trimBlanks} from '../request/text.ts'

/** The server itself takes 1 MiB; nobody sends that much, and hundreds of connections may. */
const HEAD_LIMIT = 128 * 1024
const CR = 0x0d
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\//i
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i
const HOST = /^[!$%&'()*+,\-.:;=@[\]_~0-9A-Za-z]*$/

const textOf = (line: Buffer): string => line.toString('latin1', 0, line.at(-1) === CR ? line.length - 1 : line.length)
const bad = (what: string, note?: string): Fault => fault(400, what, note)

export interface GoStyle {
  /** Go 1.19 drops a header without a name, and says what is wrong with a value. */
  readonly old: boolean
}

export function goDialect({old}: GoStyle): Dialect {
  return {
    minds: 'empty-lines',
    meter,
    early: () => null,
    startLine,
    header: (line, index) => header(line, index, old),
    fold: (previous, line) =>
      previous === null ? bad('obs-fold') : {...previous, value: `${previous.value} ${trimBlanks(textOf(line))}`},
    complete,
    chunkFault: () => bad('chunk'),
  }
}

function meter(): HeadMeter {
  let used = 0
  return {
    add(bytes, kind, partial) {
      if (!partial) used += bytes
      if ((partial ? used + bytes : used) <= HEAD_LIMIT) return null
      return fault(431, kind === 'start' ? 'target-too-long' : 'headers-too-long')
    },
  }
}

function startLine(line: Buffer): RequestLine | Fault {
  const text = textOf(line)
  const first = text.indexOf(' ')
  const second = text.indexOf(' ', first + 1)
  if (first < 0 || second < 0) return bad('request-line')
  const method = text.slice(0, first)
  const target = text.slice(first + 1, second)
  const [, major = '', minor = ''] = /^HTTP\/(\d)\.(\d)$/.exec(text.slice(second + 1)) ?? []
  if (!TOKEN.test(method)) return bad('method')
  if (major === '') return bad('version')
  if (!isTarget(method, target)) return bad('target')
  const version = {major: Number(major), minor: Number(minor)}
  const preface = method === 'PRI' && target === '*' && version.major === 2
  return version.major === 1 || preface
    ? {method, target, version}
    : fault(505, 'version', 'unsupported protocol version')
}

function isTarget(method: string, target: string): boolean {
  if (/[\x00-\x1f\x7f]/.test(target)) return false
  if (target === '*') return true
  const path = target.split('?', 1)[0] ?? ''
  const shaped = target.startsWith('/') || ABSOLUTE.test(target) || (method === 'CONNECT' && HOST.test(target))
  return shaped && !BROKEN_ESCAPE.test(path)
}

function header(line: Buffer, index: number, old: boolean): Header | Fault | null {
  const text = textOf(line)
  const colon = text.indexOf(':')
  if (colon < 0 || (index === 0 && /^[ \t]/.test(text))) return bad('header')
  if (colon === 0) return old ? null : bad('header-name')
  const name = text.slice(0, colon)
  if (!TOKEN.test(name)) return bad('header-name', 'invalid header name')
  const value = trimBlanks(text.slice(colon + 1))
  if (!/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) return {name, value}
  return old ? bad('header-value', 'invalid header value') : bad('header-value')
}

function complete(line: RequestLine, headers: readonly Header[]): BodyFraming | Fault {
  const hosts = headerValues(headers, 'host')
  if (hosts.length > 1) return bad('host')
  const framing = framingOf(line, headers)
  if ('what' in framing) return framing
  const current = line.version.major === 1 && atLeast(line.version, 1, 1)
  if (current && hosts.length === 0 && line.method !== 'CONNECT') return bad('host', 'missing required Host header')
  if (!HOST.test(hosts[0] ?? '')) return bad('host', 'malformed Host header')
  return framing
}

/** A coding wins over a length, which is then forgotten; HTTP/1.0 has no codings. */
function framingOf(line: RequestLine, headers: readonly Header[]): BodyFraming | Fault {
  const codings = atLeast(line.version, 1, 1) ? headerValues(headers, 'transfer-encoding') : []
  if (codings.length > 0) {
    return codings.length === 1 && codings[0]?.toLowerCase() === 'chunked'
      ? {kind: 'chunked'}
      : fault(501, 'transfer-encoding')
  }
  const lengths = new Set(headerValues(headers, 'content-length').map(trimBlanks))
  const [length] = lengths
  if (lengths.size > 1 || (length !== undefined && !/^\d{1,15}$/.test(length))) return bad('content-length')
  return length === undefined || length === '0' ? {kind: 'none'} : {kind: 'length', length: Number(length)}
}
