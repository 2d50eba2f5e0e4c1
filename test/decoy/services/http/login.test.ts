import {describe, expect, it} from 'vitest'

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {WEB_SERVERS} from '../../../../src/decoy/services/http/products/names.ts'
import {createHttpServer} from '../../../../src/decoy/services/http/server.ts'
import type {HttpServer} from '../../../../src/decoy/services/http/session.ts'
import type {Credential} from '../../../../src/events/event.ts'
import {drive, type Outcome, openSession} from './drive.ts'
import {personaWith} from './fixture-site.ts'

const server = (options: OptionValues): HttpServer => createHttpServer(personaWith(), options)
const ask = (served: HttpServer, text: string): Outcome => drive(openSession(served), [Buffer.from(text, 'utf8')])
const credentials = ({events}: Outcome): Credential[] =>
  events.flatMap(({credential}) => (credential ? [credential] : []))

const submit = (body: string, type = 'application/x-www-form-urlencoded', path = '/login'): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const part = (name: string, value: string): string =>
  `--XX\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`

describe.each(WEB_SERVERS)('the sign-in page of %s', (product) => {
  const login = server({product, page: 'login', title: 'Staff <Portal>', users: ['guest:Spring 2026:x']})

  it('asks for a name and a password', () => {
    const {reply} = ask(login, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(reply).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(reply).toContain('<title>Staff &lt;Portal&gt;</title>')
    expect(reply).toContain('<input id="password" name="password" type="password" required>')
    expect(reply).not.toContain('role="alert"')
  })

  it('refuses with the page itself, and keeps the credentials', () => {
    const outcome = ask(login, submit('username=o%27neil%40corp&password=p%25ss+w%C3%B6rd&x=1'))
    expect(outcome.reply).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(outcome.reply).toContain('role="alert"')
    expect(outcome.reply).toContain(`value="o'neil@corp"`)
    expect(credentials(outcome)).toMatchObject([
      {
        principal: "o'neil@corp",
        method: 'form',
        secret: {base64: Buffer.from('p%ss wörd').toString('base64')},
        outcome: 'failure',
      },
    ])
  })

  it('does not run what is typed as a name', () => {
    const {reply} = ask(login, submit(`username=${encodeURIComponent('"><script>alert(1)</script>')}&password=x`))
    expect(reply).not.toContain('<script>')
  })

  it('lets a honey credential in, to a page of no interest, until it signs out', () => {
    const session = ask(login, submit('user=guest&pwd=Spring+2026%3Ax'))
    expect(session.reply).toMatch(/^HTTP\/1\.1 302 Found\r\n/)
    expect(session.reply).toContain('Location: /\r\n')
    expect(credentials(session)).toMatchObject([{principal: 'guest', outcome: 'success'}])
    const cookie = /Set-Cookie: (sid=[0-9a-f]{32});/.exec(session.reply)?.[1] ?? 'none'
    const home = ask(login, `GET / HTTP/1.1\r\nHost: a\r\nCookie: a=b; ${cookie}\r\n\r\n`)
    expect(home.reply).toContain('Signed in as <b>guest</b>')
    ask(login, `GET /logout HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\n\r\n`)
    expect(ask(login, `GET / HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\n\r\n`).reply).toContain('Sign in')
  })

  it('leaves other paths to the server', () => {
    expect(ask(login, 'GET /wp-login.php HTTP/1.1\r\nHost: a\r\n\r\n').reply).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/)
  })

  it('invites a body that waits to be invited', () => {
    const session = openSession(login)
    const head = 'POST /login HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 13\r\n\r\n'
    expect(drive(session, [Buffer.from(head)]).reply).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    const answered = drive(session, [Buffer.from('log=a&pass=bc')])
    expect(answered.reply).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(answered.events.map(({event}) => event)).toContain('request')
  })

  it('reads every form there is', () => {
    const expected = [{principal: 'root', method: 'form', secret: {text: 'toor'}}]
    const multipart = `${part('log', 'root')}${part('pwd', 'toor')}--XX--\r\n`
    expect(credentials(ask(login, submit(multipart, 'multipart/form-data; boundary=XX')))).toMatchObject(expected)
    expect(credentials(ask(login, submit('{"email":"root","password":"toor"}', 'application/json')))).toMatchObject(
      expected,
    )
    expect(
      credentials(ask(login, submit('j_username=root&j_password=toor', undefined, '/j_security_check'))),
    ).toMatchObject(expected)
  })
})

describe('what is no sign-in', () => {
  const plain = server({product: 'apache'})

  it('is not reported as one', () => {
    expect(credentials(ask(plain, submit('q=hello', undefined, '/search')))).toEqual([])
    expect(credentials(ask(plain, submit('{"password":', 'application/json', '/api')))).toEqual([])
  })

  it('never succeeds where no page asks for it', () => {
    const bait = server({product: 'apache', users: ['a:b']})
    expect(credentials(ask(bait, submit('user=a&pass=b', undefined, '/')))).toMatchObject([{outcome: 'failure'}])
  })
})

describe('Authorization', () => {
  const plain = server({product: 'nginx'})
  const authorized = (value: string, served = plain): Outcome =>
    ask(served, `GET / HTTP/1.1\r\nHost: a\r\nAuthorization: ${value}\r\n\r\n`)
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

  it('is recorded on any page, whatever its scheme', () => {
    expect(credentials(authorized(basic('admin:pa:ss')))).toMatchObject([
      {principal: 'admin', method: 'basic', secret: {text: 'pa:ss'}, outcome: 'failure'},
    ])
    expect(credentials(authorized('Bearer eyJhbGciOi'))).toMatchObject([
      {principal: '', method: 'bearer', secret: {text: 'eyJhbGciOi'}},
    ])
    expect(credentials(authorized('Digest realm="r", username="bob", response="00"'))).toMatchObject([
      {principal: 'bob', method: 'digest'},
    ])
    expect(credentials(authorized('NTLM TlRMTVNTUAAB'))).toMatchObject([
      {method: 'ntlm', secret: {text: 'TlRMTVNTUAAB'}},
    ])
    expect(credentials(authorized('Basic'))).toMatchObject([{method: 'basic', secret: {bytes: 0}}])
  })

  it.each(WEB_SERVERS)('opens %s only for a honey credential', (product) => {
    const guarded = server({product, page: 'basic', realm: 'Printer room', users: ['ops:Winter2026']})
    const refused = authorized(basic('ops:wrong'), guarded)
    expect(refused.reply).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/)
    expect(refused.reply).toContain('WWW-Authenticate: Basic realm="Printer room"\r\n')
    expect(ask(guarded, 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n').reply).toContain(' 401 ')
    const accepted = authorized(basic('ops:Winter2026'), guarded)
    expect(accepted.reply).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(credentials(accepted)).toMatchObject([{principal: 'ops', outcome: 'success'}])
  })
})
