/** A decoy web server for HTTP/1.x. */
import type {OptionValues} from '../../definition.ts'
import {refuse} from '../../option-conflicts.ts'
import type {Persona} from '../../persona.ts'
import type {CreateService, Service} from '../../service.ts'
import type {TlsProfile} from '../../tls/profile.ts'
import {HoneyCredentials} from './login/honey.ts'
import {requestedProduct, webConflicts} from './products/choice.ts'
import {isSkin, type ProductName, type SkinName} from './products/names.ts'
import {HTTP_PORT} from './products/product.ts'
import {defaultProduct} from './products/releases.ts'
import {Dressed} from './products/skins/look.ts'
import {httpsRedirect} from './products/skins/redirect.ts'
import {skinOf} from './products/skins/registry.ts'
import type {SkinFacts} from './products/skins/skin.ts'
import {serverName} from './products/web-server.ts'
import {type HttpServer, HttpSession} from './session.ts'
import {type Listener, webServer} from './web-site.ts'

export const createService: CreateService = (persona, options) => serviceOf(createHttpServer(persona, options), persona)

const PLAIN: Listener = {secure: false, port: HTTP_PORT}

export function createHttpServer(persona: Persona, options: OptionValues, listener: Listener = PLAIN): HttpServer {
  refuse(webConflicts(options))
  const place = {...listener, port: typeof options.port === 'number' ? options.port : listener.port}
  const honey = new HoneyCredentials(options.users)
  const name = productName(persona, options)
  return isSkin(name)
    ? skinServer(name, persona, options, place, honey)
    : webServer(name, persona, options, place, honey)
}

/** The product that the fleet file names, else one that does what it asks for, else what fits the machine. */
export function productName(persona: Persona, options: OptionValues): ProductName {
  return requestedProduct(options) ?? defaultProduct(persona)
}

export function serviceOf(server: HttpServer, persona: Persona, tls?: TlsProfile): Service {
  return {
    tcp: () => ({
      kind: 'protocol',
      ...(tls === undefined ? {} : {tls}),
      session: (connection) => new HttpSession(server, connection),
    }),
    selfTest: () => ({
      send: Buffer.from(`GET / HTTP/1.1\r\nHost: ${persona.facts.ip}\r\nConnection: close\r\n\r\n`, 'latin1'),
      // Firmware answers in the version of its youth.
      accepts: (reply) => /^HTTP\/1\.[01] $/.test(reply.toString('latin1', 0, 'HTTP/1.1 '.length)),
    }),
  }
}

function skinServer(
  name: SkinName,
  persona: Persona,
  options: OptionValues,
  listener: Listener,
  honey: HoneyCredentials,
): HttpServer {
  const skin = skinOf(name)
  const wanted = typeof options.version === 'string' ? options.version : null
  const {verify} = honey
  const facts: SkinFacts = {
    ...listener,
    persona,
    version: wanted ?? skin.usual?.(persona) ?? persona.pick(`http ${name} version`, skin.versions),
    name: serverName(persona),
    verify,
    title: typeof options.title === 'string' ? options.title : null,
  }
  const leads = options.redirect === undefined ? skin.redirects === true : options.redirect === true
  const redirected = leads && !listener.secure
  const application = redirected ? (skin.redirect?.(facts) ?? httpsRedirect()) : skin.application(facts)
  const guard = skin.guard?.(facts, (user) => honey.passwords(user))
  return {
    product: skin.server(facts),
    application: new Dressed(application, persona),
    verify,
    ...(guard === undefined ? {} : {guard}),
  }
}
