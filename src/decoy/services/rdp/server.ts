import {NEVER_IDLE} from '../../deadlines.ts'
import type {CreateService, Service} from '../../service.ts'
import {rdpHost} from './host.ts'
import {RdpSession} from './session.ts'
import {confirm, PROTOCOL} from './wire/x224.ts'

/** The request of a client that has network level authentication, without a cookie. */
const REQUEST = Buffer.from('030000130ee000000000000100080003000000', 'hex')
const CONFIRM = confirm(PROTOCOL.HYBRID)

export const createService: CreateService = (persona, options): Service => {
  const host = rdpHost(persona, options)
  return {
    tcp: () => ({kind: 'protocol', patience: NEVER_IDLE, session: (connection) => new RdpSession(host, connection)}),
    selfTest: () => ({send: REQUEST, accepts: (reply) => reply.subarray(0, CONFIRM.length).equals(CONFIRM)}),
  }
}
