/** Elastic Common Schema 8: one JSON document an event. What ECS has no field for is under `decnet`. */
import type {EventRecord} from '../classify.ts'
import type {EventName, EvidenceEvent} from '../event.ts'
import {EVENT_TABLE, SEVERITIES} from '../event-table.ts'
import type {Alert} from '../incidents/incident.ts'
import {dataFields} from './fields.ts'
import type {EventFormat, FormatOptions} from './format.ts'
import {asciiJson} from './json.ts'

const ECS_VERSION = '8.17.0'

/** `event.category` and `event.type`, of the values that ECS allows. */
const CATEGORIES: Readonly<Record<EventName, readonly [category: readonly string[], type: readonly string[]]>> = {
  'session.start': [['network'], ['connection', 'start']],
  'session.tls': [['network'], ['connection', 'protocol']],
  'session.transcript': [['process'], ['info']],
  'session.end': [['network'], ['connection', 'end']],
  'auth.attempt': [['authentication'], ['start']],
  command: [['process'], ['start']],
  query: [['database'], ['access']],
  request: [['network'], ['protocol']],
  'file.read': [['file'], ['access']],
  'file.write': [['file'], ['creation']],
  capture: [['file'], ['info']],
  mail: [['email'], ['info']],
  probe: [['intrusion_detection', 'network'], ['info']],
  malformed: [['intrusion_detection', 'network'], ['info']],
  poisoner: [['intrusion_detection', 'network'], ['info']],
  log: [['process'], ['info']],
  suppressed: [['host'], ['info']],
  'service.ready': [['host'], ['info']],
  'service.error': [['host'], ['info']],
}

export function ecsFormat({version}: FormatOptions): EventFormat {
  const observer = (name: string): object => ({vendor: 'decnet', product: 'decnet', type: 'decoy', version, name})
  return {
    contentType: 'application/json',
    event: (record) => asciiJson({...eventDocument(record), observer: observer(record.event.decky)}),
    alert: (alert) => asciiJson({...alertDocument(alert), observer: observer('decnet')}),
  }
}

function eventDocument({event, install, class: eventClass, severity, techniques}: EventRecord): object {
  const {id, ts, event: name, decky, service, session, src, dst, credential, data} = event
  const [category, type] = CATEGORIES[name]
  return {
    '@timestamp': ts,
    ecs: {version: ECS_VERSION},
    message: EVENT_TABLE[name].summary,
    event: {
      id,
      kind: 'event',
      module: 'decnet',
      dataset: 'decnet.events',
      action: name,
      category,
      type,
      severity: SEVERITIES.indexOf(severity) + 1,
      outcome: credential?.outcome ?? (name === 'service.error' ? 'failure' : 'unknown'),
    },
    host: {name: decky},
    service: {type: service},
    ...(src === undefined ? {} : {source: src, related: {ip: [src.ip]}}),
    ...(dst === undefined ? {} : {destination: dst}),
    ...userOf(event),
    ...threatOf(techniques),
    ...tlsOf(event),
    decnet: {
      install,
      class: eventClass,
      severity,
      ...(session && {session}),
      ...(credential && {credential}),
      // Texts only: what is a text of one service and a number or an object of another would be refused by an index.
      data: Object.fromEntries(dataFields(data)),
    },
  }
}

function alertDocument(alert: Alert): object {
  return {
    '@timestamp': alert.ts,
    ecs: {version: ECS_VERSION},
    message: alert.summary,
    event: {
      id: `incident-${alert.incident}-${alert.id}`,
      kind: 'alert',
      module: 'decnet',
      dataset: 'decnet.incidents',
      action: `incident.${alert.reason}`,
      category: ['intrusion_detection'],
      type: ['info'],
      severity: SEVERITIES.indexOf(alert.severity) + 1,
    },
    source: {ip: alert.source},
    related: {ip: [alert.source], hosts: alert.deckies},
    decnet: {alert},
  }
}

function userOf({credential}: EvidenceEvent): object {
  if (credential === undefined || credential.principal === '') return {}
  const {principal, domain} = credential
  return {user: {name: principal, ...(domain === undefined || domain === '' ? {} : {domain})}}
}

function threatOf(techniques: readonly string[]): object {
  if (techniques.length === 0) return {}
  const whole = techniques.map((id) => id.split('.')[0] ?? id)
  const parts = techniques.filter((id) => id.includes('.'))
  return {
    threat: {
      framework: 'MITRE ATT&CK',
      technique: {id: [...new Set(whole)], ...(parts.length > 0 && {subtechnique: {id: parts}})},
    },
  }
}

function tlsOf({event, data = {}}: EvidenceEvent): object {
  if (event !== 'session.tls') return {}
  const {version, cipher, serverName, ja3} = data
  const version_ = typeof version === 'string' ? version.replace(/^TLSv?/, '') : undefined
  return {
    tls: {
      ...(version_ !== undefined && {version: version_, version_protocol: 'tls'}),
      ...(typeof cipher === 'string' && {cipher}),
      client: {...(typeof serverName === 'string' && {server_name: serverName}), ...(typeof ja3 === 'string' && {ja3})},
    },
  }
}
