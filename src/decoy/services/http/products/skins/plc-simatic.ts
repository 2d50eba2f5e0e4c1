/** The web server of an S7-300 CPU: its pages are open to everybody, changing something takes a user. */
import {plantOf} from '../../../../industrial/plant.ts'
import {plcOf} from '../../../../persona/plc.ts'
import {escapeHtml} from '../../response.ts'
import {splitTarget} from '../../site/path.ts'
import type {Application, AppResponse, Product} from '../product.ts'
import {StyledServer} from '../styled-server.ts'
import {icon} from './markup.ts'
import {type Asked, answer, echoed, empty, loginOf, Pages, queryField} from './pages.ts'
import type {SkinFacts} from './skin.ts'

const START = '/Portal0000.htm'
const SIGN_IN = '/FormLogin'
const HTML = ['Content-Type', 'text/html'] as const
const NAMES: Readonly<Record<number, string>> = {
  302: 'MOVED TEMPORARILY',
  400: 'BAD REQUEST',
  404: 'NOT FOUND',
  501: 'NOT IMPLEMENTED',
  505: 'VERSION NOT SUPPORTED',
}
/** Numbers of its pages, and the names that later firmware has for them. */
const PAGES = [
  {path: START, name: 'Start', title: 'Start page'},
  {path: '/Portal1000.htm', name: 'Ident', title: 'Identification'},
  {path: '/Portal2000.htm', name: 'Diag', title: 'Diagnostic Buffer'},
  {path: '/Portal5000.htm', name: 'Pnio', title: 'PROFINET IO'},
] as const
type PageName = (typeof PAGES)[number]['name']

export const simaticServer = (): Product =>
  new StyledServer({
    order: ['location', 'app', 'type', 'length'],
    server: null,
    once: '1.0',
    dialect: {headLimit: 2048, tooLong: 400, badVersion: 505},
    reason: () => null,
    error: (status, head) => errorPage(status, head === null ? '/' : splitTarget(head.target).path),
  })

export function simaticPages(facts: SkinFacts): Application {
  return new Pages(
    [
      {path: '/', answer: ({path}) => moved(path, START)},
      ...PAGES.map(({path, name}) => ({path, answer: (asked: Asked) => portal(asked, facts, name)})),
      {path: '/Portal/Portal.mwsl', answer: (asked) => portal(asked, facts, namedPage(asked))},
      {path: SIGN_IN, methods: ['POST'], answer: (asked) => signIn(asked, facts)},
      {path: '/S7Web.css', answer: () => answer(200, [['Content-Type', 'text/css']], STYLE)},
      {path: '/Siemens_Firmenmarke_Header.gif', answer: icon([0, 153, 153], 'image/gif')},
      {path: '/SIMATIC_CONTROLLER.png', answer: icon([120, 130, 140])},
    ],
    ({head, path}) => errorPage(['GET', 'HEAD', 'POST'].includes(head.method) ? 404 : 501, path),
  )
}

const STYLE =
  '.Title_Area_Name{font-weight:bold}\n.static_field{width:12em}\n.output_field_long{width:20em}\n.Login_Area{text-align:right}\n'

function errorPage(status: number, path: string): AppResponse {
  const what = `${escapeHtml(echoed(path))}<BR><BR>${status} : ${NAMES[status] ?? 'BAD REQUEST'}`
  const body = `<HTML><HEAD><TITLE>Error</TITLE></HEAD>\r\n<BODY><CENTER><H2>${what}</H2></CENTER></BODY></HTML>`
  return answer(status, [HTML], body)
}

function moved(path: string, location: string): AppResponse {
  const {headers, ...rest} = errorPage(302, path)
  return {...rest, headers: [['Location', location], ...headers]}
}

const namedPage = (asked: Asked): PageName => {
  const wanted = queryField(asked, 'PriNav')?.toLowerCase()
  return PAGES.find(({name}) => name.toLowerCase() === wanted)?.name ?? 'Start'
}

type Row = readonly [label: string, value: string]

function rowsOf(name: PageName, {persona, version}: SkinFacts): readonly Row[] {
  const plc = plcOf(persona)
  const {running} = plantOf(persona)
  switch (name) {
    case 'Start':
      return [
        ['Station name', plc.station],
        ['Module name', plc.name],
        ['Module type', plc.name],
        ['Operating mode', running ? 'RUN' : 'STOP'],
        ['Mode selector', 'RUN'],
        ['Status', 'OK'],
      ]
    case 'Ident':
      return [
        ['Plant designation', plc.plant],
        ['Location identifier', ''],
        ['Serial number', plc.serial],
        ['Order number', plc.orderCode],
        ['Hardware', String(plc.hardware)],
        ['Firmware', `V ${version}`],
      ]
    case 'Pnio':
      return [
        ['MAC address', persona.facts.mac.replaceAll(':', '-').toUpperCase()],
        ['Device name', plc.station.toLowerCase()],
        ['IP address', persona.facts.ip],
      ]
    case 'Diag':
      return [['Number of entries', '0']]
    default:
      return name satisfies never
  }
}

const rowText = ([label, value]: Row): string =>
  `<tr>\n<td class="static_field">${label}:</td>\n<td class="output_field_long">${escapeHtml(value)}</td>\n</tr>`

const link = ({path, title}: (typeof PAGES)[number]): string =>
  `<tr><td class="MainMenu_Navigation_Level1"><a class="MainMenu_Navigation_Text_Level1" href='${path.slice(1)}'>${title}</a></td></tr>`

function portal(asked: Asked, facts: SkinFacts, name: PageName, error = ''): AppResponse {
  const {station, name: module} = plcOf(facts.persona)
  const title = `SIMATIC&nbsp;300(${escapeHtml(station)})`
  const heading = PAGES.find((page) => page.name === name)?.title ?? ''
  const time = new Date(asked.connection.now()).toISOString().slice(0, 19).replace('T', ' ')
  const body = `<html>
<head>
<title>${title}</title>
<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">
<link rel="stylesheet" type="text/css" href="/S7Web.css">
</head>
<body>
<table>
<tr>
<td><img src="/Siemens_Firmenmarke_Header.gif" alt="Siemens" border="0"></td>
<td class="Title_Area_Name">${escapeHtml(station)} / ${escapeHtml(module)}</td>
<td>${time}</td>
</tr>
<tr>
<td class="Login_Area" colspan="2"><img src="/SIMATIC_CONTROLLER.png" alt="Simatic Controller"></td>
<td>${error}<form method="post" action="${SIGN_IN}">
<input type="text" name="Login" size="12">
<input type="password" name="Password" size="12">
<input type="hidden" name="Redirection" value="${START}">
<input type="submit" value="Log in">
</form></td>
</tr>
</table>
<table>
${PAGES.map(link).join('\n')}
</table>
<h3>${heading}</h3>
<table>
${rowsOf(name, facts).map(rowText).join('\n')}
</table>
</body>
</html>
`
  return answer(200, [HTML], body)
}

function signIn(asked: Asked, facts: SkinFacts): AppResponse {
  const login = loginOf(asked)
  if (login === null || !facts.verify(login)) return portal(asked, facts, 'Start', '<b>Invalid login</b>')
  const cookie = `siemens_ad_session=${asked.connection.random(20).toString('base64url')}; path=/`
  return empty(302, [['Location', START], ['Set-Cookie', cookie], HTML])
}
