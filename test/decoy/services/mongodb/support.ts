import {createHash, createHmac, pbkdf2Sync} from 'node:crypto'
import {decodeDocument} from '../../../../src/decoy/codecs/bson/decode.ts'
import {encodeDocument} from '../../../../src/decoy/codecs/bson/encode.ts'
import {Binary, type BsonDocument, document, type Fields} from '../../../../src/decoy/codecs/bson/values.ts'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {DEFAULT_LIMITS, type Limits} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Action, Connection, Service} from '../../../../src/decoy/service.ts'
import {MONGODB_PORT} from '../../../../src/decoy/services/mongodb/definition.ts'
import {createService} from '../../../../src/decoy/services/mongodb/server.ts'
import type {ServiceEvent} from '../../../../src/events/event.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'

export const NOW = Date.parse('2026-03-04T05:06:07.089Z')

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'mongo01',
}

export async function mongoService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

export function header(opcode: number, body: Buffer, requestId = 7): Buffer {
  const head = Buffer.alloc(16)
  head.writeInt32LE(16 + body.length)
  head.writeInt32LE(requestId, 4)
  head.writeInt32LE(opcode, 12)
  return Buffer.concat([head, body])
}

export const opMsg = (fields: Fields, flags = 0, requestId = 7): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt32LE(flags)
  return header(2013, Buffer.concat([head, encodeDocument(document(fields))]), requestId)
}

export const opQuery = (collection: string, fields: Fields): Buffer => {
  const numbers = Buffer.alloc(8)
  numbers.writeInt32LE(-1, 4)
  const name = Buffer.from(`${collection}\0`)
  return header(2004, Buffer.concat([Buffer.alloc(4), name, numbers, encodeDocument(document(fields))]))
}

export interface Answered {
  readonly documents: readonly BsonDocument[]
  readonly bytes: Buffer
  readonly closed: boolean
}

export interface MongoClient {
  readonly events: ServiceEvent[]
  /** What was written unasked since it was last looked at. */
  pushed(): Buffer
  /** Lets the session's own clock run out. */
  tick(): void
  send(bytes: Buffer): Answered
  /** The one document that answers. */
  ask(fields: Fields): BsonDocument
}

export function connectTo(service: Service, limits: Partial<Limits> = {}, ip = '192.168.1.77'): MongoClient {
  let drawn = 0
  const connection: Connection = {
    peer: {ip, port: 40_000},
    local: {ip: FACTS.ip, port: MONGODB_PORT},
    limits: {...DEFAULT_LIMITS, ...limits},
    now: () => NOW,
    random: (size) => Buffer.alloc(size, ++drawn),
  }
  const handler = service.tcp?.(MONGODB_PORT)
  if (handler?.kind !== 'protocol') throw new TypeError('mongodb is a protocol')
  const session = handler.session(connection)
  const events: ServiceEvent[] = []
  let unasked: Buffer[] = []
  let clock: (() => readonly Action[]) | null = null
  const take = (actions: readonly Action[]): Buffer => {
    events.push(...actions.flatMap((action) => (action.type === 'event' ? [action.event] : [])))
    return Buffer.concat(actions.flatMap((action) => (action.type === 'write' ? [action.data] : [])))
  }
  session.begin?.({
    perform: (make) => {
      unasked.push(take(make()))
    },
    performAfter: (_, make) => {
      clock = make
    },
  })
  session.open()
  const send = (input: Buffer): Answered => {
    const actions = session.feed(input)
    const bytes = take(actions)
    const documents = bytes.toString('latin1', 0, 5) === 'HTTP/' ? [] : documentsIn(bytes)
    return {bytes, documents, closed: actions.some(({type}) => type === 'close')}
  }
  return {
    events,
    send,
    pushed: () => {
      const all = Buffer.concat(unasked)
      unasked = []
      return all
    },
    tick: () => {
      const make = clock
      clock = null
      if (make !== null) unasked.push(take(make()))
    },
    ask: (fields) => {
      const [answer] = send(opMsg({...fields, $db: fields.$db ?? 'admin'})).documents
      if (answer === undefined) throw new Error('no answer')
      return answer
    },
  }
}

/** Of OP_MSG and OP_REPLY messages. */
export function documentsIn(bytes: Buffer): BsonDocument[] {
  const found: BsonDocument[] = []
  for (let at = 0; at + 16 <= bytes.length; at += bytes.readInt32LE(at)) {
    const opcode = bytes.readInt32LE(at + 12)
    const end = at + bytes.readInt32LE(at)
    let next = at + (opcode === 2013 ? 21 : 36)
    while (opcode !== 2012 && next < end) {
      const read = decodeDocument(bytes, next)
      found.push(read.document)
      next = read.end
    }
  }
  return found
}

export const bytesOf = (answer: BsonDocument, name: string): Buffer => {
  const value = answer.get(name)
  if (!(value instanceof Binary)) throw new Error(`${name} is no binary`)
  return value.bytes
}

/** A driver's side of SCRAM, written from RFC 5802 alone. */
export class ScramClient {
  readonly #hash: 'sha1' | 'sha256'
  readonly #password: string
  readonly #bare: string
  readonly mechanism: string
  #salted: Buffer = Buffer.alloc(0)
  #authMessage = ''

  constructor(mechanism: 'SCRAM-SHA-1' | 'SCRAM-SHA-256', user: string, password: string) {
    this.mechanism = mechanism
    this.#hash = mechanism === 'SCRAM-SHA-1' ? 'sha1' : 'sha256'
    const digest = createHash('md5').update(`${user}:mongo:${password}`).digest('hex')
    this.#password = mechanism === 'SCRAM-SHA-1' ? digest : password
    this.#bare = `n=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=rOprNGfwEbeRWgbNEkqO`
  }

  get first(): Binary {
    return new Binary(Buffer.from(`n,,${this.#bare}`))
  }

  final(serverFirst: Buffer): Binary {
    const text = serverFirst.toString()
    const [, nonce = '', salt = '', iterations = '0'] = /^r=(.*),s=(.*),i=(\d+)$/.exec(text) ?? []
    const size = this.#hash === 'sha1' ? 20 : 32
    this.#salted = pbkdf2Sync(this.#password, Buffer.from(salt, 'base64'), Number(iterations), size, this.#hash)
    const clientKey = createHmac(this.#hash, this.#salted).update('Client Key').digest()
    const storedKey = createHash(this.#hash).update(clientKey).digest()
    const withoutProof = `c=biws,r=${nonce}`
    this.#authMessage = `${this.#bare},${text},${withoutProof}`
    const signature = createHmac(this.#hash, storedKey).update(this.#authMessage).digest()
    const proof = Buffer.from(clientKey.map((octet, index) => octet ^ (signature[index] ?? 0)))
    return new Binary(Buffer.from(`${withoutProof},p=${proof.toString('base64')}`))
  }

  /** What the server must prove itself with. */
  get serverFinal(): string {
    const key = createHmac(this.#hash, this.#salted).update('Server Key').digest()
    return `v=${createHmac(this.#hash, key).update(this.#authMessage).digest('base64')}`
  }
}

/** A whole login; the answer to the proof. */
export function logIn(client: MongoClient, scram: ScramClient, database = 'admin'): BsonDocument {
  const begun = client.ask({saslStart: 1, mechanism: scram.mechanism, payload: scram.first, $db: database})
  const payload = scram.final(bytesOf(begun, 'payload'))
  return client.ask({saslContinue: 1, conversationId: 1, payload, $db: database})
}
