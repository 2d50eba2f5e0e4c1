/** An SMB2 client that speaks with a session directly: what it sent can be played again as a dialogue. */

import {LittleEndianWriter} from '../../../../src/decoy/codecs/little-endian.ts'
import {ntlmMessage, parseSecurityBlob} from '../../../../src/decoy/codecs/spnego/security-blob.ts'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS, type Limits} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, Connection, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/smb/server.ts'
import {COMMAND} from '../../../../src/decoy/services/smb/wire/constants.ts'
import {encodeFrame} from '../../../../src/decoy/services/smb/wire/framing.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'
import {authenticateMessage, negotiateMessage, WINDOWS_CLIENT_FLAGS, windowsAnswer} from '../../codecs/ntlm/client.ts'

/** That of the suite of abuse: a dialogue recorded here is right there. */
export const NOW = Date.parse('2026-03-04T05:06:07.089Z')
export const PASSWORD = 'Winter2024!'

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'FS01',
}
export const WINDOWS = {os: 'windows_server', distro: 'windows2022', domain: 'corp.example'} as const
export const CONTROLLER = {...WINDOWS, archetype: 'domain-controller', hostname: 'DC01'} as const

export async function smbService(facts: Partial<PersonaFacts> = {}, options: OptionValues = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), {users: [`backup:${PASSWORD}`], shares: ['IT'], ...options})
}

export interface Answer {
  readonly status: number
  readonly flags: number
  readonly credits: number
  readonly treeId: number
  readonly sessionId: bigint
  /** The whole message; bodies begin at 64. */
  readonly message: Buffer
}

export interface Told {
  readonly user: string
  readonly password: string
  readonly domain?: string
}

export class SmbClient {
  /** What was sent, frame by frame. */
  readonly sent: Buffer[] = []
  readonly events: ServiceEvent[] = []
  closed = false
  reset = false
  sessionId = 0n
  treeId = 0
  readonly #session: ProtocolSession
  #messageId = 0n

  constructor(service: Service, port = 445, limits: Partial<Limits> = {}) {
    const handler = service.tcp?.(port)
    if (handler?.kind !== 'protocol') throw new TypeError('smb is a protocol')
    let drawn = 0
    const connection: Connection = {
      peer: {ip: '192.168.1.77', port: 40_000},
      local: {ip: '192.168.1.5', port},
      limits: {...DEFAULT_LIMITS, ...limits},
      now: () => NOW,
      random: (size) => Buffer.alloc(size, ++drawn),
    }
    this.#session = handler.session(connection)
    this.#session.open()
  }

  raw(bytes: Buffer): Buffer {
    this.sent.push(bytes)
    return this.#take(this.#session.feed(bytes))
  }

  end(): void {
    this.#take(this.#session.end())
  }

  header(command: number, flags = 0): Buffer {
    const bytes = Buffer.alloc(64)
    bytes.write('\xfeSMB', 'latin1')
    bytes.writeUInt16LE(64, 4)
    bytes.writeUInt16LE(1, 6)
    bytes.writeUInt16LE(command, 12)
    bytes.writeUInt16LE(8, 14)
    bytes.writeUInt32LE(flags, 16)
    bytes.writeBigUInt64LE(this.#messageId++, 24)
    bytes.writeUInt32LE(this.treeId, 36)
    bytes.writeBigUInt64LE(this.sessionId, 40)
    return bytes
  }

  ask(command: number, body: Buffer): Answer {
    return answerOf(this.raw(encodeFrame(Buffer.concat([this.header(command), body]))).subarray(4))
  }

  negotiate(dialects: readonly number[] = [0x0202, 0x0210]): Answer {
    return this.ask(COMMAND.NEGOTIATE, negotiateBody(dialects))
  }

  /** NTLMv2 as Windows 10 has it, without SPNEGO. */
  logIn(told: Told): Answer {
    this.sessionId = 0n
    return this.logInAgain(told)
  }

  logInAgain({user, password, domain = 'CORP'}: Told): Answer {
    const negotiate = negotiateMessage()
    const first = this.ask(COMMAND.SESSION_SETUP, setupBody(negotiate))
    this.sessionId = first.sessionId
    const challenge = tokenOf(first)
    const identity = {user, domain, workstation: 'WS77', password}
    const random = {clientChallenge: Buffer.alloc(8, 0xaa), sessionKey: Buffer.alloc(16, 0xbb)}
    const {authenticate} = windowsAnswer(identity, negotiate, challenge, random)
    return this.ask(COMMAND.SESSION_SETUP, setupBody(authenticate))
  }

  logInAnonymously(): Answer {
    const first = this.ask(COMMAND.SESSION_SETUP, setupBody(negotiateMessage()))
    this.sessionId = first.sessionId
    const none = Buffer.alloc(0)
    const identity = {user: '', domain: '', workstation: '', password: ''}
    const parts = {flags: WINDOWS_CLIENT_FLAGS | 0x800, lm: Buffer.alloc(1), nt: none, sessionKey: none, headerSize: 72}
    return this.ask(
      COMMAND.SESSION_SETUP,
      setupBody(authenticateMessage(identity, {...parts, flags: parts.flags >>> 0})),
    )
  }

  connect(share: string): Answer {
    const path = Buffer.from(`\\\\192.168.1.5\\${share}`, 'utf16le')
    const answer = this.ask(
      COMMAND.TREE_CONNECT,
      new LittleEndianWriter().u16(9, 0, 72, path.length).bytes(path).done(),
    )
    if (answer.status === 0) this.treeId = answer.treeId
    return answer
  }

  /** The identifier of what was opened is in the answer's body. */
  create(path: string, options: CreateOptions = {}): Answer {
    return this.ask(COMMAND.CREATE, createBody(path, options))
  }

  #take(actions: readonly Action[]): Buffer {
    const written: Buffer[] = []
    for (const action of actions) {
      if (action.type === 'write') written.push(action.data)
      if (action.type === 'event') this.events.push(action.event)
      if (action.type === 'close') this.closed = true
      if (action.type === 'reset') this.reset = true
    }
    return Buffer.concat(written)
  }
}

export function answerOf(message: Buffer): Answer {
  if (message.length < 64) throw new TypeError(`no answer but ${message.length} bytes`)
  return {
    status: message.readUInt32LE(8),
    flags: message.readUInt32LE(16),
    credits: message.readUInt16LE(14),
    treeId: message.readUInt32LE(36),
    sessionId: message.readBigUInt64LE(40),
    message,
  }
}

export function negotiateBody(
  dialects: readonly number[],
  contexts: readonly (readonly [number, Buffer])[] = [],
): Buffer {
  const at = Math.ceil((100 + 2 * dialects.length) / 8) * 8
  const out = new LittleEndianWriter().u16(36, dialects.length, 1, 0).u32(0x7f).bytes(Buffer.alloc(16, 0xcc))
  out
    .u32(contexts.length > 0 ? at : 0)
    .u16(contexts.length, 0)
    .u16(...dialects)
  for (const [type, data] of contexts) {
    out
      .zeros((8 - ((64 + out.length) % 8)) % 8)
      .u16(type, data.length)
      .u32(0)
      .bytes(data)
  }
  return out.done()
}

export const setupBody = (token: Buffer): Buffer =>
  new LittleEndianWriter().u16(25).u8(0).u8(1).u32(0, 0).u16(88, token.length).u64(0n).bytes(token).done()

export function tokenOf({message}: Answer): Buffer {
  const at = message.readUInt16LE(68)
  const token = message.subarray(at, at + message.readUInt16LE(70))
  return ntlmMessage(parseSecurityBlob(token)) ?? token
}

export interface CreateOptions {
  readonly access?: number
  readonly disposition?: number
  readonly options?: number
}

export function createBody(path: string, {access = 0x0012_0089, disposition = 1, options = 0}: CreateOptions): Buffer {
  const name = Buffer.from(path, 'utf16le')
  return new LittleEndianWriter()
    .u16(57)
    .u8(0)
    .u8(0)
    .u32(2)
    .u64(0n, 0n)
    .u32(access, 0, 7, disposition, options)
    .u16(120, name.length)
    .u32(0, 0)
    .bytes(name.length === 0 ? Buffer.alloc(2) : name)
    .done()
}

/** Of a CREATE's answer. */
export const fileIdOf = ({message}: Answer): bigint => message.readBigUInt64LE(64 + 72)

const RELATED = 0xffff_ffff_ffff_ffffn

export const readBody = (id: bigint, length = 65_536, offset = 0n): Buffer =>
  new LittleEndianWriter().u16(49).u8(0x50).u8(0).u32(length).u64(offset, id, id).u32(0, 0, 0).u16(0, 0).u8(0).done()

export const writeBody = (id: bigint, data: Buffer, offset = 0n): Buffer =>
  new LittleEndianWriter()
    .u16(49, 112)
    .u32(data.length)
    .u64(offset, id, id)
    .u32(0, 0)
    .u16(0, 0)
    .u32(0)
    .bytes(data)
    .done()

export const closeBody = (id: bigint = RELATED): Buffer => new LittleEndianWriter().u16(24, 1).u32(0).u64(id, id).done()

export function listBody(id: bigint, pattern = '*', infoClass = 37): Buffer {
  const name = Buffer.from(pattern, 'utf16le')
  return new LittleEndianWriter()
    .u16(33)
    .u8(infoClass)
    .u8(0)
    .u32(0)
    .u64(id, id)
    .u16(96, name.length)
    .u32(65_536)
    .bytes(name)
    .done()
}

export const ioctlBody = (code: number, id: bigint, input: Buffer): Buffer =>
  new LittleEndianWriter()
    .u16(57, 0)
    .u32(code)
    .u64(id, id)
    .u32(120, input.length, 0, 0, 0, 65_536, 1, 0)
    .bytes(input)
    .done()

export const queryBody = (id: bigint, type: number, infoClass: number, additional = 0): Buffer =>
  new LittleEndianWriter().u16(41).u8(type).u8(infoClass).u32(65_536).u32(0, 0, additional, 0).u64(id, id).done()

/** The names in an answer to a listing of class 37. */
export function namesOf({message}: Answer): string[] {
  const names: string[] = []
  for (let at = 72; at < message.length; ) {
    const length = message.readUInt32LE(at + 60)
    names.push(message.toString('utf16le', at + 104, at + 104 + length))
    const next = message.readUInt32LE(at)
    if (next === 0) break
    at += next
  }
  return names
}

export async function client(facts: Partial<PersonaFacts> = {}, options: OptionValues = {}): Promise<SmbClient> {
  return new SmbClient(await smbService(facts, options))
}

/** Negotiated, logged in as the honey user, connected to the lure. */
export async function insider(facts: Partial<PersonaFacts> = {}, options: OptionValues = {}): Promise<SmbClient> {
  const inside = await client(facts, options)
  inside.negotiate()
  inside.logIn({user: 'backup', password: PASSWORD})
  inside.connect('IT')
  return inside
}
