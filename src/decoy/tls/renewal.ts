/** What certificates of all styles have in common: a beginning and a serial number. */
import type {Persona} from '../persona.ts'

const DAY_MS = 86_400_000

/** When the period that `now` lies in began, for something that is renewed every `days`. */
export function renewal(persona: Persona, purpose: string, days: number, now: number): {index: number; from: number} {
  const since = Date.parse(persona.facts.since)
  const origin = since - persona.integer(`${purpose} age`, 1, days * 86_400) * 1000
  const index = Math.max(0, Math.floor((now - origin) / (days * DAY_MS)))
  return {index, from: origin + index * days * DAY_MS}
}

/** Random to an observer: the first bit is clear, the first octet is not zero. */
export function serial(persona: Persona, purpose: string, size: number): Buffer {
  const bytes = Buffer.from(persona.bytes(`serial ${purpose}`, size))
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0)
  return bytes
}
