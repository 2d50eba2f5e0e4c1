/**
 * Makes one connection of the library speak as the claimed OpenSSH release: its proposal, its key exchanges, its
 * extension message, and its silence where the library would talk.
 */
import {hassh, readProposal} from '../hassh.ts'
import type {Release} from '../releases.ts'
import {serveGroupExchange} from './group-exchange.ts'
import {HYBRID_NAME, HYBRID_STAND_IN, makeHybrid} from './hybrid-exchange.ts'
import {disconnectMessage, extInfoMessage, MESSAGE} from './messages.ts'
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
const COMPRESSION = ['none', 'zlib@openssh.com']
/** Reason codes of RFC 4254 section 5.1 and what OpenSSH's server says with them. */
const CONNECT_FAILED = 2
const UNKNOWN_CHANNEL_TYPE = 3

export interface TransportHooks {
  /** The client's first KEXINIT was read. */
  proposed(hassh: string, kex: string): void
  /** True: the message was dealt with and the library must not see it. Called once keys are in use. */
  message(payload: Buffer): boolean
  readonly random: (size: number) => Buffer
}

export class OpensshTransport {
  readonly #protocol: Ssh2Protocol
  readonly #release: Release
  readonly #hooks: TransportHooks
  #exchange: KeyExchange | undefined
  /** The client's own KEXINIT, where the library was shown another. */
  #original: {readonly init: Buffer; readonly hybrid: boolean} | null = null
  #proposed = false
  #wantsExtInfo = false
  #sentExtInfo = false

  /** @param line the client's identification without CR LF. */
  constructor(protocol: Ssh2Protocol, release: Release, line: Buffer, hooks: TransportHooks) {
    this.#protocol = protocol
    this.#release = release
    this.#hooks = hooks
    protocol._remoteIdentRaw = line
    protocol._offer = announce(protocol._offer, release)
    this.#watchExchanges()
    this.#watchPayloads()
    this.#silence()
  }

  /** Call on every `handshake` of the library. */
  handshake(): void {
    if (!this.#wantsExtInfo || this.#sentExtInfo) return
    this.#sentExtInfo = true
    const {signatures, extensions} = this.#release
    sendPayload(this.#protocol, extInfoMessage([['server-sig-algs', signatures], ...extensions]))
  }

  /** OpenSSH's `ssh_packet_disconnect`; the caller closes the stream. */
  disconnect(text: string): void {
    sendDuringExchange(this.#protocol, disconnectMessage(text))
  }

  /** Identifies the connection in signatures; null before keys were exchanged. */
  get sessionId(): Buffer | null {
    return this.#exchange?.sessionID ?? null
  }

  /** Under compression messages pass this class by, so it can neither read nor answer them. */
  get compressed(): boolean {
    const negotiated = this.#exchange?.negotiated
    return negotiated?.cs.compress !== 'none' || negotiated.sc.compress !== 'none'
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
    if (this.#original?.hybrid === true) makeHybrid(exchange, this.#hooks.random)
    else if (exchange.type === 'groupex') serveGroupExchange(exchange, this.#protocol)
    this.#original = null
  }

  #watchPayloads(): void {
    const clear = this.#protocol._decipher
    const beforeKeys = clear._onPayload
    clear._onPayload = (payload) => this.#exchangePayload(payload, beforeKeys)
    const withKeys = this.#protocol._onPayload
    this.#protocol._onPayload = (payload) => {
      // A further key exchange under compression reaches the library as it is: only the hybrid one fails then.
      if (payload[0] === MESSAGE.kexInit) return this.#exchangePayload(payload, withKeys)
      return this.#hooks.message(payload) ? undefined : withKeys(payload)
    }
  }

  #exchangePayload(payload: Buffer, next: PayloadHandler): unknown {
    if (payload[0] !== MESSAGE.kexInit) return next(payload)
    const init = Buffer.from(payload)
    const proposal = readProposal(init)
    if (!this.#proposed) this.#hooks.proposed(hassh(proposal), proposal.kex)
    this.#proposed = true
    const names = proposal.kex.split(',')
    const hybrid = names.find((name) => this.#release.kex.includes(name)) === HYBRID_NAME
    const shown = names
      .map((name) => (hybrid && name === HYBRID_NAME ? HYBRID_STAND_IN : name))
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
    protocol.channelOpenFail = (channel, reason) => {
      const known = reason === UNKNOWN_CHANNEL_TYPE ? CONNECT_FAILED : reason
      refuse(channel, known, reason === CONNECT_FAILED ? 'Connection refused' : 'open failed')
    }
  }
}

/** The offer that goes over the wire, while the library negotiates with those of it that it can do. */
function announce(able: Offer, release: Release): Offer {
  const direction = {cipher: release.ciphers, mac: release.macs, compress: COMPRESSION, lang: []}
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
