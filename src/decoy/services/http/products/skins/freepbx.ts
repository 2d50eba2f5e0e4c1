/** FreePBX of its own distribution: the administration, and the panel of its users. */
import {FREEPBX_VERSIONS, telephoneSystemOf} from '../../../../persona/telephone-system.ts'
import {escapeHtml, type HeaderList} from '../../response.ts'
import {Site} from '../../site/site.ts'
import type {AppResponse} from '../product.ts'
import {SANGOMA_FLAVOUR} from '../releases.ts'
import {createProduct} from '../web-server.ts'
import {htmlPage, icon, robots} from './markup.ts'
import {type Asked, answer, cookieOf, echoed, empty, loginOf, Pages, Sessions} from './pages.ts'
import type {Skin, SkinFacts} from './skin.ts'

const HTML = ['Content-Type', 'text/html; charset=utf-8'] as const
const ADMIN = '/admin/config.php'

export const FREEPBX: Skin = {
  versions: FREEPBX_VERSIONS,
  usual: (persona) => telephoneSystemOf(persona).version,
  tls: {stack: 'openssl-1.0'},
  server: ({persona, port, secure, version}) =>
    createProduct('apache', persona, {
      port,
      secure,
      site: new Site(new Map(), [], []),
      version: '2.4.6',
      build: {flavour: SANGOMA_FLAVOUR, modules: `OpenSSL/1.0.2k-fips PHP/${phpOf(version)}`},
    }),
  application: (facts) => {
    const sessions = new Sessions()
    const origin = ({host}: Asked): string =>
      `${facts.secure ? 'https' : 'http'}://${echoed(host).replace(/[^\w.:[\]-]/g, '')}`
    return new Pages(
      [
        {path: '/', answer: () => empty(302, [...poweredBy(facts), ['Location', '/admin'], HTML])},
        {path: '/admin', answer: (asked) => empty(301, [['Location', `${origin(asked)}/admin/`]])},
        {path: '/admin/', answer: () => empty(302, [...poweredBy(facts), ['Location', ADMIN], HTML])},
        {path: '/admin/index.php', answer: () => empty(302, [...poweredBy(facts), ['Location', ADMIN], HTML])},
        {path: ADMIN, answer: (asked) => administration(asked, facts, sessions)},
        {path: ADMIN, methods: ['POST'], answer: (asked) => signIn(asked, facts, sessions)},
        {path: '/admin/ajax.php', methods: ['GET', 'HEAD', 'POST'], answer: (asked) => ajax(asked, facts)},
        {path: '/ucp', answer: (asked) => empty(301, [['Location', `${origin(asked)}/ucp/`]])},
        {path: '/ucp/', answer: (asked) => userPanel(asked, facts, '')},
        {path: '/ucp/index.php', answer: (asked) => userPanel(asked, facts, '')},
        {path: '/ucp/', methods: ['POST'], answer: (asked) => userSignIn(asked, facts)},
        {path: '/ucp/index.php', methods: ['POST'], answer: (asked) => userSignIn(asked, facts)},
        {path: '/robots.txt', answer: robots('User-agent: *\nDisallow: /\n')},
        {path: '/favicon.ico', answer: icon([105, 162, 53], 'image/x-icon')},
        {path: '/admin/images/favicon.ico', answer: icon([105, 162, 53], 'image/x-icon')},
      ],
      null,
    )
  },
}

const INVALID = 'Invalid Username or Password'

/** PHP of the distribution's release that this one came with. */
const phpOf = (version: string): string => (version.startsWith('16') ? '7.4.16' : '5.6.40')

const poweredBy = ({version}: SkinFacts): HeaderList => [['X-Powered-By', `PHP/${phpOf(version)}`]]

/** What PHP adds where there is a session. */
function dynamic(asked: Asked, facts: SkinFacts): HeaderList {
  const fresh =
    cookieOf(asked, 'PHPSESSID') === null
      ? ([['Set-Cookie', `PHPSESSID=${asked.connection.random(13).toString('hex')}; path=/; HttpOnly`]] as const)
      : []
  return [
    ...poweredBy(facts),
    ...fresh,
    ['Expires', 'Thu, 19 Nov 1981 08:52:00 GMT'],
    ['Cache-Control', 'no-store, no-cache, must-revalidate'],
    ['Pragma', 'no-cache'],
    HTML,
  ]
}

function administration(asked: Asked, facts: SkinFacts, sessions: Sessions): AppResponse {
  const user = sessions.user(cookieOf(asked, 'PHPSESSID'))
  return user === null ? signInPage(asked, facts, '') : home(asked, facts, user)
}

const footer = ({version}: SkinFacts): string =>
  `<div id="footer_content"><a href="http://www.freepbx.org">FreePBX</a> ${version} &middot; GPL</div>`

function signInPage(asked: Asked, facts: SkinFacts, error: string): AppResponse {
  const {version} = facts
  const body = htmlPage({
    title: 'FreePBX Administration',
    head: `<meta name="robots" content="noindex" />
<link rel="shortcut icon" href="images/favicon.ico">
<link href="assets/css/bootstrap-3.3.7.min.css?load_version=${version}" rel="stylesheet" type="text/css">
<script type="text/javascript" src="assets/js/pbxlib.js?load_version=${version}"></script>
`,
    body: `<div id="login_form">
<form id="loginform" method="post" role="form">
<h3>FreePBX Administration</h3>
${error === '' ? '' : `<span class="obe_error">${error}</span>\n`}<input type="text" name="username" class="form-control" placeholder="username" autocomplete="off">
<input type="password" name="password" class="form-control" placeholder="password" autocomplete="off">
<button type="submit">Continue</button>
</form>
</div>
<div id="login_icon_holder"><a href="/ucp">User Control Panel</a></div>
${footer(facts)}`,
  })
  return answer(200, dynamic(asked, facts), body)
}

function signIn(asked: Asked, facts: SkinFacts, sessions: Sessions): AppResponse {
  const login = loginOf(asked)
  if (login === null) return signInPage(asked, facts, '')
  if (!facts.verify(login)) return signInPage(asked, facts, INVALID)
  const cookie = ['Set-Cookie', `PHPSESSID=${sessions.open(login.name, asked)}; path=/; HttpOnly`] as const
  return empty(302, [...poweredBy(facts), cookie, ['Location', ADMIN], HTML])
}

function home(asked: Asked, facts: SkinFacts, user: string): AppResponse {
  const {asterisk} = telephoneSystemOf(facts.persona)
  const name = escapeHtml(Buffer.from(user, 'latin1').toString('utf8').slice(0, 64))
  const body = htmlPage({
    title: 'FreePBX Administration',
    body: `<main><h1>Welcome to FreePBX</h1>
<p>FreePBX ${facts.version} '${escapeHtml(facts.persona.hostname)}', ${name}</p>
<p>Asterisk ${asterisk}</p>
${footer(facts)}</main>`,
  })
  return answer(200, dynamic(asked, facts), body)
}

function ajax(asked: Asked, facts: SkinFacts): AppResponse {
  const headers = dynamic(asked, facts).filter(([name]) => name !== 'Content-Type')
  const body = JSON.stringify({error: 'ajaxRequest declined - Referrer'})
  return answer(403, [...headers, ['Content-Type', 'application/json']], body)
}

function userSignIn(asked: Asked, facts: SkinFacts): AppResponse {
  const login = loginOf(asked)
  if (login === null || !facts.verify(login)) return userPanel(asked, facts, INVALID)
  return empty(302, [...poweredBy(facts), ['Location', '/ucp/?display=dashboard'], HTML])
}

function userPanel(asked: Asked, facts: SkinFacts, error: string): AppResponse {
  const token = asked.connection.random(16).toString('hex')
  const body = htmlPage({
    title: 'User Control Panel',
    head: `<link rel="shortcut icon" href="assets/images/favicon.ico?v=${facts.version}">\n`,
    body: `<form id="frm-login" method="POST" action="?display=dashboard">
<input type="hidden" name="token" value="${token}">
<h2>User Control Panel</h2>
${error === '' ? '' : `<div class="alert alert-danger">${error}</div>\n`}<input type="text" name="username" placeholder="Username" autocapitalize="off" autocorrect="off">
<input type="password" name="password" placeholder="Password" autocapitalize="off" autocorrect="off">
<button type="submit" id="btn-login">Login</button>
</form>`,
  })
  return answer(200, dynamic(asked, facts), body)
}
