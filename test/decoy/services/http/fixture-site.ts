/** The site and the machine with which real servers were recorded; the decoy under test gets the same. */
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import {Apache} from '../../../../src/decoy/services/http/products/apache.ts'
import {apacheValidators} from '../../../../src/decoy/services/http/products/apache-files.ts'
import {Iis, iisValidators} from '../../../../src/decoy/services/http/products/iis.ts'
import type {WebServerName} from '../../../../src/decoy/services/http/products/names.ts'
import {Nginx, nginxValidators} from '../../../../src/decoy/services/http/products/nginx.ts'
import type {Product} from '../../../../src/decoy/services/http/products/product.ts'
import {apacheFlavour} from '../../../../src/decoy/services/http/products/releases.ts'
import type {Validators} from '../../../../src/decoy/services/http/site/conditional.ts'
import {type Document, Site} from '../../../../src/decoy/services/http/site/site.ts'

/** A whole number of microseconds: what a double holds exactly and a file system stores. */
const MODIFIED = Date.parse('2024-03-01T10:20:30Z') + 123.456

const page = (lines: number): string =>
  `<!DOCTYPE html>\n<html>\n<head><title>Recorded</title></head>\n<body>\n${'<p>A line of text.</p>\n'.repeat(lines)}</body>\n</html>\n`

export const DOCUMENTS: ReadonlyMap<string, Document> = new Map([
  ['/index.html', {body: Buffer.from(page(40)), type: 'text/html', modified: MODIFIED}],
  ['/assets/site.css', {body: Buffer.from('body { margin: 0 }\n'.repeat(8)), type: 'text/css', modified: MODIFIED}],
])

export const SERVER_NAME = 'web01.corp.example'
export const REALM = 'Staff only'
const siteOf = (name: WebServerName): Site => new Site(DOCUMENTS, name === 'apache' ? ['/icons/'] : [], ['index.html'])

export const FACTS: PersonaFacts = {
  hostname: 'web01',
  domain: 'corp.example',
  os: 'linux',
  distro: 'debian',
  archetype: null,
  ip: '127.0.0.1',
  mac: '52:54:00:12:34:56',
  seed: '11'.repeat(32),
  since: '2026-01-15T08:00:00.000Z',
}
export const personaWith = (facts: Partial<PersonaFacts> = {}): Persona => new Persona({...FACTS, ...facts})

export function fixtureProduct(name: WebServerName, version: string, port: number): Product {
  const facts = {version, name: SERVER_NAME, port, secure: false, site: siteOf(name)}
  if (name === 'nginx') return new Nginx({...facts, gzip: true})
  if (name === 'iis') return new Iis({...facts, poweredBy: 'ASP.NET'})
  const flavour = apacheFlavour(personaWith())
  return new Apache({...facts, flavour, allow: 'OPTIONS,HEAD,GET,POST', boundary: '0123456789abcdef'})
}

export function indexValidators(name: WebServerName): Validators {
  const index = DOCUMENTS.get('/index.html')
  if (index === undefined) throw new Error('no index document')
  return {nginx: nginxValidators, apache: apacheValidators, iis: iisValidators}[name](index)
}
