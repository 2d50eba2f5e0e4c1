/** What lives longer than one command: of the server, of a source, of a connection. */
import type {Persona} from '../../persona.ts'
import type {Connection} from '../../service.ts'
import {fillBait} from './bait.ts'
import type {CommandTable} from './command-table.ts'
import type {Dialect} from './dialect.ts'
import {Keyspace} from './keyspace.ts'
import type {Resp} from './replies.ts'

/** Sources whose writes are remembered; the one not seen for longest is forgotten first. */
const MAX_SOURCES = 32

export interface ServerFacts {
  readonly persona: Persona
  readonly dialect: Dialect
  readonly table: CommandTable
  readonly port: number
  readonly password: string | null
  readonly config: ReadonlyMap<string, string>
}

/** An intruder often uses one connection a command: what it did must still be there in the next. */
export interface SourceState {
  readonly keyspace: Keyspace
  readonly config: Map<string, string>
  readonly scripts: Set<string>
  master: {readonly host: string; readonly port: number} | null
  /** Seconds since the epoch. */
  lastSave: number
  changes: number
}

export class RedisServer {
  readonly facts: ServerFacts
  #clients = 0
  readonly #sources = new Map<string, SourceState>()

  constructor(facts: ServerFacts) {
    this.facts = facts
  }

  /** Connections of the application beside it. */
  get localClients(): number {
    return this.facts.persona.integer('redis-clients', 1, 6)
  }

  /** A server that has been up for a while has seen its monitoring connect. */
  nextClientId(now: number): number {
    const {persona} = this.facts
    const perDay = persona.integer('redis-connections-per-day', 40, 4000)
    return Math.floor(((now - this.startedAt(now)) / 86_400_000) * perDay) + ++this.#clients + 9
  }

  /** Redis starts a few seconds after the machine. */
  startedAt(now: number): number {
    const {persona} = this.facts
    return persona.bootedAt(now) + persona.integer('redis-start-delay', 4000, 25_000)
  }

  source(ip: string, now: number): SourceState {
    const known = this.#sources.get(ip)
    this.#sources.delete(ip)
    const state = known ?? this.#newSource(now)
    this.#sources.set(ip, state)
    const [oldest] = this.#sources.keys()
    if (this.#sources.size > MAX_SOURCES && oldest !== undefined) this.#sources.delete(oldest)
    return state
  }

  #newSource(now: number): SourceState {
    const {persona, config} = this.facts
    const keyspace = new Keyspace()
    fillBait(keyspace, persona, now)
    const savedAgo = persona.integer('redis-last-save', 60, 3600) * 1000
    return {
      keyspace,
      config: new Map(config),
      scripts: new Set(),
      master: null,
      lastSave: Math.floor(Math.max(this.startedAt(now), now - savedAgo) / 1000),
      changes: persona.integer('redis-changes', 0, 40),
    }
  }
}

/** One connection. */
export interface ClientState {
  readonly id: number
  readonly connection: Connection
  readonly connectedAt: number
  name: string
  resp: Resp
  database: number
  authenticated: boolean
  readonly channels: Set<string>
  readonly patterns: Set<string>
  /** Requests queued by MULTI, or null outside of a transaction. */
  queue: Queued[] | null
  queueFailed: boolean
  /** CLIENT REPLY: `skip` silences the next reply only, `skip-next` is the command that asked for it. */
  replies: 'on' | 'off' | 'skip' | 'skip-next'
}

export interface Queued {
  readonly args: readonly Buffer[]
  readonly count: number
}

export function newClient(id: number, connection: Connection, authenticated: boolean): ClientState {
  return {
    id,
    connection,
    connectedAt: connection.now(),
    name: '',
    resp: 2,
    database: 0,
    authenticated,
    channels: new Set(),
    patterns: new Set(),
    queue: null,
    queueFailed: false,
    replies: 'on',
  }
}
