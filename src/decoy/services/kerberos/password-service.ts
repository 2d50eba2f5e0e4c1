/** The password service of port 464 (RFC 3244), whose tickets nobody has. */
import {ERROR_CODE} from '../../codecs/kerberos/constants.ts'
import {buildPasswordError, parsePasswordRequest, RESULT, VERSION} from '../../codecs/kerberos/password-change.ts'
import {principalText} from '../../codecs/kerberos/types.ts'
import {printable} from '../../sample.ts'
import type {Connection} from '../../service.ts'
import type {Answer} from './kdc.ts'
import type {Realm} from './realm.ts'

const NAME = 256

/** Throws CodecError for what is no request. */
export function answerPasswordRequest(realm: Realm, bytes: Buffer, {now}: Connection): Answer {
  const {version, apRequest} = parsePasswordRequest(bytes)
  const server = {type: 2, parts: ['kadmin', 'changepw']}
  const reply = buildPasswordError(RESULT.AUTH_ERROR, '', {now: now(), realm: realm.name, server})
  const ticketFor = printable(Buffer.from(principalText(apRequest.ticket.server)).subarray(0, NAME))
  const data = {
    operation: version === VERSION.SET ? 'set-password' : 'change-password',
    realm: printable(Buffer.from(apRequest.ticket.realm).subarray(0, NAME)),
    server: ticketFor,
    etype: apRequest.ticket.encrypted.etype,
    error: ERROR_CODE.GENERIC,
  }
  return {reply, events: [{event: 'request', data}]}
}
