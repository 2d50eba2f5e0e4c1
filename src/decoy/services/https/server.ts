/** A decoy web server behind TLS, as its product has it. HTTP/2 is not offered in ALPN. */
import type {CreateService} from '../../service.ts'
import {type TlsChoice, tlsProfile} from '../../tls/stacks.ts'
import {isSkin} from '../http/products/names.ts'
import {HTTPS_PORT} from '../http/products/product.ts'
import {skinOf} from '../http/products/skins/registry.ts'
import {createHttpServer, productName, serviceOf} from '../http/server.ts'

export const createService: CreateService = (persona, options) => {
  const server = createHttpServer(persona, options, {secure: true, port: HTTPS_PORT})
  const name = productName(persona, options)
  const choice: TlsChoice = isSkin(name) ? (skinOf(name).tls ?? {}) : {}
  const profile = tlsProfile(persona, {...choice, settings: {alpn: ['http/1.1'], ...choice.settings}})
  return serviceOf(server, persona, profile)
}
