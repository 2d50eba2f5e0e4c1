/** A print server with CUPS, whose web interface is switched off, as it is where nobody is to change anything. */
import {printerOf} from '../../../persona/printer.ts'
import type {Persona} from '../../../persona.ts'
import type {AppResponse, Product} from '../../http/products/product.ts'
import {answer, Pages} from '../../http/products/skins/pages.ts'
import {StyledServer} from '../../http/products/styled-server.ts'
import type {RequestHead} from '../../http/request/message.ts'
import type {HttpServer} from '../../http/session.ts'
import {IppApplication} from '../application.ts'
import {IPP_PORT} from '../definition.ts'
import {type Call, COMMON_OPERATIONS, type IppPrinter, printerAttributes} from '../printer/operations.ts'
import {Queue} from '../printer/queue.ts'
import {type IppResponse, refusal} from '../wire/response.ts'
import {GROUP, OPERATION, STATUS} from '../wire/tags.ts'
import {keyword, uri} from '../wire/values.ts'
import {Ordered} from './cups-headers.ts'
import type {Setting} from './hp.ts'

/** What the distributions ship. */
const VERSIONS: Readonly<Record<string, string>> = {
  debian: '2.4.2',
  ubuntu22: '2.4.1',
  ubuntu20: '2.3.1',
  rocky9: '2.3.3',
  centos7: '1.6.3',
}
const LATER = '2.4.7'
const DISABLED = 'The web interface is currently disabled. Run "cupsctl WebInterface=yes" to enable it.'
/** Below these a program of CUPS would answer. */
const PROGRAMS = /^\/(?:admin|classes|help|jobs|printers)(?:\/|\?|$)/
const OPERATIONS = [
  OPERATION.CUPS_GET_DEFAULT,
  OPERATION.CUPS_GET_PRINTERS,
  OPERATION.CUPS_GET_CLASSES,
  OPERATION.CUPS_GET_DEVICES,
]
const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT']
export function cupsServer(persona: Persona, {port, location, verify}: Setting, version: string | null): HttpServer {
  const claimed = version ?? VERSIONS[persona.facts.distro] ?? LATER
  const pages = new Pages([{path: '/*', methods: METHODS, answer: ({head}) => page(head, claimed)}], null)
  const printer = printerFor(persona, port, location)
  return {
    product: server(claimed),
    application: new IppApplication(printer, pages, []),
    verify,
  }
}

/** The queue of a printer that stands somewhere else. */
function printerFor(persona: Persona, port: number, location: string): IppPrinter {
  const printer = printerOf(persona)
  const queue = printer.model.name.replaceAll(' ', '_')
  const host = `${persona.fqdn}${port === IPP_PORT ? '' : `:${port}`}`
  const path = `/printers/${queue}`
  return {
    facts: {
      persona,
      printer,
      name: queue,
      info: printer.model.name,
      location,
      // Where printers count from their start, CUPS counts from 1970.
      started: () => 0,
      uris: [`ipp://${host}${path}`],
      moreInfo: `http://${persona.fqdn}:${port}${path}`,
      formats: [
        'application/octet-stream',
        'application/pdf',
        'application/postscript',
        'application/vnd.cups-raster',
        'image/jpeg',
        'image/png',
        'image/pwg-raster',
        'image/urf',
        'text/plain',
      ],
      operations: [...COMMON_OPERATIONS, ...OPERATIONS],
      versions: ['1.0', '1.1', '2.0', '2.1'],
    },
    queue: new Queue(persona.integer('first job', 20, 900)),
    owns: (asked) => asked === path || ['', '/', '/printers', '/printers/', '/jobs/'].includes(asked),
    extra,
  }
}

/** Operations on the server rather than on a printer (CUPS Implementation of IPP). */
function extra(call: Call): IppResponse | null {
  switch (call.request.operation) {
    case OPERATION.CUPS_GET_DEFAULT:
    case OPERATION.CUPS_GET_PRINTERS:
      return {status: STATUS.OK, groups: [{tag: GROUP.PRINTER, attributes: [...printerAttributes(call), ...own(call)]}]}
    case OPERATION.CUPS_GET_CLASSES:
      return {status: STATUS.OK, groups: []}
    case OPERATION.CUPS_GET_DEVICES:
      return refusal(STATUS.FORBIDDEN, 'Forbidden')
    default:
      return null
  }
}

const own = ({printer}: Call) => [
  uri('device-uri', `socket://${printer.facts.persona.facts.ip}:9100`),
  keyword('server-is-sharing-printers', 'true'),
]

function server(version: string): Product {
  const [major, minor] = version.split('.')
  const styled = new StyledServer({
    order: ['connection', 'app', 'length', 'type', 'date', 'server'],
    server: `CUPS/${major}.${minor} IPP/2.1`,
    keeps: [
      ['Connection', 'Keep-Alive'],
      ['Keep-Alive', 'timeout=10'],
    ],
    dialect: {headLimit: 32_768, tooLong: 400, badVersion: 400},
    error: (status) => errorPage(status, version),
  })
  return new Ordered(styled)
}

function page(head: RequestHead, version: string): AppResponse {
  if (head.method === 'OPTIONS') return answer(200, [], '')
  if (head.method === 'PUT') return errorPage(403, version, 'You cannot access this page.')
  if (PROGRAMS.test(head.target) || head.method === 'POST') {
    return {...html(200, 'Web Interface is Disabled', DISABLED, version), close: true}
  }
  return errorPage(404, version)
}

const NAMES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
}

const errorPage = (status: number, version: string, message = ''): AppResponse => ({
  ...html(status, NAMES[status] ?? 'Bad Request', message, version),
  close: true,
})

const html = (status: number, title: string, message: string, version: string): AppResponse =>
  answer(
    status,
    [['Content-Type', 'text/html; charset=utf-8']],
    `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">
<HTML>
<HEAD>
\t<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=utf-8">
\t<TITLE>${title} - CUPS v${version}</TITLE>
\t<LINK REL="STYLESHEET" TYPE="text/css" HREF="/cups.css">
</HEAD>
<BODY>
<H1>${title}</H1>
<P>${message}</P>
</BODY>
</HTML>
`,
  )
