import {NEVER_IDLE} from '../../deadlines.ts'
import type {CreateService, Service} from '../../service.ts'
import {VERSION} from './handshake.ts'
import {LockoutList} from './lockout.ts'
import {productOf} from './products.ts'
import {VncSession} from './session.ts'

export const createService: CreateService = (persona, options): Service => {
  const product = productOf(persona, options.product)
  const password = typeof options.password === 'string' ? options.password : null
  const lockout = product.lockout === null ? null : new LockoutList(product.lockout)
  const server = {persona, product, password, lockout}
  return {
    tcp: () => ({kind: 'protocol', patience: NEVER_IDLE, session: (connection) => new VncSession(server, connection)}),
    selfTest: () => ({send: Buffer.alloc(0), accepts: (reply) => reply.equals(VERSION)}),
  }
}
