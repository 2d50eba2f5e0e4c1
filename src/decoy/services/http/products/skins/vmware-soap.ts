/** The SOAP of vSphere at `/sdk` (vSphere Web Services API): what it says of itself, and signing in. */
import type {NameAndPassword} from '../../login/credentials.ts'
import {escapeHtml} from '../../response.ts'
import type {AppResponse} from '../product.ts'
import {type Answer, type Asked, answer} from './pages.ts'
import type {SkinFacts} from './skin.ts'

/** What tells the products apart that answer here. */
export interface SoapProduct {
  readonly name: string
  readonly version: string
  readonly build: string
  readonly osType: string
  readonly productLineId: 'embeddedEsx' | 'vpx'
  readonly apiType: 'HostAgent' | 'VirtualCenter'
  readonly licence: string
  readonly instance: string | null
}

const XML = ['Content-Type', 'text/xml; charset=utf-8'] as const
const LOGIN = /<(?:\w{1,32}:)?Login[\s>]/
const CONTENT = /<(?:\w{1,32}:)?RetrieveServiceContent[\s>]/

export function sdk(product: SoapProduct, {verify}: Pick<SkinFacts, 'verify'>): Answer {
  return (asked) => {
    const text = asked.body.captured.toString('latin1')
    if (CONTENT.test(text)) return envelope(200, serviceContent(product))
    if (!LOGIN.test(text)) return envelope(500, fault('NotAuthenticatedFault', 'NotAuthenticated', NOT_AUTHENTICATED))
    const login = loginOf(text)
    const success = verify(login)
    const response = success
      ? envelope(200, session(login, asked))
      : envelope(500, fault('InvalidLoginFault', 'InvalidLogin', INVALID_LOGIN))
    return {...response, attempt: {login, method: 'soap', success}}
  }
}

const NOT_AUTHENTICATED = 'The session is not authenticated.'
const INVALID_LOGIN = 'Cannot complete login due to an incorrect user name or password.'

function loginOf(text: string): NameAndPassword {
  return {name: element(text, 'userName'), password: element(text, 'password')}
}

/** The text of the first element of that name, whatever its prefix. */
function element(text: string, name: string): string {
  const [, value = ''] = new RegExp(`<(?:\\w{1,32}:)?${name}(?:\\s[^<>]{0,256})?>([^<]{0,4096})<`).exec(text) ?? []
  return value
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}

function envelope(status: number, body: string): AppResponse {
  const text =
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/"\n' +
    ' xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"\n' +
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"\n' +
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n' +
    `<soapenv:Body>\n${body}\n</soapenv:Body>\n</soapenv:Envelope>`
  return answer(status, [['Cache-Control', 'no-cache'], XML], text)
}

function fault(element: string, type: string, text: string): string {
  return (
    `<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>${text}</faultstring>` +
    `<detail><${element} xmlns="urn:vim25" xsi:type="${type}"/></detail></soapenv:Fault>`
  )
}

function serviceContent(product: SoapProduct): string {
  const {name, version, build, osType, productLineId, apiType, licence, instance} = product
  const managed = (element: string, type: string, id: string): string => `<${element} type="${type}">${id}</${element}>`
  const vpx = productLineId === 'vpx'
  const about = [
    ['name', name],
    ['fullName', `${name} ${version} build-${build}`],
    ['vendor', 'VMware, Inc.'],
    ['version', version],
    ['build', build],
    ['localeVersion', 'INTL'],
    ['localeBuild', '000'],
    ['osType', osType],
    ['productLineId', productLineId],
    ['apiType', apiType],
    ['apiVersion', `${version}.0`],
    ...(instance === null ? [] : [['instanceUuid', instance]]),
    ['licenseProductName', licence],
    ['licenseProductVersion', version.split('.').slice(0, 2).join('.')],
  ]
  return (
    '<RetrieveServiceContentResponse xmlns="urn:vim25"><returnval>' +
    managed('rootFolder', 'Folder', vpx ? 'group-d1' : 'ha-folder-root') +
    managed('propertyCollector', 'PropertyCollector', vpx ? 'propertyCollector' : 'ha-property-collector') +
    managed('viewManager', 'ViewManager', 'ViewManager') +
    `<about>${about.map(([key = '', value = '']) => `<${key}>${value}</${key}>`).join('')}</about>` +
    managed('sessionManager', 'SessionManager', vpx ? 'SessionManager' : 'ha-sessionmgr') +
    '</returnval></RetrieveServiceContentResponse>'
  )
}

function session({name}: NameAndPassword, {connection}: Asked): string {
  const user = escapeHtml(Buffer.from(name, 'latin1').toString('utf8').slice(0, 256))
  const time = new Date(connection.now()).toISOString()
  const key = connection.random(16).toString('hex')
  return (
    '<LoginResponse xmlns="urn:vim25"><returnval>' +
    `<key>52${key.slice(2, 8)}-${key.slice(8, 12)}-${key.slice(12, 16)}-${key.slice(16, 20)}-${key.slice(20)}</key>` +
    `<userName>${user}</userName><fullName>${user}</fullName><loginTime>${time}</loginTime>` +
    `<lastActiveTime>${time}</lastActiveTime><locale>en</locale><messageLocale>en</messageLocale>` +
    '</returnval></LoginResponse>'
  )
}
