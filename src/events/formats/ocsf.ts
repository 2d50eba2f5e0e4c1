/**
 * Open Cybersecurity Schema Framework 1.4: Authentication (3002) for credentials, Network Activity (4001) for the rest of
 * what a source does, the base event for what deckies say of themselves, Detection Finding (2004) for alerts. What has no
 * attribute of its own is under `unmapped`.
 */
import type {EventRecord} from '../classify.ts'
import type {EventName, EvidenceEvent} from '../event.ts'
import {EVENT_TABLE, SEVERITIES, type Severity} from '../event-table.ts'
import type {Alert} from '../incidents/incident.ts'
import type {EventFormat, FormatOptions} from './format.ts'
import {asciiJson} from './json.ts'

const OCSF_VERSION = '1.4.0'
const ATTACK_VERSION = '16.1'
const CATEGORY = {uncategorized: 0, findings: 2, identity: 3, network: 4}
const CLASS = {base: 0, finding: 2004, authentication: 3002, network: 4001}
/** In an enumeration that has not what is meant; the text beside it says it. */
const OTHER = 99
const ACTIVITY = {open: 1, close: 2, traffic: 6, logon: 1, create: 1, update: 2, other: OTHER}
const STATUS = {success: 1, failure: 2}
/** `action_id` and `disposition_id` of the profile security_control: let in and logged, or refused and blocked. */
const LET_IN = {action_id: 1, disposition_id: 17}
const REFUSED = {action_id: 2, disposition_id: 2}
/** `connection_info.direction_id`: towards the decky. */
const INBOUND = 1

/** `activity_id` of Network Activity. */
const NETWORK_ACTIVITY: Partial<Record<EventName, number>> = {
  'session.start': ACTIVITY.open,
  'session.end': ACTIVITY.close,
}

export function ocsfFormat({version}: FormatOptions): EventFormat {
  const metadata = (uid: string, more: object = {}): object => ({
    version: OCSF_VERSION,
    product: {name: 'decnet', vendor_name: 'decnet', version},
    uid,
    log_name: 'evidence',
    ...more,
  })
  return {
    contentType: 'application/json',
    event: (record) => {
      const profiles = record.techniques.length > 0 ? {profiles: ['security_control']} : {}
      const {event, install} = record
      const tenant = install === '' ? {} : {tenant_uid: install}
      const known = {...metadata(event.id, {...profiles, ...tenant}), original_time: event.ts}
      return asciiJson({...eventObject(record), metadata: known})
    },
    alert: (alert) => asciiJson({...alertObject(alert), metadata: metadata(`incident-${alert.incident}-${alert.id}`)}),
  }
}

function eventObject(record: EventRecord): object {
  const {event, severity, techniques, class: eventClass} = record
  const {event: name, ts, decky, service, session, src, dst, data, credential} = event
  const endpoints = {...(src && {src_endpoint: src}), dst_endpoint: {...dst, hostname: decky, svc_name: service}}
  const control = credential?.outcome === 'failure' ? REFUSED : LET_IN
  return {
    ...classification(event),
    ...severityOf(severity),
    time: Date.parse(ts),
    message: EVENT_TABLE[name].summary,
    // The base event has none.
    ...(isOwn(event) ? {} : endpoints),
    ...(techniques.length > 0 && {attacks: techniques.map(attackOf), ...control}),
    unmapped: {
      decnet: {
        event: name,
        class: eventClass,
        decky,
        service,
        ...(session && {session}),
        ...(credential && {credential}),
        data,
      },
    },
  }
}

/** Of a decky itself; nobody did anything. */
function isOwn({event}: EvidenceEvent): boolean {
  return EVENT_TABLE[event].class === 'system'
}

function classification(event: EvidenceEvent): object {
  const {event: name, credential, service, session} = event
  if (isOwn(event)) return {...typed(CATEGORY.uncategorized, CLASS.base, ACTIVITY.other), activity_name: name}
  if (credential === undefined) {
    const activity = NETWORK_ACTIVITY[name] ?? ACTIVITY.traffic
    return {
      ...typed(CATEGORY.network, CLASS.network, activity),
      connection_info: {direction_id: INBOUND},
      app_name: service,
    }
  }
  const {principal, domain, method, outcome} = credential
  return {
    ...typed(CATEGORY.identity, CLASS.authentication, ACTIVITY.logon),
    status_id: STATUS[outcome],
    user: {name: principal, ...(domain === undefined || domain === '' ? {} : {domain})},
    service: {name: service},
    is_remote: true,
    auth_protocol: method,
    auth_protocol_id: OTHER,
    ...(session && {session: {uid: session}}),
  }
}

function alertObject(alert: Alert): object {
  const activity = alert.reason === 'opened' ? ACTIVITY.create : ACTIVITY.update
  return {
    ...typed(CATEGORY.findings, CLASS.finding, activity),
    ...severityOf(alert.severity),
    time: Date.parse(alert.ts),
    message: alert.summary,
    is_alert: true,
    finding_info: {uid: `incident-${alert.incident}`, title: alert.summary, types: [alert.class]},
    evidences: [{src_endpoint: {ip: alert.source}}],
    resources: alert.deckies.map((name) => ({name, type: 'decoy'})),
    unmapped: {decnet: {alert}},
  }
}

function typed(category: number, uid: number, activity: number): object {
  return {category_uid: category, class_uid: uid, activity_id: activity, type_uid: uid * 100 + activity}
}

/** OCSF counts from 1, Informational. */
function severityOf(severity: Severity): object {
  return {severity_id: SEVERITIES.indexOf(severity) + 1}
}

function attackOf(id: string): object {
  const [technique = id] = id.split('.')
  return {
    version: ATTACK_VERSION,
    technique: {uid: technique},
    ...(id === technique ? {} : {sub_technique: {uid: id}}),
  }
}
