/** DiskStation Manager of a Synology: the page of its desktop, and its API, which signs in. */
import {NAS_RELEASES, nasOf} from '../../../../persona/nas.ts'
import type {NameAndPassword} from '../../login/credentials.ts'
import type {Field} from '../../login/fields.ts'
import {urlencodedFields} from '../../login/fields.ts'
import {escapeHtml, type HeaderList} from '../../response.ts'
import {Site} from '../../site/site.ts'
import {Nginx} from '../nginx.ts'
import type {AppResponse} from '../product.ts'
import {htmlPage, icon, robots} from './markup.ts'
import {type Asked, answer, cookieOf, echoed, fieldsOf, Pages, Sessions} from './pages.ts'
import {hostOnly} from './redirect.ts'
import type {Skin, SkinFacts} from './skin.ts'

const COMMON: HeaderList = [
  ['Vary', 'Accept-Encoding'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-XSS-Protection', '1; mode=block'],
]
const UNCACHED: HeaderList = [
  ['Cache-Control', 'max-age=0, no-cache, no-store, must-revalidate'],
  ['Pragma', 'no-cache'],
  ['Expires', '0'],
]
const SECURE_PORT = 5001
/** Seconds that nginx keeps a connection, as it says. */
const KEEP_ALIVE = 20
const ANY = ['GET', 'HEAD', 'POST']
/** Error codes of the API (Synology, DSM Login Web API Guide). */
const ERROR = {noParameter: 101, noApi: 102, noMethod: 103, noSession: 119, wrongPassword: 400} as const

export const SYNOLOGY: Skin = {
  versions: NAS_RELEASES,
  usual: (persona) => {
    const {version, build} = nasOf(persona).release
    return `${version}.${build}`
  },
  tls: {stack: 'openssl-upstream', certificate: 'synology'},
  redirect: () =>
    new Pages([], ({host, head}) => {
      const path = head.target.startsWith('/') ? echoed(head.target) : '/'
      const location = `https://${hostOnly(host)}:${SECURE_PORT}${path}`
      return answer(
        302,
        [
          ['Content-Type', 'text/html'],
          ['Location', location],
        ],
        '',
      )
    }),
  server: ({name, port, secure}) =>
    new Nginx({
      version: '1.24.0',
      name,
      port,
      secure,
      site: new Site(new Map(), [], []),
      gzip: false,
      hidden: true,
      keepAlive: KEEP_ALIVE,
    }),
  application: (facts) => {
    const sessions = new Sessions()
    const api = (asked: Asked): AppResponse => webApi(asked, facts, sessions)
    return new Pages(
      [
        {path: '/', answer: () => desktop(facts)},
        {path: '/index.cgi', answer: () => desktop(facts)},
        {path: '/webman/index.cgi', answer: () => desktop(facts)},
        {path: '/webapi/query.cgi', methods: ANY, answer: api},
        {path: '/webapi/entry.cgi', methods: ANY, answer: api},
        {path: '/webapi/auth.cgi', methods: ANY, answer: api},
        {path: '/webman/pingpong.cgi', answer: () => said({boot_done: true, success: true})},
        {path: '/robots.txt', answer: robots('User-agent: *\nDisallow: /\n')},
        {path: '/favicon.ico', answer: icon([0, 134, 229], 'image/x-icon')},
        {path: '/webman/favicon.ico', answer: icon([0, 134, 229], 'image/x-icon')},
      ],
      ({head}) => missing(ANY.includes(head.method) ? 404 : 405),
    )
  },
}

/** Its own page in the place of nginx's. */
function missing(status: number): AppResponse {
  const body = htmlPage({title: 'Page Not Found', body: `<main><h1>${status}</h1></main>`})
  return answer(status, [['Content-Type', 'text/html'], ...COMMON.slice(0, 1)], body)
}

/** `7.2.64570`: the build. */
const buildOf = (version: string): string => version.slice(version.lastIndexOf('.') + 1)

const kindOf = ({persona}: SkinFacts): string =>
  nasOf(persona).model.name.startsWith('RS') ? 'RackStation' : 'DiskStation'

function desktop(facts: SkinFacts): AppResponse {
  const kind = kindOf(facts)
  const build = buildOf(facts.version)
  const script = (name: string): string =>
    `<script type="text/javascript" src="webapi/entry.cgi?api=SYNO.Core.Desktop.${name}&version=1&method=getjs&SynoToken=&v=${build}"></script>`
  const body = htmlPage({
    title: `${escapeHtml(facts.persona.hostname)}&nbsp;-&nbsp;Synology&nbsp;${kind}`,
    head: `<meta name="description" content="${kind} provides a full-featured network attached storage">
<meta name="keywords" content="NAS">
<meta name="robots" content="noindex">
<link rel="shortcut icon" href="webman/favicon.ico?v=${build}">
${['Defs', 'JSUIString', 'SessionData', 'UIString'].map(script).join('\n')}
`,
    body: `<div id="sds-login-vue-inst"></div><noscript><div class="syno-no-script"></div></noscript>`,
  })
  return answer(200, [['Content-Type', 'text/html; charset="UTF-8"'], ...COMMON, ...UNCACHED], body)
}

const said = (value: unknown, cookies: HeaderList = []): AppResponse => ({
  ...answer(
    200,
    [['Content-Type', 'application/json; charset="UTF-8"'], ...COMMON, ...UNCACHED, ...cookies],
    JSON.stringify(value),
  ),
  streamed: true,
})

const failed = (code: number): AppResponse => said({error: {code}, success: false})

/** What a client reads first: where everything is and in which versions. */
const APIS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  'SYNO.API.Auth': [1, 7],
  'SYNO.API.Encryption': [1, 1],
  'SYNO.API.Info': [1, 1],
  'SYNO.API.OTP': [1, 1],
  'SYNO.Core.Desktop.Defs': [1, 1],
  'SYNO.Core.Desktop.Initdata': [1, 1],
  'SYNO.Core.Desktop.SessionData': [1, 1],
  'SYNO.Core.Share': [1, 1],
  'SYNO.Core.System': [1, 3],
  'SYNO.Core.System.Utilization': [1, 1],
  'SYNO.Core.User': [1, 1],
  'SYNO.DSM.Info': [1, 2],
  'SYNO.FileStation.Info': [1, 2],
  'SYNO.FileStation.List': [1, 2],
  'SYNO.Storage.CGI.Storage': [1, 1],
}

function webApi(asked: Asked, facts: SkinFacts, sessions: Sessions): AppResponse {
  const fields = [...urlencodedFields(asked.query ?? ''), ...fieldsOf(asked)]
  const field = (name: string): string | undefined => fields.find((one) => one.name === name)?.value
  const api = field('api')
  const method = field('method')
  if (api === undefined || method === undefined) return failed(ERROR.noParameter)
  switch (api) {
    case 'SYNO.API.Info':
      return method === 'query' ? listing(field('query')) : failed(ERROR.noMethod)
    case 'SYNO.API.Auth':
      return method === 'login' ? signIn(asked, fields, facts, sessions) : said({success: true})
    case 'SYNO.Core.Desktop.SessionData':
      return sessionData(facts)
    default: {
      if (APIS[api] === undefined) return failed(ERROR.noApi)
      const token = field('_sid') ?? cookieOf(asked, 'id')
      if (sessions.user(token) === null) return failed(ERROR.noSession)
      return api === 'SYNO.DSM.Info' ? said({data: about(asked, facts), success: true}) : failed(ERROR.noMethod)
    }
  }
}

function listing(query = 'all'): AppResponse {
  const wanted = query === 'all' ? null : new Set(query.split(',', 64))
  const found = Object.entries(APIS)
    .filter(([name]) => wanted === null || wanted.has(name))
    .map(([name, [minVersion, maxVersion]]) => [name, {maxVersion, minVersion, path: 'entry.cgi'}] as const)
  return said({data: Object.fromEntries(found), success: true})
}

function signIn(asked: Asked, fields: readonly Field[], facts: SkinFacts, sessions: Sessions): AppResponse {
  const value = (name: string): string => fields.find((one) => one.name === name)?.value ?? ''
  const login: NameAndPassword = {name: value('account'), password: value('passwd')}
  if (login.name === '') return failed(ERROR.noParameter)
  const success = facts.verify(login)
  const attempt = {login, method: 'form', success}
  if (!success) return {...failed(ERROR.wrongPassword), attempt}
  const sid = sessions.open(login.name, asked)
  const cookies: HeaderList = [['Set-Cookie', `id=${sid};path=/;HttpOnly`]]
  return {...said({data: {is_portal_port: false, sid}, success: true}, cookies), attempt}
}

/** What its sign-in page shows; of somebody who is not signed in. */
function sessionData({persona, version}: SkinFacts): AppResponse {
  const session = {
    isLogined: false,
    enable_syno_token: 'yes',
    hostname: persona.hostname,
    version: buildOf(version),
    fullversion: `${buildOf(version)}-s0`,
    buildphase: 'GM',
    dsm_http_port: '5000',
    dsm_https_port: String(SECURE_PORT),
    login_background_customize: false,
  }
  const type = ['Content-Type', 'application/javascript; charset="UTF-8"'] as const
  return answer(200, [type, ...COMMON, ...UNCACHED], `SYNO.SDS.Session = ${JSON.stringify(session)};`)
}

function about({connection}: Asked, {persona, version}: SkinFacts): object {
  const {model, serial} = nasOf(persona)
  const now = connection.now()
  return {
    codepage: 'enu',
    model: model.name,
    ram: 4096,
    serial,
    temperature: persona.integer('synology temperature', 33, 46),
    temperature_warn: false,
    time: new Date(now).toUTCString(),
    uptime: Math.floor((now - persona.bootedAt(now)) / 1000),
    version: buildOf(version),
    version_string: `DSM ${version.slice(0, version.lastIndexOf('.'))}-${buildOf(version)}`,
  }
}
