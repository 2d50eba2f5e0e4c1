/** Web interfaces of devices tell what SNMP, S7, SIP, MQTT and the certificate of the same machine tell. */
import {createHash} from 'node:crypto'
import {describe, expect, it} from 'vitest'

import {cameraOf} from '../../../../src/decoy/persona/camera.ts'
import {nasOf} from '../../../../src/decoy/persona/nas.ts'
import {plcOf} from '../../../../src/decoy/persona/plc.ts'
import {versionOf} from '../../../../src/decoy/persona/products.ts'
import {telephoneSystemOf} from '../../../../src/decoy/persona/telephone-system.ts'
import type {PersonaFacts} from '../../../../src/decoy/persona.ts'
import {digestResponse} from '../../../../src/decoy/services/http/auth/digest.ts'
import type {SkinName} from '../../../../src/decoy/services/http/products/names.ts'
import type {HttpServer} from '../../../../src/decoy/services/http/session.ts'
import {deviceTopics} from '../../../../src/decoy/services/mqtt/devices.ts'
import {releaseOf} from '../../../../src/decoy/services/sip/releases.ts'
import {tlsProfile} from '../../../../src/decoy/tls/stacks.ts'
import {personaWith} from './fixture-site.ts'
import {ask, bodyOf, credentialsOf, headerOf, serverWith, statusOf} from './support.ts'

const USERS = ['guest:Honey-1']
const device = (product: SkinName, facts: Partial<PersonaFacts> = {}): HttpServer =>
  serverWith({product, users: USERS}, facts)
const EMBEDDED = {os: 'embedded', distro: 'embedded', hostname: 'plc01'} as const
const seeds = ['21', '43', '65', '87'].map((digits) => ({seed: digits.repeat(32)}))

describe('a controller', () => {
  const SIEMENS = {...EMBEDDED, mac: '00:1b:1b:12:34:56'}

  it('of Siemens redirects as an S7-300 does', () => {
    const {reply} = ask(device('plc', SIEMENS), '/')
    expect(reply).toMatch(
      /^HTTP\/1\.0 302\r\nLocation: \/Portal0000\.htm\r\n[\s\S]*<HTML><HEAD><TITLE>Error<\/TITLE><\/HEAD>\r\n<BODY><CENTER><H2>\/<BR><BR>302 : MOVED TEMPORARILY<\/H2><\/CENTER><\/BODY><\/HTML>$/,
    )
  })

  it.each(seeds)('of Siemens shows what S7 and SNMP show (%o)', (seed) => {
    const facts = {...SIEMENS, ...seed}
    const {orderCode, firmware, serial, hardware, station} = plcOf(personaWith(facts))
    const page = bodyOf(ask(device('plc', facts), '/Portal/Portal.mwsl?PriNav=Ident'))
    expect(page).toContain(`<title>SIMATIC&nbsp;300(${station})</title>`)
    expect(page).toMatch(new RegExp(`Order number:</td>\\n<td class="output_field_long">${orderCode}<`))
    expect(page).toMatch(new RegExp(`Firmware:</td>\\n<td class="output_field_long">V ${firmware}<`))
    expect(page).toContain(`>${serial}<`)
    expect(page).toContain(`>${hardware}<`)
  })

  it('of Schneider asks for the password of its settings, and names itself as its web server does', () => {
    const facts = {...EMBEDDED, mac: '00:80:f4:12:34:56'}
    const server = device('plc', facts)
    const {name, serial} = plcOf(personaWith(facts))
    const first = ask(server, '/')
    expect(first.reply).toMatch(
      /^HTTP\/1\.1 302 Redirect\r\nServer: Schneider-WEB\/V2\.1\.4\r\nDate: [A-Z]+ [A-Z]+ \d+ \d+:\d+:\d+ \d+\r\nPragma: no-cache\r\nCache-Control: no-cache\r\nContent-length: \d+\r\nContent-Type: text\/html\r\nLocation: http:\/\/web01\/index\.htm\r\n/,
    )
    const unknown = ask(server, '/', {method: 'OPTIONS'})
    expect(unknown.reply).toMatch(/^HTTP\/1\.1 400 Page not found\r\n[\s\S]*\r\nContent-length: 154\r\n/)
    const home = bodyOf(ask(server, '/index.htm'))
    expect(home).toContain(`Schneider Electric - ${name}`)
    expect(home).toContain(serial)
    const wrong = ask(server, '/secure/system/globaldata.htm?Language=English', {headers: basic('USER', 'USER')})
    expect(statusOf(wrong)).toBe(401)
    expect(credentialsOf(wrong)).toMatchObject([{principal: 'USER', secret: {text: 'USER'}, outcome: 'failure'}])
    expect(statusOf(ask(server, '/secure/x.htm', {headers: basic('guest', 'Honey-1')}))).toBe(200)
  })

  it('of WAGO shows its address and firmware to everybody, and its settings to nobody', () => {
    const facts = {...EMBEDDED, mac: '00:30:de:12:34:56'}
    const server = device('plc', facts)
    const {firmware} = plcOf(personaWith(facts))
    expect(ask(server, '/').reply).toMatch(
      new RegExp(
        '^HTTP/1\\.1 200 OK\\r\\nAccept-Ranges: bytes\\r\\nContent-Type: text/html\\r\\n\\r\\n[\\s\\S]*' +
          '<font size=\\+3>WAGO-Ethernet TCP/IP PFC</font>[\\s\\S]*' +
          `<td>Firmware revision</td>\\n\\n<td>${firmware}</td>[\\s\\S]*<td>Hardware address</td>\\n\\n<td>0030DE123456</td>`,
      ),
    )
    const wrong = ask(server, '/webserv/cplcfg/tcpip.ssi', {headers: basic('admin', 'wago')})
    expect(headerOf(wrong, 'WWW-Authenticate')).toBe('Basic realm="WAGO"')
    expect(credentialsOf(wrong)).toMatchObject([{principal: 'admin', outcome: 'failure'}])
    expect(statusOf(ask(server, '/webserv/cplcfg/x.ssi', {headers: basic('guest', 'Honey-1')}))).toBe(200)
  })
})

const basic = (user: string, password: string): Readonly<Record<string, string>> => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})

describe('a camera', () => {
  const facts = {...EMBEDDED, hostname: 'axis-accc8e123456', mac: 'ac:cc:8e:12:34:56'}
  const VAPIX = '/axis-cgi/param.cgi?action=list'

  it('challenges with its serial number as realm', () => {
    const outcome = ask(device('axis', facts), VAPIX)
    expect(statusOf(outcome)).toBe(401)
    expect(headerOf(outcome, 'WWW-Authenticate')).toMatch(
      /^Digest realm="AXIS_ACCC8E123456", nonce="[A-Za-z0-9+/]{11}=[0-9a-f]{40}", algorithm=MD5, qop="auth"$/,
    )
    expect(headerOf(outcome, 'Server')).toMatch(/^Apache\/2\.4\.5\d \(Unix\) OpenSSL\/1\.1\.1[a-z]$/)
  })

  it('keeps what was tried as a line to crack, and lets a honey credential in', () => {
    const server = device('axis', facts)
    const wrong = ask(server, VAPIX, {headers: answered(server, 'pass')})
    expect(statusOf(wrong)).toBe(401)
    expect(credentialsOf(wrong)).toMatchObject([{principal: 'guest', outcome: 'failure', hash: {hashcatMode: 11_400}}])
    const right = ask(server, VAPIX, {headers: answered(server, 'Honey-1')})
    expect(statusOf(right)).toBe(200)
    expect(right.reply).toContain('root.Properties.System.SerialNumber=ACCC8E123456')
    expect(credentialsOf(right)).toMatchObject([{principal: 'guest', outcome: 'success'}])
  })

  const answered = (server: HttpServer, password: string): Readonly<Record<string, string>> => {
    const challenge = headerOf(ask(server, VAPIX), 'WWW-Authenticate')
    const nonce = /nonce="([^"]*)"/.exec(challenge)?.[1] ?? ''
    const realm = 'AXIS_ACCC8E123456'
    const protection = {qop: 'auth', nonceCount: '00000001', clientNonce: 'c0ffee'}
    const response = digestResponse({user: 'guest', realm, method: 'GET', uri: VAPIX, nonce, protection}, password)
    return {
      Authorization: `Digest username="guest", realm="${realm}", nonce="${nonce}", uri="${VAPIX}", cnonce="c0ffee", nc=00000001, qop=auth, response="${response}"`,
    }
  }

  it.each(seeds)('tells everybody the model and firmware that MQTT tells (%o)', (seed) => {
    const persona = personaWith({...facts, ...seed})
    const camera = cameraOf(persona)
    const body = '{"apiVersion":"1.0","method":"getAllUnrestrictedProperties"}'
    const info = ask(device('axis', {...facts, ...seed}), '/axis-cgi/basicdeviceinfo.cgi', {
      body,
      type: 'application/json',
    })
    expect(JSON.parse(bodyOf(info))).toMatchObject({
      data: {propertyList: {Version: camera.firmware, SerialNumber: 'ACCC8E123456', ProdShortName: camera.name}},
    })
    const topic = deviceTopics(persona, 'camera').find(({topic: name}) => name.endsWith('/info'))
    expect(JSON.parse(topic?.value(0) ?? '{}')).toMatchObject({serial: camera.serial, firmware: camera.firmware})
  })

  it('has a certificate of its own name', async () => {
    const profile = tlsProfile(personaWith(facts), {certificate: 'axis'})
    const {X509Certificate} = await import('node:crypto')
    const {certificate} = await profile.identity(Date.now())
    const subject = new X509Certificate(certificate).subject
    expect(subject).toBe('CN=axis-accc8e123456\nO=Axis Communications AB')
  })
})

describe('a Synology', () => {
  const call = (query: string, facts: Partial<PersonaFacts> = {}): unknown =>
    JSON.parse(bodyOf(ask(device('synology', facts), `/webapi/entry.cgi?${query}`)).split('\r\n')[1] ?? '')

  it('lists its interfaces, and answers calls without a session as DSM does', () => {
    expect(call('api=SYNO.API.Info&version=1&method=query&query=SYNO.API.Auth')).toEqual({
      data: {'SYNO.API.Auth': {maxVersion: 7, minVersion: 1, path: 'entry.cgi'}},
      success: true,
    })
    expect(call('api=SYNO.DSM.Info&version=2&method=getinfo')).toEqual({error: {code: 119}, success: false})
    expect(call('api=SYNO.Nothing&version=1&method=get')).toEqual({error: {code: 102}, success: false})
    expect(call('version=1')).toEqual({error: {code: 101}, success: false})
  })

  it('has the Samba of DSM, whatever distribution stands in for it', () => {
    expect(versionOf(personaWith({archetype: 'nas'}), 'samba')).toBe('4.15.13')
    expect(versionOf(personaWith(), 'samba')).toBe('4.17.12')
  })

  it('records who signs in with the address', () => {
    const query = 'api=SYNO.API.Auth&version=6&method=login&account=admin&passwd=Nas-2024'
    expect(credentialsOf(ask(device('synology'), `/webapi/auth.cgi?${query}`))).toMatchObject([
      {principal: 'admin', secret: {text: 'Nas-2024'}, outcome: 'failure'},
    ])
  })

  it.each(seeds)('tells who has signed in the model, serial and release that SNMP tells (%o)', (seed) => {
    const server = device('synology', seed)
    const {model, serial, release} = nasOf(personaWith(seed))
    const login = ask(server, '/webapi/entry.cgi', {
      body: 'api=SYNO.API.Auth&version=7&method=login&account=guest&passwd=Honey-1',
    })
    const cookie = headerOf(login, 'Set-Cookie').split(';')[0] ?? ''
    const info = ask(server, '/webapi/entry.cgi?api=SYNO.DSM.Info&version=2&method=getinfo', {
      headers: {Cookie: cookie},
    })
    expect(info.reply).toContain(`"model":"${model.name}"`)
    expect(info.reply).toContain(`"serial":"${serial}"`)
    expect(info.reply).toContain(`"version_string":"DSM ${release.version}-${release.build}"`)
    expect(ask(server, '/').reply).toContain(`&v=${release.build}"`)
  })

  it('leads to its port for HTTPS where it is told to', () => {
    const outcome = ask(serverWith({product: 'synology', redirect: true}), '/x?y=1')
    expect(statusOf(outcome)).toBe(302)
    expect(headerOf(outcome, 'Location')).toBe('https://web01:5001/x?y=1')
  })
})

describe('a FreePBX', () => {
  it('leads to the administration', () => {
    const server = device('freepbx')
    expect(headerOf(ask(server, '/'), 'Location')).toBe('/admin')
    expect(headerOf(ask(server, '/admin'), 'Location')).toBe('http://web01/admin/')
    expect(headerOf(ask(server, '/admin/'), 'Location')).toBe('/admin/config.php')
  })

  it.each(seeds)('is of the release that SIP names (%o)', (seed) => {
    const persona = personaWith({...seed, distro: 'centos7', archetype: 'voip-pbx'})
    const {version, asterisk} = telephoneSystemOf(persona)
    expect(releaseOf(persona, {}).server).toBe(`FPBX-${version}(${asterisk})`)
    const page = bodyOf(ask(device('freepbx', {...seed, distro: 'centos7'}), '/admin/config.php'))
    expect(page).toContain(`?load_version=${version}"`)
  })

  it('records what is tried at the panel of its users', () => {
    const outcome = ask(device('freepbx'), '/ucp/?display=dashboard', {body: 'username=2001&password=2001'})
    expect(outcome.reply).toContain('Invalid Username or Password')
    expect(credentialsOf(outcome)).toMatchObject([{principal: '2001', outcome: 'failure'}])
    const right = ask(device('freepbx'), '/ucp/?display=dashboard', {body: 'username=guest&password=Honey-1'})
    expect(statusOf(right)).toBe(302)
    expect(credentialsOf(right)).toMatchObject([{principal: 'guest', outcome: 'success'}])
  })
})

describe('two machines', () => {
  it.each(['plc', 'axis', 'synology', 'freepbx'] as const)('with %s differ in what is theirs', (product) => {
    const pages = [
      {seed: 'ab'.repeat(32), hostname: 'one', mac: 'ac:cc:8e:00:00:01', ip: '10.0.0.1'},
      {seed: 'cd'.repeat(32), hostname: 'two', mac: 'ac:cc:8e:00:00:02', ip: '10.0.0.2'},
    ].map((facts) => {
      const server = device(product, facts)
      const paths = ['/Portal1000.htm', '/axis-cgi/x', '/webman/index.cgi', '/admin/config.php']
      return paths.map((path) => ask(server, path).reply).join('')
    })
    const digest = (text = ''): string => createHash('sha256').update(text).digest('hex')
    expect(digest(pages[0])).not.toBe(digest(pages[1]))
  })
})
