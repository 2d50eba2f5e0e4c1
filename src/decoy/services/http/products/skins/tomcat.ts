/** Apache Tomcat 9 with its manager, whose sign-in is basic authentication. */
import {basicLogin} from '../../login/credentials.ts'
import type {RequestHead} from '../../request/message.ts'
import {escapeHtml} from '../../response.ts'
import {decodePath, splitTarget} from '../../site/path.ts'
import type {AppResponse} from '../product.ts'
import {StyledServer} from '../styled-server.ts'
import {icon} from './markup.ts'
import {type Answer, type Asked, answer, empty, Pages, type Route} from './pages.ts'
import type {Skin, SkinFacts} from './skin.ts'

const STYLE =
  'body {font-family:Tahoma,Arial,sans-serif;} h1, h2, h3, b {color:white;background-color:#525D76;} h1 {font-size:22px;} ' +
  'h2 {font-size:16px;} h3 {font-size:14px;} p {font-size:12px;} a {color:black;} .line {height:1px;background-color:#525D76;border:none;}'
const NAMES: Readonly<Record<number, readonly [name: string, description: string]>> = {
  400: ['Bad Request', 'The server cannot process the request.'],
  404: ['Not Found', 'There is no such resource.'],
  405: ['Method Not Allowed', 'The method is not supported for this resource.'],
  413: ['Request Entity Too Large', 'The request is too large.'],
  501: ['Not Implemented', 'The server does not support this.'],
  505: ['HTTP Version Not Supported', 'The server does not support this version of HTTP.'],
}
const MANAGER = 'Tomcat Manager Application'
const HOST_MANAGER = 'Tomcat Host Manager Application'
const PLAIN_HTTP = 'Bad Request\r\nThis combination of host and port requires TLS.\r\n'

export const TOMCAT: Skin = {
  versions: ['9.0.71', '9.0.78', '9.0.83', '9.0.86'],
  tls: {stack: 'openssl-upstream', certificate: 'snakeoil'},
  server: ({version}) =>
    new StyledServer({
      order: ['app', 'length', 'date', 'connection'],
      server: null,
      dialect: {headLimit: 8192, tooLong: 400, badVersion: 505},
      // Since 8.5 status lines end after the code and a space.
      reason: () => '',
      keeps: [
        ['Keep-Alive', 'timeout=20'],
        ['Connection', 'keep-alive'],
      ],
      error: (status, head) => errorPage(status, version, messageOf(status, head)),
      insecure: () => answer(400, [['Content-Type', 'text/plain;charset=UTF-8']], PLAIN_HTTP),
    }),
  application: (facts) => {
    const read = ['GET', 'HEAD', 'POST']
    const guarded = (path: string, realm: string, inside: Answer): Route[] => [
      {path, methods: read, answer: (asked) => manager(asked, realm, facts, inside)},
    ]
    const routes: Route[] = [
      {path: '/', methods: read, answer: () => welcome(facts.version)},
      {path: '/index.jsp', methods: read, answer: () => welcome(facts.version)},
      {path: '/favicon.ico', answer: icon([214, 160, 41], 'image/x-icon')},
      {path: '/manager', methods: read, answer: () => empty(302, [['Location', '/manager/']])},
      {path: '/manager/', methods: read, answer: () => empty(302, [['Location', '/manager/html']])},
      {path: '/host-manager', methods: read, answer: () => empty(302, [['Location', '/host-manager/']])},
      {path: '/host-manager/', methods: read, answer: () => empty(302, [['Location', '/host-manager/html']])},
      ...guarded('/manager/*', MANAGER, () => applications(facts)),
      ...guarded('/host-manager/*', HOST_MANAGER, () => applications(facts)),
      {path: '*', methods: ['OPTIONS'], answer: () => empty(200, [['Allow', 'GET, HEAD, POST, OPTIONS']])},
      {
        path: '*',
        methods: ['TRACE', 'PUT', 'DELETE', 'PATCH'],
        answer: ({head}) =>
          errorPage(405, facts.version, `HTTP method ${head.method} is not supported`, 'GET, HEAD, POST, OPTIONS'),
      },
    ]
    return new Pages(routes, ({head}) => errorPage(404, facts.version, messageOf(404, head)))
  },
}

function messageOf(status: number, head: RequestHead | null): string {
  if (status !== 404 || head === null) return ''
  const {path} = splitTarget(head.target)
  const shown = escapeHtml((decodePath(path) ?? path).slice(0, 512)).replaceAll('/', '&#47;')
  return `The requested resource [${shown}] is not available`
}

function errorPage(status: number, version: string, message: string, allow?: string): AppResponse {
  const [name, description] = NAMES[status] ?? ['Bad Request', '']
  const title = `HTTP Status ${status} – ${name}`
  const lines = message === '' ? '' : `<p><b>Message</b> ${message}</p>`
  const body =
    `<!doctype html><html lang="en"><head><title>${title}</title><style type="text/css">${STYLE}</style></head>` +
    `<body><h1>${title}</h1><hr class="line" /><p><b>Type</b> Status Report</p>${lines}` +
    `<p><b>Description</b> ${description}</p><hr class="line" /><h3>Apache Tomcat/${version}</h3></body></html>`
  const language = [['Content-Language', 'en']] as const
  return answer(
    status,
    [
      ['Content-Type', 'text/html;charset=utf-8'],
      ...(allow === undefined ? [] : [['Allow', allow] as const]),
      ...language,
    ],
    body,
  )
}

/** The page of a new installation, as a JSP writes it: of no known length. */
function welcome(version: string): AppResponse {
  const body = `\n\n\n<!DOCTYPE html>
<html lang="en">
    <head>
        <meta charset="UTF-8" />
        <title>Apache Tomcat/${version}</title>
        <link href="favicon.ico" rel="icon" type="image/x-icon" />
    </head>
    <body>
        <div id="wrapper">
            <h1>Apache Tomcat/${version}</h1>
            <p><a href="/manager/status">Server Status</a> <a href="/manager/html">Manager App</a>
            <a href="/host-manager/html">Host Manager</a></p>
        </div>
    </body>
</html>
`
  return {...answer(200, [['Content-Type', 'text/html;charset=UTF-8']], body), streamed: true}
}

function manager(asked: Asked, realm: string, {verify}: SkinFacts, inside: Answer): AppResponse {
  const login = basicLogin(asked.head.headers)
  if (login !== null && verify(login)) return inside(asked)
  const body = `<!DOCTYPE html>
<html>
 <head><title>401 Unauthorized</title></head>
 <body>
  <h1>401 Unauthorized</h1>
  <p>This page is for users of <tt>conf/tomcat-users.xml</tt> with one of the roles <tt>manager-gui</tt>,
  <tt>manager-status</tt>, <tt>manager-script</tt> and <tt>manager-jmx</tt>.</p>
 </body>
</html>
`
  return answer(
    401,
    [
      ['Cache-Control', 'private'],
      ['WWW-Authenticate', `Basic realm="${realm}"`],
      ['Content-Type', 'text/html;charset=ISO-8859-1'],
    ],
    body,
  )
}

/** What somebody with a honey credential sees: the list of a new installation. */
function applications({version}: SkinFacts): AppResponse {
  const rows = ['/', '/docs', '/examples', '/host-manager', '/manager']
    .map((path) => `<tr><td><a href="${path}">${path}</a></td><td>true</td><td>0</td></tr>`)
    .join('\n')
  const body = `<html><head><title>/manager</title></head><body>
<h1>Tomcat Web Application Manager</h1>
<table border="1"><tr><th>Path</th><th>Running</th><th>Sessions</th></tr>
${rows}
</table>
<h2>WAR file to deploy</h2>
<form method="post" action="/manager/html/upload" enctype="multipart/form-data">
<input type="file" name="deployWar"><input type="submit" value="Deploy"></form>
<p>Apache Tomcat/${version}</p>
</body></html>
`
  return answer(
    200,
    [
      ['Cache-Control', 'private'],
      ['Content-Type', 'text/html;charset=utf-8'],
    ],
    body,
  )
}
