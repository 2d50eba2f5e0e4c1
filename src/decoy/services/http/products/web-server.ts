/** nginx, Apache and IIS as a machine of some distribution has them. */
import type {Persona} from '../../../persona.ts'
import type {Site} from '../site/site.ts'
import {Apache} from './apache.ts'
import {Iis} from './iis.ts'
import type {WebServerName} from './names.ts'
import {Nginx} from './nginx.ts'
import type {Product, ServerFacts} from './product.ts'
import {type ApacheFlavour, apacheFlavour, defaultVersion, nginxCompresses} from './releases.ts'

export interface WebServerSetup {
  readonly port: number
  readonly secure: boolean
  readonly site: Site
  /** Null: what the distribution ships. */
  readonly version: string | null
  /** Apache as an appliance ships it; by default as the distribution does. */
  readonly build?: {readonly flavour: ApacheFlavour; readonly modules: string}
}

export function createProduct(name: WebServerName, persona: Persona, setup: WebServerSetup): Product {
  const {port, secure, site, build} = setup
  const version = setup.version ?? defaultVersion(name, persona)
  const facts: ServerFacts = {version, name: serverName(persona), port, secure, site}
  const flavour = build?.flavour ?? apacheFlavour(persona)
  switch (name) {
    case 'nginx':
      return new Nginx({...facts, gzip: nginxCompresses(persona)})
    case 'apache':
      return new Apache({
        ...facts,
        flavour,
        ...(build === undefined ? {} : {modules: build.modules}),
        allow: allowedMethods(persona, flavour.trace),
        boundary: persona.bytes('http-boundary', 8).toString('hex'),
      })
    case 'iis':
      return new Iis({...facts, poweredBy: persona.integer('http-aspnet', 0, 1) === 1 ? 'ASP.NET' : null})
    default:
      return name satisfies never
  }
}

/** Debian's hosts file gives a machine without a domain the address 127.0.1.1, and Apache then takes that for a name. */
export function serverName(persona: Persona): string {
  return persona.facts.domain === null ? '127.0.1.1' : persona.fqdn.toLowerCase()
}

/** Apache lists its methods in the order of a table whose hash is seeded at every start. */
function allowedMethods(persona: Persona, trace: boolean): string {
  const left = ['OPTIONS', 'HEAD', 'GET', 'POST', ...(trace ? ['TRACE'] : [])]
  const ordered: string[] = []
  while (left.length > 0)
    ordered.push(...left.splice(persona.integer(`http-allow ${left.length}`, 0, left.length - 1), 1))
  return ordered.join(',')
}
