/** What of a connection is recorded. */
import type {ServiceEvent} from '../../../events/event.ts'
import {printable, sample} from '../../sample.ts'
import type {Connection} from '../../service.ts'
import type {Connect} from './connect.ts'
import type {Message} from './message.ts'

const MAX_TOPIC = 512
const MAX_FILTERS = 32

const text = (value: string, limit: number): string => printable(Buffer.from(value, 'utf8').subarray(0, limit))

/** The login, where there is one; a client without a user is a request. */
export function connectEvent(connect: Connect, accepted: boolean, {limits}: Connection): ServiceEvent {
  const {version, clean, keepAlive, clientId, user, password, will} = connect
  const data = {
    packet: 'CONNECT',
    version: {3: '3.1', 4: '3.1.1', 5: '5.0'}[version],
    clientId: text(clientId, limits.credential),
    clean,
    keepAlive,
    ...(will === null
      ? {}
      : {will: {topic: text(will.topic, MAX_TOPIC), payload: sample(will.payload, limits.sample)}}),
  }
  if (user === null && password === null) return {event: 'request', data: {...data, accepted}}
  return {
    event: 'auth.attempt',
    credential: {
      principal: text(user ?? '', limits.credential),
      method: 'password',
      ...(password === null ? {} : {secret: sample(password, limits.credential)}),
      outcome: accepted ? 'success' : 'failure',
    },
    data,
  }
}

export function publishEvent(
  {topic, payload, qos, retain}: Message,
  reached: number,
  {limits}: Connection,
): ServiceEvent {
  return {
    event: 'command',
    data: {
      command: 'PUBLISH',
      topic: sample(topic, MAX_TOPIC),
      payload: sample(payload, limits.sample),
      qos,
      retain,
      reached,
    },
  }
}

export function filterEvent(command: 'SUBSCRIBE' | 'UNSUBSCRIBE', filters: readonly string[]): ServiceEvent {
  return {
    event: 'command',
    data: {
      command,
      filters: filters.slice(0, MAX_FILTERS).map((filter) => text(filter, MAX_TOPIC)),
      count: filters.length,
    },
  }
}

export function openingEvent(input: Buffer, problem: string, {limits}: Connection): ServiceEvent {
  const shown = input.subarray(0, 8).toString('latin1')
  const http = /^(?:GET|POST|HEAD|OPTIONS|PUT) /.test(shown)
  const kind = http ? 'http' : shown.startsWith('\x16\x03') ? 'tls' : null
  if (kind !== null) return {event: 'probe', data: {kind, input: sample(input, Math.min(limits.sample, MAX_TOPIC))}}
  return malformed(problem, input, {limits})
}

export const malformed = (problem: string, input: Buffer, {limits}: Pick<Connection, 'limits'>): ServiceEvent => ({
  event: 'malformed',
  data: {problem, input: sample(input, Math.min(limits.sample, MAX_TOPIC))},
})
