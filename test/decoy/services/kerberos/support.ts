import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Connection, Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/kerberos/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {CONTROLLER, HONEY, NOW} from '../ldap/support.ts'

export const REALM = 'CORP.EXAMPLE'
export const OPTIONS: OptionValues = {users: [`${HONEY.name}:${HONEY.password}`]}

export const controller = (facts: Partial<PersonaFacts> = {}): Persona => new Persona({...CONTROLLER, ...facts})

export async function kerberosService(
  options: OptionValues = OPTIONS,
  facts: Partial<PersonaFacts> = {},
): Promise<Service> {
  return createService(controller(facts), options)
}

export function connectionTo(port: number): Connection {
  let drawn = 0
  return {
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: CONTROLLER.ip, port},
    limits: DEFAULT_LIMITS,
    now: () => NOW,
    random: (size) => Buffer.alloc(size, ++drawn),
  }
}

export interface Exchange {
  readonly reply: Buffer
  readonly events: readonly ServiceEvent[]
  readonly closed: boolean
}

/** One message over TCP, framed on its way; the reply without its length. */
export function ask(service: Service, message: Buffer, port = 88): Exchange {
  const handler = service.tcp?.(port)
  if (handler?.kind !== 'protocol') throw new TypeError('kerberos is a protocol')
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32BE(message.length)
  const actions = handler.session(connectionTo(port)).feed(Buffer.concat([prefix, message]))
  const written = Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : [])))
  return {
    reply: written.subarray(4),
    events: actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])),
    closed: actions.some(({type}) => type === 'close'),
  }
}
