/** Connectionless LDAP (MS-ADTS §3.1.1.3.1.12): searches of the rootDSE in datagrams. */
import {CodecError} from '../../codecs/codec-error.ts'
import type {Connection, UdpHandler} from '../../service.ts'
import {malformedEvent, requestEvent} from './evidence.ts'
import type {LdapHost} from './host.ts'
import {Searches} from './search.ts'
import {parseRequest} from './wire/operations.ts'

/** MaxDatagramRecv. */
const LARGEST = 4096

export function cldapHandler(host: LdapHost): UdpHandler {
  return {datagram: (bytes, connection) => answer(host, bytes, connection)}
}

/**
 * Replies are many times larger than the question, hence the listener keeps them back from whoever has not shown that
 * its address is its own. What was asked is recorded all the same.
 */
function answer(host: LdapHost, bytes: Buffer, connection: Connection): ReturnType<UdpHandler['datagram']> {
  try {
    if (bytes.length > LARGEST) throw new CodecError(`a datagram of ${bytes.length} octets`)
    const request = parseRequest(bytes)
    if (request.operation.type !== 'search') {
      return {replies: [], events: [requestEvent(request.operation.type, {transport: 'udp'})]}
    }
    const {replies, event} = new Searches(host, connection, false).run(request, request.operation, false)
    return {replies: [Buffer.concat(replies)], events: [{...event, data: {...event.data, transport: 'udp'}}]}
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    return {replies: [], events: [malformedEvent(error.message, bytes, connection.limits)]}
  }
}
