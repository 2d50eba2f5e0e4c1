import {NEVER_IDLE, type Patience} from '../../deadlines.ts'
import {honeyBytes} from '../../honey-users.ts'
import {deriveRsaKey} from '../../keys.ts'
import {DEFAULT_LIMITS} from '../../limits.ts'
import type {CreateService, SelfTest, Service} from '../../service.ts'
import {tlsProfile} from '../../tls/stacks.ts'
import type {AuthPolicy} from './authenticator.ts'
import {MYSQL_PORT, MYSQL_VERSIONS} from './definition.ts'
import {serverFacts, startedAt} from './inside/session-state.ts'
import {type MysqlServer, MysqlSession} from './mysql-session.ts'
import {releaseOf} from './releases.ts'

const RSA_BITS = 2048
const DAY_MS = 86_400_000

/** The greeting of a server that serves everybody, or the refusal of one that does not. */
const SELF_TEST: SelfTest = {
  send: Buffer.alloc(0),
  accepts: (reply) => reply.length > 5 && (reply[4] === 10 || (reply[4] === 0xff && reply.readUInt16LE(5) === 1130)),
}

/** `connect_timeout`; `wait_timeout` is eight hours. */
const PATIENCE: Patience = {...NEVER_IDLE, loginMs: 10_000}

export const createService: CreateService = (persona, options): Service => {
  const version = MYSQL_VERSIONS.find((each) => each === options.version) ?? null
  const shipped = releaseOf(persona, version)
  const plugin =
    options.auth === 'caching_sha2_password' || options.auth === 'mysql_native_password' ? options.auth : shipped.plugin
  const release = {...shipped, plugin}
  const secure = typeof options.tls === 'boolean' ? options.tls : release.tls
  const port = typeof options.port === 'number' ? options.port : MYSQL_PORT
  const facts = serverFacts({persona, release, port, tls: secure})
  const policy: AuthPolicy = {
    plugin,
    users: honeyBytes(options.users),
    rsaKey: once(() => deriveRsaKey(persona, 'mysql caching_sha2_password', RSA_BITS)),
    cache: new Set(),
    limits: DEFAULT_LIMITS,
  }
  let connections = 0
  const server: MysqlServer = {
    facts,
    policy,
    tls: secure ? tlsProfile(persona, release.product === 'mysql' ? {certificate: 'mysql'} : {}) : null,
    localOnly: options.local_only === true,
    // A server that has been up for a while has seen its application connect.
    nextThread: (now) => {
      const perDay = persona.integer('mysql connections per day', 20, 3000)
      return Math.floor(((now - startedAt(facts, now)) / DAY_MS) * perDay) + ++connections + 7
    },
  }
  return {
    tcp: () => ({kind: 'protocol', patience: PATIENCE, session: (connection) => new MysqlSession(server, connection)}),
    selfTest: () => SELF_TEST,
  }
}

function once<T>(make: () => T): () => T {
  let made: {readonly value: T} | null = null
  return () => {
    made ??= {value: make()}
    return made.value
  }
}
