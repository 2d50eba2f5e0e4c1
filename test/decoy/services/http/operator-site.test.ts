import {describe, expect, it} from 'vitest'
import {packDirectory} from '../../../../src/decoy/directory-archive.ts'
import {WEB_SERVERS} from '../../../../src/decoy/services/http/products/names.ts'
import {ask, bodyOf, headerOf, serverWith, statusOf} from './support.ts'

const FILES = new Map(
  Object.entries({
    '/index.html': '<title>Payroll</title>',
    '/docs/Handbook.PDF': '%PDF-1.4',
    '/docs/über.txt': 'umlaut',
    '/app/main.js': 'x()',
    '/data.bin': '\0\x01',
  }).map(([path, text]) => [path, Buffer.from(text)] as const),
)
const SITE = packDirectory(FILES).text

describe.each(WEB_SERVERS)("the operator's own pages on %s", (product) => {
  const server = serverWith({product, site: SITE})

  it('take the place of the welcome page', () => {
    const home = ask(server, '/')
    expect(statusOf(home)).toBe(200)
    expect(bodyOf(home)).toBe('<title>Payroll</title>')
    expect(headerOf(home, 'ETag')).not.toBe('')
    expect(Date.parse(headerOf(home, 'Last-Modified'))).toBeLessThan(Date.parse('2026-11-23'))
  })

  it.each([
    ['/app/main.js', 'application/javascript'],
    ['/docs/Handbook.PDF', 'application/pdf'],
    ['/docs/%C3%BCber.txt', 'text/plain'],
    ['/data.bin', 'application/octet-stream'],
  ])('have the type that their name says: %s', (path, type) => {
    const found = ask(server, path)
    expect(statusOf(found)).toBe(200)
    expect(headerOf(found, 'Content-Type').split(';')[0]).toBe(type)
  })

  it('have directories, and nothing beside them', () => {
    expect(statusOf(ask(server, '/docs'))).toBe(301)
    expect(statusOf(ask(server, '/docs/'))).toBe(403)
    expect(statusOf(ask(server, '/nothing.html'))).toBe(404)
    expect(statusOf(ask(server, '/%2e%2e/%2e%2e/etc/passwd'))).toBeGreaterThanOrEqual(400)
  })

  it('can be behind authentication', () => {
    const guarded = serverWith({product, site: SITE, page: 'basic', users: ['ops:Winter-2026']})
    expect(statusOf(ask(guarded, '/app/main.js'))).toBe(401)
    const Authorization = `Basic ${Buffer.from('ops:Winter-2026').toString('base64')}`
    expect(bodyOf(ask(guarded, '/app/main.js', {headers: {Authorization}}))).toBe('x()')
  })
})

describe('a site', () => {
  it('is what was packed, or the service does not start', () => {
    expect(() => serverWith({site: 'pages'})).toThrow('the site is no packed directory')
  })
})
