/** The management pages as somebody sees them who is not signed in, and the API behind them. */

import type {AppResponse} from '../../http/products/product.ts'
import {Dressed} from '../../http/products/skins/look.ts'
import {htmlPage, icon} from '../../http/products/skins/markup.ts'
import {type Asked, answer, empty, Pages} from '../../http/products/skins/pages.ts'
import type {HttpServer} from '../../http/session.ts'
import type {RabbitHost} from '../host.ts'
import {apiOf, notFound, POLICY} from './api.ts'
import {CowboyServer} from './server.ts'

/** When Debian's package was built. */
const MODIFIED = 'Mon, 27 Nov 2023 07:25:34 GMT'
const HTML = ['Content-Type', 'text/html'] as const
const ALLOWED = ['Allow', 'HEAD, GET, OPTIONS'] as const
/** Signs in as the real pages do: by asking the API who one is. */
const SCRIPT = `
document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault()
  const [user, word] = ['username', 'password'].map((name) => event.target.elements[name].value)
  const response = await fetch('api/whoami', {headers: {authorization: 'Basic ' + btoa(user + ':' + word)}})
  document.querySelector('#login-status').textContent = response.ok ? 'Loading' : 'Login failed'
})
`
const PAGE = htmlPage({
  title: 'RabbitMQ Management',
  head: '<link href="favicon.ico" rel="shortcut icon" type="image/x-icon">\n',
  body: `<form id="login"><h1>RabbitMQ</h1><p id="login-status"></p>
<label for="username">Username:</label><input type="text" name="username" id="username">
<label for="password">Password:</label><input type="password" name="password" id="password">
<button type="submit">Login</button></form>
<script>${SCRIPT}</script>`,
})

export function managementServer(host: RabbitHost): HttpServer {
  const tag = `"${host.persona.fleet.integer('rabbitmq page', 10 ** 8, 4 * 10 ** 9)}"`
  const page = (): AppResponse => answer(200, [HTML, ['ETag', tag], ['Last-Modified', MODIFIED], ...POLICY], PAGE)
  const api = apiOf(host)
  const favicon = icon([255, 102, 0], 'image/x-icon')
  const moved = (): AppResponse => empty(301, [['Location', '/api/index.html']])
  const pages = new Pages(
    [
      {path: '/', answer: page},
      {path: '/index.html', answer: page},
      {path: '/favicon.ico', answer: favicon},
      {path: '/auth', answer: () => answer(200, [['Content-Type', 'application/json'], ...POLICY], AUTH)},
      {path: '/api/', answer: moved},
      {path: '/doc/stats.html', answer: moved},
    ],
    (asked: Asked) => {
      if (asked.path.startsWith('/api/')) return api(asked)
      return asked.path === '/' || asked.path === '/index.html' ? empty(405, [ALLOWED, ...POLICY]) : notFound()
    },
  )
  return {product: new CowboyServer(), application: new Dressed(pages, host.persona), verify: host.admits}
}

/** Whether others do the signing in. */
const AUTH = '{"enable_uaa":false,"uaa_client_id":"","uaa_location":""}'
