/** What each event means, in one table: for the reference, the schemas, and whatever weighs events. */
import type {EventName} from './event.ts'

/**
 * - `system`: a decky of itself; nobody did anything.
 * - `scan`: somebody looked whether something is there.
 * - `interaction`: somebody used it: tried a credential, asked a question, read a file.
 * - `high-confidence`: nobody does that by accident: a honey login, a command in a shell, a file left behind.
 */
export const EVENT_CLASSES = ['system', 'scan', 'interaction', 'high-confidence'] as const
export type EventClass = (typeof EVENT_CLASSES)[number]

/** Least to most. */
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/** How weighty a class is where the event says no more. */
export const CLASS_SEVERITY: Readonly<Record<EventClass, Severity>> = {
  system: 'info',
  scan: 'low',
  interaction: 'medium',
  'high-confidence': 'high',
}

export interface EventDescription {
  /** One sentence for the reference. */
  readonly summary: string
  readonly class: EventClass
  /** Whether it is somebody's doing, so that it has a session or at least a source. */
  readonly hasSource: boolean
}

const doing = (summary: string, eventClass: EventClass): EventDescription => ({
  summary,
  class: eventClass,
  hasSource: true,
})
const own = (summary: string): EventDescription => ({summary, class: 'system', hasSource: false})

export const EVENT_TABLE: Readonly<Record<EventName, EventDescription>> = {
  'session.start': doing('A connection was opened.', 'scan'),
  'session.tls': doing('A TLS handshake was completed; fingerprints of the client.', 'scan'),
  'session.transcript': doing('A part of what went over a terminal, with its times.', 'interaction'),
  'session.end': doing('The connection is closed: how long it lasted and how much went each way.', 'scan'),
  'auth.attempt': doing('A credential was tried.', 'interaction'),
  command: doing('A command was given.', 'interaction'),
  query: doing('A database or a directory was asked.', 'interaction'),
  request: doing('Something was asked of the protocol itself, or a page was fetched.', 'scan'),
  'file.read': doing('A file was read.', 'interaction'),
  'file.write': doing('A file was left behind.', 'high-confidence'),
  capture: doing('A part of the content of what was written or mailed.', 'interaction'),
  mail: doing('A mail was handed in.', 'interaction'),
  probe: doing('What only a scanner or a tool of attackers asks.', 'scan'),
  malformed: doing('Bytes that are none of the protocol.', 'scan'),
  poisoner: doing('Somebody answered for a name that does not exist.', 'high-confidence'),
  log: own('A line that a custom service printed.'),
  suppressed: own('Events or connections that were left out, with their number and why.'),
  'service.ready': own('A service listens or answers.'),
  'service.error': own('A service failed; it goes on.'),
}
