/**
 * How Netty's HTTP decoder reads requests, with the limits of Elasticsearch (`http.max_initial_line_length`,
 * `http.max_header_size`): it is lenient, and what it refuses becomes a request of version 1.0 that failed.
 */
import type {Dialect, HeadMeter} from '../http/request/dialect.ts'
import {
  type BodyFraming,
  type Fault,
  fault,
  type Header,
  headerValues,
  type RequestLine,
} from '../http/request/message.ts'
import {trimBlanks} from '../http/request/text.ts'

const LINE_LIMIT = 4096
const HEADERS_LIMIT = 8192
const CR = 0x0d

const textOf = (line: Buffer): string => line.toString('latin1', 0, line.at(-1) === CR ? line.length - 1 : line.length)
const bad = (what: string, note: string): Fault => fault(400, what, note)

export const nettyDialect: Dialect = {
  meter,
  early: () => null,
  startLine,
  header: (line) => header(line),
  fold: (previous, line) =>
    previous === null ? null : {...previous, value: `${previous.value} ${trimBlanks(textOf(line))}`},
  complete: (_line, headers) => framingOf(headers),
  chunkFault: (line) => {
    const text = line.toString('latin1', 0, 64).trim()
    return bad('chunk', `number_format_exception:For input string: "${text}"`)
  },
}

function meter(): HeadMeter {
  let used = 0
  return {
    add(bytes, kind, partial) {
      if (kind === 'start') {
        return bytes > LINE_LIMIT
          ? bad('target-too-long', `too_long_frame_exception:An HTTP line is larger than ${LINE_LIMIT} bytes.`)
          : null
      }
      if (!partial) used += bytes
      if ((partial ? used + bytes : used) <= HEADERS_LIMIT) return null
      return bad('headers-too-long', `too_long_frame_exception:HTTP header is larger than ${HEADERS_LIMIT} bytes.`)
    },
  }
}

/** Words with any blanks between them; what is missing is empty. */
function startLine(line: Buffer): RequestLine | Fault {
  const text = trimBlanks(textOf(line))
  const [, method = '', target = '', version = ''] = /^([^ \t]*)[ \t]*([^ \t]*)[ \t]*(.*)$/s.exec(text) ?? []
  if (version === '') return bad('request-line', 'illegal_argument_exception:text is empty (possibly HTTP/0.9)')
  const [, protocol = '', major = '', minor = ''] =
    /^(\S{1,32})\/(\d{1,9})\.(\d{1,9})$/.exec(version.toUpperCase()) ?? []
  if (protocol === '') return bad('version', `illegal_argument_exception:invalid version format: ${shown(version)}`)
  if (protocol !== 'HTTP' || major !== '1' || Number(minor) > 1) {
    return bad('version', `illegal_argument_exception:Unexpected http protocol version: ${shown(version)}`)
  }
  return {method, target, version: {major: 1, minor: Number(minor)}}
}

const shown = (text: string): string => text.slice(0, 128).toUpperCase()

/** The name ends at the colon or at a blank; a line without either is a name without a value. */
function header(line: Buffer): Header {
  const text = textOf(line)
  const colon = text.indexOf(':')
  const name = trimBlanks(colon < 0 ? text : text.slice(0, colon))
  return {name, value: colon < 0 ? '' : trimBlanks(text.slice(colon + 1))}
}

function framingOf(headers: readonly Header[]): BodyFraming | Fault {
  const codings = headerValues(headers, 'transfer-encoding').map((value) => value.toLowerCase())
  if (codings.some((coding) => coding.includes('chunked'))) return {kind: 'chunked'}
  const lengths = new Set(headerValues(headers, 'content-length'))
  const [length] = lengths
  if (length === undefined) return {kind: 'none'}
  if (lengths.size > 1) {
    return bad(
      'content-length',
      `illegal_argument_exception:Multiple Content-Length values found: [${[...lengths].slice(0, 4).join(', ').slice(0, 64)}]`,
    )
  }
  if (!/^\d{1,15}$/.test(length)) {
    return bad('content-length', `number_format_exception:For input string: "${length.slice(0, 64)}"`)
  }
  return length === '0' ? {kind: 'none'} : {kind: 'length', length: Number(length)}
}
