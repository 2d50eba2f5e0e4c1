/** A decoy web server for HTTP/1.x. */
import type {OptionValues} from '../../definition.ts'
import type {Persona} from '../../persona.ts'
import type {CreateService, Service} from '../../service.ts'
import {Application} from './login/application.ts'
import type {Verify} from './login/credentials.ts'
import {Apache} from './products/apache.ts'
import {Iis} from './products/iis.ts'
import {PRODUCTS, type ProductName} from './products/names.ts'
import {Nginx} from './products/nginx.ts'
import type {Product, ServerFacts} from './products/product.ts'
import {apacheFlavour, checkedVersion, defaultProduct, defaultVersion, nginxCompresses} from './products/releases.ts'
import {type HttpServer, HttpSession} from './session.ts'
import {defaultSite} from './site/default-site.ts'

const DEFAULT_PORT = 80

export const createService: CreateService = (persona, options) => {
  const server = createHttpServer(persona, options)
  return serviceOf(server, persona)
}

export function createHttpServer(persona: Persona, options: OptionValues): HttpServer {
  const name = PRODUCTS.find((candidate) => candidate === options.product) ?? defaultProduct(persona)
  const verify = honeyCredentials(options.users)
  const title = text(options.title) ?? `${persona.hostname} - Sign in`
  const application = options.page === 'login' ? new Application(title, persona, verify) : null
  return {product: createProduct(name, persona, options), application, verify}
}

export function serviceOf(server: HttpServer, persona: Persona): Service {
  return {
    tcp: () => ({kind: 'protocol', session: (connection) => new HttpSession(server, connection)}),
    selfTest: () => ({
      send: Buffer.from(`GET / HTTP/1.1\r\nHost: ${persona.facts.ip}\r\nConnection: close\r\n\r\n`, 'latin1'),
      accepts: (reply) => reply.subarray(0, 'HTTP/1.1 '.length).toString('latin1') === 'HTTP/1.1 ',
    }),
  }
}

function createProduct(name: ProductName, persona: Persona, options: OptionValues): Product {
  const flavour = apacheFlavour(persona)
  const basic = options.page === 'basic'
  const facts: ServerFacts = {
    version: checkedVersion(name, text(options.version) ?? defaultVersion(name, persona)),
    name: serverName(persona),
    port: typeof options.port === 'number' ? options.port : DEFAULT_PORT,
    site: defaultSite(name, persona, flavour, options.page !== 'login'),
    realm: basic ? (text(options.realm) ?? defaultRealm(name, persona)) : null,
  }
  switch (name) {
    case 'nginx':
      return new Nginx({...facts, gzip: nginxCompresses(persona)})
    case 'apache':
      return new Apache({
        ...facts,
        flavour,
        allow: allowedMethods(persona, flavour.trace),
        boundary: persona.bytes('http-boundary', 8).toString('hex'),
      })
    case 'iis':
      return new Iis({...facts, poweredBy: persona.integer('http-aspnet', 0, 1) === 1 ? 'ASP.NET' : null})
  }
}

/** Debian's hosts file gives a machine without a domain the address 127.0.1.1, and Apache then takes that for a name. */
function serverName(persona: Persona): string {
  return persona.facts.domain === null ? '127.0.1.1' : persona.fqdn.toLowerCase()
}

/** IIS names the host that was asked for; the others what an administrator wrote. */
function defaultRealm(name: ProductName, persona: Persona): string {
  return name === 'iis' ? persona.facts.ip : persona.pick('http-realm', ['Restricted', 'Restricted Content', 'Private'])
}

/** Apache lists its methods in the order of a table whose hash is seeded at every start. */
function allowedMethods(persona: Persona, trace: boolean): string {
  const left = ['OPTIONS', 'HEAD', 'GET', 'POST', ...(trace ? ['TRACE'] : [])]
  const ordered: string[] = []
  while (left.length > 0)
    ordered.push(...left.splice(persona.integer(`http-allow ${left.length}`, 0, left.length - 1), 1))
  return ordered.join(',')
}

function honeyCredentials(users: OptionValues[string] | undefined): Verify {
  const known = new Map<string, Set<string>>()
  for (const entry of Array.isArray(users) ? users : []) {
    const colon = entry.indexOf(':')
    const name = latin1(entry.slice(0, colon))
    known.set(name, (known.get(name) ?? new Set()).add(latin1(entry.slice(colon + 1))))
  }
  return ({name, password}) => known.get(name)?.has(password) === true
}

const text = (value: OptionValues[string] | undefined): string | null => (typeof value === 'string' ? value : null)

/** Requests are read as latin1 text, one character a byte; so are the credentials they are compared with. */
const latin1 = (value: string): string => Buffer.from(value, 'utf8').toString('latin1')
