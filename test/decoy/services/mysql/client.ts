/** The client's side of the protocol, as far as tests need it: packets, a handshake response, proofs. */

import {createHash, publicEncrypt} from 'node:crypto'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, Connection, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {MYSQL_PORT} from '../../../../src/decoy/services/mysql/definition.ts'
import {createService} from '../../../../src/decoy/services/mysql/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

export const NOW = Date.parse('2026-03-04T05:06:07.089Z')
export const MYSQL8 = {version: '8.0.40'}
export const MARIADB = {version: '10.11.19'}

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'db01',
}

export async function mysqlService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), {users: ['app:secret'], ...options})
}

export function framed(sequence: number, payload: Buffer | string): Buffer {
  const bytes = Buffer.from(payload)
  const header = Buffer.alloc(4)
  header.writeUIntLE(bytes.length, 0, 3)
  header.writeUInt8(sequence, 3)
  return Buffer.concat([header, bytes])
}

const CAPABILITIES = 0x000e_a205
export const SSL = 0x800

export interface Login {
  readonly user?: string
  readonly proof?: Buffer
  readonly plugin?: string
  readonly database?: string
  readonly flags?: number
}

/** The fixed part of a response; alone it asks for TLS. */
export function head(flags = 0): Buffer {
  const bytes = Buffer.alloc(32)
  bytes.writeUInt32LE((CAPABILITIES | flags) >>> 0, 0)
  bytes.writeUInt32LE(1 << 24, 4)
  bytes.writeUInt8(45, 8)
  return bytes
}

export function response(login: Login): Buffer {
  const {user = 'app', proof = Buffer.alloc(0), plugin = 'mysql_native_password', database, flags = 0} = login
  return Buffer.concat([
    head(flags | (database === undefined ? 0 : 8)),
    Buffer.from(`${user}\0`),
    Buffer.from([proof.length]),
    proof,
    Buffer.from(database === undefined ? '' : `${database}\0`),
    Buffer.from(`${plugin}\0`),
  ])
}

/** The salt in a greeting, header included. */
export function saltOf(greeting: Buffer): Buffer {
  const at = greeting.indexOf(0, 5) + 5
  return Buffer.concat([greeting.subarray(at, at + 8), greeting.subarray(at + 27, at + 39)])
}

const hash = (name: string, ...parts: Buffer[]): Buffer => {
  const made = createHash(name)
  for (const part of parts) made.update(part)
  return made.digest()
}
const xor = (left: Buffer, right: Buffer): Buffer =>
  Buffer.from(left.map((byte, index) => byte ^ (right[index % right.length] ?? 0)))

export function native(password: string, salt: Buffer): Buffer {
  const once = hash('sha1', Buffer.from(password))
  return xor(once, hash('sha1', salt, hash('sha1', once)))
}

export function sha2(password: string, salt: Buffer): Buffer {
  const once = hash('sha256', Buffer.from(password))
  return xor(once, hash('sha256', hash('sha256', once), salt))
}

export function encrypted(password: string, salt: Buffer, pem: string): Buffer {
  return publicEncrypt({key: pem, oaepHash: 'sha1'}, xor(Buffer.from(`${password}\0`), salt))
}

export interface TestClient {
  readonly session: ProtocolSession
  readonly events: ServiceEvent[]
  readonly greeting: Buffer
  readonly salt: Buffer
  /** What the server wrote in answer, and how the list of actions ended. */
  send(bytes: Buffer): {readonly written: Buffer; readonly last: Action['type'] | undefined}
}

let drawn = 0

export function connectTo(service: Service, limits: Partial<typeof DEFAULT_LIMITS> = {}): TestClient {
  const handler = service.tcp?.(MYSQL_PORT)
  if (handler?.kind !== 'protocol') throw new TypeError('no protocol')
  const connection: Connection = {
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: '192.168.1.5', port: MYSQL_PORT},
    limits: {...DEFAULT_LIMITS, ...limits},
    now: () => NOW,
    random: (size) => Buffer.alloc(size, ++drawn),
  }
  const session = handler.session(connection)
  const events: ServiceEvent[] = []
  const take = (actions: readonly Action[]) => {
    for (const action of actions) if (action.type === 'event') events.push(action.event)
    const written = Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : [])))
    return {written, last: actions.findLast(({type}) => type !== 'event')?.type}
  }
  const greeting = take(session.open()).written
  return {
    session,
    events,
    greeting,
    salt: greeting[4] === 10 ? saltOf(greeting) : Buffer.alloc(20),
    send: (bytes) => take(session.feed(bytes)),
  }
}

/** A session that was let in by its native proof. */
export async function inside(options: OptionValues = {}, login: Login = {}): Promise<TestClient> {
  const client = connectTo(await mysqlService({auth: 'mysql_native_password', ...options}))
  const {written} = client.send(framed(1, response({...login, proof: native('secret', client.salt)})))
  if (written[4] !== 0) throw new Error(`not let in: ${written.toString('latin1')}`)
  return client
}

/** The error in a packet, as `code state text`. */
export function errorOf(bytes: Buffer): string {
  if (bytes[4] !== 0xff) throw new Error(`no error: ${bytes.toString('latin1')}`)
  return `${bytes.readUInt16LE(5)} ${bytes.subarray(8, 13)} ${bytes.subarray(13)}`
}
