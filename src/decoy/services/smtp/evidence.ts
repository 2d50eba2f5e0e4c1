/** What of a session is worth an event. */
import type {Credential, ServiceEvent} from '../../../events/event.ts'
import type {Limits} from '../../limits.ts'
import {printable, sample} from '../../sample.ts'
import type {Message} from './message.ts'

/** Recipients of one message that are written out. */
const MAX_RECIPIENTS = 50
const ADDRESS_BYTES = 320
const FIELD_BYTES = 998

const shown = (text: string, most: number): string => printable(Buffer.from(text, 'latin1').subarray(0, most))

export interface Envelope {
  readonly sender: string
  /** The first of them; `recipientCount` is how many there were. */
  readonly recipients: readonly string[]
  readonly recipientCount: number
  readonly hello: string | null
  /** Who has signed in. */
  readonly user: string | null
  readonly secure: boolean
  /** Somebody elsewhere is among the recipients: it would have been relayed. */
  readonly foreign: boolean
}

/**
 * The mail, and what of it is kept.
 *
 * @param id the server's own; null: it was refused, after it had come.
 */
export function mailEvents(envelope: Envelope, message: Message, id: string | null): ServiceEvent[] {
  const {fields, attachments, captured} = message
  const written = Object.entries(fields).map(([name, value]) => [name, shown(value, FIELD_BYTES)] as const)
  const {subject = null, ...others} = Object.fromEntries(written)
  const mail: ServiceEvent = {
    event: 'mail',
    data: {
      from: shown(envelope.sender, ADDRESS_BYTES),
      to: envelope.recipients.slice(0, MAX_RECIPIENTS).map((address) => shown(address, ADDRESS_BYTES)),
      recipients: envelope.recipientCount,
      subject,
      headers: others,
      ...(attachments.length === 0 ? {} : {attachments: attachments.map((name) => shown(name, 256))}),
      ...captured.fields,
      id,
      accepted: id !== null,
      foreign: envelope.foreign,
      hello: envelope.hello === null ? null : shown(envelope.hello, ADDRESS_BYTES),
      user: envelope.user === null ? null : shown(envelope.user, ADDRESS_BYTES),
      tls: envelope.secure,
    },
  }
  return [mail, ...captured.parts]
}

export function commandEvent(line: string, code: string, user: string | null, limits: Limits): ServiceEvent {
  const data = {
    line: sample(Buffer.from(line, 'latin1'), limits.sample),
    code,
    user: user === null ? null : shown(user, ADDRESS_BYTES),
  }
  return {event: 'command', data}
}

export function passwordAttempt(
  {name, secret, method, success}: {name: string; secret: string; method: string; success: boolean},
  {credential: limit}: Limits,
): ServiceEvent {
  const credential: Credential = {
    principal: shown(name, limit),
    method,
    secret: sample(Buffer.from(secret, 'latin1'), limit),
    outcome: success ? 'success' : 'failure',
  }
  return {event: 'auth.attempt', credential}
}

export function malformed(reason: string, bytes: Buffer, limits: Limits): ServiceEvent {
  return {event: 'malformed', data: {reason, input: sample(bytes, limits.sample)}}
}

export function probe(reason: string, bytes: Buffer, limits: Limits): ServiceEvent {
  return {event: 'probe', data: {reason, input: sample(bytes, limits.sample)}}
}
