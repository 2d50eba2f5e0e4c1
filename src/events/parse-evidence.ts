import {EVENT_NAMES, EVENT_VERSION, type EvidenceEvent} from './event.ts'

const NAMES: ReadonlySet<string> = new Set(EVENT_NAMES)

export interface ParsedEvidence {
  readonly event: EvidenceEvent
  /** The line as it was written. */
  readonly json: string
}

/** One line of evidence, or undefined when it is none. A container's output is not trusted to be evidence. */
export function parseEvidence(line: string): ParsedEvidence | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  return isEvidence(value) ? {event: value, json: line} : undefined
}

function isEvidence(value: unknown): value is EvidenceEvent {
  if (typeof value !== 'object' || value === null) return false
  const fields = value as Partial<Record<keyof EvidenceEvent, unknown>>
  const texts = [fields.id, fields.ts, fields.boot, fields.decky, fields.service]
  return (
    fields.v === EVENT_VERSION &&
    texts.every((text) => typeof text === 'string') &&
    Number.isSafeInteger(fields.seq) &&
    NAMES.has(fields.event as string)
  )
}
