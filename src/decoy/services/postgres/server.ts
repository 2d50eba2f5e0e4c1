import {NEVER_IDLE} from '../../deadlines.ts'
import {honeyPairs} from '../../honey-users.ts'
import type {CreateService, SelfTest, Service} from '../../service.ts'
import {baitDatabase} from '../../sql/bait.ts'
import {tlsProfile} from '../../tls/stacks.ts'
import type {AuthMethod} from './authenticator.ts'
import {POSTGRES_PORT, POSTGRES_VERSIONS} from './definition.ts'
import {startedAt} from './inside/session-state.ts'
import {type PostgresServer, PostgresSession} from './postgres-session.ts'
import {releaseOf} from './releases.ts'

const DAY_MS = 86_400_000
const METHODS: readonly AuthMethod[] = ['password', 'md5', 'scram-sha-256']
/** A version that no server has; the answer needs no TLS and no user. */
const SELF_TEST: SelfTest = {
  send: Buffer.from([0, 0, 0, 8, 0, 2, 0, 0]),
  accepts: (reply) => reply.toString('latin1').startsWith('EFATAL:  unsupported frontend protocol 2.0'),
}

export const createService: CreateService = (persona, options): Service => {
  const release = releaseOf(persona, POSTGRES_VERSIONS.find((each) => each === options.version) ?? null)
  const port = typeof options.port === 'number' ? options.port : POSTGRES_PORT
  const facts = {persona, release, port, bait: baitDatabase(persona)}
  let sessions = 0
  const server: PostgresServer = {
    facts,
    method: METHODS.find((each) => each === options.auth) ?? 'scram-sha-256',
    users: new Map(honeyPairs(options.users)),
    tls: options.tls === 'off' ? null : tlsProfile(persona),
    tlsRequired: options.tls === 'required',
    // Processes of the whole machine are counted, and begin again at the highest.
    nextPid: (now) => {
      const perDay = persona.integer('processes per day', 4000, 60_000)
      const made = Math.floor(((now - startedAt(facts, now)) / DAY_MS) * perDay) + 3 * ++sessions
      return 900 + (made % 31_000)
    },
  }
  return {
    tcp: () => ({
      kind: 'protocol',
      patience: NEVER_IDLE,
      session: (connection) => new PostgresSession(server, connection),
    }),
    selfTest: () => SELF_TEST,
  }
}
