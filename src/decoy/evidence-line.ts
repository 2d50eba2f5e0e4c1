/**
 * One event as one line of JSON that is safe to store and to show: printable ASCII only, so no control byte, C1,
 * U+2028/9 or direction override of an attacker reaches a log or terminal, and short enough for a container's log.
 */
import type {EvidenceEvent, Sample} from '../events/event.ts'
import {sample} from './sample.ts'

/** The Docker Engine splits log records at 16,384 bytes. */
export const MAX_LINE = 15_000

/** What is kept of every sample and string, tried in order until the line fits. */
const CUTS = [4096, 2048, 1024, 512, 256, 128, 64] as const
/** Entries kept of a list, by the same token. */
const ENTRIES_PER_CUT = 8

export function evidenceLine(event: EvidenceEvent): string {
  try {
    return fittingLine(event)
  } catch {
    // Facts that are no JSON are a bug of a service; the event itself must not be lost for it.
    return asciiJson({...identity(event), data: {unserializable: true}})
  }
}

function fittingLine(event: EvidenceEvent): string {
  let line = asciiJson(event)
  for (const cut of CUTS) {
    if (line.length <= MAX_LINE) return line
    line = asciiJson(shrunk(event, cut))
  }
  if (line.length <= MAX_LINE) return line
  return asciiJson({...identity(event), data: {truncated: true}})
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, escapeUnit)
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function identity(event: EvidenceEvent): EvidenceEvent {
  const {credential: _credential, data: _data, ...rest} = event
  return rest
}

function shrunk(event: EvidenceEvent, cut: number): EvidenceEvent {
  const {credential, data} = event
  return {
    ...identity(event),
    ...(credential === undefined ? {} : {credential: smaller(credential, cut) as typeof credential}),
    ...(data === undefined ? {} : {data: {...(smaller(data, cut) as typeof data), truncated: true}}),
  }
}

function smaller(value: unknown, cut: number): unknown {
  if (typeof value === 'string') return value.length > cut ? value.slice(0, cut) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.slice(0, cut / ENTRIES_PER_CUT).map((entry) => smaller(entry, cut))
  if (isSample(value)) return smallerSample(value, cut)
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, smaller(entry, cut)]))
}

function isSample(value: object): value is Sample {
  return 'text' in value && 'base64' in value && 'bytes' in value && 'truncated' in value
}

function smallerSample(whole: Sample, cut: number): Sample {
  const bytes = Buffer.from(whole.base64, 'base64')
  if (bytes.length <= cut) return whole
  return {...sample(bytes, cut), bytes: whole.bytes, truncated: true}
}
