/** What a decoy wrote and what followed from it; tests say what else matters to them. */
import type {EvidenceEvent} from '../../../src/events/event.ts'
import type {Alert} from '../../../src/events/incidents/incident.ts'

export const BARE: EvidenceEvent = {
  v: 1,
  id: 'b0.7',
  ts: '2026-03-01T12:00:00.123Z',
  boot: 'b0',
  seq: 7,
  decky: 'web-01',
  service: 'ssh',
  event: 'service.ready',
}

export const ALERT: Alert = {
  id: 4,
  ts: BARE.ts,
  install: 'i1',
  reason: 'escalated',
  incident: 9,
  source: '192.0.2.7',
  class: 'high-confidence',
  severity: 'high',
  summary: '192.0.2.7 touched 2 deckies (ssh): 5 events',
  deckies: ['web-01', 'db-01'],
  services: ['ssh'],
  events: 5,
  attempts: 2,
}
