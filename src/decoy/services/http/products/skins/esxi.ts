/** VMware ESXi: the host client, and the API at `/sdk`. */
import {STATUS_CODES} from 'node:http'

import {basicLogin} from '../../login/credentials.ts'
import type {AppResponse} from '../product.ts'
import {StyledServer} from '../styled-server.ts'
import {htmlPage, icon} from './markup.ts'
import {type Asked, answer, echoed, Pages} from './pages.ts'
import {hostOnly} from './redirect.ts'
import type {Skin, SkinFacts} from './skin.ts'
import {sdk} from './vmware-soap.ts'

const DENY = ['X-Frame-Options', 'DENY'] as const
const HTML = ['Content-Type', 'text/html'] as const

/** Builds of general releases. */
const BUILDS: Readonly<Record<string, string>> = {
  '6.5.0': '17477841',
  '6.7.0': '17700523',
  '7.0.2': '17867351',
  '7.0.3': '21930508',
  '8.0.1': '22088125',
  '8.0.2': '22380479',
}

export const ESXI: Skin = {
  // The one whose OpenSSH is played at its SSH port.
  versions: ['7.0.3'],
  tls: {stack: 'firmware-tls12', certificate: 'esxi'},
  redirects: true,
  redirect: () => new Pages([], moved),
  server: () =>
    new StyledServer({
      order: ['date', 'location', 'connection', 'type', 'app', 'length'],
      server: null,
      dialect: {headLimit: 16_384, tooLong: 400, badVersion: 505},
      keeps: [['Connection', 'Keep-Alive']],
      error: page,
    }),
  application: (facts) =>
    new Pages(
      [
        {path: '/', answer: () => root()},
        {path: '/ui', answer: () => answer(301, [['Location', '/ui/'], HTML], heading(301))},
        {path: '/ui/', answer: () => hostClient()},
        {path: '/favicon.ico', answer: icon([105, 117, 133], 'image/x-icon')},
        {path: '/sdk', methods: ['POST'], answer: sdk(product(facts), facts)},
        {path: '/sdk/', methods: ['POST'], answer: sdk(product(facts), facts)},
        {path: '/folder', answer: (asked) => datastores(asked, facts)},
        {path: '/folder/*', answer: (asked) => datastores(asked, facts)},
      ],
      ({head}) => page(['GET', 'HEAD', 'POST'].includes(head.method) ? 404 : 501),
    ),
}

function product({version}: SkinFacts): Parameters<typeof sdk>[0] {
  return {
    name: 'VMware ESXi',
    version,
    build: BUILDS[version] ?? '',
    osType: 'vmnix-x86',
    productLineId: 'embeddedEsx',
    apiType: 'HostAgent',
    licence: 'VMware ESX Server',
    instance: null,
  }
}

const heading = (status: number): string => `<HTML><BODY><H1>${status} ${STATUS_CODES[status]}</H1></BODY></HTML>`
const page = (status: number): AppResponse => answer(status, [HTML], heading(status))

/** The proxy on port 80 serves nothing itself. */
function moved({host, head}: Asked): AppResponse {
  const path = head.target.startsWith('/') ? echoed(head.target) : '/'
  return {...answer(301, [['Location', `https://${hostOnly(host)}${path}`], HTML], heading(301)), close: true}
}

/** Leads to the host client. */
function root(): AppResponse {
  const body = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">

<html lang="en">
<head>
    <meta http-equiv="content-type" content="text/html; charset=utf8">
    <meta http-equiv="refresh" content="0;URL='/ui'"/>
</head>
</html>
`
  return answer(200, [HTML, DENY], body)
}

function hostClient(): AppResponse {
  const body = htmlPage({
    title: 'VMware ESXi',
    head: '<base href="/ui/">\n<link rel="shortcut icon" href="/favicon.ico">\n',
    bodyAttributes: ' ng-app="esxUiApp"',
    body: `<form name="loginForm" onsubmit="return false">
<h1>VMware ESXi</h1>
<label for="username">User name</label><input type="text" id="username" name="username">
<label for="password">Password</label><input type="password" id="password" name="password">
<button id="submit">Log in</button>
</form>`,
  })
  return answer(200, [DENY, HTML], body)
}

function datastores({head}: Asked, {verify}: SkinFacts): AppResponse {
  const login = basicLogin(head.headers)
  if (login !== null && verify(login)) {
    return answer(
      200,
      [DENY, HTML],
      htmlPage({title: 'Datacenters', body: '<main><h1>Datacenters</h1>ha-datacenter</main>'}),
    )
  }
  return answer(401, [['WWW-Authenticate', 'Basic realm="VMware HTTP server"'], HTML], heading(401))
}
