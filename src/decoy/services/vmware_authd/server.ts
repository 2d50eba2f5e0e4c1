import {honeyBytes} from '../../honey-users.ts'
import type {CreateService, Service} from '../../service.ts'
import {tlsProfile} from '../../tls/stacks.ts'
import {AuthdSession, GREETING} from './authd-session.ts'

export const createService: CreateService = (persona, options): Service => {
  // The certificate of the host, as at its port for HTTPS.
  const tls = tlsProfile(persona, {stack: 'firmware-tls12', certificate: 'esxi'})
  const users = honeyBytes(options.users)
  return {
    tcp: () => ({kind: 'protocol', session: (connection) => new AuthdSession({tls, users}, connection)}),
    selfTest: () => ({send: Buffer.alloc(0), accepts: (reply) => reply.toString('latin1') === GREETING}),
  }
}
