/** Message numbers of RFC 4250 section 4.1.2, and the few messages that are built by hand. */
import {byte, string, uint32} from '../wire.ts'

export const MESSAGE = {
  disconnect: 1,
  unimplemented: 3,
  serviceRequest: 5,
  extInfo: 7,
  kexInit: 20,
  kexDhInit: 30,
  kexDhReply: 31,
  gexGroup: 31,
  gexInit: 32,
  gexReply: 33,
  gexRequest: 34,
  userauthRequest: 50,
  userauthFailure: 51,
  userauthBanner: 53,
  userauthPkOk: 60,
  userauthInfoRequest: 60,
  userauthInfoResponse: 61,
  globalRequest: 80,
} as const

/** SSH_DISCONNECT_PROTOCOL_ERROR: the one reason OpenSSH's `ssh_packet_disconnect` gives. */
const PROTOCOL_ERROR = 2

export function disconnectMessage(text: string): Buffer {
  return Buffer.concat([byte(MESSAGE.disconnect), uint32(PROTOCOL_ERROR), string(text), string('')])
}

export function unimplementedMessage(sequence: number): Buffer {
  return Buffer.concat([byte(MESSAGE.unimplemented), uint32(sequence)])
}

/** RFC 8308 section 2.3. */
export function extInfoMessage(extensions: readonly (readonly [string, string])[]): Buffer {
  const fields = extensions.flatMap(([name, value]) => [string(name), string(value)])
  return Buffer.concat([byte(MESSAGE.extInfo), uint32(extensions.length), ...fields])
}
