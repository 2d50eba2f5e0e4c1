/** How Apache httpd 2.4 reads a request under `HttpProtocolOptions Strict`, its default since 2.4.25. */
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

/** `LimitRequestLine` and `LimitRequestFieldSize`, with the line end. */
const LINE_LIMIT = 8190 + 2
/** `LimitRequestFields`. */
const FIELDS_LIMIT = 100
const CR = 0x0d

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d*)?$/i

const FIELD_TOO_LONG = 'Size of a request header field exceeds server limit.'
const TOO_MANY_FIELDS = "The number of request header fields exceeds this server's limit."

const bad = (what: string): Fault => fault(400, what)

const meter = (): HeadMeter => ({
  add(bytes, kind) {
    if (bytes <= LINE_LIMIT) return null
    return kind === 'start' ? fault(414, 'target-too-long') : fault(400, 'header-too-long', FIELD_TOO_LONG)
  },
})

/** The text of a line that ends as RFC 9112 §2.2 wants it; a bare line feed is refused. */
const strictText = (line: Buffer): string | null =>
  line.at(-1) === CR ? line.toString('latin1', 0, line.length - 1) : null

function startLine(line: Buffer): RequestLine | Fault {
  const text = strictText(line)
  if (text === null) return bad('bare-line-feed')
  const [method = '', target = '', version, ...more] = text.split(' ', 4)
  if (!TOKEN.test(method) || target === '' || more.length > 0) return bad('request-line')
  if (/[\x00-\x20\x7f]/.test(target)) return bad('target')
  if (!validTarget(method, target)) return bad('target')
  if (version === undefined) return {method, target, version: {major: 0, minor: 9}}
  const [, major, minor] = /^HTTP\/([1-9])\.(\d)$/.exec(version) ?? []
  return major === undefined ? bad('version') : {method, target, version: {major: Number(major), minor: Number(minor)}}
}

function validTarget(method: string, target: string): boolean {
  if (method === 'CONNECT') return /^[^/?#]+:\d+$/.test(target)
  if (target === '*') return method === 'OPTIONS'
  return !target.includes('#') && (target.startsWith('/') || /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(target))
}

function header(line: Buffer, index: number): Header | Fault {
  if (index >= FIELDS_LIMIT) return fault(400, 'too-many-headers', TOO_MANY_FIELDS)
  const text = strictText(line)
  const colon = text?.indexOf(':') ?? -1
  if (text === null || colon < 0 || !TOKEN.test(text.slice(0, colon))) return bad('header-name')
  const value = trimBlanks(text.slice(colon + 1))
  return /[\x00-\x08\x0a-\x1f\x7f]/.test(value) ? bad('header-value') : {name: text.slice(0, colon), value}
}

function fold(previous: Header | null, line: Buffer): Header | Fault {
  const text = strictText(line)
  if (previous === null || text === null) return bad('obs-fold')
  const value = `${previous.value} ${trimBlanks(text)}`
  return value.length > LINE_LIMIT ? fault(400, 'header-too-long', FIELD_TOO_LONG) : {name: previous.name, value}
}

function complete(line: RequestLine, headers: readonly Header[]): BodyFraming | Fault {
  const hosts = headerValues(headers, 'host')
  if (hosts.length > 1) return bad('duplicate-host')
  if (hosts[0] === undefined ? atLeast(line.version, 1, 1) : !HOST.test(hosts[0])) return bad('host')
  return bodyFraming(headers)
}

/** Both a length and a coding: the coding counts and the connection ends (RFC 9112 §6.3). */
function bodyFraming(headers: readonly Header[]): BodyFraming | Fault {
  const [length, repeated] = headerValues(headers, 'content-length')
  const coding = headerValues(headers, 'transfer-encoding')
  if (repeated !== undefined || (length !== undefined && !/^\d{1,18}$/.test(length))) return bad('content-length')
  if (coding.length === 0) return length === undefined ? {kind: 'none'} : {kind: 'length', length: Number(length)}
  return coding.join(',').toLowerCase() === 'chunked' ? {kind: 'chunked'} : bad('transfer-encoding')
}

export const apacheDialect: Dialect = {
  meter,
  early: () => null,
  startLine,
  header,
  fold,
  complete,
  chunkFault: (_, tooLarge) => (tooLarge ? fault(413, 'chunk-size') : fault(400, 'chunk')),
}
