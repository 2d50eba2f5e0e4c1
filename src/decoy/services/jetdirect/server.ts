import {UploadPool} from '../../files/upload.ts'
import {printerOf} from '../../persona/printer.ts'
import type {CreateService, Service} from '../../service.ts'
import type {PrinterServer} from './printer-server.ts'
import {JetDirectSession} from './session.ts'
import {Environment, usualVariables} from './variables.ts'
import {Volume} from './volume.ts'

const POOL_BYTES = 32 * 1024 * 1024

export const createService: CreateService = (persona, options): Service => {
  const printer = printerOf(persona)
  const server: PrinterServer = {
    persona,
    printer,
    ready: typeof options.message === 'string' ? options.message : 'Ready',
    panel: {message: null, offline: false},
    defaults: new Environment(usualVariables(printer)),
    volume: new Volume(persona, printer, Date.now),
    pool: new UploadPool(POOL_BYTES),
    filesystem: options.filesystem !== false,
    password: typeof options.password === 'number' ? options.password : null,
  }
  return {
    tcp: () => ({kind: 'protocol', session: (connection) => new JetDirectSession(server, connection)}),
    selfTest: () => ({
      send: Buffer.from('\x1b%-12345X@PJL INFO ID\r\n\x1b%-12345X', 'latin1'),
      accepts: (reply) => reply.toString('latin1') === `@PJL INFO ID\r\n"${printer.model.name}"\r\n\f`,
    }),
  }
}
