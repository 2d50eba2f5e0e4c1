/**
 * Makes one connection of the library speak as the claimed release, above all of OpenSSH: its proposal, its key exchanges, its
 * extension message, and its silence where the library would talk. Compared with OpenSSH 9.2p1, message by message; what
 * remains different:
 *
 * - The extension message follows the client's NEWKEYS, not ours: the library encrypts only from then on.
 * - `umac-*` is announced and cannot be computed (see the releases), and groups are not those of `/etc/ssh/moduli`.
 * - sshd leaves Nagle's algorithm on until a session has a terminal, which holds some early answers for 40 ms.
 * - The library opens its window again at a half of it; sshd does so in smaller steps.
 */
import {hassh, readProposal} from '../hassh.ts'
import type {Release} from '../releases.ts'
import {serveGroupExchange} from './group-exchange.ts'
import {HYBRID_NAMES, HYBRID_STAND_IN, makeHybrid} from './hybrid-exchange.ts'
import {disconnectMessage, extInfoMessage, invalidType, MESSAGE, unimplementedMessage} from './messages.ts'
import {
  type AlgorithmList,
  type KeyExchange,
  type Offer,
  type PayloadHandler,
  type ProposalLists,
  type Ssh2Protocol,
  sendDuringExchange,
  sendPayload,
} from './ssh2-internals.ts'

/** The library keeps to strict key exchange once a client knows it, whatever the server announced. */
const STRICT_CLIENT = 'kex-strict-c-v00@openssh.com'
const STRICT_SERVER = 'kex-strict-s-v00@openssh.com'
const COMPRESSION: readonly string[] = ['none', 'zlib@openssh.com']
/** Packet length and padding length come before the payload. */
const PAYLOAD_START = 5
/** Reason code of RFC 4254 section 5.1: the only one that OpenSSH's server gives, bar forbidden forwards. */
const CONNECT_FAILED = 2
/** Smallest padding (RFC 4253 section 6). */
const MIN_PADDING = 4
/** Key exchanges of one connection: each costs us more than the client. A client exchanges again after a gigabyte. */
const MAX_EXCHANGES = 100

export interface TransportHooks {
  /** The client's first KEXINIT was read. */
  proposed(hassh: string, kex: string): void
  /** True: the message was dealt with and the library must not see it. Called once keys are in use. */
  message(payload: Buffer): boolean
  /** The client broke the rules of the transport: the connection ends, with a text where sshd sends one. */
  refused(reason: string, text: string | null): void
  readonly random: (size: number) => Buffer
}

export class OpensshTransport {
  readonly #protocol: Ssh2Protocol
  readonly #release: Release
  readonly #hooks: TransportHooks
  readonly #line: () => Buffer
  #exchange: KeyExchange | undefined
  /** The client's own KEXINIT, where the library was shown another. */
  #original: {readonly init: Buffer; readonly hybrid: string | null} | null = null
  #proposals = 0
  #refused = false
  #refusal = 'open failed'
  #wantsExtInfo = false
  #sentExtInfo = false

  /** @param line the client's identification without CR LF, once its first message is there. */
  constructor(protocol: Ssh2Protocol, release: Release, line: () => Buffer, hooks: TransportHooks) {
    this.#protocol = protocol
    this.#release = release
    this.#hooks = hooks
    this.#line = line
    protocol._offer = announce(protocol._offer, release)
    if (release.terse !== true) padWithZeros(protocol)
    this.#watchExchanges()
    this.#watchPayloads()
    this.#silence()
  }

  /** Call on every `handshake` of the library. */
  handshake(): void {
    const {signatures, extensions} = this.#release
    if (!this.#wantsExtInfo || this.#sentExtInfo || signatures === null) return
    this.#sentExtInfo = true
    sendPayload(this.#protocol, extInfoMessage([['server-sig-algs', signatures], ...extensions]))
  }

  /** OpenSSH's `ssh_packet_disconnect`; the caller closes the stream. */
  disconnect(text: string): void {
    if (this.#release.terse !== true) sendDuringExchange(this.#protocol, disconnectMessage(text))
  }

  /** Refuses a channel with a text of its own; the library's `reject` knows none. */
  refuseWith(text: string, reject: () => void): void {
    this.#refusal = text
    reject()
    this.#refusal = 'open failed'
  }

  /** Identifies the connection in signatures; null before keys were exchanged. */
  get sessionId(): Buffer | null {
    return this.#exchange?.sessionID ?? null
  }

  get sequence(): number {
    return (this.#protocol._decipher.inSeqno - 1) >>> 0
  }

  #watchExchanges(): void {
    Object.defineProperty(this.#protocol, '_kex', {
      get: () => this.#exchange,
      set: (exchange: KeyExchange) => {
        this.#prepare(exchange)
        this.#exchange = exchange
      },
    })
  }

  #prepare(exchange: KeyExchange): void {
    // The library's own extension message lacks a comma between two names and would give it away.
    Object.defineProperty(exchange, 'remoteExtInfoEnabled', {
      get: () => false,
      set: (wanted: boolean) => {
        this.#wantsExtInfo = wanted
      },
    })
    if (this.#original !== null) exchange._remoteKexinit = this.#original.init
    const hybrid = this.#original?.hybrid ?? null
    if (hybrid !== null) makeHybrid(exchange, hybrid, this.#hooks.random)
    else if (exchange.type === 'groupex') serveGroupExchange(exchange, this.#protocol, this.#release.largestGroup)
    this.#original = null
  }

  #watchPayloads(): void {
    const clear = this.#protocol._decipher
    const beforeKeys = clear._onPayload
    clear._onPayload = (payload) => {
      if (this.#refused || this.#breaksRules(payload)) return undefined
      return this.#exchangePayload(payload, beforeKeys)
    }
    const library = this.#protocol._onPayload
    this.#protocol._onPayload = (packet) => {
      if (this.#refused) return undefined
      const reader = this.#protocol._packetRW.read
      const payload = packet.length === 0 ? packet : reader.read(packet)
      const withKeys: PayloadHandler = (plain) => {
        // Compression keeps a history: a packet must not go through it a second time.
        reader.read = (bytes) => bytes
        try {
          return library(plain)
        } finally {
          Reflect.deleteProperty(reader, 'read')
        }
      }
      if (payload[0] === MESSAGE.kexInit) return this.#exchangePayload(payload, withKeys)
      return this.#hooks.message(payload) ? undefined : withKeys(payload)
    }
  }

  #refuse(reason: string, text: string | null): void {
    this.#refused = true
    this.#hooks.refused(reason, text)
  }

  /** What sshd does with messages before the keys that the library takes for something else. True: dealt with. */
  #breaksRules(payload: Buffer): boolean {
    const padding = new Uint8Array(payload.buffer, payload.byteOffset - 1, 1)[0] ?? 0
    if (payload.length === 0) this.#refuse('empty packet', null)
    else if (padding < MIN_PADDING) this.#refuse('padding too short', `Corrupted padlen ${padding} on input.`)
    else if (invalidType(payload) !== null) this.#refuse('invalid message', invalidType(payload))
    else if (this.#expects(payload[0] ?? 0)) return false
    else if (this.#protocol._strictMode === true) this.#refuse('unexpected message in strict key exchange', null)
    else sendDuringExchange(this.#protocol, unimplementedMessage(this.sequence))
    return true
  }

  /** False for a message of the transport layer that no key exchange waits for now. */
  #expects(type: number): boolean {
    const noise = type < MESSAGE.serviceRequest
    // The library ends the connection, without a word, as sshd does.
    const later = type >= MESSAGE.userauthRequest
    if (noise || later || this.#protocol._skipNextInboundPacket) return true
    const exchange = this.#exchange
    if (exchange === undefined) return type === MESSAGE.kexInit
    if (exchange._receivedNEWKEYS) return false
    if (exchange._finished) return type === MESSAGE.newKeys
    if (exchange.type !== 'groupex') return type === MESSAGE.kexDhInit
    return type === (exchange._step === 1 ? MESSAGE.gexRequest : MESSAGE.gexInit)
  }

  #exchangePayload(payload: Buffer, next: PayloadHandler): unknown {
    if (payload[0] !== MESSAGE.kexInit) return next(payload)
    this.#protocol._remoteIdentRaw = this.#line()
    const init = Buffer.from(payload)
    const proposal = readProposal(init)
    if (this.#proposals === 0) this.#hooks.proposed(hassh(proposal), proposal.kex)
    if (++this.#proposals > MAX_EXCHANGES) return this.#refuse('too many key exchanges', null)
    const names = proposal.kex.split(',')
    const first = names.find((name) => this.#release.kex.includes(name))
    const hybrid = first !== undefined && HYBRID_NAMES.has(first) ? first : null
    const shown = names
      .map((name) => (name === hybrid ? HYBRID_STAND_IN : name))
      .filter((name) => name !== STRICT_CLIENT || this.#release.kex.includes(STRICT_SERVER))
      .join(',')
    if (shown === proposal.kex) return next(init)
    this.#original = {init, hybrid}
    return next(withKexList(init, proposal.kex, shown))
  }

  /** sshd closes without a word where the library sends a reason, and says more where the library says nothing. */
  #silence(): void {
    const protocol = this.#protocol
    protocol.disconnect = () => {}
    const refuse = protocol.channelOpenFail.bind(protocol)
    protocol.channelOpenFail = (channel) => refuse(channel, CONNECT_FAILED, this.#refusal)
    const confirm = protocol.channelOpenConfirm.bind(protocol)
    // A session has no window before a program runs in it.
    protocol.channelOpenConfirm = (remote, local, _window, packetSize) => confirm(remote, local, 0, packetSize)
  }
}

/** As sshd does as long as nothing is encrypted; the library pads with random bytes. */
function padWithZeros({_cipher: clear}: Ssh2Protocol): void {
  const allocate = clear.allocPacket.bind(clear)
  clear.allocPacket = (size) => allocate(size).fill(0, PAYLOAD_START)
}

/** The offer that goes over the wire, while the library negotiates with those of it that it can do. */
function announce(able: Offer, release: Release): Offer {
  const direction = {cipher: release.ciphers, mac: release.macs, compress: release.compression ?? COMPRESSION, lang: []}
  const lists: ProposalLists = {kex: release.kex, serverHostKey: release.hostKeys, cs: direction, sc: direction}
  const KexInit = able.constructor as new (lists: ProposalLists) => Offer
  const wire = new KexInit(lists)
  const keep = (to: AlgorithmList, from: AlgorithmList): void => {
    to.array = from.array.filter((name) => to.array.includes(name))
  }
  keep(wire.lists.kex, able.lists.kex)
  keep(wire.lists.serverHostKey, able.lists.serverHostKey)
  for (const name of ['cipher', 'mac', 'compress'] as const) {
    keep(wire.lists.cs[name], able.lists.cs[name])
    keep(wire.lists.sc[name], able.lists.sc[name])
  }
  return wire
}

const COOKIE_END = 17

function withKexList(init: Buffer, kex: string, shown: string): Buffer {
  const changed = Buffer.from(shown, 'latin1')
  const head = Buffer.from(init.subarray(0, COOKIE_END + 4))
  head.writeUInt32BE(changed.length, COOKIE_END)
  return Buffer.concat([head, changed, init.subarray(COOKIE_END + 4 + kex.length)])
}
