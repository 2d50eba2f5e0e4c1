/** HPE Integrated Lights-Out 5. */

import {ILO_VERSIONS, iloModel as model} from '../../../../persona/ilo.ts'
import {applianceSerial} from '../../../../persona/serials.ts'
import {personaGuid} from '../../../../persona/windows.ts'
import type {Persona} from '../../../../persona.ts'
import type {HeaderList} from '../../response.ts'
import type {AppResponse} from '../product.ts'
import {StyledServer} from '../styled-server.ts'
import {htmlPage, icon} from './markup.ts'
import {type Asked, answer, empty, json, loginOf, Pages, queryField} from './pages.ts'
import {redfishRoutes} from './redfish.ts'
import type {Skin, SkinFacts} from './skin.ts'

const SERVER = 'HPE-iLO-Server/1.30'
const FRAMES: HeaderList = [
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'sameorigin'],
  ['X-XSS-Protection', '1; mode=block'],
]
const REDFISH: HeaderList = [
  ['OData-Version', '4.0'],
  ['Cache-Control', 'no-cache'],
]

export const ILO: Skin = {
  versions: ILO_VERSIONS,
  tls: {stack: 'firmware-tls12', certificate: 'ilo'},
  redirects: true,
  server: () =>
    new StyledServer({
      order: ['type', 'app', 'connection', 'date', 'server', 'length'],
      server: SERVER,
      // Requests of HTTP/1.0 without a host are refused as well.
      dialect: {headLimit: 16_384, tooLong: 400, badVersion: 400, alwaysHost: true},
      keeps: [['Connection', 'keep-alive']],
      error: (status) => ({...answer(status, [['Content-Type', 'text/plain']], '')}),
    }),
  application: (facts) =>
    new Pages(
      [
        {path: '/', answer: (asked) => shell(asked)},
        {path: '/index.html', answer: (asked) => shell(asked)},
        {path: '/html/login.html', answer: () => loginPage()},
        {path: '/favicon.ico', answer: icon([1, 169, 130], 'image/x-icon')},
        {path: '/xmldata', answer: (asked) => discovery(asked, facts)},
        {path: '/json/login_session', answer: () => json(200, loginSession(facts), FRAMES)},
        {path: '/json/login_session', methods: ['POST'], answer: (asked) => signIn(asked, facts)},
        {path: '/json/*', answer: () => json(403, {message: 'JS_ERR_LOST_SESSION', details: null}, FRAMES)},
        ...redfishRoutes({root: serviceRoot(facts), headers: REDFISH, refusal: noSession}, facts),
      ],
      ({head}) => empty(['GET', 'HEAD', 'POST'].includes(head.method) ? 404 : 405, [['Content-Type', 'text/plain']]),
    ),
}

function shell(_: Asked): AppResponse {
  const body = htmlPage({
    title: 'iLO 5',
    head: '<link rel="icon" href="/favicon.ico">\n',
    body: '<iframe id="appFrame" name="appFrame" src="/html/login.html" title="iLO 5"></iframe>',
  })
  return answer(200, [['Content-Type', 'text/html'], ['Cache-Control', 'no-cache'], ...FRAMES], body)
}

function loginPage(): AppResponse {
  const body = htmlPage({
    title: 'iLO Login',
    body: `<form id="loginForm" onsubmit="return false">
<h1>iLO 5</h1>
<label for="usernameInput">Local login name</label><input type="text" id="usernameInput" name="usernameInput">
<label for="passwordInput">Password</label><input type="password" id="passwordInput" name="passwordInput">
<button id="login-form__submit">Log In</button>
</form>`,
  })
  return answer(200, [['Content-Type', 'text/html'], ['Cache-Control', 'no-cache'], ...FRAMES], body)
}

/** What management tools look for: `item=all` describes the server and its controller. */
function discovery(asked: Asked, {persona, version}: SkinFacts): AppResponse {
  if (queryField(asked, 'item')?.toLowerCase() !== 'all') return empty(404, [['Content-Type', 'text/plain']])
  const serial = applianceSerial(persona, 'hpe')
  const uuid = personaGuid(persona, 'ilo system').toUpperCase()
  const body = `<?xml version="1.0"?>
<RIMP>
<HSI>
<SBSN>${serial}</SBSN>
<SPN>${model(persona)}</SPN>
<UUID>868703${serial}</UUID>
<SP>1</SP>
<cUUID>${uuid}</cUUID>
</HSI>
<MP>
<ST>1</ST>
<PN>Integrated Lights-Out 5 (iLO 5)</PN>
<FWRI>${version}</FWRI>
<BBLK></BBLK>
<HWRI>ASIC: 21</HWRI>
<SN>ILO${serial}</SN>
<UUID>ILO868703${serial}</UUID>
<IPM>1</IPM>
<SSO>0</SSO>
<PWRM>1.0.7</PWRM>
<ERS>0</ERS>
<EALERT>1</EALERT>
</MP>
</RIMP>
`
  return answer(200, [['Content-Type', 'text/xml'], ['Cache-Control', 'no-cache'], ...FRAMES], body)
}

function loginSession({persona, version}: SkinFacts): object {
  const serial = applianceSerial(persona, 'hpe')
  return {
    secjmp: 0,
    version,
    host_name: hostName(persona),
    ip_address: persona.facts.ip,
    SSO: 0,
    serial_num: serial,
    login_hint: 0,
    moniker: {PRODGEN: 'iLO 5', PRODTAG: 'HPE iLO 5'},
  }
}

const fullName = (persona: Persona): string =>
  [hostName(persona), ...(persona.facts.domain === null ? [] : [persona.facts.domain])].join('.')

const hostName = (persona: Persona): string => `ILO${applianceSerial(persona, 'hpe')}`

function signIn(asked: Asked, {verify}: SkinFacts): AppResponse {
  const login = loginOf(asked)
  if (login === null || !verify(login)) {
    return json(403, {message: 'JS_AUTH_FAILED', details: 'Invalid login attempt.'}, FRAMES)
  }
  const key = asked.connection.random(16).toString('hex')
  const name = Buffer.from(login.name, 'latin1').toString('utf8')
  const headers: HeaderList = [...FRAMES, ['Set-Cookie', `sessionKey=${key}; Path=/; Secure; HttpOnly`]]
  return json(200, {session_key: key, user_name: name, login_priv: 1, remote_cons_priv: 0}, headers)
}

function serviceRoot({persona, version}: SkinFacts): Readonly<Record<string, unknown>> {
  return {
    '@odata.context': '/redfish/v1/$metadata#ServiceRoot.ServiceRoot',
    '@odata.id': '/redfish/v1/',
    '@odata.type': '#ServiceRoot.v1_5_1.ServiceRoot',
    Id: 'RootService',
    Name: 'HPE RESTful Root Service',
    Product: model(persona),
    RedfishVersion: '1.6.0',
    UUID: personaGuid(persona, 'ilo root'),
    Vendor: 'HPE',
    Oem: {
      Hpe: {
        '@odata.type': '#HpeiLOServiceExt.v2_3_0.HpeiLOServiceExt',
        Manager: [
          {FQDN: fullName(persona), HostName: hostName(persona), ManagerFirmwareVersion: version, ManagerType: 'iLO 5'},
        ],
        Moniker: {PRODGEN: 'iLO 5'},
      },
    },
    SessionService: {'@odata.id': '/redfish/v1/SessionService/'},
    Systems: {'@odata.id': '/redfish/v1/Systems/'},
    Links: {Sessions: {'@odata.id': '/redfish/v1/SessionService/Sessions/'}},
  }
}

const noSession = (): AppResponse =>
  json(
    401,
    {
      error: {
        code: 'iLO.0.10.ExtendedInfo',
        message: 'See @Message.ExtendedInfo for more information.',
        '@Message.ExtendedInfo': [{MessageId: 'Base.1.4.NoValidSession'}],
      },
    },
    REDFISH,
  )
