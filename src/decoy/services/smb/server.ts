import {encodeName} from '../../codecs/netbios-name.ts'
import {NEVER_IDLE, type Patience} from '../../deadlines.ts'
import type {CreateService, SelfTest, Service} from '../../service.ts'
import {NETBIOS_SESSION_PORT} from './definition.ts'
import {smbHost} from './host.ts'
import {SmbSession} from './smb-session.ts'
import {encodeFrame, FRAME} from './wire/framing.ts'

const NEGOTIATE = Buffer.from(
  'fe534d4240000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000024000100010000000000000000000000000000000000000000000000000000000000000002020000',
  'hex',
)

const DIRECT: SelfTest = {
  send: encodeFrame(NEGOTIATE),
  accepts: (reply) => reply.toString('latin1', 4, 8) === '\xfeSMB' && reply.readUInt32LE(12) === 0,
}

const SESSION: SelfTest = {
  send: encodeFrame(
    Buffer.concat([encodeName({name: '*SMBSERVER', kind: 0x20}), encodeName({name: 'LOCALHOST', kind: 0})]),
    FRAME.SESSION_REQUEST,
  ),
  accepts: (reply) => reply[0] === FRAME.POSITIVE_RESPONSE,
}

/** `autodisconnect` of the server service, 15 minutes. */
const WINDOWS: Patience = {idleMs: 15 * 60_000}

export const createService: CreateService = (persona, options): Service => {
  const host = smbHost(persona, options)
  return {
    tcp: (port) => ({
      kind: 'protocol',
      patience: host.product === 'samba' ? NEVER_IDLE : WINDOWS,
      session: (connection) => new SmbSession(host, connection, port === NETBIOS_SESSION_PORT),
    }),
    selfTest: (port) => (port === NETBIOS_SESSION_PORT ? SESSION : DIRECT),
  }
}
