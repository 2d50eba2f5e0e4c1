import type {EventName, ServiceEvent} from '../events/event.ts'

const COMPLETE: ReadonlySet<EventName> = new Set<EventName>([
  'command',
  'query',
  'request',
  'mail',
  'file.read',
  'file.write',
])

/** What proves, for a protocol that does not say so itself, that a peer is more than an open connection. */
export const provesClient = ({event, credential}: ServiceEvent): boolean =>
  credential?.outcome === 'success' || COMPLETE.has(event)
