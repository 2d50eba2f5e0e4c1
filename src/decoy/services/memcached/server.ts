import {NEVER_IDLE} from '../../deadlines.ts'
import type {CreateService, SelfTest, Service} from '../../service.ts'
import {Cache} from './cache.ts'
import {MEMCACHED_PORT} from './definition.ts'
import {MemcachedSession} from './memcached-session.ts'
import {VERSION} from './stats.ts'

const SELF_TEST: SelfTest = {
  send: Buffer.from('version\r\n'),
  accepts: (reply) => reply.toString('latin1') === `VERSION ${VERSION}\r\n`,
}

export const createService: CreateService = (persona, options): Service => {
  const cache = new Cache({
    persona,
    port: typeof options.port === 'number' ? options.port : MEMCACHED_PORT,
    megabytes: typeof options.memory === 'number' ? options.memory : 64,
    items: options.items !== false,
  })
  return {
    tcp: () => ({
      kind: 'protocol',
      patience: NEVER_IDLE,
      session: (connection) => new MemcachedSession(cache, connection),
    }),
    selfTest: () => SELF_TEST,
  }
}
