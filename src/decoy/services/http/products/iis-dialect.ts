/** How http.sys, the kernel's listener before IIS, reads a request. */
import type {Dialect, HeadMeter} from '../request/dialect.ts'
import {
  atLeast,
  type BodyFraming,
  type Fault,
  fault,
  type Header,
  header as headerOf,
  headerValues,
  type RequestLine,
} from '../request/message.ts'
import {trimBlanks} from '../request/text.ts'
import {decodePath, splitTarget} from '../site/path.ts'

/** `MaxRequestBytes` and `MaxFieldLength`. */
const HEAD_LIMIT = 16_384
const VERB_LIMIT = 255
/** `UrlSegmentMaxLength`. */
const SEGMENT_LIMIT = 260
const CR = 0x0d

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const VERB_BYTES = new Set(
  [..."!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"].map((c) => c.charCodeAt(0)),
)
const HOST = /^(?:[^\s/\\?#@:<>"|*[\]]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/** The causes http.sys tells apart, in the words of its page titles. */
const INVALID_VERB = 'Invalid Verb'
const INVALID_URL = 'Invalid URL'
const INVALID_HEADER = 'Invalid Header'
const INVALID_HOST = 'Invalid Hostname'
const TOO_LONG = 'Request Too Long'

const bad = (what: string, note?: string): Fault => fault(400, what, note)

function meter(): HeadMeter {
  let used = 0
  return {
    add(bytes, kind, partial) {
      if (!partial) used += bytes
      if ((partial ? used + bytes : used) <= HEAD_LIMIT) return null
      return kind === 'start' ? fault(414, 'target-too-long') : bad('headers-too-long', TOO_LONG)
    },
  }
}

/** The verb is checked as it arrives. */
function early(partial: Buffer): Fault | null {
  for (const byte of partial.subarray(0, VERB_LIMIT + 1)) {
    if (byte === 0x20) return null
    if (!VERB_BYTES.has(byte)) return byte === CR || byte === 0x0a ? null : bad('verb', INVALID_VERB)
  }
  return partial.length > VERB_LIMIT ? bad('verb', INVALID_VERB) : null
}

const textOf = (line: Buffer): string => line.toString('latin1', 0, line.at(-1) === CR ? line.length - 1 : line.length)

function startLine(line: Buffer): RequestLine | Fault {
  const text = textOf(line)
  const space = text.indexOf(' ')
  const method = space < 0 ? text : text.slice(0, space)
  if (space < 0 || !TOKEN.test(method) || method.length > VERB_LIMIT) return bad('verb', INVALID_VERB)
  const rest = text.slice(space + 1)
  const end = rest.lastIndexOf(' ')
  const target = end < 0 ? rest : rest.slice(0, end)
  const version = end < 0 ? '' : rest.slice(end + 1)
  const [, major, minor] = /^HTTP\/(\d{1,5})\.(\d{1,5})$/.exec(version) ?? []
  if (target === '' || target.includes(' ') || !validTarget(method, target)) return bad('url', INVALID_URL)
  if (major === undefined) return bad('version')
  if (Number(major) > 1 || (Number(major) === 1 && Number(minor) > 1)) return fault(505, 'version')
  if (Number(major) === 0) return bad('version')
  return {method, target, version: {major: Number(major), minor: Number(minor)}}
}

function validTarget(method: string, target: string): boolean {
  if (target === '*') return method === 'OPTIONS'
  if (method === 'CONNECT') return /^[^/?#]+:\d+$/.test(target)
  if (!target.startsWith('/') && !/^https?:\/\/[^/?#]/i.test(target)) return false
  const {path} = splitTarget(target)
  const decoded = decodePath(path)
  if (decoded === null || /[\x00-\x1f]/.test(decoded)) return false
  return decoded.split('/').every((segment) => segment.length <= SEGMENT_LIMIT)
}

function header(line: Buffer): Header | Fault {
  const text = textOf(line)
  const colon = text.indexOf(':')
  if (colon < 0 || !TOKEN.test(text.slice(0, colon))) return bad('header-name', INVALID_HEADER)
  const value = trimBlanks(text.slice(colon + 1))
  return /[\x00\r]/.test(value) ? bad('header-value', INVALID_HEADER) : {name: text.slice(0, colon), value}
}

/** Folding is accepted and becomes one space. */
function fold(previous: Header | null, line: Buffer): Header | Fault {
  if (previous === null) return bad('obs-fold', INVALID_HEADER)
  return {name: previous.name, value: `${previous.value} ${trimBlanks(textOf(line))}`}
}

function complete(line: RequestLine, headers: readonly Header[]): BodyFraming | Fault {
  const hosts = headerValues(headers, 'host')
  if (hosts.length > 1) return bad('duplicate-host')
  const modern = atLeast(line.version, 1, 1)
  if (hosts[0] === undefined ? modern : hosts[0] !== '' && !HOST.test(hosts[0])) return bad('host', INVALID_HOST)
  if (hosts[0] === '' && modern) return bad('host', INVALID_HOST)
  return bodyFraming(line, headers)
}

/** A verb that carries a body must say how long it is. */
function bodyFraming(line: RequestLine, headers: readonly Header[]): BodyFraming | Fault {
  const lengths = new Set(headerValues(headers, 'content-length'))
  const [length] = lengths
  const coding = headerOf(headers, 'transfer-encoding')
  if (lengths.size > 1 || (length !== undefined && !/^\d{1,18}$/.test(length))) return bad('content-length')
  if (coding !== undefined)
    return coding.toLowerCase() === 'chunked' ? {kind: 'chunked'} : fault(501, 'transfer-encoding')
  if (length !== undefined) return {kind: 'length', length: Number(length)}
  return line.method === 'POST' || line.method === 'PUT' ? fault(411, 'length-required') : {kind: 'none'}
}

export const iisDialect: Dialect = {
  meter,
  early,
  startLine,
  header,
  fold,
  complete,
  chunkFault: () => bad('chunk'),
}
