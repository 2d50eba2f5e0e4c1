/** Lines of evidence as forty deckies write them in the course of a year, the same in each run. */
import type {EvidenceEvent} from '../src/events/event.ts'

const DECKIES = 40
const SOURCES = 5000
const SESSION_EVENTS = 5
const SERVICES = ['ssh', 'http', 'smb', 'redis', 'ftp', 'mysql', 'telnet', 'rdp']
const START = Date.parse('2025-06-01T00:00:00Z')
const YEAR_MS = 365 * 86_400_000

const sample = (text: string) => ({
  text,
  base64: Buffer.from(text).toString('base64'),
  bytes: text.length,
  truncated: false,
})

/** @param total how many there are in all: they are a year apart, first from last. */
export function* evidenceLines(total: number): Generator<string> {
  for (let number = 1; number <= total; number++) yield JSON.stringify(eventOf(number, total))
}

export const deckyOf = (number: number): string => `server-${String(number % DECKIES).padStart(2, '0')}`
export const sourceOf = (number: number): string => `198.18.${(number % SOURCES) >> 8}.${(number % SOURCES) & 255}`

function eventOf(number: number, total: number): EvidenceEvent {
  const session = Math.floor(number / SESSION_EVENTS)
  const boot = `boot-${session % DECKIES}`
  return {
    v: 1,
    id: `${boot}.${number}`,
    ts: new Date(START + (number / total) * YEAR_MS).toISOString(),
    boot,
    // Each boot has every number: otherwise there would be gaps, which real streams have none of.
    seq: Math.floor(session / DECKIES) * SESSION_EVENTS + (number % SESSION_EVENTS) + 1,
    decky: deckyOf(session),
    service: SERVICES[session % SERVICES.length] ?? 'ssh',
    session: `s${session.toString(16).padStart(10, '0')}`,
    src: {ip: sourceOf(session * 7), port: 1024 + (number % 60_000)},
    dst: {ip: `10.0.0.${session % DECKIES}`, port: 22},
    ...partOf(number, session),
  }
}

function partOf(number: number, session: number): Pick<EvidenceEvent, 'event' | 'credential' | 'data'> {
  const secret = sample(`password-${session % 997}`)
  const credential = {principal: `user${session % 50}`, method: 'password', secret, outcome: 'failure'} as const
  const agent = sample('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36')
  const parts = [
    {event: 'session.start'},
    {event: 'auth.attempt', credential, data: {client: 'SSH-2.0-Go', tries: number % 3}},
    {event: 'auth.attempt', credential: {...credential, principal: 'root'}},
    {event: 'request', data: {method: 'GET', path: sample(`/index.php?number=${number}`), agent}},
    {event: 'session.end', data: {durationMs: 1200, bytesIn: 800, bytesOut: 2400}},
  ] as const
  return parts[number % parts.length] ?? parts[0]
}
