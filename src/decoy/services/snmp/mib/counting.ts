/** Counters that grow since the machine booted, as those of a machine at work do: never evenly, never backwards. */
import type {Persona} from '../../../persona.ts'
import {counter32, counter64, type Value} from '../wire/values.ts'
import type {Clock, Read} from './tree.ts'

/** Busier and quieter times follow each other in waves of some minutes and of a day. */
const WAVES = [
  {periodS: 977, depth: 0.35},
  {periodS: 86_400, depth: 0.45},
] as const

export type Count = (clock: Clock) => number

/** `perSecond` on average; a persona's own is anything between half and twice as much. */
export function counts(persona: Persona, purpose: string, perSecond: number): Count {
  const factor = persona.integer(`snmp rate ${purpose}`, 500, 2000) / 1000
  const phase = persona.integer(`snmp phase ${purpose}`, 0, 6283) / 1000
  return ({uptime}) => Math.floor(perSecond * factor * effective(uptime / 1000, phase))
}

/** Seconds as the counter sees them. Its derivative is never below 0.2, so a counter never falls. */
function effective(seconds: number, phase: number): number {
  return WAVES.reduce((sum, {periodS, depth}) => {
    const turn = (2 * Math.PI) / periodS
    return sum + (depth / turn) * (Math.sin(turn * seconds + phase) - Math.sin(phase))
  }, seconds)
}

export const asCounter32 =
  (count: Count): Read =>
  (clock) =>
    counter32(count(clock))

export const asCounter64 =
  (count: Count): Read =>
  (clock) =>
    counter64(count(clock))

export const ZERO: Value = counter32(0)
