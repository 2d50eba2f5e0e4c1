import {NEVER_IDLE} from '../../deadlines.ts'
import type {CreateService, SelfTest, Service} from '../../service.ts'
import {commandTable} from './command-table.ts'
import {CONFIG} from './data/config.ts'
import {REDIS_PORT, type REDIS_VERSIONS} from './definition.ts'
import {type Dialect, dialectOf} from './dialect.ts'
import {RedisSession} from './redis-session.ts'
import {RedisServer} from './state.ts'

type Version = (typeof REDIS_VERSIONS)[number]

/** What each distro's own package was, or the nearest version that is played. */
const SHIPPED: Readonly<Record<string, Version>> = {
  ubuntu20: '6.0.16',
  ubuntu22: '6.0.16',
  rocky9: '6.0.16',
  centos7: '6.0.16',
}
const OTHER: Version = '7.0.15'

const SELF_TEST: SelfTest = {
  send: Buffer.from('*1\r\n$4\r\nPING\r\n'),
  // Behind a password the answer is an error, and an answer all the same.
  accepts: (reply) => /^(?:\+PONG|-NOAUTH Authentication required\.)\r\n/.test(reply.toString('latin1')),
}

function configOf(dialect: Dialect, port: number, password: string | null): Map<string, string> {
  const config = new Map<string, string>()
  for (const line of CONFIG.trim().split('\n')) {
    const [, major, name = '', value = ''] = /^(?:([67]):)?(\S+) ?(.*)$/.exec(line) ?? []
    if (major === undefined || Number(major) === dialect.major) config.set(name, value)
  }
  config.set('port', String(port))
  config.set('requirepass', password ?? '')
  return config
}

export const createService: CreateService = (persona, options): Service => {
  const version = options.version ?? SHIPPED[persona.facts.distro] ?? OTHER
  const dialect = dialectOf(String(version))
  const password = typeof options.password === 'string' ? options.password : null
  const port = typeof options.port === 'number' ? options.port : REDIS_PORT
  const config = configOf(dialect, port, password)
  const server = new RedisServer({persona, dialect, table: commandTable(dialect.major), port, password, config})
  return {
    tcp: () => ({
      kind: 'protocol',
      patience: NEVER_IDLE,
      session: (connection) => new RedisSession(server, connection),
    }),
    selfTest: () => SELF_TEST,
  }
}
