/** One SSH connection from the client's identification to the end. */
import {isIP} from 'node:net'

import type {Connection as Ssh2Client} from 'ssh2'
import {pause} from '../../pause.ts'
import type {Connection, StreamSession} from '../../service.ts'
import type {Account} from '../../shell/accounts.ts'
import {safe} from '../../shell/evidence.ts'
import {Authenticator, type AuthStep} from './authenticator.ts'
import {ChannelRules} from './channel/channel-rules.ts'
import type {Login} from './channel/login.ts'
import {SessionChannel} from './channel/session-channel.ts'
import type {DeckySsh} from './decky-ssh.ts'
import {malformedEvent} from './evidence.ts'
import {hostKeysMessage, proofMessage} from './transport/host-key-update.ts'
import {invalidType, MESSAGE, serviceAcceptMessage, unimplementedMessage} from './transport/messages.ts'
import {OpensshTransport} from './transport/openssh-transport.ts'
import {
  forgetChannel,
  numberChannelsLikeOpenssh,
  openChannel,
  protocolOf,
  type Ssh2Protocol,
  sendPayload,
} from './transport/ssh2-internals.ts'
import {WireError, WireReader} from './wire.ts'

/** Authentication messages that wait for a slow answer. */
const MAX_PENDING = 10
/** Bytes of a text that quotes the client, as sshd cuts it. */
const MAX_TEXT = 1024
/** OpenSSH's MaxSessions. */
const MAX_SESSIONS = 10

/** The stream below, as far as it can be asked. */
export interface Outlet {
  drained(): Promise<void>
}

export class SshConnection {
  readonly #decky: DeckySsh
  readonly #client: Ssh2Client
  readonly #protocol: Ssh2Protocol
  readonly #transport: OpensshTransport
  readonly #connection: Connection
  readonly #session: StreamSession
  readonly #authenticator: Authenticator
  readonly #line: () => Buffer
  readonly #outlet: Outlet
  readonly #rules: ChannelRules
  #introduced = false
  #serviceRequested = false
  #pending = 0
  #queue: Promise<void> = Promise.resolve()
  #sessions = 0
  #faulted = false

  constructor(
    decky: DeckySsh,
    client: Ssh2Client,
    line: () => Buffer,
    connection: Connection,
    session: StreamSession,
    outlet: Outlet,
  ) {
    this.#decky = decky
    this.#client = client
    this.#connection = connection
    this.#session = session
    this.#line = line
    this.#protocol = protocolOf(client)
    this.#outlet = outlet
    numberChannelsLikeOpenssh(client)
    this.#rules = new ChannelRules((id) => openChannel(client, id))
    this.#authenticator = new Authenticator(decky.policy, connection, (event) => session.report(event))
    this.#transport = new OpensshTransport(this.#protocol, decky.release, line, {
      proposed: (hassh, kex) => this.#introduce({hassh, kex: safe(kex)}),
      message: (payload) => this.#message(payload),
      refused: (reason, text) => this.#refuse(reason, text),
      random: connection.random,
    })
    client.on('error', (error: Error & {level?: string; code?: unknown}) => this.#fault(error))
    client.on('handshake', () => this.#transport.handshake())
    client.on('close', () => this.#introduce({}))
    session.signal.addEventListener('abort', () => client.end())
  }

  /** One event that tells who the client says it is. */
  #introduce(facts: Readonly<Record<string, unknown>>): void {
    if (this.#introduced) return
    this.#introduced = true
    const clientVersion = safe(this.#line().toString('latin1'))
    this.#session.report({event: 'request', data: {action: 'identification', clientVersion, ...facts}})
  }

  #fault(error: Error & {level?: string; code?: unknown}): void {
    // A connection that breaks, or a client that says good-bye with a reason, is nothing malformed.
    if (error.level === 'socket' || error.level === 'client-timeout' || typeof error.code === 'number') return
    if (this.#faulted) return
    this.#faulted = true
    if (/no matching/i.test(error.message)) {
      this.#session.report({event: 'probe', data: {reason: error.message.slice(0, 256)}})
      return
    }
    this.#session.report(malformedEvent(error.message, null, this.#connection.limits.sample))
  }

  /** What no client of sshd does: recorded, answered where sshd answers, and over. */
  #refuse(reason: string, text: string | null): void {
    if (!this.#faulted) this.#session.report(malformedEvent(reason, null, this.#connection.limits.sample))
    this.#faulted = true
    if (text !== null) this.#transport.disconnect(text)
    this.#client.end()
  }

  /** Messages under encryption. True: dealt with. */
  #message(payload: Buffer): boolean {
    if (this.#client.authenticated) return this.#prove(payload) || this.#rule(payload)
    const type = payload[0] ?? 0
    const invalid = invalidType(payload)
    if (invalid !== null) this.#refuse(invalid, invalid)
    else if (type === MESSAGE.serviceRequest) this.#service(payload)
    else if (this.#takesLogins && type === MESSAGE.userauthRequest) this.#enqueue(Buffer.from(payload))
    else if (type === MESSAGE.userauthInfoResponse && this.#authenticator.asking) this.#enqueue(Buffer.from(payload))
    else if (type >= MESSAGE.userauthRequest) {
      // What only an authenticated client, or only a server, may send: sshd answers and stays.
      this.#session.report({event: 'probe', data: {reason: 'message before authentication', type}})
      this.#unimplemented()
    } else return false
    return true
  }

  /** Dropbear takes them before anybody asked for the service. */
  get #takesLogins(): boolean {
    return this.#serviceRequested || this.#decky.release.terse === true
  }

  #service(payload: Buffer): void {
    const name = new WireReader(payload, 1).text()
    this.#serviceRequested = name === 'ssh-userauth'
    if (this.#serviceRequested) sendPayload(this.#protocol, serviceAcceptMessage(name))
    else this.#refuse('unknown service', `bad service request ${name}`.slice(0, MAX_TEXT))
  }

  #rule(payload: Buffer): boolean {
    const ruling = this.#rules.judge(payload)
    switch (ruling.type) {
      case 'pass':
        return false
      case 'unimplemented':
        this.#unimplemented()
        break
      case 'send':
        sendPayload(this.#protocol, ruling.payload)
        break
      case 'disconnect':
        this.#refuse(ruling.text, ruling.text)
        break
      case 'forget':
        sendPayload(this.#protocol, ruling.payload)
        forgetChannel(this.#client, ruling.channel)
        break
      case 'ignore':
        break
    }
    return true
  }

  /** Answers the one message after the login that the library does not know. */
  #prove(payload: Buffer): boolean {
    const {sessionId} = this.#transport
    if (sessionId === null || payload[0] !== MESSAGE.globalRequest) return false
    const proof = proofMessage(payload, this.#decky.hostKeys, sessionId)
    if (proof === null) return false
    sendPayload(this.#protocol, proof)
    return true
  }

  #unimplemented(): void {
    sendPayload(this.#protocol, unimplementedMessage(this.#transport.sequence))
  }

  #enqueue(payload: Buffer): void {
    if (this.#pending >= MAX_PENDING) {
      this.#client.end()
      return
    }
    this.#pending++
    this.#queue = this.#queue
      .then(() => this.#authenticate(payload))
      .catch((error: unknown) => this.#authFault(error))
      .finally(() => {
        this.#pending--
      })
  }

  #authFault(error: unknown): void {
    const reason = error instanceof WireError ? `authentication request: ${error.message}` : 'authentication request'
    this.#session.report(malformedEvent(reason, null, this.#connection.limits.sample))
    this.#client.end()
  }

  async #authenticate(payload: Buffer): Promise<void> {
    if (this.#client.authenticated) return
    for (const step of this.#authenticator.handle(payload)) {
      await pause(step.afterMs, this.#session.signal)
      if (this.#session.signal.aborted) return
      this.#perform(step)
    }
  }

  #perform(step: AuthStep): void {
    if (step.type === 'send') sendPayload(this.#protocol, step.payload)
    else if (step.type === 'disconnect') {
      this.#transport.disconnect(step.text)
      this.#client.end()
    } else this.#login(step.user)
  }

  #login(user: string): void {
    const account = this.#account(user)
    const login: Login = {
      decky: this.#decky,
      connection: this.#connection,
      session: this.#session,
      account,
      loginAt: this.#connection.now(),
      commands: {commands: this.#connection.limits.commands},
      uploads: {uploads: this.#connection.limits.uploadsPerSession},
      drained: () => this.#outlet.drained(),
      send: (payload) => sendPayload(this.#protocol, payload),
      disconnect: (text) => this.#refuse(text, text),
    }
    this.#session.authenticated()
    this.#listen(login)
    this.#protocol._authsQueue.push('password')
    this.#protocol.authSuccess()
    this.#client.authenticated = true
    this.#client.emit('ready')
    if (this.#decky.release.terse !== true) sendPayload(this.#protocol, hostKeysMessage(this.#decky.hostKeys))
  }

  #account(user: string): Account {
    const {inside} = this.#decky.product
    const accounts = inside === 'linux' || inside === 'windows' ? this.#decky.machine.accounts : []
    const known = accounts.find(({name}) => name === user)
    return known ?? {name: user, uid: 1000, gid: 1000, comment: '', home: '/', shell: '/bin/sh'}
  }

  #listen(login: Login): void {
    this.#client.on('session', (accept, reject) => {
      if (this.#sessions >= MAX_SESSIONS) {
        reject()
        return
      }
      this.#sessions++
      const session = accept()
      session.on('close', () => {
        this.#sessions--
      })
      new SessionChannel(login, session)
    })
    this.#client.on('tcpip', (_accept, reject, info) => {
      const {destIP, destPort, srcIP, srcPort} = info
      const data = {
        action: 'forward',
        host: safe(destIP),
        port: destPort,
        originator: safe(srcIP),
        originatorPort: srcPort,
      }
      this.#session.report({event: 'request', data})
      const {hostname, fqdn} = this.#decky.persona
      const found = isIP(destIP) !== 0 || ['localhost', hostname, fqdn].includes(destIP)
      this.#transport.refuseWith(found ? 'Connection refused' : 'Name or service not known', reject)
    })
    this.#client.on('openssh.streamlocal', (_accept, reject, info) => {
      this.#session.report({event: 'request', data: {action: 'forward', path: safe(info.socketPath)}})
      reject()
    })
    this.#client.on('request', (_accept: unknown, reject: (() => void) | undefined, name: string, info: unknown) => {
      this.#session.report({event: 'request', data: {action: safe(name), ...bindFacts(info)}})
      reject?.()
    })
  }
}

function bindFacts(info: unknown): Readonly<Record<string, unknown>> {
  if (typeof info !== 'object' || info === null) return {}
  const address = 'bindAddr' in info ? {host: safe(String(info.bindAddr))} : {}
  const port = 'bindPort' in info ? {port: info.bindPort} : {}
  const path = 'socketPath' in info ? {path: safe(String(info.socketPath))} : {}
  return {...address, ...port, ...path}
}
