/** Kerberos over UDP: one message a datagram (RFC 4120 §7.2.1). */
import {CodecError} from '../../codecs/codec-error.ts'
import {ERROR_CODE} from '../../codecs/kerberos/constants.ts'
import {parseKdcRequest} from '../../codecs/kerberos/kdc-request.ts'
import type {Connection, UdpHandler} from '../../service.ts'
import {malformedEvent} from './evidence.ts'
import {errorReply} from './replies.ts'
import type {AnswerTo} from './session.ts'

/** `tooBig`: what is said in place of a reply that is larger than the request; null: nothing. */
export function datagramHandler(
  answer: AnswerTo,
  tooBig: ((request: Buffer, connection: Connection) => Buffer) | null,
): UdpHandler {
  return {
    datagram(bytes, connection) {
      try {
        const {reply, events} = answer(bytes, connection)
        const said = reply.length <= bytes.length ? reply : tooBig?.(bytes, connection)
        return {replies: said === undefined || said.length > bytes.length ? [] : [said], events}
      } catch (error) {
        if (!(error instanceof CodecError)) throw error
        return {replies: [], events: [malformedEvent(error.message, bytes, connection.limits)]}
      }
    },
  }
}

/** A client that is told so asks again over TCP, where nobody can ask in another's name. */
export function responseTooBig(request: Buffer, connection: Connection): Buffer {
  return errorReply(ERROR_CODE.RESPONSE_TOO_BIG, parseKdcRequest(request), connection)
}
