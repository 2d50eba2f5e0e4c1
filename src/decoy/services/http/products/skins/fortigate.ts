/** The SSL-VPN portal of a FortiGate. */
import type {HeaderList} from '../../response.ts'
import type {AppResponse} from '../product.ts'
import {StyledServer} from '../styled-server.ts'
import {htmlPage, icon} from './markup.ts'
import {type Asked, answer, fieldsOf, loginOf, Pages} from './pages.ts'
import {httpsRedirect} from './redirect.ts'
import type {Skin, SkinFacts} from './skin.ts'

const LOGIN = '/remote/login'
const HTML = ['Content-Type', 'text/html; charset=utf-8'] as const
const PLAIN = ['Content-Type', 'text/plain'] as const
/** Of an appliance that tells nobody its name. */
const SERVER = 'xxxxxxxx-xxxxx'
const FRAMES: HeaderList = [
  ['X-Frame-Options', 'SAMEORIGIN'],
  [
    'Content-Security-Policy',
    "frame-ancestors 'self'; object-src 'self'; script-src 'self' https 'unsafe-eval' 'unsafe-inline' blob:;",
  ],
  ['X-XSS-Protection', '1; mode=block'],
  ['X-Content-Type-Options', 'nosniff'],
  ['Strict-Transport-Security', 'max-age=31536000'],
]
const NO_CACHE: HeaderList = [
  ['Pragma', 'no-cache'],
  ['Cache-Control', 'no-store, no-cache, must-revalidate'],
]
const FORGOTTEN = [
  'Set-Cookie',
  'SVPNCOOKIE=; path=/; expires=Sun, 11 Mar 1984 12:00:00 GMT; secure; httponly;',
] as const

export const FORTIGATE: Skin = {
  versions: ['6.4.14', '7.0.12', '7.0.14', '7.2.5', '7.2.7'],
  tls: {stack: 'firmware-tls12', certificate: 'fortigate', settings: {maxVersion: 'TLSv1.3'}},
  redirects: true,
  redirect: () => httpsRedirect(303),
  server: () =>
    new StyledServer({
      order: ['date', 'server', 'app', 'length', 'connection', 'type'],
      server: SERVER,
      dialect: {headLimit: 8192, tooLong: 400, badVersion: 400},
      keeps: [],
      error: (status) => page(status),
    }),
  application: (facts) =>
    new Pages(
      [
        {path: '/', answer: () => toLogin()},
        {path: LOGIN, answer: () => loginPage()},
        {path: '/remote/logincheck', methods: ['POST'], answer: (asked) => check(asked, facts)},
        {path: '/remote/index', answer: () => toLogin()},
        {path: '/remote/info', answer: () => info(facts)},
        {path: '/remote/fgt_lang', answer: () => language()},
        {path: '/favicon.ico', answer: icon([218, 41, 28], 'image/x-icon')},
      ],
      ({head}) => page(['GET', 'HEAD', 'POST'].includes(head.method) ? 404 : 405),
    ),
}

const NAMES: Readonly<Record<number, string>> = {400: 'Bad Request', 404: 'Not Found', 405: 'Method Not Allowed'}

const page = (status: number): AppResponse =>
  answer(
    status,
    [['Content-Type', 'text/html; charset=iso-8859-1'], ...FRAMES],
    `<html><head><title>${status} ${NAMES[status] ?? 'Bad Request'}</title></head></html>\n`,
  )

/** By script, as the appliance does it. */
function toLogin(): AppResponse {
  const body =
    '<html><script type="text/javascript">\n' +
    `if (window!=top) top.location=window.location;top.location="${LOGIN}";\n</script></html>\n`
  return answer(200, [['Content-Type', 'text/html'], ...FRAMES], body)
}

function loginPage(): AppResponse {
  const body = htmlPage({
    title: 'Please Login',
    bodyAttributes: ' class="main"',
    body: `<form action="/remote/logincheck" method="post" name="f" autocomplete="off">
<h1>Please Login</h1>
<label for="username">Name</label><input type="text" name="username" id="username" maxlength="64">
<label for="credential">Password</label><input type="password" name="credential" id="credential" maxlength="128">
<input type="hidden" name="just_logged_in" value="1"><input type="hidden" name="redir" value="/remote/index">
<input type="hidden" name="ajax" value="1">
<button type="submit" name="login_button" id="login_button">Login</button>
</form>`,
  })
  return answer(200, [HTML, FORGOTTEN, ...NO_CACHE, ...FRAMES], body)
}

/** Read by the script of the page, and by the client. */
function check(asked: Asked, {verify}: SkinFacts): AppResponse {
  const login = loginOf(asked)
  const headers: HeaderList = [PLAIN, ...NO_CACHE]
  if (login === null || !verify(login)) {
    const realm = fieldsOf(asked).find(({name}) => name === 'realm')?.value ?? ''
    const query = `err=sslvpn_login_permission_denied&lang=en${/^\w{1,32}$/.test(realm) ? `&realm=${realm}` : ''}`
    return answer(200, [...headers, FORGOTTEN, ...FRAMES], `ret=0,redir=${LOGIN}?&${query}`)
  }
  const cookie = `SVPNCOOKIE=${asked.connection.random(72).toString('base64')}; path=/; secure; httponly`
  return answer(200, [...headers, ['Set-Cookie', cookie], ...FRAMES], 'ret=1,redir=/remote/index,portal=full-access')
}

/** The salt with which clients hide passwords: the appliance's own. */
function info({persona}: SkinFacts): AppResponse {
  const salt = persona.bytes('fortigate salt', 4).toString('hex')
  const body = `<?xml version='1.0' encoding='utf-8'?><info><api encmethod='0' salt='${salt}' remoteauthtimeout='30' sso_port='8020' f='cdf'/></info>`
  return answer(200, [['Content-Type', 'text/xml; charset=utf-8'], ...NO_CACHE, ...FRAMES], body)
}

const language = (): AppResponse =>
  answer(
    200,
    [['Content-Type', 'application/javascript'], ...FRAMES],
    'var fgt_lang={"login":"Login","please_login":"Please Login","sslvpn_login_permission_denied":"Error: Permission denied."};\n',
  )
