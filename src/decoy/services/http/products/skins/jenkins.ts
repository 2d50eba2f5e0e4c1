/** Jenkins LTS in its own Jetty, closed to everybody who has not signed in. */
import {escapeHtml, type HeaderList} from '../../response.ts'
import type {AppResponse} from '../product.ts'
import {StyledServer} from '../styled-server.ts'
import {htmlPage, icon, robots, signInForm} from './markup.ts'
import {
  type Answer,
  type Asked,
  answer,
  cookieOf,
  echoed,
  empty,
  json,
  loginOf,
  Pages,
  queryField,
  Sessions,
} from './pages.ts'
import type {Skin, SkinFacts} from './skin.ts'

const HTML = ['Content-Type', 'text/html;charset=utf-8'] as const
const NOSNIFF = ['X-Content-Type-Options', 'nosniff'] as const
const EPOCH = ['Expires', 'Thu, 01 Jan 1970 00:00:00 GMT'] as const

/** Which Jetty a release of Jenkins brings. */
const JETTY: Readonly<Record<string, string>> = {
  '2.375.3': '10.0.12',
  '2.441': '10.0.18',
  '2.452.2': '10.0.20',
  '2.462.1': '10.0.20',
}
/** Before, the page that refuses was measured before it was sent. */
const STREAMS = new Set(['2.441', '2.452.2', '2.462.1'])

export const JENKINS: Skin = {
  versions: Object.keys(JETTY),
  tls: {stack: 'openssl-upstream', certificate: 'snakeoil'},
  server: ({version}) =>
    new StyledServer({
      order: ['date', 'connection', 'app', 'length', 'server'],
      server: `Jetty(${JETTY[version]})`,
      dialect: {headLimit: 8192, tooLong: 431, badVersion: 505},
      error: (status) => errorPage(status),
    }),
  application: (facts) => {
    const sessions = new Sessions()
    const ids = identity(facts)
    const within =
      (inside: Answer): Answer =>
      (asked) =>
        sessions.user(cookieOf(asked, ids.cookie)) === null ? forbidden(asked, facts) : inside(asked)
    return new Pages(
      [
        {path: '/login', answer: (asked) => signIn(asked, facts, 200)},
        {path: '/loginError', answer: (asked) => signIn(asked, facts, 401)},
        {path: '/j_spring_security_check', methods: ['POST'], answer: (asked) => check(asked, facts, sessions)},
        {
          path: '/robots.txt',
          answer: robots('# we don\'t want robots to click "build" links\nUser-agent: *\nDisallow: /\n'),
        },
        {path: '/favicon.ico', answer: icon([51, 80, 97], 'image/x-icon')},
        {path: '/whoAmI/api/json', answer: () => json(200, WHO, [NOSNIFF, ...versionHeaders(facts)])},
        {path: '/', answer: within(() => dashboard(facts))},
      ],
      within(() => errorPage(404)),
    )
  },
}

const WHO = {
  _class: 'hudson.security.WhoAmI',
  anonymous: true,
  authenticated: true,
  authorities: ['anonymous'],
  details: null,
  name: 'anonymous',
}

interface Identity {
  readonly cookie: string
  readonly session: string
  readonly instance: string
}

/** The prefix of an RSA-2048 SubjectPublicKeyInfo (RFC 8017 appendix A.1.1) up to the modulus. */
const SPKI = Buffer.from('30820122300d06092a864886f70d01010105000382010f003082010a02820101 00'.replace(' ', ''), 'hex')
const EXPONENT = Buffer.from('0203010001', 'hex')

/** Names of the installation. Nobody ever uses the public key, so any number of its size stands for the modulus. */
function identity({persona}: SkinFacts): Identity {
  const modulus = Buffer.from(persona.bytes('jenkins identity', 256))
  modulus.writeUInt8((modulus[0] ?? 0) | 0x80, 0)
  modulus.writeUInt8((modulus[255] ?? 0) | 1, 255)
  return {
    cookie: `JSESSIONID.${persona.bytes('jenkins cookie', 4).toString('hex')}`,
    session: persona.bytes('jenkins session', 4).toString('hex'),
    instance: Buffer.concat([SPKI, modulus, EXPONENT]).toString('base64'),
  }
}

function versionHeaders(facts: SkinFacts): HeaderList {
  return [
    ['X-Hudson', '1.395'],
    ['X-Jenkins', facts.version],
    ['X-Jenkins-Session', identity(facts).session],
  ]
}

/** What Jetty calls a new session: `node0`, letters and digits, a counter. */
function newSession({connection}: Asked): string {
  return `node0${BigInt(`0x${connection.random(10).toString('hex')}`).toString(36)}${connection.random(1)[0] ?? 0}.node0`
}

function sessionCookie(facts: SkinFacts, value: string): HeaderList[number] {
  return ['Set-Cookie', `${identity(facts).cookie}=${value}; Path=/; ${facts.secure ? 'Secure; ' : ''}HttpOnly`]
}

/** Of everything: a page that leads to the sign-in. */
function forbidden(asked: Asked, facts: SkinFacts): AppResponse {
  const target = asked.head.target.startsWith('/') ? echoed(asked.head.target) : '/'
  const url = `/login?from=${encodeURIComponent(target)}`
  const script = `/static/${identity(facts).session}/scripts/redirect.js`
  const body =
    `<html><head><meta http-equiv='refresh' content='1;url=${url}'/>` +
    `<script id='redirect' data-redirect-url='${url}' src='${script}'></script></head>` +
    `<body style='background-color:white; color:white;'>\nAuthentication required\n<!--\n-->\n\n</body></html>`
  const cookie = cookieOf(asked, identity(facts).cookie) === null ? [sessionCookie(facts, newSession(asked))] : []
  const page = answer(403, [NOSNIFF, ...cookie, EPOCH, HTML, ...versionHeaders(facts)], body)
  return STREAMS.has(facts.version) ? {...page, streamed: true} : page
}

function signIn(asked: Asked, facts: SkinFacts, status: 200 | 401): AppResponse {
  const {session, instance} = identity(facts)
  const from = echoed(queryField(asked, 'from') ?? '/')
  const body = htmlPage({
    title: 'Sign in [Jenkins]',
    head: `<link rel="shortcut icon" href="/static/${session}/favicon.ico" type="image/vnd.microsoft.icon">\n`,
    bodyAttributes: ' class="app-sign-in-register"',
    body: signInForm({
      action: 'j_spring_security_check',
      attributes: 'name="login"',
      heading: status === 401 ? 'Invalid username or password' : 'Sign in to Jenkins',
      fields: [
        {name: 'j_username', label: 'Username'},
        {name: 'j_password', label: 'Password', type: 'password'},
        {name: 'from', label: '', type: 'hidden', value: from},
      ],
      button: 'Sign in',
    }),
  })
  const headers: HeaderList = [
    NOSNIFF,
    HTML,
    EPOCH,
    ['Cache-Control', 'no-cache,no-store,must-revalidate'],
    ['X-Hudson-Theme', 'default'],
    ['Referrer-Policy', 'same-origin'],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    sessionCookie(facts, newSession(asked)),
    ...versionHeaders(facts),
    ['X-Frame-Options', 'sameorigin'],
    ['X-Instance-Identity', instance],
  ]
  return answer(status, headers, body)
}

function check(asked: Asked, facts: SkinFacts, sessions: Sessions): AppResponse {
  const login = loginOf(asked)
  const scheme = facts.secure ? 'https' : 'http'
  const host = echoed(asked.host)
  if (login === null || !facts.verify(login)) {
    return empty(302, [NOSNIFF, EPOCH, ['Location', `${scheme}://${host}/loginError`]])
  }
  const cookie = sessionCookie(facts, sessions.open(login.name, asked))
  return empty(302, [NOSNIFF, cookie, EPOCH, ['Location', `${scheme}://${host}/`]])
}

function dashboard(facts: SkinFacts): AppResponse {
  const body = htmlPage({
    title: 'Dashboard [Jenkins]',
    body: `<main><h1>Welcome to Jenkins!</h1>\n<p>There are no jobs yet.</p>\n<footer>Jenkins ${facts.version}</footer></main>`,
  })
  return answer(200, [NOSNIFF, EPOCH, HTML, ...versionHeaders(facts)], body)
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
  505: 'HTTP Version Not Supported',
}

/** Jetty's own, for what never reaches Jenkins. */
function errorPage(status: number): AppResponse {
  const reason = escapeHtml(REASONS[status] ?? 'Bad Request')
  if (status !== 404) {
    const headers: HeaderList = [['Content-Type', 'text/html;charset=iso-8859-1']]
    return answer(status, headers, `<h1>Bad Message ${status}</h1><pre>reason: ${reason}</pre>`)
  }
  return answer(
    404,
    [NOSNIFF, ['Content-Type', 'text/html;charset=utf-8']],
    htmlPage({title: 'Not Found - Jenkins', body: `<main><h1>${reason}</h1></main>`}),
  )
}
