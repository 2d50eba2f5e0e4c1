import type {CreateService, Service} from '../../service.ts'
import {datagramHandler, responseTooBig} from './datagrams.ts'
import {PASSWORD_PORT} from './definition.ts'
import {Kdc} from './kdc.ts'
import {answerPasswordRequest} from './password-service.ts'
import {Realm} from './realm.ts'
import {passwordTest, realmTest} from './self-test.ts'
import {type AnswerTo, KerberosSession} from './session.ts'

export const createService: CreateService = (persona, options): Service => {
  const realm = new Realm(persona, options.users)
  const kdc = new Kdc(realm)
  const answerOf = (port: number): AnswerTo =>
    port === PASSWORD_PORT
      ? (message, connection) => answerPasswordRequest(realm, message, connection)
      : (message, connection) => kdc.answer(message, connection)
  return {
    tcp: (port) => ({kind: 'protocol', session: (connection) => new KerberosSession(answerOf(port), connection)}),
    udp: (port) => datagramHandler(answerOf(port), port === PASSWORD_PORT ? null : responseTooBig),
    selfTest: (port, protocol = 'tcp') => (port === PASSWORD_PORT ? passwordTest(protocol) : realmTest(protocol)),
  }
}
