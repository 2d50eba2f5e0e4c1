import {refuse} from '../../option-conflicts.ts'
import type {CreateService, Service} from '../../service.ts'
import {HoneyCredentials} from '../http/login/honey.ts'
import {HttpSession} from '../http/session.ts'
import {ippConflicts, productOf} from './choice.ts'
import {IPP_PORT} from './definition.ts'
import {cupsServer} from './products/cups.ts'
import {hpPrinter, type Setting} from './products/hp.ts'
import {selfTestRequest} from './self-test.ts'

export const createService: CreateService = (persona, options): Service => {
  refuse(ippConflicts(options, persona.facts))
  const port = typeof options.port === 'number' ? options.port : IPP_PORT
  const setting: Setting = {
    port,
    location: typeof options.location === 'string' ? options.location : '',
    verify: new HoneyCredentials(options.users).verify,
  }
  const version = typeof options.version === 'string' ? options.version : null
  const server =
    productOf(options, persona.facts) === 'cups' ? cupsServer(persona, setting, version) : hpPrinter(persona, setting)
  return {
    tcp: () => ({kind: 'protocol', session: (connection) => new HttpSession(server, connection)}),
    selfTest: () => ({
      send: selfTestRequest(persona.facts.ip),
      accepts: (reply) => reply.includes('\r\n\r\n') && reply.toString('latin1').includes('attributes-charset'),
    }),
  }
}
