/** How nginx reads a request: `ngx_http_parse.c` and `ngx_http_request.c` of 1.18 to 1.24, observed from outside. */
import type {Dialect, HeadMeter} from '../request/dialect.ts'
import {
  atLeast,
  type BodyFraming,
  type Fault,
  fault,
  type Header,
  headerValues,
  isFault,
  type RequestLine,
} from '../request/message.ts'
import {trimBlanks} from '../request/text.ts'
import {decodePath, normalisePath, splitTarget} from '../site/path.ts'

/** `client_header_buffer_size` 1k, then `large_client_header_buffers` 4 8k. */
const FIRST_BUFFER = 1024
const LARGE_BUFFER = 8192
const LARGE_BUFFERS = 4
/** `max_headers`, as Debian's security updates carry it. */
const HEADERS_LIMIT = 1000
const CR = 0x0d

/** Any octet but a control or a space may stand in a target. */
const START = /^([A-Z_-]+) +([/a-zA-Z][^\x00-\x20\x7f]*) *(.*?)\r?$/s
const VERSION = /^HTTP\/([1-9]\d*)\.(\d{1,2}) *$/
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d*)?([/?#]|$)/i
/** Nothing may be repeated that decides how a request is framed or what it depends on. */
const UNIQUE = [
  'content-length',
  'transfer-encoding',
  'if-modified-since',
  'if-unmodified-since',
  'if-match',
  'if-none-match',
]
const TOO_LARGE = 'Request Header Or Cookie Too Large'

const bad = (what: string): Fault => fault(400, what)

/** Lines are kept whole in one buffer each; a line that does not fit moves to the next buffer. */
function meter(): HeadMeter {
  let free = FIRST_BUFFER
  let taken = 0
  return {
    add(bytes, kind, partial) {
      const full = kind === 'start' ? fault(414, 'target-too-long') : fault(400, 'headers-too-large', TOO_LARGE)
      if (partial) return bytes >= LARGE_BUFFER || (bytes > free && taken === LARGE_BUFFERS) ? full : null
      if (bytes <= free) {
        free -= bytes
        return null
      }
      if (bytes > LARGE_BUFFER || taken === LARGE_BUFFERS) return full
      taken++
      free = LARGE_BUFFER - bytes
      return null
    },
  }
}

/** A method is read byte by byte: what cannot be one is refused before the line ends. */
function early(partial: Buffer): Fault | null {
  for (const byte of partial.subarray(0, 64)) {
    if (byte === 0x20) return null
    const upper = byte >= 0x41 && byte <= 0x5a
    if (!upper && byte !== 0x5f && byte !== 0x2d) return bad('method')
  }
  return null
}

function startLine(line: Buffer, strict: boolean): RequestLine | Fault {
  const text = line.toString('latin1')
  const [, method = '', target = '', tail = ''] = START.exec(strict ? text : withoutSpaces(text)) ?? []
  if (method === '') return bad('request-line')
  if (!target.startsWith('/') && !ABSOLUTE.test(target)) return bad('target')
  const version = tail === '' ? {major: 0, minor: 9} : readVersion(tail)
  if (isFault(version)) return version
  if (version.major === 0 && method !== 'GET') return bad('method-without-version')
  const path = decodePath(splitTarget(target).path)
  if (path === null || path.includes('\0') || normalisePath(path) === null) return bad('path')
  return {method, target, version}
}

/** Before 1.21.1 a target could hold spaces: they are read as if they had been encoded. */
function withoutSpaces(text: string): string {
  const start = text.indexOf('/')
  const end = text.lastIndexOf(' HTTP/')
  if (start < 0 || end <= start) return text
  return text.slice(0, start) + text.slice(start, end).trimEnd().replaceAll(' ', '%20') + text.slice(end)
}

function readVersion(text: string): RequestLine['version'] | Fault {
  if (/^HTTP\/[1-9]/.test(text) && Number.parseInt(text.slice('HTTP/'.length, 16), 10) > 1) return fault(505, 'version')
  const [, major, minor] = VERSION.exec(text) ?? []
  if (major === undefined) return bad('version')
  return {major: Number(major), minor: Number(minor)}
}

function header(line: Buffer, index: number, strict: boolean): Header | Fault | null {
  if (index >= HEADERS_LIMIT) return fault(400, 'too-many-headers', TOO_LARGE)
  const text = line.toString('latin1', 0, line.at(-1) === CR ? line.length - 1 : line.length)
  const colon = text.indexOf(':')
  const name = colon < 0 ? text : text.slice(0, colon)
  if (colon === 0 || (strict ? /[\x00-\x20\x7f]/ : /\x00/).test(name)) return bad('header-name')
  if (/[\x00\r]/.test(text)) return bad('header-value')
  if (colon < 0 || !/^[a-z0-9-]+$/i.test(name)) return null
  return {name, value: trimBlanks(text.slice(colon + 1))}
}

function complete(line: RequestLine, headers: readonly Header[], strict: boolean): BodyFraming | Fault {
  if (UNIQUE.some((name) => headerValues(headers, name).length > 1)) return bad('duplicate-header')
  const hosts = headerValues(headers, 'host')
  if (hosts.length > 1) return bad('duplicate-host')
  if (hosts[0] === undefined ? atLeast(line.version, 1, 1) : !validHost(hosts[0])) return bad('host')
  const framing = bodyFraming(line, headers, strict)
  if (isFault(framing)) return framing
  return line.method === 'TRACE' || line.method === 'CONNECT' ? fault(405, 'method') : framing
}

const validHost = (host: string): boolean => host !== '' && !/[\x00-\x20\x7f/]|\.\./.test(host)

function bodyFraming(line: RequestLine, headers: readonly Header[], strict: boolean): BodyFraming | Fault {
  const [length] = headerValues(headers, 'content-length')
  const [coding] = headerValues(headers, 'transfer-encoding')
  if (length !== undefined && !/^\d{1,18}$/.test(length)) return bad('content-length')
  if (coding === undefined) return length === undefined ? {kind: 'none'} : {kind: 'length', length: Number(length)}
  if (!atLeast(line.version, 1, 1)) return bad('transfer-encoding-on-1.0')
  if (coding.toLowerCase() !== 'chunked') return fault(501, 'transfer-encoding')
  return length === undefined || !strict ? {kind: 'chunked'} : bad('content-length-and-transfer-encoding')
}

/** 1.21.1 began to refuse controls and spaces where none belong, and a length beside a coding. */
function isStrict(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(/[. ]/, 3).map(Number)
  return major > 1 || minor > 21 || (minor === 21 && patch >= 1)
}

export function nginxDialect(version: string): Dialect {
  const strict = isStrict(version)
  return {
    meter,
    early,
    startLine: (line) => startLine(line, strict),
    header: (line, index) => header(line, index, strict),
    fold: (previous) => (strict ? bad('obs-fold') : previous),
    complete: (line, headers) => complete(line, headers, strict),
    chunkFault: () => bad('chunk'),
  }
}
