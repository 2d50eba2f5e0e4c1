import type {Credential, EvidenceEvent, Sample} from '../../events/event.ts'
import type {StoredEvent} from '../../operations/events.ts'

import type {Style} from './style.ts'
import {clock, sanitize, truncate} from './text.ts'

/** Fields of an event that tell most; they come first, without their names. */
const TELLING = ['line', 'command', 'method', 'target', 'query', 'path', 'text', 'kind', 'problem'] as const
/** An event is one line; whoever wants all of it asks for JSON. */
const MOST_DETAIL = 300
/** On a narrower terminal the year, the port and the end of a long name give way to what happened. */
const WIDE = 100
const SHORT_NAME = 12
const LEAST_DETAIL = 10

/** One line for each event: time, decky, service and port, source, what happened. */
export function eventLines(events: readonly StoredEvent[], style: Style, width: number): string {
  const rows = events.map(({event}) => ({event, head: headOf(event, width)}))
  const widths = rows.reduce<number[]>(
    (most, {head}) => head.map((cell, index) => Math.max(most[index] ?? 0, cell.length)),
    [],
  )
  return rows.map(({event, head}) => lineOf(event, head, widths, style, width)).join('\n')
}

function headOf({ts, decky, service, dst, src, event}: EvidenceEvent, width: number): string[] {
  const source = src?.ip ?? '-'
  if (width < WIDE)
    return [clock(ts).slice('2026-'.length), truncate(decky, SHORT_NAME), service, source, event].map(sanitize)
  return [clock(ts), decky, dst === undefined ? service : `${service}/${dst.port}`, source, event].map(sanitize)
}

function lineOf(event: EvidenceEvent, head: string[], widths: number[], style: Style, width: number): string {
  const cells = head.map((cell, index) => cell.padEnd(widths[index] ?? 0))
  const used = cells.reduce((sum, cell) => sum + cell.length + 2, 0)
  const detail = truncate(sanitize(detailOf(event)), Math.min(MOST_DETAIL, Math.max(LEAST_DETAIL, width - used)))
  const paint = event.credential?.outcome === 'success' ? style.bad : (text: string) => text
  return [...cells.slice(0, -1), paint(cells.at(-1) ?? ''), paint(detail)].join('  ').trimEnd()
}

/** What an event says, on one line; not sanitized yet. */
export function detailOf({credential, data = {}}: EvidenceEvent): string {
  const parts = credential === undefined ? [] : [credentialText(credential)]
  const telling = TELLING.flatMap((name) => (Object.hasOwn(data, name) ? [valueText(data[name])] : []))
  const others = Object.entries(data)
    .filter(([name]) => !TELLING.some((known) => known === name))
    .map(([name, value]) => `${name}=${valueText(value)}`)
  return [...parts, ...telling, ...others].filter((text) => text !== '').join(' ')
}

function credentialText({principal, domain, method, secret, hash, fingerprint, outcome}: Credential): string {
  const who = domain === undefined || domain === '' ? principal : `${domain}\\${principal}`
  const what = secret?.text ?? hash?.line ?? fingerprint ?? ''
  return `${outcome} ${method} ${who}${what === '' ? '' : `:${what}`}`
}

function isSample(value: unknown): value is Sample {
  return typeof value === 'object' && value !== null && 'text' in value && 'base64' in value
}

function valueText(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (isSample(value)) return value.truncated ? `${value.text}… (${value.bytes} bytes)` : value.text
  if (Array.isArray(value)) return value.map(valueText).join(' ')
  return value === null || value === undefined ? '' : JSON.stringify(value)
}
