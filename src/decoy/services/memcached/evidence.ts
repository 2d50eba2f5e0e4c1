/** What of a connection is recorded. */
import type {ServiceEvent} from '../../../events/event.ts'
import {printable, sample} from '../../sample.ts'
import type {Connection} from '../../service.ts'

const MAX_NAME = 64
const MAX_ARGUMENTS = 512

/** What empties the cache, or tells all that is in it. */
const DANGEROUS = /^(?:flush_all|shutdown|lru_crawler|stats cachedump|cache_memlimit)/

export function commandEvent(line: Buffer, known: boolean, value: Buffer | null, connection: Connection): ServiceEvent {
  const {limits} = connection
  const space = line.indexOf(0x20)
  const name = space < 0 ? line : line.subarray(0, space)
  const args = space < 0 ? Buffer.alloc(0) : line.subarray(space + 1)
  return {
    event: 'command',
    data: {
      command: printable(name.subarray(0, MAX_NAME)),
      args: sample(args, Math.min(limits.sample, MAX_ARGUMENTS)),
      known,
      ...(value === null ? {} : {value: sample(value, limits.sample)}),
      ...(DANGEROUS.test(line.subarray(0, MAX_NAME).toString('latin1')) ? {dangerous: true} : {}),
    },
  }
}

export const probeEvent = (kind: string, input: Buffer, {limits}: Connection): ServiceEvent => ({
  event: 'probe',
  data: {kind, input: sample(input, Math.min(limits.sample, MAX_ARGUMENTS))},
})

export const malformed = (problem: string, input: Buffer, {limits}: Connection): ServiceEvent => ({
  event: 'malformed',
  data: {problem, input: sample(input, Math.min(limits.sample, MAX_ARGUMENTS))},
})

/**
 * A login that this server has not: SASL PLAIN (RFC 4616) is `[authorization] NUL user NUL password`. Null: another
 * mechanism, or none of that form.
 */
export function saslEvent(mechanism: Buffer, message: Buffer, {limits}: Connection): ServiceEvent | null {
  const [, user, password] = split(message)
  if (mechanism.toString('latin1') !== 'PLAIN' || user === undefined || password === undefined) return null
  return {
    event: 'auth.attempt',
    credential: {
      principal: printable(user.subarray(0, limits.credential)),
      method: 'sasl-plain',
      secret: sample(password, limits.credential),
      outcome: 'failure',
    },
  }
}

function split(message: Buffer): Buffer[] {
  const first = message.indexOf(0)
  const second = message.indexOf(0, first + 1)
  if (first < 0 || second < 0) return []
  return [message.subarray(0, first), message.subarray(first + 1, second), message.subarray(second + 1)]
}
