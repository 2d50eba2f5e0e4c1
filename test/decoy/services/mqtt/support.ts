import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS, type Limits} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, Connection, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {MQTT_PORT} from '../../../../src/decoy/services/mqtt/definition.ts'
import {createService} from '../../../../src/decoy/services/mqtt/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

export const NOW = Date.parse('2026-03-04T05:06:07.089Z')

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'broker01',
}

export async function mqttService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

export interface TestClient {
  readonly session: ProtocolSession
  readonly events: ServiceEvent[]
  /** What was written unasked, hex, since it was last looked at. */
  pushed(): string
  /** Lets the session's own clock run out. */
  tick(): void
  readonly over: () => boolean
  /** What was written in reply, hex, and how the connection ended with it. */
  send(input: Buffer): {readonly hex: string; readonly ended: 'closed' | 'reset' | null}
}

export interface World {
  now: number
}

export function connectTo(service: Service, world: World = {now: NOW}, limits: Partial<Limits> = {}): TestClient {
  const connection: Connection = {
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: FACTS.ip, port: MQTT_PORT},
    limits: {...DEFAULT_LIMITS, ...limits},
    now: () => world.now,
    random: (size) => Buffer.alloc(size, 7),
  }
  const handler = service.tcp?.(MQTT_PORT)
  if (handler?.kind !== 'protocol') throw new TypeError('mqtt is a protocol')
  const session = handler.session(connection)
  const events: ServiceEvent[] = []
  let pushed = ''
  let clock: (() => readonly Action[]) | null = null
  let over = false
  const take = (actions: readonly Action[]): string => {
    events.push(...actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])))
    if (actions.some(({type}) => type === 'close' || type === 'reset')) over = true
    return written(actions)
  }
  session.begin?.({
    perform: (make) => {
      pushed += take(make())
    },
    performAfter: (_, make) => {
      clock = make
    },
  })
  session.open()
  return {
    session,
    events,
    over: () => over,
    pushed: () => {
      const all = pushed
      pushed = ''
      return all
    },
    tick: () => {
      const make = clock
      clock = null
      if (make !== null) pushed += take(make())
    },
    send: (input) => {
      const actions = session.feed(input)
      const ended = actions.find(({type}) => type === 'close' || type === 'reset')?.type
      return {hex: take(actions), ended: ended === undefined ? null : ended === 'close' ? 'closed' : 'reset'}
    },
  }
}

export function written(actions: readonly Action[]): string {
  return Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : []))).toString('hex')
}
