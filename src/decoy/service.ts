/**
 * The contract between a service and the runtime.
 *
 * A protocol is sans-IO: it is given bytes and returns actions; sockets, timers, randomness, limits and evidence
 * belong to the runtime (`session.ts`). That is what lets a test split the input at every byte and compare actions.
 */
import type {Duplex} from 'node:stream'

import type {ServiceEvent} from '../events/event.ts'
import type {Patience} from './deadlines.ts'
import type {OptionValues} from './definition.ts'
import type {Limits} from './limits.ts'
import type {Persona} from './persona.ts'
import type {TlsFraming, TlsInfo, TlsProfile} from './tls/profile.ts'

export type Action =
  /** Send these bytes. */
  | {readonly type: 'write'; readonly data: Buffer}
  /** Record this. */
  | {readonly type: 'event'; readonly event: ServiceEvent}
  /** Wait before the actions that follow, and before further input is fed (the real daemon's delay). */
  | {readonly type: 'delay'; readonly ms: number}
  /**
   * Go on in TLS: what was queued is sent in clear, then a handshake begins on the same stream. What follows in the
   * list waits for the handshake and is then sent encrypted. `received` are bytes of the client's that came with its
   * request and belong to the handshake already.
   */
  | {
      readonly type: 'upgrade'
      readonly tls: TlsProfile
      readonly framing?: TlsFraming
      readonly received?: Buffer
    }
  /**
   * Leave TLS without a word: both sides go on in clear (MS-TDS: encryption of the login only). What was written
   * before must have been sent, hence nothing may be written in the same list before it.
   */
  | {readonly type: 'downgrade'}
  /**
   * Open a further port for one connection of the same peer, such as FTP's for data. What follows in the list waits
   * until it is bound. A session has at most one: the one before, and its connection, are closed.
   */
  | {readonly type: 'listen'; readonly channel: SideChannel}
  /** Close that port and its connection. */
  | {readonly type: 'unlisten'}
  /** Send what is queued, then close; nothing after it is performed. */
  | {readonly type: 'close'}
  /** Drop the connection at once, with a reset. */
  | {readonly type: 'reset'}

export const write = (data: Buffer | string): Action => ({
  type: 'write',
  data: typeof data === 'string' ? Buffer.from(data, 'latin1') : data,
})
export const report = (event: ServiceEvent): Action => ({type: 'event', event})
export const delay = (ms: number): Action => ({type: 'delay', ms})
export const upgrade = (tls: TlsProfile, options: {framing?: TlsFraming; received?: Buffer} = {}): Action => ({
  type: 'upgrade',
  tls,
  ...options,
})
export const listen = (channel: SideChannel): Action => ({type: 'listen', channel})
export const UNLISTEN: Action = {type: 'unlisten'}
export const DOWNGRADE: Action = {type: 'downgrade'}
export const CLOSE: Action = {type: 'close'}
export const RESET: Action = {type: 'reset'}

/** Performs actions that another connection of the same session brings about, after those that are in hand. */
export interface Link {
  perform(actions: readonly Action[]): void
}

/** A further port of a session, and the one connection to it. The runtime calls; each call comes at most once. */
export interface SideChannel {
  /** The port it listens on, on the session's own local address; null: there is none to be had. Performed at once. */
  listening(port: number | null): Action[]
  /**
   * The peer connected: what speaks with it. Both links are good for as long as their connections are. Evidence is
   * recorded as the session's.
   */
  connected(connection: Connection, links: {readonly session: Link; readonly side: Link}): ProtocolSession
  /**
   * The connection is closed, or nobody came in a minute. Performed on the session; where that is over, or closed the
   * port itself, no more than recorded: only events count.
   */
  closed(): Action[]
}

/** What a service may know of one connection. */
export interface Connection {
  /** The peer, as text; a service prints it where the real daemon would. */
  readonly peer: {readonly ip: string; readonly port: number}
  readonly local: {readonly ip: string; readonly port: number}
  readonly limits: Limits
  /** Milliseconds since the epoch; injected, so that tests hold it still. */
  readonly now: () => number
  /** The runtime's own self-test, of which nothing is recorded: costly preparation may be left out. */
  readonly rehearsal?: boolean
  /** Random bytes for challenges, salts and nonces; injected, so that tests seed it. */
  readonly random: (size: number) => Buffer
  /**
   * Of a datagram: its source is not forged (it completed a TCP handshake a moment ago, or is on the decky's own link), so
   * that it may get more than it sent. Everybody else gets the protocol's own answer for "too long".
   */
  readonly proven?: boolean
}

/** How a session speaks without being asked. Nothing comes of it once the session is over. */
export interface Initiative {
  /** Performs what `make` returns, as soon as what is in hand has been performed. */
  perform(make: () => readonly Action[]): void
  /** The same after that many milliseconds. There is one such clock: of two calls the later counts. */
  performAfter(ms: number, make: () => readonly Action[]): void
}

/** One connection of a sans-IO protocol. */
export interface ProtocolSession {
  /**
   * Called once, before `open`: for protocols in which the server speaks whenever it has something to say. What waits
   * to be said is kept by the session, which bounds it: a peer may read slowly.
   */
  begin?(initiative: Initiative): void
  /**
   * Called once when the connection opens: for protocols in which the server speaks first. On a port with TLS from the
   * first byte that is after the handshake, and after `secured`.
   */
  open(): Action[]
  feed(bytes: Buffer): Action[]
  /** The peer sent FIN. Most protocols answer with `[CLOSE]`. */
  end(): Action[]
  /**
   * True while the peer's FIN ends no more than its own side: what `end` returns is performed, and the session goes on
   * until it closes. Every other is closed after `end`.
   */
  readonly outlivesInput?: boolean
  /** The connection is gone, however that came about. Called once, last of all. */
  closed?(): void
  /** A limit of time ran out (`idle`, or `login` while `authenticated` is false): what the real daemon says then. */
  timeout?(reason: 'idle' | 'login' | 'absolute'): Action[]
  /** A TLS handshake is done: from now on `feed` gets decrypted bytes, and what is written is encrypted. */
  secured?(info: TlsInfo): Action[]
  /**
   * The peer of a TLS port opened with plain HTTP instead: what the product answers in clear. The connection is closed
   * after it. Where it is absent, nothing is answered.
   */
  insecure?(opening: Buffer): Action[]
  /**
   * True once the login deadline no longer applies. Where it is absent, a successful credential or the first
   * `command`, `query`, `request`, `mail`, `file.read` or `file.write` event lifts it.
   */
  readonly authenticated?: boolean
}

/** How a service hands things to the runtime when it owns the byte stream itself (a library such as `ssh2` does). */
export interface StreamSession {
  report(event: ServiceEvent): void
  /** Stretches the pre-authentication deadline to the session's; call it once a login succeeded. */
  authenticated(): void
  /** Aborted when the runtime ends the session (limit, shutdown). */
  readonly signal: AbortSignal
}

/** What one TCP port of a service does with a connection. */
export type TcpHandler =
  | {
      readonly kind: 'protocol'
      /** Where the real daemon's is known. */
      readonly patience?: Patience
      /** TLS from the first byte. */
      readonly tls?: TlsProfile
      session(connection: Connection): ProtocolSession
    }
  | {
      readonly kind: 'stream'
      readonly patience?: Patience
      serve(stream: Duplex, connection: Connection, session: StreamSession): void
    }

/**
 * What one UDP port does with a datagram. Replies that together are larger than the datagram are dropped, all of them,
 * unless the source is proven: a service answers a small request of any other with a truncated reply, as its protocol has
 * it. `connection.proven` tells which it is.
 */
export interface UdpHandler {
  /** A group of the link that is joined, where the system lets it be: what is sent to it comes here too. */
  readonly group?: LinkGroup
  datagram(
    bytes: Buffer,
    connection: Connection,
  ): {
    readonly replies: readonly Buffer[]
    readonly events: readonly ServiceEvent[]
    /** The datagram echoes something that only an earlier reply could have told: its source is not forged. */
    readonly proven?: boolean
    /** Said to the group on its port, not to the sender, who may well be forged: mDNS answers like that. */
    readonly toGroup?: readonly Buffer[]
    /** What goes on from a port of its own; its opening is sent from there, under the same rule as replies. */
    readonly transfer?: UdpTransfer
  }
}

/**
 * An exchange of datagrams with one peer from a port of its own, as TFTP's are (RFC 1350 §4). Only what comes from the
 * peer's address and port is heard; it knows that port from the opening, hence its first datagram there proves it. What
 * was sent last is sent again while a proven peer stays silent.
 */
export interface UdpTransfer {
  readonly opening: readonly Buffer[]
  datagram(bytes: Buffer): {
    readonly replies: readonly Buffer[]
    readonly events: readonly ServiceEvent[]
    /** The port is closed after these replies. */
    readonly over?: boolean
  }
  /** All is said with the opening: the port is closed after it. */
  readonly over?: true
  /** The peer fell silent, or the decky stops: what is left to be recorded. */
  abandoned(): readonly ServiceEvent[]
}

/** A multicast group that no router passes on (224.0.0.0/24, RFC 5771 §4). */
export interface LinkGroup {
  readonly address: string
  readonly port: number
  /** What the product sets, although none of it gets any further. */
  readonly ttl: number
}

/** One datagram that a service sends without being asked. */
export interface Beacon {
  readonly bytes: Buffer
  /** A group, or a port of all machines in the decky's own subnet: a service never turns to a single machine. */
  readonly to: LinkGroup | {readonly broadcast: number}
  /**
   * A UDP port of the service, from which it is sent; or the name of a conversation, which has a port of its own from its
   * first datagram until some seconds after its last.
   */
  readonly from: number | string
}

/** What a service says over UDP by itself. It begins once its ports were opened, and never in a rehearsal. */
export interface Beacons {
  /** What is to be said now, and after how many milliseconds to ask again. */
  next(now: number): {readonly beacons: readonly Beacon[]; readonly waitMs: number}
  /** What came to the port of a conversation. Nothing is ever said to that. */
  heard(bytes: Buffer, connection: Connection): readonly ServiceEvent[]
}

/**
 * The first bytes of a client and the check of the reply: proof that a service answers, not only listens. A port with
 * TLS is asked inside of it, as if the handshake were done: a handshake would need the keys, which are made for the
 * first client, not at the start.
 */
export interface SelfTest {
  /** Sent at once; empty where the server speaks first. */
  readonly send: Buffer
  /** True once the bytes received so far are the beginning of a right answer. */
  accepts(reply: Buffer): boolean
}

/** A service as one decky plays it. */
export interface Service {
  /** By port number as the manifest lists it. */
  tcp?(port: number): TcpHandler
  udp?(port: number): UdpHandler
  /** Called once. */
  beacons?(): Beacons
  /** `protocol` matters where one port number is of both. */
  selfTest(port: number, protocol?: 'tcp' | 'udp'): SelfTest
}

/** `services/NAME/server.ts` exports one. Called once per decky at start; may be slow (key generation). */
export type CreateService = (persona: Persona, options: OptionValues) => Service | Promise<Service>
