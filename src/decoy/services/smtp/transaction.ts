/** MAIL, RCPT, DATA, BDAT and RSET (RFC 5321 §3.3, §4.1.1; RFC 3030): what they do to the session. */
import {printable} from '../../sample.ts'
import type {IncomingMessage, Message} from './message.ts'
import type {Accepted, Chunk} from './products/mta.ts'
import {type Call, resetTransaction} from './state.ts'
import {parseArgument} from './wire/path.ts'

/** Recipients of one message that are remembered. */
const MAX_REMEMBERED = 64
const MESSAGE_ID_BYTES = 250

export function mail(call: Call): string {
  const {server, client} = call
  const given = parseArgument(call.argument, 'FROM')
  const refusal = server.mta.gate(call) ?? server.mta.mail(call, given)
  if (refusal !== null || given === null) return refusal ?? ''
  client.sender = given.path.address
  return server.mta.mailReply(call, given)
}

export function rcpt(call: Call): string {
  const {server, client} = call
  const {mta, addresses} = server
  const given = parseArgument(call.argument, 'TO')
  const verdict = given === null ? null : addresses.judge(given.path, mta.extension)
  client.asked++
  const refusal = mta.gate(call) ?? mta.rcpt(call, given, verdict)
  if (refusal !== null || given === null) {
    client.lastRefusal = refusal
    return refusal ?? ''
  }
  if (client.recipients.length < MAX_REMEMBERED) client.recipients.push(given.path.address)
  client.recipientCount++
  if (verdict?.kind === 'foreign') client.foreign = true
  if (verdict?.kind === 'local') client.known = true
  return mta.rcptReply(call, given)
}

export function reset(call: Call): string {
  const {reply, done} = call.server.mta.reset(call)
  if (done) resetTransaction(call.client)
  return reply
}

/** chunk-size SP LAST (RFC 3030 §2). */
export function parseChunk(argument: string): Chunk {
  const [count = '', word = '', ...more] = argument.split(/[ \t]+/)
  const size = /^\d{1,19}$/.test(count) ? Number(count) : Number.NaN
  const last = word.toUpperCase() === 'LAST'
  return {size: Number.isSafeInteger(size) ? size : null, last, odd: (word !== '' && !last) || more.length > 0}
}

export interface Outcome {
  readonly reply: string
  readonly message: Message
  /** Null: it was refused, now that it is there. */
  readonly accepted: Accepted | null
}

/** The message is complete. */
export function deliver(call: Call, incoming: IncomingMessage): Outcome {
  const {mta} = call.server
  const message = incoming.finish()
  if (message.size > mta.maxSize) return {reply: mta.tooLarge, message, accepted: null}
  const sent = message.fields['message-id']
  const messageId = sent === undefined ? null : printable(Buffer.from(sent, 'latin1').subarray(0, MESSAGE_ID_BYTES))
  const accepted = mta.accept(call, {size: message.size, messageId})
  return typeof accepted === 'string'
    ? {reply: accepted, message, accepted: null}
    : {reply: accepted.reply, message, accepted}
}
