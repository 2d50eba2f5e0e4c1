/** What applications and appliances are told by, and what becomes of those who sign in. */
import {describe, expect, it} from 'vitest'

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {applianceSerial} from '../../../../src/decoy/persona/serials.ts'
import {SKIN_NAMES, type SkinName} from '../../../../src/decoy/services/http/products/names.ts'
import {skinOf} from '../../../../src/decoy/services/http/products/skins/registry.ts'
import {VERSIONS} from '../../../../src/decoy/services/http/products/versions.ts'
import {serviceOf} from '../../../../src/decoy/services/http/server.ts'
import type {HttpServer} from '../../../../src/decoy/services/http/session.ts'
import {drive, openSession} from './drive.ts'
import {personaWith} from './fixture-site.ts'
import {FRONTS} from './skin-fronts.ts'
import {SIGN_INS} from './skin-sign-ins.ts'
import {ask, bodyOf, credentialsOf, headerNames, headerOf, SECURE, serverWith, statusOf} from './support.ts'

const skin = (product: SkinName, options: OptionValues = {}): HttpServer =>
  serverWith({product, users: ['guest:Honey-1', 'admin:Honey-1'], ...options}, {}, SECURE)

describe.each(SKIN_NAMES)('%s', (product) => {
  const front = FRONTS[product]
  const server = skin(product)

  it('is recognised by its page, its server and the order of its headers', () => {
    const page = ask(server, front.path)
    const text = Buffer.from(page.reply, 'latin1').toString('utf8')
    expect(statusOf(page)).toBe(front.status)
    expect(headerOf(page, 'Server').startsWith(front.server)).toBe(true)
    if (front.server === '') expect(headerOf(page, 'Server')).toBe('')
    expect(text).toMatch(front.says)
    const names = headerNames(page)
    const places = front.headers.map((name) => names.indexOf(name)).filter((at) => at >= 0)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(front.headers.filter((name) => !names.includes(name) && name !== 'Connection')).toEqual([])
    expect(page.events.map(({event}) => event)).toEqual(['request'])
  })

  it('answers what it does not have, and what it does not do, in its own way', () => {
    expect(statusOf(ask(server, '/surely/not/there.xyz'))).toBe(front.missing)
    expect(statusOf(ask(server, '/', {method: 'PROPFIND'}))).toBeGreaterThanOrEqual(400)
    const head = ask(server, front.path, {method: 'HEAD'})
    expect(statusOf(head)).toBe(front.status)
    expect(bodyOf(head)).toBe('')
  })

  it('is as new as the version that it claims, and claims no other', () => {
    for (const released of skinOf(product).versions) expect(released).toMatch(VERSIONS[product].pattern)
    expect(() => skin(product, {version: '99.99.99.9999'})).toThrow(`${product} has no version "99.99.99.9999"`)
    expect(() => skin(product, {page: 'basic'})).toThrow('page = basic is for nginx, apache, iis')
  })

  it('answers the question by which a decky is found to be up', () => {
    const test = serviceOf(server, personaWith()).selfTest?.(443)
    const reply = drive(openSession(server), [test?.send ?? Buffer.alloc(0)]).reply
    expect(test?.accepts(Buffer.from(reply, 'latin1'))).toBe(true)
  })

  it('tells two deckies apart by nothing that a machine has for itself', () => {
    const facts = {hostname: 'other', ip: '127.0.0.9', mac: '52:54:00:65:43:21', seed: '33'.repeat(32)}
    const here = bodyOf(ask(server, '/')) + ask(server, front.path).reply
    expect(here).not.toContain('decky')
    const other = serverWith({product}, facts, SECURE)
    expect(ask(other, front.path).reply).not.toContain('web01.corp.example')
  })
})

describe.each(Object.entries(SIGN_INS))('signing in at %s', (_, entry) => {
  const {product, path, asking, user, refused, accepted} = entry

  it('fails as it does at the original, and leaves the credentials', () => {
    const outcome = ask(skin(product), path, asking('Wrong-9'))
    expect(statusOf(outcome)).toBe(refused[0])
    expect(outcome.reply).toMatch(refused[1])
    expect(credentialsOf(outcome)).toMatchObject([{principal: user, secret: {text: 'Wrong-9'}, outcome: 'failure'}])
  })

  it('succeeds with a honey credential', () => {
    const outcome = ask(skin(product), path, asking('Honey-1'))
    expect(statusOf(outcome)).toBe(accepted)
    expect(outcome.reply).not.toMatch(refused[1])
    expect(credentialsOf(outcome)).toMatchObject([{principal: user, outcome: 'success'}])
  })
})

describe('what scripts ask', () => {
  it.each([
    ['jenkins', '/api/json', 403, /Authentication required/],
    ['jenkins', '/whoAmI/api/json', 200, /"anonymous":true/],
    ['jenkins', '/robots.txt', 200, /Disallow: \/\n/],
    ['grafana', '/api/health', 200, /"database": "ok"/],
    ['grafana', '/api/dashboards/home', 401, /Unauthorized/],
    ['grafana', '/d/abc?x=1', 302, /Location: \/login\r[\s\S]*redirect_to=%2Fd%2Fabc%3Fx%3D1;/],
    ['gitlab', '/api/v4/version', 401, /\{"message":"401 Unauthorized"\}/],
    ['gitlab', '/', 302, /Location: https:\/\/web01\/users\/sign_in/],
    ['esxi', '/ui', 301, /Location: \/ui\//],
    ['ilo', '/xmldata?item=all', 200, /<PN>Integrated Lights-Out 5 \(iLO 5\)<\/PN>/],
    ['ilo', '/redfish/v1/', 200, /"ManagerType":"iLO 5"/],
    ['ilo', '/redfish/v1/Systems/', 401, /NoValidSession/],
    ['idrac', '/redfish/v1', 200, /"Product":"Integrated Dell Remote Access Controller"/],
    ['idrac', '/redfish/v1/Systems', 401, /AccessDenied/],
    ['idrac', '/', 302, /Location: https:\/\/web01\/restgui\/start\.html/],
    ['fortigate', '/', 200, /top\.location="\/remote\/login"/],
    ['citrix', '/', 302, /NSC_AAAC=xyz;Path=\/;expires=Wednesday, 09-Nov-1999 23:12:40 GMT;Secure/],
    ['tomcat', '/x/<y>', 404, /\[&#47;x&#47;&lt;y&gt;\]/],
    ['wordpress', '/wp-json/', 200, /"namespaces":/],
    ['wordpress', '/?author=1', 301, /Location: https:\/\/web01\/author\/\w+\//],
    ['wordpress', '/wp-admin/', 302, /wp-login\.php\?redirect_to=https%3A%2F%2Fweb01%2Fwp-admin%2F&reauth=1/],
    ['wordpress', '/xmlrpc.php', 405, /XML-RPC server accepts POST requests only\./],
    ['phpmyadmin', '/', 302, /Location: \/phpmyadmin\/\r/],
  ] as const)('%s answers %s', (product, path, status, says) => {
    const outcome = ask(skin(product), path)
    expect(statusOf(outcome)).toBe(status)
    expect(outcome.reply).toMatch(says)
  })

  it.each([
    ['esxi', 'VMware ESXi 7.0.3 build-21930508', 'HostAgent'],
    ['vcenter', 'VMware vCenter Server 7.0.3 build-21477706', 'VirtualCenter'],
  ] as const)('%s describes itself at /sdk', (product, name, api) => {
    const body =
      '<soap:Envelope><soap:Body><RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent></soap:Body></soap:Envelope>'
    const outcome = ask(skin(product, {version: '7.0.3'}), '/sdk', {body, type: 'text/xml'})
    expect(outcome.reply).toContain(`<fullName>${name}</fullName>`)
    expect(outcome.reply).toContain(`<apiType>${api}</apiType>`)
    expect(credentialsOf(outcome)).toEqual([])
  })

  it('shows the serial number that other services show', () => {
    expect(bodyOf(ask(skin('ilo'), '/xmldata?item=All'))).toContain(
      `<SBSN>${applianceSerial(personaWith(), 'hpe')}</SBSN>`,
    )
    expect(headerOf(ask(skin('printer'), '/'), 'Server')).toContain(
      `; Serial Number: ${applianceSerial(personaWith(), 'hp')};`,
    )
  })

  it('lets nobody write headers or markup', () => {
    const evil = ask(skin('wordpress'), '/wp-login.php', {body: 'log=%3Cscript%3Ex%3C%2Fscript%3E&pwd=%0d%0aX:y'})
    expect(bodyOf(evil)).not.toContain('<script>')
    for (const product of SKIN_NAMES) {
      const reply = ask(skin(product), '/%0d%0aX-Evil:%201?from=%0d%0aX-Evil:%201').reply
      expect(reply.slice(0, reply.indexOf('\r\n\r\n')), product).not.toMatch(/^X-Evil/m)
    }
  })

  it('keeps a session that was opened', () => {
    const server = skin('jenkins')
    const cookie = headerOf(
      ask(server, '/j_spring_security_check', {body: 'j_username=guest&j_password=Honey-1'}),
      'Set-Cookie',
    )
    const inside = ask(server, '/', {headers: {Cookie: cookie.split(';')[0] ?? ''}})
    expect(inside.reply).toContain('Welcome to Jenkins!')
    expect(statusOf(ask(server, '/', {headers: {Cookie: 'JSESSIONID.00000000=x'}}))).toBe(403)
  })
})

describe('the look of an install', () => {
  const pages = (fleet: string): string[] => {
    const facts = {fleet: {seed: fleet.repeat(32), site: 'ber', controller: 'DC01'}}
    const server = serverWith({product: 'grafana'}, facts)
    return [bodyOf(ask(server, '/login')), bodyOf(ask(server, '/favicon.ico'))]
  }

  it('is its own, and stays', () => {
    const [page, icon] = pages('44')
    expect(pages('44')).toEqual([page, icon])
    expect(page).toMatch(/<style>body\{margin:0;font:/)
    const [otherPage, otherIcon] = pages('55')
    expect(otherPage).not.toBe(page)
    expect(otherIcon).not.toBe(icon)
  })
})

describe('plain HTTP', () => {
  const plain = (product: SkinName, options: OptionValues = {}): HttpServer => serverWith({product, ...options})

  it.each(['gitlab', 'vcenter', 'esxi', 'idrac', 'ilo', 'fortigate', 'citrix'] as const)(
    'of %s leads to HTTPS',
    (product) => {
      const outcome = ask(plain(product), '/x?y=1')
      expect(statusOf(outcome)).toBeGreaterThan(300)
      expect(headerOf(outcome, 'Location') || headerOf(outcome, 'location')).toBe('https://web01/x?y=1')
      expect(statusOf(ask(plain(product, {redirect: false}), FRONTS[product].path))).toBe(FRONTS[product].status)
    },
  )

  it('of others does not, unless it is wanted', () => {
    expect(statusOf(ask(plain('printer'), '/'))).toBe(200)
    expect(headerOf(ask(plain('printer', {redirect: true}), '/'), 'Location')).toBe('https://web01/')
  })
})

describe('requests that only tools make', () => {
  it.each(SKIN_NAMES)('are refused by %s and recorded', (product) => {
    const session = openSession(skin(product))
    const actions = session.feed(Buffer.from('GET / HTTP/1337\r\nHost: a\r\n\r\n'))
    const events = actions.flatMap((action) => (action.type === 'event' ? [action.event.event] : []))
    expect(events).toContain('probe')
    expect(actions.at(-1)?.type).toBe('close')
  })
})
