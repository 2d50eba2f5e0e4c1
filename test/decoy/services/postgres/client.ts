/** The client's side of the protocol, as far as tests need it. */

import {createHash, createHmac, pbkdf2Sync} from 'node:crypto'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, Connection, ProtocolSession, Service} from '../../../../src/decoy/service.ts'
import {POSTGRES_PORT} from '../../../../src/decoy/services/postgres/definition.ts'
import {createService} from '../../../../src/decoy/services/postgres/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

export const NOW = Date.parse('2026-03-04T05:06:07.089Z')

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'db01',
}

export async function postgresService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), {users: ['app:secret'], ...options})
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export function startup(parameters: Readonly<Record<string, string>>, version = 0x3_0000): Buffer {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [`${name}\0`, `${value}\0`])
  const body = Buffer.concat([int32(version), Buffer.from(`${pairs.join('')}\0`)])
  return Buffer.concat([int32(body.length + 4), body])
}

export const request = (code: number): Buffer => Buffer.concat([int32(8), int32(code)])
export const TLS_REQUEST = request(80_877_103)
export const GSS_REQUEST = request(80_877_104)

export function message(kind: string, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)))
  return Buffer.concat([Buffer.from(kind), int32(body.length + 4), body])
}

export const query = (sql: string): Buffer => message('Q', `${sql}\0`)

export function sasl(first: string | Buffer, mechanism = 'SCRAM-SHA-256'): Buffer {
  return message('p', `${mechanism}\0`, int32(Buffer.byteLength(first)), first)
}

export interface Said {
  readonly kind: string
  readonly body: Buffer
}

export function messagesIn(bytes: Buffer): Said[] {
  const found: Said[] = []
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readInt32BE(at + 1)
    found.push({kind: bytes.toString('latin1', at, at + 1), body: bytes.subarray(at + 5, at + 1 + size)})
    at += 1 + size
  }
  return found
}

/** SQLSTATE and text of the first error. */
export function errorOf(bytes: Buffer): string | null {
  const error = messagesIn(bytes).find(({kind}) => kind === 'E')
  if (error === undefined) return null
  const fields = error.body.toString('utf8').split('\0')
  const field = (key: string) => fields.find((each) => each.startsWith(key))?.slice(1) ?? ''
  return `${field('C')} ${field('M')}`
}

/** Texts of the rows. */
export function rowsOf(bytes: Buffer): (string | null)[][] {
  return messagesIn(bytes).flatMap(({kind, body}) => {
    if (kind !== 'D') return []
    const cells: (string | null)[] = []
    for (let at = 2; at < body.length; ) {
      const size = body.readInt32BE(at)
      cells.push(size < 0 ? null : body.toString('utf8', at + 4, at + 4 + size))
      at += 4 + Math.max(0, size)
    }
    return [cells]
  })
}

export interface TestClient {
  readonly session: ProtocolSession
  readonly events: ServiceEvent[]
  send(bytes: Buffer): {readonly written: Buffer; readonly last: Action['type'] | undefined}
}

let drawn = 0

export function connectTo(service: Service): TestClient {
  const handler = service.tcp?.(POSTGRES_PORT)
  if (handler?.kind !== 'protocol') throw new TypeError('no protocol')
  const connection: Connection = {
    peer: {ip: '192.168.1.77', port: 40_000},
    local: {ip: '192.168.1.5', port: POSTGRES_PORT},
    limits: DEFAULT_LIMITS,
    now: () => NOW,
    random: (size) => Buffer.alloc(size, ++drawn),
  }
  const session = handler.session(connection)
  const events: ServiceEvent[] = []
  return {
    session,
    events,
    send(bytes) {
      const actions = session.feed(bytes)
      for (const action of actions) if (action.type === 'event') events.push(action.event)
      const written = Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : [])))
      return {written, last: actions.findLast(({type}) => type !== 'event')?.type}
    },
  }
}

/** A session of a honey user, in this database. */
export async function inside(database = 'postgres', options: OptionValues = {}): Promise<TestClient> {
  const client = connectTo(await postgresService({...options, auth: 'password'}))
  client.send(startup({user: 'app', database}))
  const {written} = client.send(message('p', 'secret\0'))
  if (messagesIn(written).at(-1)?.kind !== 'Z') throw new Error(`not let in: ${written.toString('latin1')}`)
  return client
}

export interface ScramProof {
  readonly final: string
  /** What the server has to send. */
  readonly signature: string
}

/** RFC 5802 section 3, from the password. */
export function scramProof(password: string, firstBare: string, serverFirst: string, binding = 'biws'): ScramProof {
  const [, nonce = '', salt = '', iterations = '1'] = /^r=([^,]*),s=([^,]*),i=(\d+)$/.exec(serverFirst) ?? []
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256')
  const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const clientKey = hmac(salted, 'Client Key')
  const withoutProof = `c=${binding},r=${nonce}`
  const auth = `${firstBare},${serverFirst},${withoutProof}`
  const signature = hmac(createHash('sha256').update(clientKey).digest(), auth)
  const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)))
  return {
    final: `${withoutProof},p=${proof.toString('base64')}`,
    signature: `v=${hmac(hmac(salted, 'Server Key'), auth).toString('base64')}`,
  }
}
