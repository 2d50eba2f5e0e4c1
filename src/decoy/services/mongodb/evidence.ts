/** What of a connection is recorded. */

import type {CrackableHash, ServiceEvent} from '../../../events/event.ts'
import {render} from '../../codecs/bson/render.ts'
import type {BsonDocument} from '../../codecs/bson/values.ts'
import {printable, sample} from '../../sample.ts'
import type {Connection} from '../../service.ts'
import type {Conversation} from './scram.ts'
import type {Command} from './wire.ts'

const MAX_INPUT = 512

const shown = (text: string, limit: number): string => printable(Buffer.from(text, 'utf8').subarray(0, limit))

/** What a driver tells of itself. */
export function clientEvent(metadata: BsonDocument, {limits}: Connection): ServiceEvent {
  return {event: 'request', data: {command: 'hello', client: sample(render(metadata, limits.sample), limits.sample)}}
}

export function loginEvent(
  {mechanism, user, database}: Conversation,
  hash: CrackableHash | null,
  success: boolean,
  {limits}: Connection,
): ServiceEvent {
  return {
    event: 'auth.attempt',
    credential: {
      principal: shown(user, limits.credential),
      method: mechanism.toLowerCase(),
      ...(hash === null ? {} : {hash}),
      outcome: success ? 'success' : 'failure',
    },
    data: {database: shown(database, limits.credential)},
  }
}

/** SASL PLAIN (RFC 4616), which the server has not: `[authorization] NUL user NUL password`. */
export function plainLoginEvent(payload: Buffer, database: string, {limits}: Connection): ServiceEvent[] {
  const [first, second] = [payload.indexOf(0), payload.indexOf(0, payload.indexOf(0) + 1)]
  if (first < 0 || second <= first) return []
  const user = payload.subarray(first + 1, second)
  return [
    {
      event: 'auth.attempt',
      credential: {
        principal: printable(user.subarray(0, limits.credential)),
        method: 'plain',
        secret: sample(payload.subarray(second + 1), limits.credential),
        outcome: 'failure',
      },
      data: {database: shown(database, limits.credential)},
    },
  ]
}

const QUERIES = /^(?:find|aggregate|count|distinct|getMore)$/
/** What destroys, or stops the server. */
const DANGEROUS = /^(?:drop|dropDatabase|delete|shutdown|dropUser|dropAllUsersFromDatabase|createUser|eval)$/
/** They say nothing of who asks. */
const QUIET = /^(?:hello|isMaster|ismaster|ping|endSessions|saslStart|saslContinue)$/
const OWN_FIELDS = ['$db', 'lsid', '$clusterTime', '$readPreference', 'speculativeAuthenticate']

/** Null: a command of which nothing is worth keeping. */
export function commandEvent(
  {body, database}: Command,
  name: string,
  known: boolean,
  {limits}: Connection,
): ServiceEvent | null {
  if (known && QUIET.test(name)) return null
  const fields = new Map([...body].filter(([field]) => !OWN_FIELDS.includes(field)))
  return {
    event: QUERIES.test(name) ? 'query' : 'command',
    data: {
      command: shown(name, limits.credential),
      database: shown(database, limits.credential),
      body: sample(render(fields, limits.sample), limits.sample),
      known,
      ...(DANGEROUS.test(name) ? {dangerous: true} : {}),
    },
  }
}

export function malformed(problem: string, input: Buffer, {limits}: Connection): ServiceEvent {
  return {event: 'malformed', data: {problem, input: sample(input, Math.min(limits.sample, MAX_INPUT))}}
}

export function openingEvent(problem: string, input: Buffer, connection: Connection): ServiceEvent {
  const kind =
    input[0] === 0x16 && input[1] === 3 ? 'tls' : /^[A-Z]{3,8} /.test(input.toString('latin1', 0, 10)) ? 'http' : null
  if (kind === null) return malformed(problem, input, connection)
  const {data} = malformed(problem, input, connection)
  return {event: 'probe', data: {kind, ...data}}
}
