import type {Patience} from '../../deadlines.ts'
import type {OptionValue} from '../../definition.ts'
import {dovecotOf, dovecotTls} from '../../mailbox/dovecot.ts'
import {mailStore} from '../../mailbox/mail-store.ts'
import type {CreateService, Service} from '../../service.ts'
import {POP3S_PORT} from './definition.ts'
import {Pop3Session} from './session.ts'
import type {Pop3Server} from './state.ts'

/** Dovecot's, before the login and after it (RFC 1939 §3). */
const PATIENCE: Patience = {loginMs: 3 * 60_000, idleMs: 10 * 60_000}

export const createService: CreateService = (persona, options): Service => {
  const dovecot = dovecotOf(persona, null, text(options.banner))
  const tls = options.tls === false ? null : dovecotTls(persona, dovecot)
  const server: Pop3Server = {
    dovecot,
    tls,
    plaintext: options.plaintext !== false,
    mechanisms: options.mechanisms === 'plain' ? ['PLAIN'] : ['PLAIN', 'LOGIN'],
    store: mailStore(persona, options),
  }
  const securePort = tls === null ? null : (options.tls_port ?? POP3S_PORT)
  const greeting = `+OK ${dovecot.greeting}\r\n`
  return {
    tcp: (port) => {
      const secure = port === securePort
      return {
        kind: 'protocol',
        patience: PATIENCE,
        ...(secure && tls !== null ? {tls} : {}),
        session: (connection) => new Pop3Session(server, connection, secure),
      }
    },
    selfTest: () => ({send: Buffer.alloc(0), accepts: (reply) => reply.toString('latin1') === greeting}),
  }
}

const text = (value: OptionValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null
