/**
 * The parts of `ssh2` 1.17 that its public interface hides and that decide whether a scanner takes it for OpenSSH:
 * the proposal on the wire, the key exchange, packets it cannot send. Everything that depends on the library's
 * private fields is typed here, so that an upgrade has one place to look at.
 */
import type {DiffieHellmanGroup} from 'node:crypto'
import type {Duplex} from 'node:stream'

import type {Connection as Ssh2Client, Session as Ssh2Session} from 'ssh2'

export interface AlgorithmList {
  /** What the library negotiates with. */
  array: readonly string[]
  buffer: Buffer
}

export interface Offer {
  readonly lists: {
    readonly kex: AlgorithmList
    readonly serverHostKey: AlgorithmList
    readonly cs: Readonly<Record<'cipher' | 'mac' | 'compress', AlgorithmList>>
    readonly sc: Readonly<Record<'cipher' | 'mac' | 'compress', AlgorithmList>>
  }
}

export interface ProposalLists {
  readonly kex: readonly string[]
  readonly serverHostKey: readonly string[]
  readonly cs: DirectionLists
  readonly sc: DirectionLists
}

interface DirectionLists {
  readonly cipher: readonly string[]
  readonly mac: readonly string[]
  readonly compress: readonly string[]
  readonly lang: readonly string[]
}

export type PayloadHandler = (payload: Buffer) => unknown

export interface KeyExchange {
  type: string
  hashName: string
  remoteExtInfoEnabled: boolean
  readonly negotiated: {kex: string; readonly cs: {readonly compress: string}; readonly sc: {readonly compress: string}}
  sessionID: Buffer | undefined
  _remoteKexinit: Buffer
  _step: number
  /** Our half is done: the reply and NEWKEYS went out. */
  readonly _finished: boolean
  readonly _receivedNEWKEYS: boolean
  _dh: DiffieHellmanGroup | null
  _public: Buffer | null
  _minBits: number
  _prefBits: number
  _maxBits: number
  parse(payload: Buffer): unknown
  getPublicKey(): Buffer
  convertPublicKey(key: Buffer): Buffer
  computeSecret(peer: Buffer): Buffer | Error
  generateKeys(): void
}

interface PacketWriter {
  readonly allocStart: number
  readonly allocStartKEX: number
  alloc(size: number, force?: boolean): Buffer
  finalize(packet: Buffer, force?: boolean): Buffer
}

export interface Ssh2Protocol {
  _offer: Offer
  _kex: KeyExchange | undefined
  _kexinit: Buffer | undefined
  _queue: Buffer[] | undefined
  _remoteIdentRaw: Buffer
  _onPayload: PayloadHandler
  _destruct: unknown
  /** The client keeps to strict key exchange. */
  _strictMode: boolean | undefined
  /** The next packet is a wrong guess of the client's. */
  _skipNextInboundPacket: boolean
  readonly _decipher: {_onPayload: PayloadHandler; readonly inSeqno: number}
  readonly _cipher: {encrypt: (packet: Buffer) => void; allocPacket: (payloadSize: number) => Buffer}
  readonly _packetRW: {readonly write: PacketWriter; readonly read: {read: (packet: Buffer) => Buffer}}
  readonly _authsQueue: string[]
  disconnect(reason: number): void
  channelOpenConfirm(remote: number, local: number, window: number, packetSize: number): void
  channelOpenFail(channel: number, reason: number, description?: string): void
  authSuccess(): void
  rekey(): void
}

/** The library's `Connection` with what its type declarations leave out. */
export function protocolOf(client: Ssh2Client): Ssh2Protocol {
  return (client as unknown as {readonly _protocol: Ssh2Protocol})._protocol
}

/** Sends a message of our own making; queued while keys are being exchanged, as the library does with its own. */
export function sendPayload(protocol: Ssh2Protocol, payload: Buffer): void {
  if (protocol._destruct === undefined) return
  const {write} = protocol._packetRW
  const packet = write.alloc(payload.length)
  packet.set(payload, write.allocStart)
  const ready = write.finalize(packet)
  if (protocol._kexinit === undefined) protocol._cipher.encrypt(ready)
  else {
    protocol._queue ??= []
    protocol._queue.push(ready)
  }
}

/** Sends a message that may appear in the middle of a key exchange. */
export function sendDuringExchange(protocol: Ssh2Protocol, payload: Buffer): void {
  if (protocol._destruct === undefined) return
  const {write} = protocol._packetRW
  const packet = write.alloc(payload.length, true)
  packet.set(payload, write.allocStartKEX)
  protocol._cipher.encrypt(write.finalize(packet, true))
}

/** The stream that was given to `injectSocket`. */
export function socketOf(client: Ssh2Client): Duplex {
  return (client as unknown as {readonly _sock: Duplex})._sock
}

/** What the rules of the connection protocol need to know of a channel. */
export interface OpenChannel {
  /** Its number at the client. */
  readonly remote: number
  /** A command, shell or subsystem was started in it. */
  readonly started: boolean
}

interface LibraryChannel {
  readonly _chanInfo?: {readonly outgoing: {readonly id: number}}
  readonly _channel?: unknown
  readonly outgoing?: {readonly id: number}
  emit(event: string): void
}

interface ChannelManager {
  readonly _channels: Record<number, LibraryChannel | true | undefined>
  _count: number
  add(channel?: LibraryChannel): number
  remove(id: number): void
}

function managerOf(client: Ssh2Client): ChannelManager {
  return (client as unknown as {readonly _chanMgr: ChannelManager})._chanMgr
}

/** OpenSSH gives a new channel the lowest free number; the library counts on. */
export function numberChannelsLikeOpenssh(client: Ssh2Client): void {
  const manager = managerOf(client)
  manager.add = (channel) => {
    let id = 0
    while (manager._channels[id] !== undefined) id++
    manager._channels[id] = channel ?? true
    manager._count++
    return id
  }
}

export function openChannel(client: Ssh2Client, id: number): OpenChannel | null {
  const channel = managerOf(client)._channels[id]
  if (channel === undefined || channel === true) return null
  const remote = channel._chanInfo?.outgoing.id ?? channel.outgoing?.id
  return remote === undefined
    ? null
    : {remote, started: channel._chanInfo === undefined || channel._channel !== undefined}
}

/** The library keeps a session that is closed before anything ran in it. */
export function forgetChannel(client: Ssh2Client, id: number): void {
  const manager = managerOf(client)
  const channel = manager._channels[id]
  manager.remove(id)
  if (channel !== true) channel?.emit('close')
}

/** The number of a session's channel at the client. */
export function remoteOf(session: Ssh2Session): number {
  return (session as unknown as LibraryChannel)._chanInfo?.outgoing.id ?? 0
}
