/** The state of a machine's clock: where it has its time from, how well, and since when. */
import type {OptionValues} from '../../definition.ts'
import type {Persona} from '../../persona.ts'
import type {NtpServer} from './products.ts'

/** Servers of the pool and of vendors, by the address that a packet shows. */
const PUBLIC_SERVERS = ['162.159.200.1', '162.159.200.123', '216.239.35.0', '216.239.35.4', '129.6.15.28']
const WINDOWS_SERVERS = ['20.101.57.9', '51.145.123.29', '40.119.148.38', '168.61.215.74']
const GPS = Buffer.from('GPS\0', 'latin1')

export class NtpClock {
  readonly stratum: number
  readonly precision: number
  readonly referenceId: Buffer
  readonly rootDelay: number
  readonly #persona: Persona
  readonly #server: NtpServer
  /** Milliseconds between two settings: a power of two of seconds. */
  readonly #interval: number
  readonly #phase: number

  constructor(persona: Persona, server: NtpServer, {stratum}: OptionValues) {
    const [least, most] = server.stratum
    this.stratum = typeof stratum === 'number' ? stratum : persona.integer('ntp stratum', least, most)
    this.precision = persona.pick('ntp precision', server.precision)
    this.referenceId = this.stratum === 1 ? GPS : addressOctets(upstreamOf(persona, server))
    this.rootDelay = this.stratum === 1 ? 0 : between(persona, 'ntp delay', server.rootDelay)
    this.#persona = persona
    this.#server = server
    this.#interval = 2 ** persona.integer('ntp poll', 7, 10) * 1000
    this.#phase = persona.integer('ntp phase', 0, this.#interval)
  }

  /** When it was last set, in ms since the epoch; never before the machine booted. */
  lastSet(now: number): number {
    const since = now - ((now - this.#phase) % this.#interval)
    // The milliseconds of a packet that came from elsewhere.
    const exact = since + this.#persona.integer(`ntp set ${(since / this.#interval) % 211}`, 0, 900)
    return Math.max(this.#persona.bootedAt(now), Math.min(exact, now - 20))
  }

  /** Seconds: it grows by 15 ppm until the clock is set again (RFC 5905 §7.3). */
  dispersion(now: number): number {
    const base = between(this.#persona, 'ntp dispersion', this.#server.rootDispersion)
    return base + ((now - this.lastSet(now)) / 1000) * 15e-6
  }
}

/** All machines of a fleet have their time from one server. */
function upstreamOf(persona: Persona, {name}: NtpServer): string {
  return persona.fleet.pick('ntp upstream', name === 'w32time' ? WINDOWS_SERVERS : PUBLIC_SERVERS)
}

const addressOctets = (address: string): Buffer => Buffer.from(address.split('.').map(Number))

function between(persona: Persona, purpose: string, [least, most]: readonly [number, number]): number {
  return least + ((most - least) * persona.integer(purpose, 0, 10_000)) / 10_000
}
