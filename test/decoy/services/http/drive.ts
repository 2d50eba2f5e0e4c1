/** Runs bytes through a session without a socket. */
import {DEFAULT_LIMITS, type Limits} from '../../../../src/decoy/limits.ts'
import type {Action, Connection, ProtocolSession} from '../../../../src/decoy/service.ts'
import {type HttpServer, HttpSession} from '../../../../src/decoy/services/http/session.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'

export const NOW = Date.parse('2026-11-23T10:00:00Z')

export const connection = (limits: Partial<Limits> = {}): Connection => ({
  peer: {ip: '127.0.0.1', port: 40_000},
  local: {ip: '127.0.0.1', port: 80},
  limits: {...DEFAULT_LIMITS, ...limits},
  now: () => NOW,
  random: (size) => Buffer.alloc(size, 0x5a),
})

export interface Outcome {
  /** Latin1. */
  readonly reply: string
  readonly events: readonly ServiceEvent[]
  readonly closed: boolean
  readonly actions: readonly Action[]
}

export const openSession = (server: HttpServer, limits: Partial<Limits> = {}): HttpSession =>
  new HttpSession(server, connection(limits))

/** What a session makes of its input, fed in these pieces. */
export function drive(session: ProtocolSession, pieces: readonly Buffer[]): Outcome {
  return outcome(pieces.flatMap((piece) => session.feed(piece)))
}

export function outcome(actions: readonly Action[]): Outcome {
  const writes = actions.flatMap((action) => (action.type === 'write' ? [action.data] : []))
  return {
    reply: Buffer.concat(writes).toString('latin1'),
    events: actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])),
    closed: actions.some((action) => action.type === 'close' || action.type === 'reset'),
    actions,
  }
}
