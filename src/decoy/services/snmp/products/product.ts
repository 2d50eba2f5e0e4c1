/** What differs between agents. */
import type {Persona} from '../../../persona.ts'
import type {MibBuilder} from '../mib/builder.ts'

/** What an administrator entered, or left as it was. */
export interface Entered {
  readonly contact: string
  readonly location: string
}

export interface AgentProduct {
  /** Null: it has no version 3. */
  readonly engineId: ((persona: Persona) => Buffer) | null
  /** The largest message it takes and sends, in octets. */
  readonly maxMessage: number
  /** As it is delivered; null: none. */
  readonly writeCommunity: string | null
  /** Further communities that read where the fleet file names none. */
  readonly communities?: (persona: Persona) => readonly string[]
  /** The interface that has the machine's address, for what the network tells of it. */
  readonly interfaceNumber: number
  /** What is entered where the fleet file says nothing. */
  readonly entered: (persona: Persona) => Entered
  /** Objects below which the write community may make rows. */
  readonly creatable?: readonly string[]
  readonly build: (mib: MibBuilder, persona: Persona, entered: Entered) => void
}

const DESKS = ['it', 'it-support', 'helpdesk', 'noc', 'servicedesk'] as const

/** The address of whoever looks after the machines: one for the whole fleet. */
export function helpDesk(persona: Persona): string {
  const desk = persona.fleet.pick('help desk', DESKS)
  return persona.facts.domain === null ? desk : `${desk}@${persona.facts.domain}`
}

/** A room of the fleet's site. */
export function roomOf(persona: Persona, kind: 'servers' | 'office' | 'cabinet' | 'plant'): string {
  const site = persona.facts.fleet?.site.toUpperCase()
  const floor = persona.integer('snmp floor', 1, 4)
  const rooms = {
    servers: `server room, rack ${persona.integer('snmp rack', 1, 12)}`,
    office: persona.pick('snmp room', [
      `floor ${floor}, copy room`,
      `floor ${floor}, corridor`,
      `room ${floor}${persona.integer('snmp office', 10, 38)}`,
    ]),
    cabinet: `floor ${floor}, cabinet ${persona.pick('snmp cabinet', ['A', 'B', 'C'])}`,
    plant: `hall ${persona.integer('snmp hall', 1, 6)}`,
  }
  const room = rooms[kind]
  return site === undefined ? `${room.charAt(0).toUpperCase()}${room.slice(1)}` : `${site}, ${room}`
}
