import {type Header, header} from '../request/message.ts'
import {escapeHtml} from '../response.ts'
import {splitTarget} from '../site/path.ts'
import type {ApacheFlavour} from './releases.ts'

/** The document type of generated pages; it changed within 2.4 (2.4.62 has the old one, 2.4.66 the new one). */
const OLD_DOCTYPE = '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">'
const NEW_DOCTYPE = '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">'
const NEW_DOCTYPE_PATCH = 66
/** From here on pages no longer repeat the path (CVE-2019-10092). */
const PATHLESS_PATCH = 41

export const APACHE_REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  206: 'Partial Content',
  301: 'Moved Permanently',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  416: 'Requested Range Not Satisfiable',
  417: 'Expectation Failed',
  501: 'Not Implemented',
}

/** What a page says of the request; already escaped. */
export interface PageFacts {
  readonly method: string
  readonly path: string
  /** The cause that the server adds. */
  readonly note: string
  readonly location: string
  readonly expect: string
}

const TEXTS: Readonly<Record<number, (facts: PageFacts) => string>> = {
  301: ({location}) => `<p>The document has moved <a href="${location}">here</a>.</p>`,
  400: ({note}) => `<p>Your browser sent a request that this server could not understand.<br />\n${note}</p>`,
  401: () =>
    '<p>This server could not verify that you\nare authorized to access the document\nrequested.  Either you supplied the wrong\n' +
    "credentials (e.g., bad password), or your\nbrowser doesn't understand how to supply\nthe credentials required.</p>",
  403: () => "<p>You don't have permission to access this resource.</p>",
  404: () => '<p>The requested URL was not found on this server.</p>',
  405: ({method}) => `<p>The requested method ${method} is not allowed for this URL.</p>`,
  408: () => '<p>Server timeout waiting for the HTTP request from the client.</p>',
  413: ({method}) =>
    `The requested resource does not allow request data with ${method} requests, or the amount of data provided in\n` +
    'the request exceeds the capacity limit.',
  414: () => "<p>The requested URL's length exceeds the capacity\nlimit for this server.<br />\n</p>",
  416: () =>
    '<p>None of the range-specifier values in the Range\nrequest-header field overlap the current extent\nof the selected resource.</p>',
  417: ({expect}) =>
    '<p>The expectation given in the Expect request-header\nfield could not be met by this server.\n' +
    `The client sent<pre>\n    Expect: ${expect}\n</pre>\n</p><p>Only the 100-continue expectation is supported.</p>`,
  501: ({method}) => `<p>${method} not supported for current URL.<br />\n</p>`,
}

/** Of versions that repeat the path. */
const OLD_TEXTS: typeof TEXTS = {
  403: ({path}) => `<p>You don't have permission to access ${path}\non this server.</p>`,
  404: ({path}) => `<p>The requested URL ${path} was not found on this server.</p>`,
  405: ({method, path}) => `<p>The requested method ${method} is not allowed for the URL ${path}.</p>`,
}

export interface Signature {
  readonly version: string
  readonly flavour: ApacheFlavour
  readonly host: string
  readonly port: number
}

export function apachePage(status: number, facts: PageFacts, signature: Signature): Buffer {
  const reason = APACHE_REASONS[status] ?? ''
  const address = signature.flavour.signature
    ? `<hr>\n<address>Apache/${signature.version} (${signature.flavour.label}) Server at ${escapeHtml(signature.host)} Port ${signature.port}</address>\n`
    : ''
  const patch = Number(/^2\.4\.(\d+)/.exec(signature.version)?.[1] ?? 0)
  const text = (patch < PATHLESS_PATCH ? OLD_TEXTS[status] : undefined) ?? TEXTS[status] ?? (() => '')
  return Buffer.from(
    `${patch < NEW_DOCTYPE_PATCH ? OLD_DOCTYPE : NEW_DOCTYPE}\n<html><head>\n<title>${status} ${reason}</title>\n</head><body>\n` +
      `<h1>${reason}</h1>\n${text(facts)}\n${address}</body></html>\n`,
    'latin1',
  )
}

/** The name and port a client used; null where it named none. */
export function clientAuthority(
  target: string,
  headers: readonly Header[],
): {host: string; port: number | null} | null {
  const authority = splitTarget(target).authority ?? header(headers, 'host')
  if (authority === undefined || authority === '') return null
  const port = /:(\d+)$/.exec(authority)?.[1]
  return {host: authority.replace(/:\d*$/, '').toLowerCase(), port: port === undefined ? null : Number(port)}
}
