/** The web server of a Modicon: a descendant of GoAhead's, with its passwords in the header. */
import {plcOf} from '../../../../persona/plc.ts'
import {basicLogin} from '../../login/credentials.ts'
import {escapeHtml, type HeaderList} from '../../response.ts'
import type {Application, AppResponse, Product} from '../product.ts'
import {StyledServer} from '../styled-server.ts'
import {icon} from './markup.ts'
import {type Asked, answer, echoed, Pages} from './pages.ts'
import type {SkinFacts} from './skin.ts'

const HOME = '/index.htm'
const UNCACHED: HeaderList = [
  ['Pragma', 'no-cache'],
  ['Cache-Control', 'no-cache'],
]
const HTML = ['Content-Type', 'text/html'] as const
/** What GoAhead says instead of the reasons of RFC 9110. */
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  302: 'Redirect',
  400: 'Page not found',
  401: 'Unauthorized',
  404: 'Site or Page Not Found',
}

export const modiconServer = (): Product =>
  new StyledServer({
    order: ['server', 'date', 'app', 'length', 'type', 'location'],
    server: 'Schneider-WEB/V2.1.4',
    once: '1.1',
    lengthName: 'Content-length',
    uncounted: '\r\n'.length,
    date: clock,
    dialect: {headLimit: 4096, tooLong: 400, badVersion: 400},
    reason: (status) => REASONS[status] ?? 'Page not found',
    error: () => errorPage(400, 'Bad request type'),
  })

/** `asctime` in capitals. */
function clock(ms: number): string {
  const [, day = '', date = '', month = '', year = '', time = ''] =
    /^(\w{3}), (\d{2}) (\w{3}) (\d{4}) ([\d:]{8})/.exec(new Date(ms).toUTCString()) ?? []
  return `${day} ${month} ${date} ${time} ${year}`.toUpperCase()
}

export function modiconPages(facts: SkinFacts): Application {
  return new Pages(
    [
      {path: '/', answer: (asked) => moved(asked, facts)},
      {path: HOME, answer: () => home(facts)},
      {path: '/html/english/index.htm', answer: () => home(facts)},
      {path: '/html/english/header.htm', answer: () => home(facts)},
      {path: '/favicon.ico', answer: icon([61, 205, 88], 'image/x-icon')},
      {path: '/secure/*', methods: ['GET', 'HEAD', 'POST'], answer: (asked) => secure(asked, facts)},
    ],
    ({head}) =>
      ['GET', 'HEAD', 'POST'].includes(head.method)
        ? errorPage(404, 'Cannot open URL')
        : errorPage(400, 'Bad request type'),
  )
}

function errorPage(status: number, cause: string): AppResponse {
  const name = REASONS[status] ?? ''
  const body = `<html><head><title>Document Error: ${name}</title></head>\r\n\t\t<body><h2>Access Error: ${name}</h2>\r\n\t\t<p>${cause}</p></body></html>\r\n\r\n`
  return answer(status, [...UNCACHED, HTML], body)
}

function moved({host}: Asked, {secure: encrypted}: SkinFacts): AppResponse {
  const location = `${encrypted ? 'https' : 'http'}://${echoed(host).replace(/[^\w.:[\]-]/g, '')}${HOME}`
  const body = `<html><head></head><body>\r\n\t\t<a href="${location}">${location}</a>\r\n\t\t</body></html>\r\n\r\n`
  return answer(302, [...UNCACHED, HTML, ['Location', location]], body)
}

function home({persona, version}: SkinFacts): AppResponse {
  const {name, vendorName, station, serial} = plcOf(persona)
  const rows = [
    ['Reference', name],
    ['Name', escapeHtml(station)],
    ['Exec. Version', version],
    ['Serial Number', serial],
    ['MAC address', persona.facts.mac.toUpperCase().replaceAll(':', ' ')],
  ]
  const body = `<html>
<head><title>${vendorName} - ${name}</title></head>
<body>
<h2>${name}</h2>
<p><a href="${HOME}">Home</a> | <a href="/secure/system/globaldata.htm?Language=English">Diagnostics</a> | <a href="/secure/embedded/http_passwd_config.htm?Language=English">Setup</a></p>
<table>
${rows.map(([label = '', value = '']) => `<tr><td>${label}</td><td>${value}</td></tr>`).join('\n')}
</table>
</body>
</html>
\r\n`
  return answer(200, [...UNCACHED, HTML], body)
}

function secure({head}: Asked, facts: SkinFacts): AppResponse {
  const login = basicLogin(head.headers)
  if (login !== null && facts.verify(login)) return home(facts)
  const {headers, ...rest} = errorPage(401, 'Access to this document requires a User ID')
  return {...rest, headers: [['WWW-Authenticate', 'Basic realm="Schneider"'], ...headers]}
}
