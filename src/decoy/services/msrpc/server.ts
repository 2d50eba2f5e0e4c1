import {encodePdu, PDU} from '../../codecs/dcerpc/pdu.ts'
import {encodeUuid} from '../../codecs/dcerpc/uuid.ts'
import {LittleEndianWriter} from '../../codecs/little-endian.ts'
import {HoneyUsers} from '../../honey-users.ts'
import {type NtlmIdentity, ntlmIdentity} from '../../persona/ntlm-identity.ts'
import type {Persona} from '../../persona.ts'
import type {CreateService, Service} from '../../service.ts'
import {RPC_HTTP_PORT} from './definition.ts'
import {RpcSession} from './session.ts'

/** What all connections to one endpoint mapper share. */
export interface RpcHost {
  readonly persona: Persona
  readonly identity: NtlmIdentity
  readonly users: HoneyUsers
}

const HTTP_GREETING = Buffer.from('ncacn_http/1.0', 'latin1')
/** A bind to the endpoint mapper. */
const BIND = encodePdu(
  PDU.BIND,
  1,
  new LittleEndianWriter()
    .u16(5840, 5840)
    .u32(0, 1)
    .u16(0, 1)
    .bytes(encodeUuid('e1af8308-5d1f-11c9-91a4-08002b14a0fa'))
    .u32(3)
    .bytes(encodeUuid('8a885d04-1ceb-11c9-9fe8-08002b104860'))
    .u32(2)
    .done(),
)
const ACKNOWLEDGED = Buffer.from([5, 0, PDU.BIND_ACK])

export const createService: CreateService = (persona, options): Service => {
  const host: RpcHost = {persona, identity: ntlmIdentity(persona), users: new HoneyUsers(options.users)}
  const httpPort = typeof options.http_port === 'number' ? options.http_port : RPC_HTTP_PORT
  const greeting = (port: number): Buffer | null => (port === httpPort ? HTTP_GREETING : null)
  return {
    tcp: (port) => ({kind: 'protocol', session: (connection) => new RpcSession(host, connection, greeting(port))}),
    selfTest: (port) => {
      const first = Buffer.concat([greeting(port) ?? Buffer.alloc(0), ACKNOWLEDGED])
      return {send: BIND, accepts: (reply) => reply.subarray(0, first.length).equals(first)}
    },
  }
}
