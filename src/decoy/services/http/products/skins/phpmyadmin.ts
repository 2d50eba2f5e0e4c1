/** phpMyAdmin on Apache, as distributions install it: below `/phpmyadmin/`. */
import {versionOf} from '../../../../persona/products.ts'
import {escapeHtml, type HeaderList, httpDate} from '../../response.ts'
import {defaultSite} from '../../site/default-site.ts'
import type {AppResponse} from '../product.ts'
import {apacheFlavour} from '../releases.ts'
import {createProduct} from '../web-server.ts'
import {htmlPage, icon, robots} from './markup.ts'
import {type Asked, answer, cookieOf, empty, loginOf, Pages, Sessions} from './pages.ts'
import type {Skin, SkinFacts} from './skin.ts'

const BASE = '/phpmyadmin/'
const PAGES = [BASE, `${BASE}index.php`] as const

export const PHPMYADMIN: Skin = {
  versions: ['4.9.5', '5.1.1', '5.2.1'],
  server: ({persona, port, secure}) =>
    createProduct('apache', persona, {
      port,
      secure,
      site: defaultSite('apache', persona, apacheFlavour(persona), true),
      version: null,
    }),
  application: (facts) => {
    const sessions = new Sessions()
    return new Pages(
      [
        {
          path: '/',
          answer: () =>
            empty(302, [
              ['Location', BASE],
              ['Content-Type', 'text/html; charset=UTF-8'],
            ]),
        },
        {path: '/phpmyadmin', answer: ({host}) => empty(301, [['Location', originPath(facts, host)]])},
        ...PAGES.flatMap((path) => [
          {path, answer: (asked: Asked) => front(asked, facts, sessions)},
          {path, methods: ['POST'], answer: (asked: Asked) => signIn(asked, facts, sessions)},
        ]),
        {path: `${BASE}favicon.ico`, answer: icon([248, 156, 14], 'image/x-icon')},
        {path: `${BASE}robots.txt`, answer: robots('User-agent: *\nDisallow: /\n')},
        {
          path: `${BASE}README`,
          answer: robots(`phpMyAdmin - Readme\n===================\n\nVersion ${facts.version}\n`),
        },
      ],
      null,
    )
  },
}

const originPath = ({secure}: SkinFacts, host: string): string =>
  `${secure ? 'https' : 'http'}://${host.replace(/[^\w.:[\]-]/g, '').slice(0, 256)}${BASE}`

function headers(asked: Asked, cookies: HeaderList): HeaderList {
  const now = httpDate(asked.connection.now())
  return [
    ...cookies,
    ['Expires', now],
    ['Cache-Control', 'no-store, no-cache, must-revalidate,  pre-check=0, post-check=0, max-age=0'],
    ['Pragma', 'no-cache'],
    ['Last-Modified', now],
    ['X-ob_mode', '1'],
    ['X-Frame-Options', 'DENY'],
    ['Referrer-Policy', 'no-referrer'],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-XSS-Protection', '1; mode=block'],
    ['X-Robots-Tag', 'noindex, nofollow'],
    ['Content-Type', 'text/html; charset=utf-8'],
  ]
}

/** PHP's session and the language. */
function fresh({connection}: Asked, {secure}: SkinFacts): HeaderList {
  const attributes = `path=${BASE};${secure ? ' secure;' : ''} HttpOnly; SameSite=Strict`
  const id = BigInt(`0x${connection.random(17).toString('hex')}`)
    .toString(32)
    .slice(0, 26)
  return [
    ['Set-Cookie', `${secure ? '__Secure-' : ''}phpMyAdmin=${id}; ${attributes}`],
    ['Set-Cookie', `pma_lang=en; expires=${httpDate(connection.now() + MONTH_MS)}; Max-Age=2592000; ${attributes}`],
  ]
}

const MONTH_MS = 30 * 86_400_000

function front(asked: Asked, facts: SkinFacts, sessions: Sessions): AppResponse {
  const user = sessions.user(cookieOf(asked, 'pmaAuth-1'))
  return user === null ? signInPage(asked, facts, '', '') : home(asked, facts, user)
}

function signInPage(asked: Asked, facts: SkinFacts, error: string, name: string): AppResponse {
  const token = asked.connection.random(16).toString('hex')
  const body = htmlPage({
    title: 'phpMyAdmin',
    head:
      '<meta name="robots" content="noindex,nofollow">\n<link rel="icon" href="favicon.ico" type="image/x-icon">\n' +
      `<script src="js/dist/common.js?v=${facts.version}"></script>\n`,
    bodyAttributes: ' id="loginform"',
    body: `<form method="post" id="login_form" action="index.php?route=/" name="login_form" class="disableAjax login">
<h1>Welcome to <bdo dir="ltr" lang="en">phpMyAdmin</bdo></h1>
${error}<fieldset><legend>Log in</legend>
<label for="input_username">Username:</label><input type="text" name="pma_username" id="input_username" value="${escapeHtml(name)}">
<label for="input_password">Password:</label><input type="password" name="pma_password" id="input_password">
<input type="hidden" name="server" value="1"></fieldset>
<input type="hidden" name="token" value="${token}">
<input value="Log in" type="submit" id="input_go">
</form>`,
  })
  return answer(200, headers(asked, fresh(asked, facts)), body)
}

function signIn(asked: Asked, facts: SkinFacts, sessions: Sessions): AppResponse {
  const login = loginOf(asked)
  if (login === null) return signInPage(asked, facts, '', '')
  if (facts.verify(login)) {
    const cookie = `pmaAuth-1=${sessions.open(login.name, asked)}; path=${BASE}; HttpOnly; SameSite=Strict`
    return empty(
      302,
      headers(asked, [
        ['Set-Cookie', cookie],
        ['Location', `${BASE}index.php?route=/`],
      ]),
    )
  }
  const name = Buffer.from(login.name, 'latin1').toString('utf8').slice(0, 64)
  const reason = `mysqli::real_connect(): (HY000/1045): Access denied for user '${escapeHtml(name)}'@'localhost' (using password: ${login.password === '' ? 'NO' : 'YES'})`
  return signInPage(
    asked,
    facts,
    `<div class="error">Cannot log in to the MySQL server</div><div class="error">${reason}</div>\n`,
    name,
  )
}

function home(asked: Asked, facts: SkinFacts, user: string): AppResponse {
  const name = escapeHtml(Buffer.from(user, 'latin1').toString('utf8').slice(0, 64))
  const body = htmlPage({
    title: `${facts.persona.hostname} / localhost | phpMyAdmin ${facts.version}`,
    body: `<main><h1>localhost</h1>
<p>Server: Localhost via UNIX socket</p><p>Server version: ${versionOf(facts.persona, 'mariadb')}-MariaDB</p>
<p>User: ${name}@localhost</p><p>PHP version: ${versionOf(facts.persona, 'php')}</p>
<p>Databases: information_schema</p></main>`,
  })
  return answer(200, headers(asked, []), body)
}
