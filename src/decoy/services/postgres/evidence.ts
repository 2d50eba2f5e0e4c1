/** What of a connection is recorded, besides logins. */
import type {ServiceEvent} from '../../../events/event.ts'
import {printable, sample} from '../../sample.ts'
import {BodyReader} from './wire.ts'

const MAX_BODY = 512
const KIND_NAMES: Readonly<Record<string, string>> = {
  F: 'FunctionCall',
  B: 'Bind',
  E: 'Execute',
  D: 'Describe',
  C: 'Close',
}

/** One message of a session that was let in; null: a step of the protocol that tells nothing. */
export function messageEvent(kind: string, body: Buffer, database: string, limit: number): ServiceEvent | null {
  if (kind === 'Q' || kind === 'P') {
    const reader = new BodyReader(body)
    if (kind === 'P') reader.text()
    const query = reader.text() ?? body
    const dangerous = DANGEROUS.test(query.toString('latin1')) ? {dangerous: true} : {}
    return {event: 'query', data: {query: sample(query, limit), database, prepared: kind === 'P', ...dangerous}}
  }
  const name = KIND_NAMES[kind]
  if (name === undefined) return null
  return {event: 'command', data: {command: name, body: sample(body, Math.min(limit, MAX_BODY))}}
}

/** What reaches for programs and files of the machine. */
const DANGEROUS = /\bprogram\b|pg_read|pg_ls_dir|lo_import|lo_export|\blanguage\s+c\b/i

/** Clients of other protocols are known by their first octets, which no startup packet has for its length. */
export function openingEvent(head: Buffer): ServiceEvent {
  const shown = printable(head)
  const kind = /^(?:GET |POST|HEAD|OPTI)$/.test(shown) ? 'http' : head[0] === 0x16 ? 'tls' : 'other'
  return {event: 'probe', data: {kind, problem: 'length of startup packet', head: shown}}
}

export const malformed = (problem: string): ServiceEvent => ({
  event: 'malformed',
  data: {problem: printable(Buffer.from(problem, 'utf8'))},
})
