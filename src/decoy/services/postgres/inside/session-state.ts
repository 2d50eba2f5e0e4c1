/** What an intruder's session knows of itself and of its server. */
import type {Persona} from '../../../persona.ts'
import type {Connection} from '../../../service.ts'
import type {BaitDatabase} from '../../../sql/bait.ts'
import type {Release} from '../releases.ts'

export interface ServerFacts {
  readonly persona: Persona
  readonly release: Release
  readonly port: number
  readonly bait: BaitDatabase
}

export interface SessionState {
  readonly server: ServerFacts
  readonly connection: Connection
  readonly pid: number
  readonly user: string
  readonly database: string
  readonly settings: Map<string, string>
  /** As ReadyForQuery tells it: idle, in a transaction, in one that failed. */
  transaction: 'I' | 'T' | 'E'
}

/** The postmaster starts a few seconds after the machine. */
export function startedAt({persona}: ServerFacts, now: number): number {
  return persona.bootedAt(now) + persona.integer('postgres start delay', 4000, 30_000)
}

/** The role that owns the application's tables. */
export const ownerOf = ({bait}: ServerFacts): string => bait.name.replace(/_prod$/, '')
