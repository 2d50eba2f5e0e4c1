/**
 * Syslog lines (RFC 5424). The structured data element and the names of its fields are those that the original writes, so
 * that what reads its lines reads these. A control character never gets into a line: it is written visibly (`\\x0a`).
 */
import type {EventRecord} from '../classify.ts'
import type {Severity} from '../event-table.ts'
import type {Alert} from '../incidents/incident.ts'
import {credentialFields, dataFields, type Field} from './fields.ts'
import type {EventFormat} from './format.ts'
import {shortened, visible} from './text.ts'

/** local0 (§6.2.1). */
const FACILITY = 16
const SEVERITY: Readonly<Record<Severity, number>> = {info: 6, low: 5, medium: 4, high: 3, critical: 2}
const SD_ID = 'relay@55555'
/** §6.2.4, §6.2.5, §6.2.6, §6.2.7: the longest names. */
const LONGEST = {host: 255, app: 48, process: 128, message: 32}
/** A field that is longer is cut: receivers must take 2,048 octets (§6.1), and most take eight thousand. */
const MAX_VALUE = 1024

export const RFC5424_FORMAT: EventFormat = {
  contentType: 'text/plain; charset=utf-8',
  event: (record) => {
    const {event} = record
    const header = headerOf(record.severity, event.ts, event.decky, event.service, event.session, event.event)
    return `${header} ${structured(eventFields(record))}`
  },
  alert: (alert) => {
    const header = headerOf(alert.severity, alert.ts, 'decnet', 'incident', String(alert.incident), alert.reason)
    return `${header} ${structured(alertFields(alert))} ${visible(alert.summary)}`
  },
}

function headerOf(
  severity: Severity,
  ts: string,
  host: string,
  app: string,
  process: string | undefined,
  id: string,
): string {
  const priority = FACILITY * 8 + SEVERITY[severity]
  const names = [
    name(host, LONGEST.host),
    name(app, LONGEST.app),
    name(process ?? '', LONGEST.process),
    name(id, LONGEST.message),
  ]
  return `<${priority}>1 ${ts} ${names.join(' ')}`
}

function eventFields(record: EventRecord): Field[] {
  const {event, install, class: eventClass, techniques} = record
  const {id, src, dst, credential, data} = event
  const reserved: Field[] = [
    ['id', id],
    ['install', install],
    ['class', eventClass],
    ...(techniques.length === 0 ? [] : [['technique', techniques.join(',')] as const]),
    ...(src === undefined ? [] : [['src_ip', src.ip] as const, ['src_port', String(src.port)] as const]),
    ...(dst === undefined ? [] : [['dst_ip', dst.ip] as const, ['dst_port', String(dst.port)] as const]),
    ...credentialFields(credential),
  ]
  const taken = new Set(reserved.map(([field]) => field))
  return [
    ...reserved,
    ...dataFields(data).map(([field, value]): Field => [taken.has(field) ? `data_${field}` : field, value]),
  ]
}

function alertFields(alert: Alert): Field[] {
  return [
    ['incident', String(alert.incident)],
    ['class', alert.class],
    ['src_ip', alert.source],
    ['deckies', alert.deckies.join(',')],
    ['services', alert.services.join(',')],
    ['events', String(alert.events)],
    ['attempts', String(alert.attempts)],
  ]
}

/** §6.3.3: in a value `"`, `\\` and `]` are escaped by a backslash. */
function structured(fields: readonly Field[]): string {
  const parameters = fields.map(
    ([field, value]) => ` ${field}="${shortened(visible(value), MAX_VALUE).replace(/["\\\]]/g, '\\$&')}"`,
  )
  return `[${SD_ID}${parameters.join('')}]`
}

/** Printable ASCII without a space; `-` where there is nothing. */
function name(text: string, most: number): string {
  const shown = text.replace(/[^\x21-\x7e]/g, '_').slice(0, most)
  return shown === '' ? '-' : shown
}
