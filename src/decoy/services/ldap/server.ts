import type {CreateService, Service} from '../../service.ts'
import {cldapHandler} from './cldap.ts'
import {GLOBAL_CATALOG_PORT, LDAPS_PORT, SECURE_GLOBAL_CATALOG_PORT} from './definition.ts'
import {ldapHost} from './host.ts'
import {isSelfTestReply, SELF_TEST_REQUEST} from './self-test.ts'
import {LdapSession} from './session.ts'

export const createService: CreateService = (persona, options): Service => {
  const host = ldapHost(persona, options)
  return {
    tcp: (port) => {
      const secure = port === LDAPS_PORT || port === SECURE_GLOBAL_CATALOG_PORT
      const catalog = port === GLOBAL_CATALOG_PORT || port === SECURE_GLOBAL_CATALOG_PORT
      return {
        kind: 'protocol',
        ...(secure ? {tls: host.tls} : {}),
        session: (connection) => new LdapSession(host, connection, {secure, catalog}),
      }
    },
    udp: () => cldapHandler(host),
    selfTest: () => ({send: SELF_TEST_REQUEST, accepts: isSelfTestReply}),
  }
}
