import {printerOf} from '../../persona/printer.ts'
import type {CreateService, Service} from '../../service.ts'
import {type LpdServer, LpdSession} from './session.ts'

export const createService: CreateService = (persona, options): Service => {
  const {model} = printerOf(persona)
  const listed: readonly string[] = Array.isArray(options.queues) ? options.queues : []
  const server: LpdServer = {
    queues: listed.length === 0 ? null : new Set(listed),
    state: (_, long) => (long ? `${model.name} is ready\nno entries\n` : 'no entries\n'),
  }
  return {
    tcp: () => ({kind: 'protocol', session: (connection) => new LpdSession(server, connection)}),
    selfTest: () => ({
      send: Buffer.from('\x03raw\n', 'latin1'),
      accepts: (reply) => reply.toString('latin1') === 'no entries\n',
    }),
  }
}
