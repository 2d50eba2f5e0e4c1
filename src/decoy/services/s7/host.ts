/** What all connections to one decky's controller share. */
import type {OptionValues} from '../../definition.ts'
import {type Plant, plantOf} from '../../industrial/plant.ts'
import {utcOffset} from '../../persona/place.ts'
import {type Plc, plcOf} from '../../persona/plc.ts'
import type {Persona} from '../../persona.ts'
import {type Protection, S7_PROTECTIONS} from './definition.ts'
import {S7Memory} from './memory.ts'

export class S7Host {
  readonly persona: Persona
  readonly plc: Plc
  readonly plant: Plant
  readonly memory: S7Memory
  readonly protection: Protection
  readonly password: string | null
  /** When it last changed between STOP and RUN; null: when it booted. */
  changedAt: number | null = null

  constructor(persona: Persona, options: OptionValues) {
    this.persona = persona
    this.plc = plcOf(persona, 'siemens')
    this.plant = plantOf(persona)
    this.memory = new S7Memory(persona, this.plant)
    this.protection = S7_PROTECTIONS.find((each) => each === options.protection) ?? 'none'
    this.password = typeof options.password === 'string' ? options.password : null
  }

  /** What its clock shows: the time of its place, as milliseconds since the epoch. */
  clock(now: number): number {
    return now + utcOffset(this.persona, now) * 60_000
  }
}
