/** GitLab of the Omnibus package: its nginx, which keeps its version to itself, before the application. */
import type {HeaderList} from '../../response.ts'
import {Site} from '../../site/site.ts'
import {Nginx} from '../nginx.ts'
import type {AppResponse} from '../product.ts'
import {htmlPage, icon, robots, signInForm} from './markup.ts'
import {type Asked, answer, cookieOf, echoed, json, loginOf, Pages, Sessions} from './pages.ts'
import {httpsRedirect} from './redirect.ts'
import type {Skin, SkinFacts} from './skin.ts'

const SIGN_IN = '/users/sign_in'
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const ROBOTS = [
  'User-Agent: *',
  'Disallow: /autocomplete/users',
  'Disallow: /autocomplete/projects',
  'Disallow: /search',
  'Disallow: /admin',
  'Disallow: /profile',
  'Disallow: /dashboard',
  'Disallow: /users',
  'Disallow: /api/v*',
  'Disallow: /help',
  '',
].join('\n')

export const GITLAB: Skin = {
  versions: ['15.11.13', '16.3.7', '16.5.8', '16.7.2', '16.9.1'],
  tls: {stack: 'openssl-upstream'},
  redirects: true,
  redirect: () => httpsRedirect(),
  server: ({name, port, secure}) =>
    new Nginx({version: '1.24.0', name, port, secure, site: new Site(new Map(), [], []), gzip: true, hidden: true}),
  application: (facts) => {
    const sessions = new Sessions()
    const signedIn = (asked: Asked): boolean => sessions.user(cookieOf(asked, '_gitlab_session')) !== null
    return new Pages(
      [
        {path: '/', answer: (asked) => (signedIn(asked) ? home(asked, facts) : moved(asked, facts, SIGN_IN))},
        {path: SIGN_IN, answer: (asked) => signInPage(asked, facts, '')},
        {path: SIGN_IN, methods: ['POST'], answer: (asked) => signIn(asked, facts, sessions)},
        {path: '/robots.txt', answer: robots(ROBOTS)},
        {path: '/favicon.ico', answer: icon([226, 67, 41], 'image/x-icon')},
        {path: '/api/v4/projects', answer: (asked) => json(200, [], common(asked))},
        {path: '/api/v4/version', answer: unauthorised},
        {path: '/api/v4/user', answer: unauthorised},
        {
          path: '/api/v4/users',
          answer: (asked) => json(403, {message: '403 Forbidden - Not authorized to access users'}, common(asked)),
        },
        {
          path: '/api/*',
          methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
          answer: (asked) => json(404, {error: '404 Not Found'}, common(asked)),
        },
        {path: '/-/health', answer: () => answer(404, [['Content-Type', 'text/html']], '')},
        {path: '/help', answer: (asked) => moved(asked, facts, SIGN_IN)},
        {path: '/admin', answer: (asked) => moved(asked, facts, SIGN_IN)},
        {path: '/dashboard', answer: (asked) => moved(asked, facts, SIGN_IN)},
      ],
      (asked) => notFound(asked),
    )
  },
}

const unauthorised = (asked: Asked): AppResponse => json(401, {message: '401 Unauthorized'}, common(asked))

/** A ULID, as the application numbers its requests. */
function requestId({connection}: Asked): string {
  const bytes = Buffer.concat([Buffer.alloc(6), connection.random(10)])
  bytes.writeUIntBE(connection.now(), 0, 6)
  let value = BigInt(`0x${bytes.toString('hex')}`)
  let text = ''
  for (let digit = 0; digit < 26; digit++, value >>= 5n) text = `${CROCKFORD[Number(value & 31n)]}${text}`
  return text
}

function common(asked: Asked): HeaderList {
  const id = requestId(asked)
  const runtime = (0.015 + (asked.connection.random(2).readUInt16BE() % 60_000) / 1_000_000).toFixed(6)
  return [
    ['Cache-Control', 'no-cache'],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Download-Options', 'noopen'],
    ['X-Frame-Options', 'SAMEORIGIN'],
    ['X-Gitlab-Meta', `{"correlation_id":"${id}","version":"1"}`],
    ['X-Permitted-Cross-Domain-Policies', 'none'],
    ['X-Request-Id', id],
    ['X-Runtime', runtime],
    ['X-Ua-Compatible', 'IE=edge'],
    ['X-Xss-Protection', '1; mode=block'],
    ['Strict-Transport-Security', 'max-age=63072000'],
    ['Referrer-Policy', 'strict-origin-when-cross-origin'],
  ]
}

const HTML = ['Content-Type', 'text/html; charset=utf-8'] as const

function moved(asked: Asked, {secure}: SkinFacts, path: string): AppResponse {
  const location = `${secure ? 'https' : 'http'}://${echoed(asked.host)}${path}`
  const body = `<html><body>You are being <a href="${encodeURI(location)}">redirected</a>.</body></html>`
  return answer(302, [HTML, ['Location', location], ...common(asked)], body)
}

function sessionCookie(value: string, {secure}: SkinFacts): HeaderList[number] {
  return [
    'Set-Cookie',
    `_gitlab_session=${value}; path=/; ${secure ? 'secure; ' : ''}HttpOnly${secure ? '; SameSite=None' : ''}`,
  ]
}

function signInPage(asked: Asked, facts: SkinFacts, error: string): AppResponse {
  const token = asked.connection.random(32).toString('base64')
  const body = htmlPage({
    title: 'Sign in · GitLab',
    head:
      '<meta content="object" property="og:type">\n<meta content="GitLab" property="og:site_name">\n' +
      `<meta name="csrf-param" content="authenticity_token" />\n<meta name="csrf-token" content="${token}" />\n`,
    bodyAttributes: ' class="login-page application navless" data-page="sessions:new"',
    body: signInForm({
      action: SIGN_IN,
      attributes: 'class="new_user gl-show-field-errors" id="new_user"',
      heading: 'GitLab Community Edition',
      error: error === '' ? '' : `<p class="error">${error}</p>\n`,
      fields: [
        {name: 'authenticity_token', label: '', type: 'hidden', value: token},
        {name: 'user[login]', label: 'Username or primary email', id: 'user_login'},
        {name: 'user[password]', label: 'Password', type: 'password', id: 'user_password'},
      ],
      button: 'Sign in',
    }),
  })
  const cookie = sessionCookie(asked.connection.random(16).toString('hex'), facts)
  return answer(200, [HTML, ['Pragma', 'no-cache'], cookie, ...common(asked)], body)
}

function signIn(asked: Asked, facts: SkinFacts, sessions: Sessions): AppResponse {
  const login = loginOf(asked)
  if (login === null || !facts.verify(login)) return signInPage(asked, facts, 'Invalid login or password.')
  const response = moved(asked, facts, '/')
  return {...response, headers: [...response.headers, sessionCookie(sessions.open(login.name, asked), facts)]}
}

function home(asked: Asked, facts: SkinFacts): AppResponse {
  const body = htmlPage({
    title: 'Projects · Dashboard · GitLab',
    body: `<main><h1>Projects</h1>\n<p>No projects.</p>\n<footer>GitLab ${facts.version}</footer></main>`,
  })
  return answer(200, [HTML, ...common(asked)], body)
}

function notFound(asked: Asked): AppResponse {
  const body = htmlPage({
    title: "The page could not be found or you don't have permission to view it. (404)",
    body: '<main><h1>404</h1></main>',
  })
  return answer(404, [HTML, ...common(asked)], body)
}
