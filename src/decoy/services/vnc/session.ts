/** One connection to the decoy desktop: handshake, password, and what an intruder does on the screen. */
import {vncLine} from '../../codecs/credentials/challenge-response.ts'
import type {Persona} from '../../persona.ts'
import {sample} from '../../sample.ts'
import {type Action, CLOSE, type Connection, type ProtocolSession, report, write} from '../../service.ts'
import {answers, CHALLENGE_SIZE} from './challenge.ts'
import {
  capability,
  counted,
  dialectOf,
  RESULT,
  readVersion,
  refusal,
  uint32,
  VERSION,
  VERSION_SIZE,
} from './handshake.ts'
import {Inbox} from './inbox.ts'
import type {LockoutList} from './lockout.ts'
import {type Product, SECURITY} from './products.ts'
import {Screen} from './screen.ts'

/** What all connections to one decky share. */
export interface VncServer {
  readonly persona: Persona
  readonly product: Product
  readonly password: string | null
  readonly lockout: LockoutList | null
}

type State = 'version' | 'type' | 'tight' | 'response' | 'client-init' | 'in' | 'over'

/** Tight's code of VNC authentication is that of the security type. */
const VNC_CAPABILITY = capability(SECURITY.vnc, 'STDV', 'VNCAUTH_')

export class VncSession implements ProtocolSession {
  readonly #server: VncServer
  readonly #connection: Connection
  readonly #inbox = new Inbox()
  #state: State = 'version'
  #dialect = 8
  #types: readonly number[]
  #tight = false
  #challenge: Buffer = Buffer.alloc(0)
  #screen: Screen | null = null

  constructor(server: VncServer, connection: Connection) {
    this.#server = server
    this.#connection = connection
    this.#types = server.product.types
  }

  get authenticated(): boolean {
    return this.#state === 'in'
  }

  open(): Action[] {
    const {lockout} = this.#server.product
    if (lockout?.when === 'at-once' && this.#lockedOut()) {
      this.#state = 'over'
      return [write('RFB 003.003\n'), write(refusal(3, lockout.text)), CLOSE]
    }
    return [write(VERSION)]
  }

  feed(bytes: Buffer): Action[] {
    if (this.#state === 'over') return []
    this.#inbox.push(bytes)
    const actions: Action[] = []
    while (this.#step(actions)) {
      // Each step takes one message.
    }
    return actions
  }

  end(): Action[] {
    const rest = this.#inbox.all
    const unread: Action[] = rest.length > 0 && this.#state !== 'in' ? [this.#malformed('cut short', rest)] : []
    return [...unread, ...(this.#screen?.end() ?? []), CLOSE]
  }

  timeout(): Action[] {
    return this.#screen?.end() ?? []
  }

  /** False when more input is needed, or none is wanted. */
  #step(actions: Action[]): boolean {
    switch (this.#state) {
      case 'version':
        return this.#with(VERSION_SIZE, (bytes) => this.#version(bytes, actions))
      case 'type':
        return this.#with(1, (bytes) => this.#type(bytes.readUInt8(), actions))
      case 'tight':
        return this.#with(4, (bytes) => this.#tightType(bytes, actions))
      case 'response':
        return this.#with(CHALLENGE_SIZE, (bytes) => this.#response(bytes, actions))
      case 'client-init':
        return this.#with(1, (bytes) => this.#enter(bytes[0] !== 0, actions))
      case 'in':
        return this.#play(actions)
      case 'over':
        return false
    }
  }

  #with(size: number, handle: (bytes: Buffer) => void): boolean {
    const bytes = this.#inbox.take(size)
    if (bytes === null) return false
    handle(bytes)
    return true
  }

  #version(bytes: Buffer, actions: Action[]): void {
    const {product, lockout} = this.#server
    const version = readVersion(bytes)
    if (version === null) {
      actions.push(this.#malformed('not a version', Buffer.concat([bytes, this.#inbox.all])))
      this.#close(actions)
      return
    }
    this.#dialect = dialectOf(version.minor)
    if (version.major !== 3) {
      actions.push(report({event: 'probe', data: {reason: 'version', input: this.#sample(bytes)}}))
      const text = product.foreignVersion?.(`${version.major}.${version.minor}`)
      if (text !== undefined) actions.push(write(refusal(8, text)))
      this.#close(actions)
      return
    }
    if (lockout !== null && product.lockout?.when === 'after-version' && this.#lockedOut()) {
      actions.push(write(refusal(this.#dialect, product.lockout.text)))
      this.#close(actions)
      return
    }
    if (this.#dialect === 3) {
      actions.push(write(uint32(SECURITY.vnc)))
      this.#ask(actions)
    } else this.#offer(actions)
  }

  #offer(actions: Action[]): void {
    actions.push(write(Buffer.from([this.#types.length, ...this.#types])))
    this.#state = 'type'
  }

  #type(type: number, actions: Action[]): void {
    if (!this.#types.includes(type)) {
      actions.push(report({event: 'probe', data: {reason: 'security type', type}}))
      this.#close(actions)
    } else if (type === SECURITY.ultra) {
      // Says only that both are UltraVNC; the types are offered again without it.
      this.#types = this.#types.filter((offered) => offered !== SECURITY.ultra)
      actions.push(write(uint32(RESULT.goOn)))
      this.#offer(actions)
    } else if (type === SECURITY.tight) {
      this.#tight = true
      actions.push(write(Buffer.concat([uint32(0), uint32(1), VNC_CAPABILITY])))
      this.#state = 'tight'
    } else this.#ask(actions)
  }

  #tightType(bytes: Buffer, actions: Action[]): void {
    if (bytes.readUInt32BE() === SECURITY.vnc) this.#ask(actions)
    else {
      actions.push(report({event: 'probe', data: {reason: 'security type', type: bytes.readUInt32BE()}}))
      this.#close(actions)
    }
  }

  #ask(actions: Action[]): void {
    this.#challenge = this.#connection.random(CHALLENGE_SIZE)
    actions.push(write(this.#challenge))
    this.#state = 'response'
  }

  #response(response: Buffer, actions: Action[]): void {
    const {password, lockout} = this.#server
    const {now, peer} = this.#connection
    const right = password !== null && answers(password, this.#challenge, response)
    const hash = vncLine(this.#challenge, response)
    const outcome = right ? 'success' : 'failure'
    const credential = {principal: '', method: 'vnc', ...(hash === null ? {} : {hash}), outcome} as const
    actions.push(report({event: 'auth.attempt', credential, data: {protocol: `3.${this.#dialect}`}}))
    if (right) {
      lockout?.succeeded(peer.ip)
      actions.push(write(uint32(RESULT.ok)))
      this.#state = 'client-init'
      return
    }
    lockout?.failed(peer.ip, now())
    const {failure, failedResultFrom, reasonFrom} = this.#server.product
    if (this.#dialect >= failedResultFrom) actions.push(write(uint32(RESULT.failed)))
    if (this.#dialect >= reasonFrom) actions.push(write(counted(failure(peer.ip))))
    this.#close(actions)
  }

  #enter(shared: boolean, actions: Action[]): void {
    const {persona, product} = this.#server
    const {limits, now} = this.#connection
    const screen = new Screen(persona, limits, now)
    actions.push(report({event: 'request', data: {action: 'session', shared}}))
    actions.push(write(Buffer.concat([screen.serverInit(), counted(product.desktop(persona))])))
    // The interaction capabilities of Tight: no messages beyond the standard, one encoding.
    if (this.#tight) actions.push(write(Buffer.concat([TIGHT_COUNTS, capability(5, 'STDV', 'HEXTILE_')])))
    this.#screen = screen
    this.#state = 'in'
  }

  #play(actions: Action[]): boolean {
    const result = this.#screen?.play(this.#inbox) ?? null
    if (result === null) return false
    actions.push(...result.actions)
    if (result.over) this.#close(actions)
    return !result.over
  }

  #lockedOut(): boolean {
    const {peer, now, rehearsal} = this.#connection
    return rehearsal !== true && this.#server.lockout?.connected(peer.ip, now()) === true
  }

  #close(actions: Action[]): void {
    this.#state = 'over'
    actions.push(CLOSE)
  }

  #malformed(reason: string, bytes: Buffer): Action {
    return report({event: 'malformed', data: {reason, input: this.#sample(bytes)}})
  }

  #sample(bytes: Buffer) {
    return sample(bytes, this.#connection.limits.sample)
  }
}

const TIGHT_COUNTS = Buffer.from([0, 0, 0, 0, 0, 1, 0, 0])
