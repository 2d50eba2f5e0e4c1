/** Message numbers of RFC 4250 section 4.1.2, and the few messages that are built by hand. */
import {byte, string, uint32} from '../wire.ts'

export const MESSAGE = {
  disconnect: 1,
  unimplemented: 3,
  serviceRequest: 5,
  extInfo: 7,
  serviceAccept: 6,
  kexInit: 20,
  newKeys: 21,
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
  channelOpen: 90,
  channelOpenConfirmation: 91,
  channelOpenFailure: 92,
  channelWindowAdjust: 93,
  channelData: 94,
  channelExtendedData: 95,
  channelEof: 96,
  channelClose: 97,
  channelRequest: 98,
  channelFailure: 100,
  /** The first number that OpenSSH 9.2 refuses to read. */
  local: 192,
} as const

/** SSH_DISCONNECT_PROTOCOL_ERROR: the one reason OpenSSH's `ssh_packet_disconnect` gives. */
const PROTOCOL_ERROR = 2

export function disconnectMessage(text: string): Buffer {
  return Buffer.concat([byte(MESSAGE.disconnect), uint32(PROTOCOL_ERROR), string(text), string('')])
}

export function unimplementedMessage(sequence: number): Buffer {
  return Buffer.concat([byte(MESSAGE.unimplemented), uint32(sequence)])
}

export function serviceAcceptMessage(service: string): Buffer {
  return Buffer.concat([byte(MESSAGE.serviceAccept), string(service)])
}

/** What sshd says to a message number that cannot be; null for one that can. */
export function invalidType(payload: Buffer): string | null {
  const type = payload[0] ?? 0
  return type === 0 || type >= MESSAGE.local ? `Invalid ssh2 packet type: ${type}` : null
}

export function channelMessage(type: number, channel: number, ...rest: readonly Buffer[]): Buffer {
  return Buffer.concat([byte(type), uint32(channel), ...rest])
}

/** A request of the server's, which wants no answer. */
export function channelRequest(channel: number, name: string, ...rest: readonly Buffer[]): Buffer {
  return channelMessage(MESSAGE.channelRequest, channel, string(name), byte(0), ...rest)
}

/** RFC 8308 section 2.3. */
export function extInfoMessage(extensions: readonly (readonly [string, string])[]): Buffer {
  const fields = extensions.flatMap(([name, value]) => [string(name), string(value)])
  return Buffer.concat([byte(MESSAGE.extInfo), uint32(extensions.length), ...fields])
}
