/** WordPress on Apache: a young blog, its sign-in, its REST and XML-RPC interfaces. */
import {escapeHtml, type HeaderList} from '../../response.ts'
import {defaultSite} from '../../site/default-site.ts'
import type {AppResponse} from '../product.ts'
import {apacheFlavour} from '../releases.ts'
import {createProduct} from '../web-server.ts'
import {htmlPage, icon, robots, signInForm} from './markup.ts'
import {type Asked, answer, cookieOf, echoed, empty, loginOf, Pages, queryField, Sessions} from './pages.ts'
import type {Skin, SkinFacts} from './skin.ts'
import {xmlRpc} from './wordpress-xmlrpc.ts'

const HTML = ['Content-Type', 'text/html; charset=UTF-8'] as const
const JSON_TYPE = ['Content-Type', 'application/json; charset=UTF-8'] as const
const NEVER: HeaderList = [
  ['Expires', 'Wed, 11 Jan 1984 05:00:00 GMT'],
  ['Cache-Control', 'no-cache, must-revalidate, max-age=0'],
]
const TEST_COOKIE = ['Set-Cookie', 'wordpress_test_cookie=WP%20Cookie%20check; path=/; HttpOnly'] as const
const SIGN_IN = '/wp-login.php'

export const WORDPRESS: Skin = {
  versions: ['6.1.4', '6.2.3', '6.3.2', '6.4.2', '6.4.3'],
  server: ({persona, port, secure}) =>
    createProduct('apache', persona, {
      port,
      secure,
      site: defaultSite('apache', persona, apacheFlavour(persona), false),
      version: null,
    }),
  application: (facts) => {
    const sessions = new Sessions()
    return new Pages(
      [
        {path: '/', answer: (asked) => front(asked, facts)},
        {
          path: '/index.php',
          answer: (asked) =>
            empty(301, [['X-Redirect-By', 'WordPress'], ['Location', `${origin(asked, facts)}/`], HTML]),
        },
        {path: SIGN_IN, answer: (asked) => signInPage(asked, facts, null)},
        {path: SIGN_IN, methods: ['POST'], answer: (asked) => signIn(asked, facts, sessions)},
        {path: '/wp-admin', answer: (asked) => admin(asked, facts, sessions)},
        {path: '/wp-admin/*', answer: (asked) => admin(asked, facts, sessions)},
        {path: '/wp-json', answer: (asked) => restIndex(asked, facts)},
        {path: '/wp-json/', answer: (asked) => restIndex(asked, facts)},
        {path: '/wp-json/wp/v2/users', answer: (asked) => users(asked, facts)},
        {path: '/wp-json/*', methods: ['GET', 'HEAD', 'POST'], answer: () => rest(404, NO_ROUTE)},
        {path: '/xmlrpc.php', methods: ['GET', 'HEAD', 'POST'], answer: (asked) => xmlRpc(asked, facts)},
        {
          path: '/robots.txt',
          answer: robots(
            'User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n',
            'text/plain; charset=utf-8',
          ),
        },
        {path: '/readme.html', answer: () => readme()},
        {path: '/license.txt', answer: robots('WordPress - Web publishing software\n')},
        {path: '/favicon.ico', answer: icon([33, 117, 155], 'image/x-icon')},
      ],
      (asked) => missing(asked, facts),
    )
  },
}

const NO_ROUTE = {
  code: 'rest_no_route',
  message: 'No route was found matching the URL and request method.',
  data: {status: 404},
}

const origin = ({host}: Asked, {secure}: SkinFacts): string =>
  `${secure ? 'https' : 'http'}://${echoed(host).replace(/[^\w.:[\]-]/g, '')}`

const titleOf = ({persona, title}: SkinFacts): string =>
  escapeHtml(
    title ?? persona.pick('wordpress title', ['Intranet', 'Company News', 'Team Blog', 'Internal Wiki', 'IT Portal']),
  )

const authorOf = ({persona}: SkinFacts): string =>
  persona.pick('wordpress author', ['admin', 'webmaster', 'editor', 'wpadmin'])

const rest = (status: number, value: unknown): AppResponse =>
  answer(status, [['X-Robots-Tag', 'noindex'], ['X-Content-Type-Options', 'nosniff'], JSON_TYPE], JSON.stringify(value))

function linkHeader(asked: Asked, facts: SkinFacts): HeaderList[number] {
  return ['Link', `<${origin(asked, facts)}/wp-json/>; rel="https://api.w.org/"`]
}

function front(asked: Asked, facts: SkinFacts): AppResponse {
  // Its own way from an author's number to the name.
  if (queryField(asked, 'author') === '1') {
    return empty(301, [
      ['X-Redirect-By', 'WordPress'],
      ['Location', `${origin(asked, facts)}/author/${authorOf(facts)}/`],
      HTML,
    ])
  }
  const at = origin(asked, facts)
  const day = new Date(facts.persona.installedAt).toISOString().slice(0, 10)
  const body = htmlPage({
    title: titleOf(facts),
    head:
      `<link rel="https://api.w.org/" href="${at}/wp-json/" />\n<link rel="EditURI" type="application/rsd+xml" title="RSD" href="${at}/xmlrpc.php?rsd" />\n` +
      `<meta name="generator" content="WordPress ${facts.version}" />\n` +
      `<link rel="stylesheet" href="${at}/wp-content/themes/twentytwentythree/style.css?ver=1.2" />\n`,
    bodyAttributes: ' class="home blog wp-embed-responsive"',
    body: `<main><h1><a href="${at}">${titleOf(facts)}</a></h1>
<article><h2><a href="${at}/?p=1">Hello world!</a></h2><time datetime="${day}">${day}</time></article>
<p>Proudly powered by <a href="https://wordpress.org">WordPress</a></p></main>`,
  })
  return answer(200, [linkHeader(asked, facts), HTML], body)
}

function missing(asked: Asked, facts: SkinFacts): AppResponse {
  const body = htmlPage({
    title: `Page not found &#8211; ${titleOf(facts)}`,
    head: `<meta name="generator" content="WordPress ${facts.version}" />\n`,
    bodyAttributes: ' class="error404 wp-embed-responsive"',
    body: '<main><h1>Page not found</h1></main>',
  })
  return answer(404, [...NEVER, linkHeader(asked, facts), HTML], body)
}

/** `refused`: the name that was just refused; latin1. */
function signInPage(asked: Asked, facts: SkinFacts, refused: string | null): AppResponse {
  const name = refused === null ? '' : Buffer.from(refused.slice(0, 64), 'latin1').toString('utf8')
  const known = refused === authorOf(facts)
  const reason = known
    ? `The password you entered for the username <strong>${escapeHtml(name)}</strong> is incorrect.`
    : `The username <strong>${escapeHtml(name)}</strong> is not registered on this site.`
  const body = htmlPage({
    title: `Log In &lsaquo; ${titleOf(facts)} &#8212; WordPress`,
    head: "<meta name='robots' content='max-image-preview:large, noindex, noarchive' />\n",
    bodyAttributes: ' class="login no-js login-action-login wp-core-ui"',
    body: signInForm({
      action: `${origin(asked, facts)}${SIGN_IN}`,
      attributes: 'name="loginform" id="loginform"',
      error: refused === null ? '' : `<div id="login_error" class="error"><strong>Error:</strong> ${reason}</div>\n`,
      fields: [
        {name: 'log', label: 'Username or Email Address', id: 'user_login', value: known ? name : ''},
        {name: 'pwd', label: 'Password', type: 'password', id: 'user_pass'},
        {name: 'redirect_to', label: '', type: 'hidden', value: `${origin(asked, facts)}/wp-admin/`},
        {name: 'testcookie', label: '', type: 'hidden', value: '1'},
      ],
      button: 'Log In',
    }),
  })
  const frames: HeaderList = [
    ['X-Frame-Options', 'SAMEORIGIN'],
    ['Referrer-Policy', 'strict-origin-when-cross-origin'],
  ]
  return answer(200, [...NEVER, TEST_COOKIE, ...frames, HTML], body)
}

function signIn(asked: Asked, facts: SkinFacts, sessions: Sessions): AppResponse {
  const login = loginOf(asked)
  if (login === null || !facts.verify(login)) return signInPage(asked, facts, login?.name ?? null)
  const cookie = `wordpress_logged_in=${sessions.open(login.name, asked)}; path=/; HttpOnly`
  return empty(302, [
    ...NEVER,
    ['Set-Cookie', cookie],
    ['X-Redirect-By', 'WordPress'],
    ['Location', `${origin(asked, facts)}/wp-admin/`],
    HTML,
  ])
}

function admin(asked: Asked, facts: SkinFacts, sessions: Sessions): AppResponse {
  const at = origin(asked, facts)
  if (sessions.user(cookieOf(asked, 'wordpress_logged_in')) === null) {
    const back = encodeURIComponent(`${at}/wp-admin/`)
    return empty(302, [
      ...NEVER,
      ['X-Redirect-By', 'WordPress'],
      ['Location', `${at}${SIGN_IN}?redirect_to=${back}&reauth=1`],
      HTML,
    ])
  }
  const body = htmlPage({
    title: `Dashboard &lsaquo; ${titleOf(facts)} &#8212; WordPress`,
    bodyAttributes: ' class="wp-admin wp-core-ui"',
    body: `<main><h1>Dashboard</h1>\n<p>Version ${facts.version}</p></main>`,
  })
  return answer(200, [...NEVER, HTML], body)
}

function restIndex(asked: Asked, facts: SkinFacts): AppResponse {
  const url = origin(asked, facts)
  return rest(200, {
    name: facts.title ?? titleOf(facts),
    description: '',
    url,
    home: url,
    gmt_offset: '0',
    timezone_string: '',
    namespaces: ['oembed/1.0', 'wp/v2', 'wp-site-health/v1', 'wp-block-editor/v1'],
    authentication: {},
    routes: {},
  })
}

function users(asked: Asked, facts: SkinFacts): AppResponse {
  const name = authorOf(facts)
  const url = origin(asked, facts)
  return rest(200, [{id: 1, name, url, description: '', link: `${url}/author/${name}/`, slug: name, meta: []}])
}

/** WordPress tells its age in its own file; titles only. */
const readme = (): AppResponse =>
  answer(
    200,
    [['Content-Type', 'text/html']],
    htmlPage({title: 'WordPress &#8250; ReadMe', body: '<main><h1>WordPress</h1></main>'}),
  )
