/** What intruders might do, stored as a collector would, so that what comes after it can be tried without any decky. */
import type {EvidenceEvent} from '../../src/events/event.ts'
import type {EvidenceStore} from '../../src/events/evidence-store.ts'

/** A source does so much, and then another comes. */
const EVENTS_OF_A_SOURCE = 100
const DECKIES = 40
/** One event of so many is a honey login. */
const LOGIN_EVERY = 50

const text = (value: string) => ({
  text: value,
  base64: Buffer.from(value).toString('base64'),
  bytes: value.length,
  truncated: false,
})

type Doing = Pick<EvidenceEvent, 'event' | 'credential' | 'data'>

function doing(number: number): Doing {
  if (number % LOGIN_EVERY === LOGIN_EVERY - 1) {
    return {event: 'auth.attempt', credential: {principal: 'root', method: 'password', outcome: 'success'}}
  }
  const secret = text(`pass"word]=|\\\\x0a${number}`)
  const kinds: readonly Doing[] = [
    {event: 'session.start'},
    {event: 'auth.attempt', credential: {principal: `user${number}`, method: 'password', secret, outcome: 'failure'}},
    {event: 'request', data: {method: 'GET', path: text(`/page?number=${number}`)}},
    {event: 'session.end', data: {durationMs: number}},
  ]
  return kinds[number % kinds.length] ?? {event: 'session.start'}
}

/** Addresses for tests of network gear (RFC 2544, RFC 6815). */
const sourceOf = (number: number): string => `198.18.${(number >> 8) & 0xff}.${number & 0xff}`

/** Events of one boot, numbered from 1. */
export class EvidenceStream {
  readonly events: EvidenceEvent[] = []
  readonly #store: EvidenceStore
  readonly #boot: string

  constructor(store: EvidenceStore, boot: string) {
    this.#store = store
    this.#boot = boot
  }

  put(count: number): void {
    const made = Array.from({length: count}, (_, index) => this.#make(this.events.length + 1 + index))
    this.events.push(...made)
    this.#store.store(made.map((event) => JSON.stringify(event)))
  }

  #make(seq: number): EvidenceEvent {
    return {
      v: 1,
      id: `${this.#boot}.${seq}`,
      ts: new Date().toISOString(),
      boot: this.#boot,
      seq,
      decky: `web-${String(seq % DECKIES).padStart(2, '0')}`,
      service: 'ssh',
      session: `s${Math.floor(seq / 10)}`,
      src: {ip: sourceOf(Math.floor(seq / EVENTS_OF_A_SOURCE)), port: 40_000},
      dst: {ip: '198.51.100.7', port: 22},
      ...doing(seq),
    }
  }
}
