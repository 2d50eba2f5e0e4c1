/** Grafana 10, which serves itself. */
import type {HeaderList} from '../../response.ts'
import type {AppResponse} from '../product.ts'
import {StyledServer} from '../styled-server.ts'
import {htmlPage, icon, robots} from './markup.ts'
import {type Asked, answer, cookieOf, echoed, loginOf, Pages, Sessions} from './pages.ts'
import type {Skin, SkinFacts} from './skin.ts'

const JSON_TYPE = ['Content-Type', 'application/json; charset=UTF-8'] as const
const HTML = ['Content-Type', 'text/html; charset=UTF-8'] as const
const SECURITY: HeaderList = [
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'deny'],
  ['X-Xss-Protection', '1; mode=block'],
]
const NO_STORE = ['Cache-Control', 'no-store'] as const

/** What releases were built from; the whole hash is shown since 10.2. */
const COMMITS: Readonly<Record<string, string>> = {
  '10.0.3': 'eb8dd72637',
  '10.1.5': '849c612fcb',
  '10.2.3': '1e84fede543acc892d2a2515187e545eb047f237',
}

export const GRAFANA: Skin = {
  versions: Object.keys(COMMITS),
  tls: {stack: 'go'},
  server: () =>
    new StyledServer({
      order: ['app', 'date', 'length', 'connection'],
      server: null,
      sorted: true,
      dialect: {headLimit: 1_048_576, tooLong: 431, badVersion: 505},
      error: (status) => goError(status),
      insecure: () => answer(400, [], 'Client sent an HTTP request to an HTTPS server.\n'),
    }),
  application: (facts) => {
    const sessions = new Sessions()
    const signedIn = (asked: Asked): boolean => sessions.user(cookieOf(asked, 'grafana_session')) !== null
    return new Pages(
      [
        {path: '/login', answer: () => shell(facts, false)},
        {path: '/login', methods: ['POST'], answer: (asked) => signIn(asked, facts, sessions)},
        {path: '/api/health', answer: () => health(facts)},
        {
          path: '/healthz',
          answer: () => answer(200, [['Content-Type', 'text/plain; charset=utf-8'], ...SECURITY], 'Ok'),
        },
        {path: '/robots.txt', answer: robots('User-agent: *\nDisallow: /\n', 'text/plain; charset=utf-8')},
        {path: '/public/img/fav32.png', answer: icon([245, 93, 40])},
        {path: '/favicon.ico', answer: icon([245, 93, 40])},
        {
          path: '/api/*',
          methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
          answer: () => api(401, {message: 'Unauthorized', messageId: '', statusCode: 401, traceID: ''}),
        },
        {path: '*', answer: (asked) => (signedIn(asked) ? shell(facts, true) : toLogin(asked))},
      ],
      () => api(404, {message: 'Not found', messageId: '', statusCode: 404, traceID: ''}),
    )
  },
}

const api = (status: number, value: object): AppResponse =>
  answer(status, [NO_STORE, JSON_TYPE, ...SECURITY], JSON.stringify(value))

function health(facts: SkinFacts): AppResponse {
  const body = JSON.stringify({commit: COMMITS[facts.version], database: 'ok', version: facts.version}, null, 2)
  return answer(200, [NO_STORE, JSON_TYPE, ...SECURITY], body)
}

function toLogin({head}: Asked): AppResponse {
  const target = encodeURIComponent(head.target.startsWith('/') ? echoed(head.target) : '/')
  const headers: HeaderList = [
    NO_STORE,
    ['Content-Type', 'text/html; charset=utf-8'],
    ['Location', '/login'],
    ['Set-Cookie', `redirect_to=${target}; Path=/; HttpOnly; SameSite=Lax`],
    ...SECURITY,
  ]
  return answer(302, headers, head.method === 'GET' ? '<a href="/login">Found</a>.\n\n' : '')
}

/** The page whose script draws everything. */
function shell(facts: SkinFacts, signedIn: boolean): AppResponse {
  const boot = {
    user: {isSignedIn: signedIn, orgId: signedIn ? 1 : 0, orgName: signedIn ? 'Main Org.' : '', theme: 'dark'},
    settings: {
      appSubUrl: '',
      buildInfo: {commit: COMMITS[facts.version], edition: 'Open Source', env: 'production', version: facts.version},
      disableLoginForm: false,
      loginHint: 'email or username',
      passwordHint: 'password',
    },
    navTree: [],
  }
  const body = htmlPage({
    title: 'Grafana',
    head: '<base href="/" />\n<link rel="icon" type="image/png" href="public/img/fav32.png" />\n',
    bodyAttributes: ' class="theme-dark app-grafana"',
    body:
      '<div id="reactRoot"><div class="preloader">Loading Grafana</div></div>\n' +
      `<script nonce="">\nwindow.grafanaBootData = ${JSON.stringify(boot)};\n</script>`,
  })
  return answer(200, [NO_STORE, HTML, ...SECURITY], body)
}

function signIn(asked: Asked, facts: SkinFacts, sessions: Sessions): AppResponse {
  const login = loginOf(asked)
  if (login === null) return api(400, {message: 'bad login data', messageId: '', statusCode: 400, traceID: ''})
  if (!facts.verify(login)) {
    const refusal = {
      message: 'Invalid username or password',
      messageId: 'password-auth.failed',
      statusCode: 401,
      traceID: '',
    }
    return api(401, refusal)
  }
  const cookie = `grafana_session=${sessions.open(login.name, asked)}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax`
  const headers: HeaderList = [NO_STORE, JSON_TYPE, ['Set-Cookie', cookie], ...SECURITY]
  return answer(200, headers, JSON.stringify({message: 'Logged in', redirectUrl: '/'}))
}

/** net/http's own words. */
function goError(status: number): AppResponse {
  const reason =
    {
      413: 'Request Entity Too Large',
      431: 'Request Header Fields Too Large',
      505: 'HTTP Version Not Supported: unsupported protocol version',
    }[status] ?? 'Bad Request'
  return answer(status, [['Content-Type', 'text/plain; charset=utf-8']], `${status} ${reason}`)
}
