import type {CreateService, SelfTest, Service} from '../../service.ts'
import {S7Host} from './host.ts'
import {S7Session} from './session.ts'

/** A connect request of a programming device to the CPU. */
const SELF_TEST: SelfTest = {
  send: Buffer.from('0300001611e00000133700c0010ac1020100c2020102', 'hex'),
  accepts: (reply) => reply.subarray(4, 8).toString('hex') === '11d01337',
}

export const createService: CreateService = (persona, options): Service => {
  const host = new S7Host(persona, options)
  return {
    tcp: () => ({kind: 'protocol', session: (connection) => new S7Session(host, connection)}),
    selfTest: () => SELF_TEST,
  }
}
