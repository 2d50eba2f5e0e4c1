/** The system group (RFC 3418 §2), which every agent has. */
import {integer, objectId, text, ticks} from '../wire/values.ts'
import type {MibBuilder} from './builder.ts'

const SYSTEM = '1.3.6.1.2.1.1'

export interface SystemFacts {
  readonly description: string
  readonly objectId: string
  readonly contact: string
  readonly name: string
  readonly location: string
  /** Sum of 2^(layer - 1). */
  readonly services: number
  /** Milliseconds from the boot to the start of the agent. */
  readonly startMs: number
}

export interface Module {
  readonly oid: string
  readonly description: string
}

export function system(mib: MibBuilder, facts: SystemFacts): void {
  mib
    .scalar(`${SYSTEM}.1`, text(facts.description))
    .scalar(`${SYSTEM}.2`, objectId(facts.objectId))
    .scalar(`${SYSTEM}.3`, ({uptime}) => ticks(Math.max(100, uptime - facts.startMs) / 10))
    .scalar(`${SYSTEM}.4`, text(facts.contact), {writable: true})
    .scalar(`${SYSTEM}.5`, text(facts.name), {writable: true})
    .scalar(`${SYSTEM}.6`, text(facts.location), {writable: true})
    .scalar(`${SYSTEM}.7`, integer(facts.services))
}

/** sysORTable: the modules that the agent says it has. */
export function modules(mib: MibBuilder, list: readonly Module[], upTicks: number): void {
  const rows = list.map((module, at) => ({...module, index: String(at + 1)}))
  mib.scalar(`${SYSTEM}.8`, ticks(upTicks))
  mib.table(`${SYSTEM}.9.1`, rows, {
    2: ({oid}) => objectId(oid),
    3: ({description}) => text(description),
    4: () => ticks(upTicks),
  })
}
