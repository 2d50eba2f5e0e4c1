/** How a program's end reaches the client: end of data, how it ended, and the close, in sshd's order. */
import type {ServerChannel} from 'ssh2'

import {channelRequest} from '../transport/messages.ts'
import {byte, string, uint32} from '../wire.ts'

export type Ending =
  | {readonly status: number}
  /** A signal's name without `SIG`. */
  | {readonly signal: string}

interface ChannelState {
  readonly outgoing: {readonly id: number}
  readonly incoming: {readonly state: string}
}

/** @param send sends a payload on the connection of the channel. */
export function finish(channel: ServerChannel, ending: Ending, send: (payload: Buffer) => void): void {
  if (!channel.writable) return
  const {outgoing, incoming} = channel as unknown as ChannelState
  const report = (): void => {
    send(endMessage(outgoing.id, ending))
    // Says that nothing is read any more, which a client that has ended its own data knows.
    if (incoming.state === 'open') send(channelRequest(outgoing.id, 'eow@openssh.com'))
  }
  // With output that waits for window, the program's end comes first; else the end of the data does.
  if (channel.writableLength > 0 || channel.stderr.writableLength > 0) report()
  else {
    const close = channel.close.bind(channel)
    channel.close = () => {
      Object.assign(channel, {close})
      report()
      close()
    }
  }
  channel.end()
}

function endMessage(channel: number, ending: Ending): Buffer {
  if ('status' in ending) return channelRequest(channel, 'exit-status', uint32(ending.status))
  return channelRequest(channel, 'exit-signal', string(ending.signal), byte(0), string(''), string(''))
}
