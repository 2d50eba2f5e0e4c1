/** How servers read requests of which nothing better is known: RFC 9112, refusing what it forbids. */
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

/** Where such servers differ. */
export interface DialectStyle {
  /** Bytes of the start line and all headers. */
  readonly headLimit: number
  /** The status of a head that is longer. */
  readonly tooLong: number
  /** The status of an HTTP version that there is not. */
  readonly badVersion: number
  /** Whether even HTTP/1.0 must name a host. */
  readonly alwaysHost?: boolean
}

const CR = 0x0d
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const START = /^(\S{1,64}) (\S+) (HTTP\/\S+)$/
const VERSION = /^HTTP\/(\d)\.(\d)$/
const FIRST_BYTE = /[!#$%&'*+\-.^_`|~0-9A-Za-z\r\n]/

const textOf = (line: Buffer): string => line.toString('latin1', 0, line.at(-1) === CR ? line.length - 1 : line.length)
const bad = (what: string): Fault => fault(400, what)

export function styledDialect(style: DialectStyle): Dialect {
  return {
    meter: () => meter(style),
    early: (partial) =>
      partial.length === 0 || FIRST_BYTE.test(String.fromCharCode(partial[0] ?? 0)) ? null : bad('method'),
    startLine: (line) => startLine(line, style),
    header,
    fold: () => bad('obs-fold'),
    complete: (line, headers) => complete(line, headers, style),
    chunkFault: () => bad('chunk'),
  }
}

function meter({headLimit, tooLong}: DialectStyle): HeadMeter {
  let used = 0
  return {
    add(bytes, kind, partial) {
      if (!partial) used += bytes
      if ((partial ? used + bytes : used) <= headLimit) return null
      return fault(tooLong, kind === 'start' ? 'target-too-long' : 'headers-too-long')
    },
  }
}

function startLine(line: Buffer, {badVersion}: DialectStyle): RequestLine | Fault {
  const [, method = '', target = '', version = ''] = START.exec(textOf(line)) ?? []
  if (!TOKEN.test(method) || /[\x00-\x1f\x7f]/.test(target)) return bad('request-line')
  const [, major, minor] = VERSION.exec(version) ?? []
  if (major !== '1' || minor === undefined) return fault(badVersion, 'version')
  if (!target.startsWith('/') && target !== '*' && !/^[a-z][a-z0-9+.-]*:\/\//i.test(target) && method !== 'CONNECT')
    return bad('target')
  return {method, target, version: {major: 1, minor: Number(minor)}}
}

function header(line: Buffer): Header | Fault {
  const text = textOf(line)
  const colon = text.indexOf(':')
  if (colon < 0 || !TOKEN.test(text.slice(0, colon))) return bad('header-name')
  const value = trimBlanks(text.slice(colon + 1))
  return /[\x00\r]/.test(value) ? bad('header-value') : {name: text.slice(0, colon), value}
}

function complete(line: RequestLine, headers: readonly Header[], style: DialectStyle): BodyFraming | Fault {
  const hosts = headerValues(headers, 'host')
  const needed = style.alwaysHost === true || atLeast(line.version, 1, 1)
  if (hosts.length > 1 || (hosts.length === 0 && needed)) return bad('host')
  const lengths = new Set(headerValues(headers, 'content-length'))
  const [length] = lengths
  const codings = headerValues(headers, 'transfer-encoding')
  if (lengths.size > 1 || (length !== undefined && !/^\d{1,15}$/.test(length))) return bad('content-length')
  if (codings.length === 0) return length === undefined ? {kind: 'none'} : {kind: 'length', length: Number(length)}
  if (length !== undefined) return bad('content-length-and-transfer-encoding')
  return codings.length === 1 && codings[0]?.toLowerCase() === 'chunked'
    ? {kind: 'chunked'}
    : fault(501, 'transfer-encoding')
}
