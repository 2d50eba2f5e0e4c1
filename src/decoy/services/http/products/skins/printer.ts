/** The embedded web server of an HP LaserJet. */
import {PRINTER_FIRMWARES, printerOf} from '../../../../persona/printer.ts'
import type {HeaderList} from '../../response.ts'
import type {AppResponse} from '../product.ts'
import {StyledServer} from '../styled-server.ts'
import {htmlPage, icon} from './markup.ts'
import {type Asked, answer, empty, fieldsOf, Pages} from './pages.ts'
import {httpsRedirect} from './redirect.ts'
import type {Skin, SkinFacts} from './skin.ts'

const EXPIRED: HeaderList = [
  ['Cache-Control', 'must-revalidate, max-age=0'],
  ['Pragma', 'no-cache'],
]
const HTML = ['Content-Type', 'text/html; charset=UTF-8'] as const
const SIGN_IN = '/hp/device/SignIn/Index'

export const PRINTER: Skin = {
  versions: PRINTER_FIRMWARES,
  usual: (persona) => printerOf(persona).bundle,
  tls: {stack: 'firmware', certificate: 'hp-printer'},
  redirect: () => httpsRedirect(),
  server: (facts) =>
    new StyledServer({
      order: ['server', 'type', 'app', 'length', 'connection'],
      server: serverHeader(facts),
      dialect: {headLimit: 8192, tooLong: 400, badVersion: 505},
      error: (status) => page(status),
    }),
  application: (facts) =>
    new Pages(
      [
        {path: '/', answer: () => information(facts)},
        {path: '/index.htm', answer: () => information(facts)},
        {path: '/hp/device/DeviceInformation/View', answer: () => information(facts)},
        {path: '/hp/device/InternalPages/Index', answer: () => information(facts)},
        {path: SIGN_IN, answer: () => signInPage(facts, '')},
        {path: SIGN_IN, methods: ['POST'], answer: (asked) => signIn(asked, facts)},
        {path: '/hp/device/*', answer: () => empty(302, [['Location', SIGN_IN], ...EXPIRED])},
        {path: '/favicon.ico', answer: icon([0, 150, 214], 'image/x-icon')},
      ],
      ({head}) => page(['GET', 'HEAD', 'POST'].includes(head.method) ? 404 : 405),
    ),
}

/** Model, product number, serial number and firmware, as its vendor shows them to everybody. */
function serverHeader(facts: SkinFacts): string {
  const {model, serial} = printerOf(facts.persona)
  const {name, number, built, asic} = model
  const code = `FS${facts.version.replaceAll('.', '')}FN1`
  return `HP HTTP Server; ${name} - ${number}; Serial Number: ${serial}; Built:${built} {${code}, ASIC id ${asic}}`
}

const NAMES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  505: 'HTTP Version Not Supported',
}

function page(status: number): AppResponse {
  if (status === 505) return empty(505)
  const name = NAMES[status] ?? 'Bad Request'
  return answer(
    status,
    [['Content-Type', 'text/html']],
    `<html><head><title>${name}</title></head><body><h1>${status} ${name}</h1></body></html>`,
  )
}

const titleOf = (facts: SkinFacts): string =>
  `${printerOf(facts.persona).model.name}&nbsp;&nbsp;&nbsp;${facts.persona.facts.ip}`

function information(facts: SkinFacts): AppResponse {
  const {persona} = facts
  const {model, serial, pages} = printerOf(persona)
  const {name, number} = model
  const rows = [
    ['Device name', persona.hostname],
    ['Product name', name],
    ['Model number', number],
    ['Device serial number', serial],
    ['Engine cycles', String(pages)],
    ['Status', 'Ready'],
  ]
  const body = htmlPage({
    title: titleOf(facts),
    body: `<main><h1>${name}</h1>
<p><a href="${SIGN_IN}">Sign In</a></p>
<table>
${rows.map(([label = '', value = '']) => `<tr><td>${label}</td><td>${value}</td></tr>`).join('\n')}
</table></main>`,
  })
  return answer(200, [HTML, ...EXPIRED], body)
}

function signInPage(facts: SkinFacts, error: string): AppResponse {
  const body = htmlPage({
    title: titleOf(facts),
    body: `<form method="post" action="${SIGN_IN}" id="SignInForm">
<h1>Sign In</h1>
${error}<label for="agentIdSelect">Access code type</label>
<select id="agentIdSelect" name="agentIdSelect"><option value="hp_EmbeddedPin_v1">Local Device</option></select>
<label for="PinDropDown">Account</label>
<select id="PinDropDown" name="PinDropDown"><option value="AdminItem">Administrator Access Code</option></select>
<label for="PasswordTextBox">Password</label>
<input type="password" id="PasswordTextBox" name="PasswordTextBox">
<button type="submit" name="signInOk" value="Sign In">Sign In</button>
</form>`,
  })
  return answer(200, [HTML, ...EXPIRED], body)
}

/** The account has a fixed name that no form asks for. */
const ADMINISTRATOR = 'admin'

function signIn(asked: Asked, facts: SkinFacts): AppResponse {
  const password = fieldsOf(asked).find(({name}) => name === 'PasswordTextBox')?.value
  if (password === undefined) return signInPage(facts, '')
  const login = {name: ADMINISTRATOR, password}
  const success = facts.verify(login)
  const attempt = {login, method: 'form', success}
  if (success) {
    const cookie = `sessionId=${asked.connection.random(16).toString('hex')}; path=/; HttpOnly`
    return {...empty(302, [['Set-Cookie', cookie], ['Location', '/'], ...EXPIRED]), attempt}
  }
  return {...signInPage(facts, '<p class="error">Sign in failed.</p>\n'), attempt}
}
