/** What of a connection is recorded, besides logins. */
import type {ServiceEvent} from '../../../events/event.ts'
import {printable, sample} from '../../sample.ts'
import type {Connection} from '../../service.ts'
import {type CommandContext, queryText} from './commands.ts'
import {COMMAND, COMMAND_NAMES} from './protocol.ts'

/** One packet of the command phase. */
export function commandEvent(payload: Buffer, {state, capabilities}: CommandContext, limit: number): ServiceEvent {
  const code = payload[0]
  const body = payload.subarray(1)
  if (code === COMMAND.QUERY || code === COMMAND.STMT_PREPARE) {
    const text = code === COMMAND.QUERY ? (queryText(body, capabilities) ?? body) : body
    const {database} = state
    return {event: 'query', data: {query: sample(text, limit), database, prepared: code === COMMAND.STMT_PREPARE}}
  }
  const name = code === undefined ? undefined : COMMAND_NAMES.get(code)
  const command = name ?? `0x${(code ?? 0).toString(16).padStart(2, '0')}`
  return {event: 'command', data: {command, argument: sample(body, limit), known: name !== undefined}}
}

/** A packet with another sequence number than the due one; the server answers to its header and reads no further. */
export function outOfOrderEvent(header: Buffer, first: boolean): ServiceEvent {
  const data = {problem: 'sequence number', kind: probeKind(header), header: printable(header)}
  return {event: first ? 'probe' : 'malformed', data}
}

/** Clients of other protocols are known by their first octets. */
function probeKind(header: Buffer): string {
  const text = header.toString('latin1')
  if (text.startsWith('\x16\x03')) return 'tls'
  return /^(?:GET |POST|HEAD|OPTI|PUT |CONN)/.test(text) ? 'http' : 'other'
}

export function malformed(problem: string, bytes: Buffer, {limits}: Connection): ServiceEvent {
  return {event: 'malformed', data: {problem, sample: sample(bytes, limits.sample)}}
}
