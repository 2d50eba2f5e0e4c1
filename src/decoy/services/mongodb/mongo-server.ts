/** What all connections of a decky share. */
import {ObjectId} from '../../codecs/bson/values.ts'
import type {Persona} from '../../persona.ts'
import {type LureDatabase, lureDatabases} from './lures.ts'
import type {Release} from './releases.ts'
import {KeyRing} from './scram.ts'
import {Store} from './store.ts'

export interface MongoFacts {
  readonly persona: Persona
  readonly release: Release
  readonly port: number
  readonly auth: boolean
  readonly users: ReadonlyMap<string, string>
}

/** Sources whose writes are remembered; the one not seen for longest is forgotten first. */
const MAX_SOURCES = 16
const DAY_MS = 86_400_000

export class MongoServer {
  readonly facts: MongoFacts
  readonly keys: KeyRing
  readonly #lures: readonly LureDatabase[]
  readonly #sources = new Map<string, Store>()
  #connections = 0
  open = 0

  constructor(facts: MongoFacts) {
    this.facts = facts
    this.keys = new KeyRing(facts.users)
    this.#lures = lureDatabases(facts.persona)
  }

  /** The service starts a few seconds after the machine. */
  startedAt(now: number): number {
    const {persona} = this.facts
    return persona.bootedAt(now) + persona.integer('mongodb start', 5000, 25_000)
  }

  /** Connections of the application beside it. */
  get localClients(): number {
    return this.facts.persona.integer('mongodb clients', 2, 12)
  }

  nextConnectionId(now: number): number {
    return this.made(now) + ++this.#connections
  }

  /** Connections that the application has made since the start. */
  made(now: number): number {
    const perDay = this.facts.persona.integer('mongodb connections per day', 20, 900)
    return this.localClients + Math.floor(((now - this.startedAt(now)) / DAY_MS) * perDay)
  }

  get accepted(): number {
    return this.#connections
  }

  /** What names this run of the process. */
  processId(now: number): ObjectId {
    const startedAt = Math.floor(this.startedAt(now) / 1000)
    const rest = this.facts.persona.bytes(`mongodb process ${startedAt}`, 8).toString('hex')
    return new ObjectId(`${startedAt.toString(16).padStart(8, '0')}${rest}`)
  }

  source(ip: string): Store {
    const {persona} = this.facts
    const store = this.#sources.get(ip) ?? new Store(this.#lures, persona.installedAt)
    this.#sources.delete(ip)
    this.#sources.set(ip, store)
    const [oldest] = this.#sources.keys()
    if (this.#sources.size > MAX_SOURCES && oldest !== undefined) this.#sources.delete(oldest)
    return store
  }
}
