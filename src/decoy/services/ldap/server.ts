import {NEVER_IDLE, type Patience} from '../../deadlines.ts'
import type {CreateService, Service} from '../../service.ts'
import {cldapHandler} from './cldap.ts'
import {GLOBAL_CATALOG_PORT, LDAPS_PORT, SECURE_GLOBAL_CATALOG_PORT} from './definition.ts'
import {ldapHost} from './host.ts'
import {isSelfTestReply, SELF_TEST_REQUEST} from './self-test.ts'
import {LdapSession} from './session.ts'

/** InitRecvTimeout and MaxConnIdleTime of the default query policy (MS-ADTS §3.1.1.3.4.6). */
const ACTIVE_DIRECTORY: Patience = {loginMs: 120_000, idleMs: 900_000}

export const createService: CreateService = (persona, options): Service => {
  const host = ldapHost(persona, options)
  return {
    tcp: (port) => {
      // Whoever is no controller may have LDAP itself there.
      const secureCatalog = options.controller === true && port === SECURE_GLOBAL_CATALOG_PORT
      const secure = port === LDAPS_PORT || secureCatalog
      const catalog = (options.controller === true && port === GLOBAL_CATALOG_PORT) || secureCatalog
      return {
        kind: 'protocol',
        patience: host.dialect.name === 'openldap' ? NEVER_IDLE : ACTIVE_DIRECTORY,
        ...(secure ? {tls: host.tls} : {}),
        session: (connection) => new LdapSession(host, connection, {secure, catalog}),
      }
    },
    udp: () => cldapHandler(host),
    selfTest: () => ({send: SELF_TEST_REQUEST, accepts: isSelfTestReply}),
  }
}
