/** The web server of a WAGO fieldbus controller: one page of facts for everybody, the rest behind a password. */
import {plcOf} from '../../../../persona/plc.ts'
import {basicLogin} from '../../login/credentials.ts'
import type {HeaderList} from '../../response.ts'
import type {Application, AppResponse, Product} from '../product.ts'
import {StyledServer} from '../styled-server.ts'
import {icon} from './markup.ts'
import {type Asked, answer, Pages} from './pages.ts'
import type {SkinFacts} from './skin.ts'

const PLAIN: HeaderList = [
  ['Accept-Ranges', 'bytes'],
  ['Content-Type', 'text/html'],
]
const NAMES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
}

export const wagoServer = (): Product =>
  new StyledServer({
    // Without a length: the connection ends with the page.
    order: ['app', 'type'],
    server: null,
    once: '1.1',
    dialect: {headLimit: 4096, tooLong: 400, badVersion: 400},
    error: (status) => errorPage(status),
  })

export function wagoPages(facts: SkinFacts): Application {
  return new Pages(
    [
      {path: '/', answer: () => information(facts)},
      {path: '/webserv/Index.ssi', answer: () => information(facts)},
      {path: '/webserv/index.ssi', answer: () => information(facts)},
      {path: '/webserv/cplcfg/*', methods: ['GET', 'HEAD', 'POST'], answer: (asked) => settings(asked, facts)},
      {path: '/favicon.ico', answer: icon([109, 186, 68], 'image/x-icon')},
    ],
    ({head}) => errorPage(['GET', 'HEAD', 'POST'].includes(head.method) ? 404 : 405),
  )
}

function errorPage(status: number): AppResponse {
  const name = `${status} ${NAMES[status] ?? 'Bad Request'}`
  return answer(
    status,
    [['Content-Type', 'text/html']],
    `<html><head><title>${name}</title></head><body><h2>${name}</h2></body></html>`,
  )
}

function information({persona, version}: SkinFacts): AppResponse {
  const {orderCode} = plcOf(persona)
  const {ip, mac} = persona.facts
  const rows = [
    ['Order number', orderCode],
    ['Firmware revision', version],
    ['Hardware address', mac.replaceAll(':', '').toUpperCase()],
    ['IP address', ip],
  ]
  const body = `<html>
<head><title>WAGO Ethernet Web-based Management</title></head>
<body>
<font size=+3>WAGO-Ethernet TCP/IP PFC</font>
<table border="1">
${rows.map(([label = '', value = '']) => `<tr>\n<td>${label}</td>\n\n<td>${value}</td>\n</tr>`).join('\n')}
</table>
<p><a href="/webserv/cplcfg/tcpip.ssi">TCP/IP</a> <a href="/webserv/cplcfg/port.ssi">Port</a> <a href="/webserv/cplcfg/security.ssi">Security</a> <a href="/webserv/cplcfg/snmp.ssi">SNMP</a></p>
</body>
</html>
`
  return answer(200, PLAIN, body)
}

function settings({head}: Asked, facts: SkinFacts): AppResponse {
  const login = basicLogin(head.headers)
  if (login !== null && facts.verify(login)) return information(facts)
  const {headers, ...rest} = errorPage(401)
  return {...rest, headers: [['WWW-Authenticate', 'Basic realm="WAGO"'], ...headers]}
}
