/** Dell iDRAC 9. */
import {applianceSerial} from '../../../../persona/serials.ts'
import {personaGuid} from '../../../../persona/windows.ts'
import type {NameAndPassword} from '../../login/credentials.ts'
import {header} from '../../request/message.ts'
import type {HeaderList} from '../../response.ts'
import type {AppResponse} from '../product.ts'
import {StyledServer} from '../styled-server.ts'
import {htmlPage, icon} from './markup.ts'
import {type Asked, answer, echoed, json, loginOf, Pages} from './pages.ts'
import {redfishRoutes} from './redfish.ts'
import {httpsRedirect} from './redirect.ts'
import type {Skin, SkinFacts} from './skin.ts'

const HTML = ['Content-Type', 'text/html'] as const
const STRICT: HeaderList = [
  ['Strict-Transport-Security', 'max-age=63072000; includeSubDomains'],
  ['X-Frame-Options', 'SAMEORIGIN'],
  ['X-Content-Type-Options', 'nosniff'],
  ['Cache-Control', 'no-cache'],
]
const REDFISH: HeaderList = [
  ['OData-Version', '4.0'],
  ['Access-Control-Allow-Origin', '*'],
  ['Cache-Control', 'no-cache'],
]
const START = '/restgui/start.html'

export const IDRAC: Skin = {
  versions: ['4.40.40.00', '5.10.50.00', '6.00.30.00', '6.10.30.00', '6.10.80.00', '7.00.00.00'],
  tls: {stack: 'firmware-tls12', certificate: 'idrac'},
  redirects: true,
  redirect: () => httpsRedirect(302),
  server: () =>
    new StyledServer({
      order: ['date', 'server', 'app', 'length', 'connection', 'type'],
      server: 'Apache',
      dialect: {headLimit: 8192, tooLong: 400, badVersion: 400},
      keeps: [
        ['Keep-Alive', 'timeout=60, max=199'],
        ['Connection', 'Keep-Alive'],
      ],
      error: (status) => page(status),
    }),
  application: (facts) =>
    new Pages(
      [
        {path: '/', answer: (asked) => moved(asked, facts)},
        {path: '/login.html', answer: (asked) => moved(asked, facts)},
        {path: START, answer: () => shell()},
        {path: '/restgui/launch', answer: () => shell()},
        {path: '/favicon.ico', answer: icon([0, 118, 206], 'image/x-icon')},
        {path: '/restgui/locale/strings/locale_str_en.json', answer: () => json(200, {app_title: 'iDRAC'}, STRICT)},
        {path: '/sysmgmt/2015/bmc/info', answer: () => json(200, about(facts), STRICT)},
        {path: '/sysmgmt/2015/bmc/session', methods: ['POST'], answer: (asked) => signIn(asked, facts)},
        {path: '/data/login', methods: ['POST'], answer: (asked) => oldSignIn(asked, facts)},
        ...redfishRoutes({root: serviceRoot(facts), headers: REDFISH, refusal}, facts),
      ],
      ({head}) => page(['GET', 'HEAD', 'POST'].includes(head.method) ? 404 : 405),
    ),
}

const NAMES: Readonly<Record<number, string>> = {400: 'Bad Request', 404: 'Not Found', 405: 'Method Not Allowed'}

function page(status: number): AppResponse {
  const name = NAMES[status] ?? 'Bad Request'
  return answer(
    status,
    [['Content-Type', 'text/html; charset=iso-8859-1'], ...STRICT],
    `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">
<html><head>
<title>${status} ${name}</title>
</head><body>
<h1>${name}</h1>
</body></html>
`,
  )
}

function moved({host}: Asked, {secure}: SkinFacts): AppResponse {
  return answer(302, [['Location', `${secure ? 'https' : 'http'}://${echoed(host)}${START}`], HTML, ...STRICT], '')
}

function shell(): AppResponse {
  const body = htmlPage({
    title: 'iDRAC9 - Login',
    bodyAttributes: ' ng-app="loginApp"',
    body: `<form name="loginForm" onsubmit="return false">
<h1>Integrated Dell Remote Access Controller 9</h1>
<label for="username">Username:</label><input type="text" id="username" name="username">
<label for="password">Password:</label><input type="password" id="password" name="password">
<label for="domain">Domain:</label><select id="domain"><option>This iDRAC</option></select>
<button id="btnOK">Log In</button>
</form>`,
  })
  return answer(200, [HTML, ...STRICT], body)
}

function about({persona, version}: SkinFacts): object {
  const model = persona.pick('idrac model', ['PowerEdge R440', 'PowerEdge R640', 'PowerEdge R740', 'PowerEdge R750'])
  const attributes = {
    ADEnabled: 'Disabled',
    BuildVersion: '2',
    FwVer: version,
    GUITitleBar: '',
    IsOEMBranded: '0',
    License: 'Enterprise',
    SSOEnabled: 'Disabled',
    SecurityPolicyMessage: 'Access to this system is restricted.',
    ServerGen: '14G',
    SrvPrcName: 'NULL',
    SystemLockdown: 'Disabled',
    SystemModelName: model,
    TFAEnabled: 'Disabled',
    iDRACName: `idrac-${applianceSerial(persona, 'dell')}`,
  }
  return {Attributes: attributes}
}

/** The web interface puts both into headers, in quotes. */
function headerLogin({head}: Asked): NameAndPassword | null {
  const value = (name: string): string | undefined => header(head.headers, name)?.replace(/^"/, '').replace(/"$/, '')
  const name = value('user')
  return name === undefined ? null : {name, password: value('password') ?? ''}
}

function signIn(asked: Asked, {verify}: SkinFacts): AppResponse {
  const login = headerLogin(asked) ?? loginOf(asked)
  if (login === null) return json(401, {authResult: 1}, STRICT)
  const success = verify(login)
  const attempt = {login, method: 'header', success}
  if (!success) return {...json(401, {authResult: 1}, STRICT), attempt}
  const token = asked.connection.random(16).toString('hex')
  const headers: HeaderList = [
    ...STRICT,
    ['XSRF-TOKEN', token],
    ['Set-Cookie', `-http-session-=::http.session::${token}; path=/; HttpOnly; Secure`],
  ]
  return {...json(201, {authResult: 0}, headers), attempt}
}

/** What scripts written for its predecessors send. */
function oldSignIn(asked: Asked, {verify}: SkinFacts): AppResponse {
  const login = loginOf(asked)
  const result = login !== null && verify(login) ? 0 : 1
  const body = `<?xml version="1.0" encoding="UTF-8"?> <root> <status>ok</status> <authResult>${result}</authResult> <forwardUrl>index.html</forwardUrl> </root>`
  return answer(200, [['Content-Type', 'text/xml'], ...STRICT], body)
}

function serviceRoot({persona}: SkinFacts): Readonly<Record<string, unknown>> {
  return {
    '@odata.context': '/redfish/v1/$metadata#ServiceRoot.ServiceRoot',
    '@odata.id': '/redfish/v1',
    '@odata.type': '#ServiceRoot.v1_8_0.ServiceRoot',
    Description: 'Root Service',
    Id: 'RootService',
    Managers: {'@odata.id': '/redfish/v1/Managers'},
    Name: 'Root Service',
    Oem: {
      Dell: {
        '@odata.type': '#DellServiceRoot.v1_0_0.DellServiceRoot',
        IsBranded: 0,
        ManagerMACAddress: persona.facts.mac,
        ServiceTag: applianceSerial(persona, 'dell'),
      },
    },
    Product: 'Integrated Dell Remote Access Controller',
    RedfishVersion: '1.11.0',
    SessionService: {'@odata.id': '/redfish/v1/SessionService'},
    Systems: {'@odata.id': '/redfish/v1/Systems'},
    UUID: personaGuid(persona, 'idrac root'),
    Vendor: 'Dell',
  }
}

const refusal = (): AppResponse =>
  json(
    401,
    {
      error: {
        '@Message.ExtendedInfo': [
          {
            MessageId: 'Base.1.8.AccessDenied',
            Severity: 'Critical',
            'MessageArgs@odata.count': 1,
            RelatedProperties: [],
          },
        ],
        code: 'Base.1.8.GeneralError',
        message: 'A general error has occurred. See ExtendedInfo for more information',
      },
    },
    [...REDFISH, ['WWW-Authenticate', 'Basic realm="RedfishService"']],
  )
