/** ArcSight Common Event Format, version 0 (CEF:0), without a syslog header: a sink that needs one adds it. */
import type {EventRecord} from '../classify.ts'
import {EVENT_TABLE, type Severity} from '../event-table.ts'
import type {Alert} from '../incidents/incident.ts'
import {dataFields, type Field} from './fields.ts'
import type {EventFormat, FormatOptions} from './format.ts'
import {shortened, visible} from './text.ts'

const SEVERITY: Readonly<Record<Severity, number>> = {info: 1, low: 3, medium: 5, high: 8, critical: 10}
/** The longest that CEF's dictionary lets a custom string be. */
const MAX_VALUE = 4000

export function cefFormat({version}: FormatOptions): EventFormat {
  const line = (id: string, name: string, severity: Severity, fields: readonly Field[]): string => {
    const header = ['CEF:0', 'decnet', 'decnet', version, id, name, String(SEVERITY[severity])]
    return `${header.map(headerText).join('|')}|${fields.map(([key, value]) => `${key}=${extensionText(value)}`).join(' ')}`
  }
  return {
    contentType: 'text/plain; charset=utf-8',
    event: (record) => {
      const {event} = record.event
      return line(event, EVENT_TABLE[event].summary.replace(/\.$/, ''), record.severity, eventFields(record))
    },
    alert: (alert) => line(`incident.${alert.reason}`, alert.summary, alert.severity, alertFields(alert)),
  }
}

function eventFields({event, install, class: eventClass, techniques}: EventRecord): Field[] {
  const {id, ts, decky, service, session, src, dst, credential, data} = event
  const data_ = dataFields(data).map(([name, value]) => `${name}: ${value}`)
  return [
    ['rt', String(Date.parse(ts))],
    ['externalId', id],
    ['deviceExternalId', install],
    ['dvchost', decky],
    ['app', service],
    ['cat', eventClass],
    ...(src === undefined ? [] : [['src', src.ip] as const, ['spt', String(src.port)] as const]),
    ...(dst === undefined ? [] : [['dst', dst.ip] as const, ['dpt', String(dst.port)] as const]),
    ...(credential === undefined ? [] : credentialPart(credential)),
    ...labelled('cs1', 'session', session ?? ''),
    ...labelled('cs2', 'technique', techniques.join(',')),
    ...(data_.length === 0 ? [] : [['msg', data_.join(' ')] as const]),
  ]
}

function credentialPart(credential: NonNullable<EventRecord['event']['credential']>): Field[] {
  const {principal, domain, method, secret, hash, outcome} = credential
  return [
    ['duser', principal],
    ...(domain === undefined ? [] : [['dntdom', domain] as const]),
    ['outcome', outcome],
    ...labelled('cs3', 'method', method),
    ...labelled('cs4', 'secret', secret?.text ?? ''),
    ...labelled('cs5', 'secretBase64', secret?.base64 ?? ''),
    ...labelled('cs6', 'hash', hash?.line ?? ''),
  ]
}

function alertFields(alert: Alert): Field[] {
  return [
    ['rt', String(Date.parse(alert.ts))],
    ['externalId', `incident-${alert.incident}-${alert.id}`],
    ...(alert.install === null ? [] : [['deviceExternalId', alert.install] as const]),
    ['cat', alert.class],
    ['src', alert.source],
    ['cnt', String(alert.events)],
    ...labelled('cs1', 'deckies', alert.deckies.join(',')),
    ...labelled('cs2', 'services', alert.services.join(',')),
    ['msg', alert.summary],
  ]
}

function labelled(key: string, label: string, value: string): Field[] {
  return value === ''
    ? []
    : [
        [`${key}Label`, label],
        [key, value],
      ]
}

/** In the header a pipe and a backslash are escaped. */
function headerText(text: string): string {
  return visible(text).replace(/[|\\]/g, '\\$&')
}

/** In the extension an equals sign and a backslash are; a pipe is not. */
function extensionText(text: string): string {
  return shortened(visible(text), MAX_VALUE).replace(/[=\\]/g, '\\$&')
}
