/** Citrix Gateway (NetScaler Gateway): the portal of a virtual server. */
import type {HeaderList} from '../../response.ts'
import type {AppResponse} from '../product.ts'
import {StyledServer} from '../styled-server.ts'
import {htmlPage, icon, robots, signInForm} from './markup.ts'
import {type Asked, answer, cookieOf, empty, loginOf, Pages, Sessions} from './pages.ts'
import {httpsRedirect} from './redirect.ts'
import type {Skin, SkinFacts} from './skin.ts'

const INDEX = '/vpn/index.html'
const HTML = ['Content-Type', 'text/html; charset=utf-8'] as const
const NO_CACHE: HeaderList = [
  ['Cache-Control', 'no-cache, no-store, must-revalidate'],
  ['Pragma', 'no-cache'],
]
/** The product's way of taking a cookie back, day of the week and all. */
const PAST = 'Path=/;expires=Wednesday, 09-Nov-1999 23:12:40 GMT;Secure'
const FORGOTTEN: HeaderList = ['NSC_AAAC', 'NSC_EPAC', 'NSC_USER', 'NSC_TEMP', 'NSC_PERS'].map((name) => [
  'Set-Cookie',
  `${name}=xyz;${PAST}`,
])
/** What the page shows for the number in NSC_VPNERR. */
const BAD_CREDENTIALS = '4001'

export const CITRIX: Skin = {
  versions: ['12.1', '13.0', '13.1'],
  tls: {stack: 'firmware-tls12'},
  redirects: true,
  redirect: () => httpsRedirect(302),
  server: () =>
    new StyledServer({
      order: ['app', 'connection', 'length', 'type'],
      server: null,
      dialect: {headLimit: 24_820, tooLong: 400, badVersion: 400},
      reason: (status) => REASONS[status] ?? '',
      error: page,
    }),
  application: (facts) => {
    const sessions = new Sessions()
    return new Pages(
      [
        {path: '/', answer: () => empty(302, [['Location', INDEX], ...FORGOTTEN, ...NO_CACHE, HTML])},
        {path: '/vpn/', answer: () => empty(302, [['Location', INDEX], HTML])},
        {path: INDEX, answer: (asked) => portal(asked)},
        {path: '/vpn/tmindex.html', answer: (asked) => portal(asked)},
        {path: '/logon/LogonPoint/index.html', answer: (asked) => portal(asked)},
        {path: '/cgi/login', methods: ['POST'], answer: (asked) => signIn(asked, facts, sessions)},
        {path: '/robots.txt', answer: robots('User-agent: *\nDisallow: /\n')},
        {path: '/vpn/images/AccessGateway.ico', answer: icon([2, 161, 193], 'image/x-icon')},
        {path: '/favicon.ico', answer: icon([2, 161, 193], 'image/x-icon')},
      ],
      () => page(404),
    )
  },
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  302: 'Object Moved',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
}

const page = (status: number): AppResponse =>
  answer(
    status,
    [
      ['Cache-Control', 'no-cache,no-store'],
      ['Pragma', 'no-cache'],
    ],
    `<html><body><b>Http/1.1 ${REASONS[status] ?? 'Bad Request'}</b></body> </html>`,
  )

function portal(asked: Asked): AppResponse {
  const failed = cookieOf(asked, 'NSC_VPNERR') === BAD_CREDENTIALS
  const body = htmlPage({
    title: 'Citrix Gateway',
    head: '<link href="/vpn/images/AccessGateway.ico" rel="shortcut icon">\n',
    body: signInForm({
      action: '/cgi/login',
      attributes: 'name="vpnForm" id="vpnForm" autocomplete="off"',
      heading: 'Please log on',
      error: failed ? '<p class="error">Incorrect user name or password.</p>\n' : '',
      fields: [
        {name: 'login', label: 'User name', id: 'Enter user name'},
        {name: 'passwd', label: 'Password', type: 'password'},
      ],
      button: 'Log On',
    }),
  })
  return answer(200, [...NO_CACHE, ['X-Frame-Options', 'SAMEORIGIN'], HTML], body)
}

function signIn(asked: Asked, {verify}: SkinFacts, sessions: Sessions): AppResponse {
  const login = loginOf(asked)
  if (login === null || !verify(login)) {
    const error = ['Set-Cookie', `NSC_VPNERR=${BAD_CREDENTIALS};Path=/;Secure`] as const
    return empty(302, [['Location', INDEX], error, ...NO_CACHE, HTML])
  }
  const cookie = ['Set-Cookie', `NSC_AAAC=${sessions.open(login.name, asked)};Secure;HttpOnly;Path=/`] as const
  return empty(302, [['Location', '/cgi/setclient?wica'], cookie, ...NO_CACHE, HTML])
}
