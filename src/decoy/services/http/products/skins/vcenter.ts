/** VMware vCenter Server Appliance behind its Envoy: the start page, single sign-on, and the API at `/sdk`. */
import {personaGuid} from '../../../../persona/windows.ts'
import type {NameAndPassword} from '../../login/credentials.ts'
import type {HeaderList} from '../../response.ts'
import type {AppResponse} from '../product.ts'
import {StyledServer} from '../styled-server.ts'
import {htmlPage, icon} from './markup.ts'
import {type Asked, answer, echoed, empty, fieldsOf, json, Pages} from './pages.ts'
import {httpsRedirect} from './redirect.ts'
import type {Skin, SkinFacts} from './skin.ts'
import {sdk} from './vmware-soap.ts'

const HTML = ['Content-Type', 'text/html;charset=UTF-8'] as const
const SIGN_ON = '/websso/SAML2/SSO/vsphere.local'
const STRICT: HeaderList = [
  ['Strict-Transport-Security', 'max-age=31536000'],
  ['X-Content-Type-Options', 'nosniff'],
]
const BUILDS: Readonly<Record<string, string>> = {
  '6.7.0': '19299595',
  '7.0.2': '17958471',
  '7.0.3': '21477706',
  '8.0.1': '22088981',
  '8.0.2': '22617221',
}

export const VCENTER: Skin = {
  versions: ['7.0.2', '7.0.3', '8.0.1', '8.0.2'],
  tls: {stack: 'firmware-tls12', certificate: 'vcenter'},
  redirects: true,
  redirect: () => httpsRedirect(),
  server: () =>
    new StyledServer({
      order: ['app', 'type', 'length', 'date', 'server', 'connection'],
      server: 'envoy',
      lowerCase: true,
      dialect: {headLimit: 61_440, tooLong: 431, badVersion: 400},
      error: (status) => (status === 404 ? missing() : empty(status)),
    }),
  application: (facts) => {
    const read = ['GET', 'HEAD']
    return new Pages(
      [
        {path: '/', answer: () => start()},
        {path: '/ui', answer: () => empty(302, [['Location', '/ui/'], ...STRICT])},
        {path: '/ui/*', answer: (asked) => toSignOn(asked, facts)},
        {path: '/vsphere-client/*', answer: () => empty(302, [['Location', '/ui/'], ...STRICT])},
        {path: `${SIGN_ON}*`, methods: read, answer: () => signOn(200, '')},
        {path: `${SIGN_ON}*`, methods: ['POST'], answer: (asked) => signIn(asked, facts)},
        {path: '/favicon.ico', answer: icon([15, 112, 170], 'image/x-icon')},
        {path: '/sdk', methods: ['POST'], answer: sdk(product(facts), facts)},
        {path: '/sdk/', methods: ['POST'], answer: sdk(product(facts), facts)},
        {path: '/api/*', methods: [...read, 'POST'], answer: () => json(401, UNAUTHENTICATED, STRICT)},
        {path: '/rest/*', methods: [...read, 'POST'], answer: () => json(401, REST_UNAUTHENTICATED, STRICT)},
      ],
      () => missing(),
    )
  },
}

const UNAUTHENTICATED = {error_type: 'UNAUTHENTICATED', messages: []}
const REST_UNAUTHENTICATED = {type: 'com.vmware.vapi.std.errors.unauthenticated', value: {messages: []}}

function product({persona, version}: SkinFacts): Parameters<typeof sdk>[0] {
  return {
    name: 'VMware vCenter Server',
    version,
    build: BUILDS[version] ?? '',
    osType: 'linux-x64',
    productLineId: 'vpx',
    apiType: 'VirtualCenter',
    licence: 'VMware VirtualCenter Server',
    instance: personaGuid(persona, 'vcenter instance'),
  }
}

/** The page whose texts a script fills in, by the names by which it is known. */
function start(): AppResponse {
  const body = htmlPage({
    title: 'vSphere Client',
    head: '<meta name="description" content="VMware vCenter Server">\n<script>document.write("<title>" + ID_VC_Welcome + "</title>");</script>\n',
    body: '<main><h1>Getting Started</h1>\n<p><a href="/ui/">Launch vSphere Client (HTML5)</a></p>\n<p><a href="/mob">Browse objects managed by vSphere</a></p></main>',
  })
  return answer(200, [...STRICT, ['X-Frame-Options', 'DENY'], HTML], body)
}

/** With the request of a service provider (SAML 2.0 bindings §3.4). */
function toSignOn(asked: Asked, {secure}: SkinFacts): AppResponse {
  const request = encodeURIComponent(asked.connection.random(48).toString('base64'))
  const location = `${secure ? 'https' : 'http'}://${echoed(asked.host)}${SIGN_ON}?SAMLRequest=${request}`
  const cookie = `VSPHERE-UI-JSESSIONID=${asked.connection.random(16).toString('hex').toUpperCase()}; Path=/ui; Secure; HttpOnly`
  return empty(302, [['Set-Cookie', cookie], ['Location', location], ...STRICT])
}

function signOn(status: number, error: string): AppResponse {
  const body = htmlPage({
    title: 'Login',
    bodyAttributes: ' id="loginPage"',
    body: `<form method="post" id="loginForm">
<h1>VMware&reg; vSphere</h1>
${error}<input type="hidden" name="CastleAuthorization" id="CastleAuthorization">
<label for="username">User name:</label><input type="text" id="username" placeholder="example@domain.local">
<label for="password">Password:</label><input type="password" id="password">
<button id="submit">LOGIN</button>
</form>
<script>
document.getElementById('loginForm').onsubmit = function () {
  var name = document.getElementById('username').value + ':' + document.getElementById('password').value;
  document.getElementById('CastleAuthorization').value = 'Basic ' + btoa(unescape(encodeURIComponent(name)));
};
</script>`,
  })
  const failed: HeaderList =
    status === 200 ? [] : [['CastleError', Buffer.from('Invalid credentials').toString('base64')]]
  return answer(status, [...STRICT, ['Cache-Control', 'no-store'], ...failed, HTML], body)
}

/** The form's one field: `Basic ` and the base64 of name and password. */
function castleLogin(asked: Asked): NameAndPassword | null {
  const field = fieldsOf(asked).find(({name}) => name === 'CastleAuthorization')?.value ?? ''
  const token = /^Basic ([A-Za-z0-9+/=]{1,4096})$/.exec(field)?.[1]
  if (token === undefined) return null
  const text = Buffer.from(token, 'base64').toString('latin1')
  const colon = text.indexOf(':')
  return colon < 0 ? {name: text, password: ''} : {name: text.slice(0, colon), password: text.slice(colon + 1)}
}

function signIn(asked: Asked, {verify}: SkinFacts): AppResponse {
  const login = castleLogin(asked)
  if (login === null) return signOn(401, '')
  const success = verify(login)
  const attempt = {login, method: 'form', success}
  if (success) return {...empty(302, [['Location', '/ui/'], ...STRICT]), attempt}
  return {...signOn(401, '<p class="error">Invalid credentials</p>\n'), attempt}
}

const missing = (): AppResponse =>
  answer(404, [...STRICT, HTML], htmlPage({title: '404 Not Found', body: '<main><h1>404 Not Found</h1></main>'}))
