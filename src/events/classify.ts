/** How much an event says about whoever caused it: class, severity, and the ATT&CK technique where it is certain. */
import type {EvidenceEvent} from './event.ts'
import {CLASS_SEVERITY, EVENT_TABLE, type EventClass, type Severity} from './event-table.ts'

export interface Classification {
  readonly class: EventClass
  readonly severity: Severity
  /** MITRE ATT&CK, such as `T1110`; empty where none is certain. */
  readonly techniques: readonly string[]
}

/** An event as everything that reads evidence gets it. */
export interface EventRecord extends Classification {
  readonly install: string
  readonly event: EvidenceEvent
}

/** What every service of these kinds means by a command: somebody is at a prompt. */
const SHELLS: ReadonlySet<string> = new Set(['ssh', 'telnet', 'winrm'])
/** Orders to the machinery behind the service, which nobody gives by accident. */
const ACTUATORS: ReadonlySet<string> = new Set(['docker_api', 'k8s', 'modbus', 's7'])

/** Ingress tool transfer. */
const INGRESS = 'T1105'

/** ATT&CK techniques by `service/event`, or by event where they are so in every service. */
const TECHNIQUES: Readonly<Record<string, string>> = {
  probe: 'T1046',
  'ssh/command': 'T1059.004',
  'telnet/command': 'T1059.004',
  'winrm/command': 'T1059.001',
  'docker_api/command': 'T1610',
  'smb/file.read': 'T1039',
  'nfs/file.read': 'T1039',
  'snmp/query': 'T1602.001',
  'tftp/file.read': 'T1602.002',
  'file.write': INGRESS,
  poisoner: 'T1557.001',
}

/** Attacks on Active Directory that services recognise and name in `data`; nobody makes them by accident. */
const NAMED_TECHNIQUES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'as-rep-roast': 'T1558.004',
    kerberoast: 'T1558.003',
    bloodhound: 'T1087.002',
    'domain-trusts': 'T1482',
    'privileged-accounts': 'T1069.002',
  }),
)

export function classify(event: EvidenceEvent): Classification {
  const eventClass = classOf(event)
  return {class: eventClass, severity: severityOf(event, eventClass), techniques: techniquesOf(event)}
}

export function recordOf(event: EvidenceEvent, install: string): EventRecord {
  return {install, event, ...classify(event)}
}

/** Whether a credential was tried. Clients ask by `none` which methods there are (RFC 4252 §5.2), and are refused. */
export function triesCredential({credential}: EvidenceEvent): boolean {
  return credential !== undefined && !(credential.method === 'none' && credential.outcome === 'failure')
}

function classOf(event: EvidenceEvent): EventClass {
  const {event: name, service, credential} = event
  if (credential?.outcome === 'success' || namedTechniques(event).length > 0) return 'high-confidence'
  if (name === 'command' && (SHELLS.has(service) || ACTUATORS.has(service))) return 'high-confidence'
  if (downloads(event)) return 'high-confidence'
  return EVENT_TABLE[name].class
}

/** Somebody at a prompt sends for a file: nothing comes, but that is what it was for. */
function downloads({event, service, data}: EvidenceEvent): boolean {
  return event === 'request' && SHELLS.has(service) && data?.action === 'download'
}

function severityOf({event, service}: EvidenceEvent, eventClass: EventClass): Severity {
  if (event === 'poisoner' || (event === 'command' && ACTUATORS.has(service))) return 'critical'
  if (event === 'session.start' || event === 'session.tls' || event === 'session.end') return 'info'
  return CLASS_SEVERITY[eventClass]
}

function techniquesOf(event: EvidenceEvent): readonly string[] {
  if (event.credential !== undefined) return [event.credential.outcome === 'success' ? 'T1078' : 'T1110']
  const named = namedTechniques(event)
  if (named.length > 0) return named
  if (downloads(event)) return [INGRESS]
  const technique = TECHNIQUES[`${event.service}/${event.event}`] ?? TECHNIQUES[event.event]
  return technique === undefined ? [] : [technique]
}

function namedTechniques({data}: EvidenceEvent): string[] {
  const names = [data?.technique, data?.techniques].flat()
  return [...new Set(names.flatMap((name) => (typeof name === 'string' ? (NAMED_TECHNIQUES.get(name) ?? []) : [])))]
}
