/** What an intruder's session knows of itself and of its server. */
import type {Persona} from '../../../persona.ts'
import type {Connection} from '../../../service.ts'
import {type BaitDatabase, baitDatabase} from '../../../sql/bait.ts'
import type {Release} from '../releases.ts'

export interface ServerFacts {
  readonly persona: Persona
  readonly release: Release
  readonly port: number
  readonly tls: boolean
  readonly bait: BaitDatabase
}

export interface SessionState {
  readonly server: ServerFacts
  readonly connection: Connection
  readonly thread: number
  user: string
  password: Buffer
  database: string | null
  /** Commands so far. */
  questions: number
}

export const serverFacts = (facts: Omit<ServerFacts, 'bait'>): ServerFacts => ({
  ...facts,
  bait: baitDatabase(facts.persona),
})

/** The server starts a few seconds after the machine. */
export function startedAt({persona}: ServerFacts, now: number): number {
  return persona.bootedAt(now) + persona.integer('mysql start delay', 5000, 40_000)
}

export function uptime(state: SessionState): number {
  const now = state.connection.now()
  return Math.max(1, Math.floor((now - startedAt(state.server, now)) / 1000))
}

/** Statements since the start, this session's included. */
export function questions(state: SessionState): number {
  const perHour = state.server.persona.integer('mysql questions per hour', 20, 4000)
  return Math.floor((uptime(state) / 3600) * perHour) + state.questions
}
