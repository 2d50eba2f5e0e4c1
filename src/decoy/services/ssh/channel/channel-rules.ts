/**
 * What sshd answers after the login where the library says nothing, hangs or closes: messages for channels that are not
 * open, channels nobody knows, a second program in a session. All texts are OpenSSH's.
 */
import {channelMessage, invalidType, MESSAGE} from '../transport/messages.ts'
import type {OpenChannel} from '../transport/ssh2-internals.ts'
import {string, uint32, WireReader} from '../wire.ts'

export type Ruling =
  /** The library deals with it. */
  | {readonly type: 'pass'}
  | {readonly type: 'ignore'}
  | {readonly type: 'unimplemented'}
  | {readonly type: 'send'; readonly payload: Buffer}
  | {readonly type: 'disconnect'; readonly text: string}
  /** A session ends in which nothing ever ran. */
  | {readonly type: 'forget'; readonly channel: number; readonly payload: Buffer}

const PASS: Ruling = {type: 'pass'}
const IGNORE: Ruling = {type: 'ignore'}
const SERVED: ReadonlySet<string> = new Set(['session', 'direct-tcpip', 'direct-streamlocal@openssh.com'])
const CONNECT_FAILED = 2
/** Requests that only a session takes in which nothing runs yet. */
const PREPARING: ReadonlySet<string> = new Set([
  'shell',
  'exec',
  'subsystem',
  'pty-req',
  'env',
  'x11-req',
  'auth-agent-req@openssh.com',
])
/** What a message for a channel is called when there is no such channel. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [MESSAGE.channelOpenConfirmation, 'open confirmation'],
  [MESSAGE.channelOpenFailure, 'open failure'],
  [MESSAGE.channelData, 'data'],
  [MESSAGE.channelExtendedData, 'extended data'],
  [MESSAGE.channelEof, 'ieof'],
  [MESSAGE.channelClose, 'oclose'],
])

export class ChannelRules {
  readonly #channel: (id: number) => OpenChannel | null
  #noMoreSessions = false

  constructor(channel: (id: number) => OpenChannel | null) {
    this.#channel = channel
  }

  /** Rules on one message after the login. Throws WireError. */
  judge(payload: Buffer): Ruling {
    const type = payload[0] ?? 0
    const invalid = invalidType(payload)
    if (invalid !== null) return {type: 'disconnect', text: invalid}
    if (type === MESSAGE.globalRequest) return this.#global(payload)
    if (type === MESSAGE.channelOpen) return this.#open(payload)
    if (type > MESSAGE.channelOpen && type <= MESSAGE.channelFailure) return this.#forChannel(type, payload)
    const transport = type < MESSAGE.userauthRequest && type !== MESSAGE.serviceRequest
    return transport ? PASS : {type: 'unimplemented'}
  }

  #global(payload: Buffer): Ruling {
    if (new WireReader(payload, 1).text() === 'no-more-sessions@openssh.com') this.#noMoreSessions = true
    return PASS
  }

  #open(payload: Buffer): Ruling {
    const reader = new WireReader(payload, 1)
    const type = reader.text()
    const sender = reader.uint32()
    reader.uint32()
    const limit = reader.uint32()
    if (type === 'session' && this.#noMoreSessions) {
      return {
        type: 'disconnect',
        text: 'Possible attack: attempt to open a session after additional sessions disabled',
      }
    }
    if (SERVED.has(type)) {
      // The library would cut its output into packets of nothing, for ever. The text of the type is before it.
      if (limit === 0) payload.writeUInt32BE(1, 1 + 4 + type.length + 4 + 4)
      return PASS
    }
    const failure = [uint32(CONNECT_FAILED), string('open failed'), string('')]
    return {type: 'send', payload: channelMessage(MESSAGE.channelOpenFailure, sender, ...failure)}
  }

  #forChannel(type: number, payload: Buffer): Ruling {
    const reader = new WireReader(payload, 1)
    const id = reader.uint32()
    const channel = this.#channel(id)
    if (channel === null) return unknownChannel(type, id)
    if (type === MESSAGE.channelRequest && channel.started && PREPARING.has(reader.text())) {
      return reader.boolean() ? {type: 'send', payload: channelMessage(MESSAGE.channelFailure, channel.remote)} : IGNORE
    }
    if (type === MESSAGE.channelClose && !channel.started) {
      return {type: 'forget', channel: id, payload: channelMessage(MESSAGE.channelClose, channel.remote)}
    }
    return PASS
  }
}

function unknownChannel(type: number, id: number): Ruling {
  if (type === MESSAGE.channelRequest) {
    return {type: 'disconnect', text: `server_input_channel_req: unknown channel ${id}`}
  }
  const name = NAMES.get(type)
  return name === undefined
    ? IGNORE
    : {type: 'disconnect', text: `${name} packet referred to nonexistent channel ${id}`}
}

/** The window that sshd opens once a program runs; before that a session has none. */
export const PROGRAM_WINDOW = 2 * 1024 * 1024

export function windowMessage(remote: number): Buffer {
  return channelMessage(MESSAGE.channelWindowAdjust, remote, uint32(PROGRAM_WINDOW))
}
