import type {Patience} from '../../deadlines.ts'
import type {OptionValue} from '../../definition.ts'
import {dovecotOf, dovecotTls} from '../../mailbox/dovecot.ts'
import {mailStore} from '../../mailbox/mail-store.ts'
import type {CreateService, Service} from '../../service.ts'
import {IMAPS_PORT} from './definition.ts'
import {ImapSession} from './session.ts'
import type {ImapServer} from './state.ts'

/** Dovecot's, before the login and after it (RFC 3501 §5.4). */
const PATIENCE: Patience = {loginMs: 3 * 60_000, idleMs: 30 * 60_000}

export const createService: CreateService = (persona, options): Service => {
  const dovecot = dovecotOf(persona, text(options.version), text(options.banner))
  const tls = options.tls === false ? null : dovecotTls(persona, dovecot)
  const server: ImapServer = {
    persona,
    dovecot,
    tls,
    plaintext: options.plaintext !== false,
    mechanisms: options.mechanisms === 'plain' ? ['PLAIN'] : ['PLAIN', 'LOGIN'],
    store: mailStore(persona, options),
  }
  const securePort = tls === null ? null : (options.tls_port ?? IMAPS_PORT)
  const end = `] ${dovecot.greeting}\r\n`
  return {
    tcp: (port) => {
      const secure = port === securePort
      return {
        kind: 'protocol',
        patience: PATIENCE,
        ...(secure && tls !== null ? {tls} : {}),
        session: (connection) => new ImapSession(server, connection, secure),
      }
    },
    selfTest: () => ({
      send: Buffer.alloc(0),
      accepts: (reply) =>
        reply.toString('latin1').startsWith('* OK [CAPABILITY ') && reply.toString('latin1').endsWith(end),
    }),
  }
}

const text = (value: OptionValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null
