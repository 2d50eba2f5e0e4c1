/** The one identity that all services of a decky present. Further facts of it are functions in `persona/`. */
import {Seeded} from './persona/seeded.ts'

/** The facts of a persona as the manifest carries them. JSON-safe. */
export interface PersonaFacts {
  readonly hostname: string
  /** DNS domain, or null: a stand-alone machine. */
  readonly domain: string | null
  readonly os: 'linux' | 'windows' | 'windows_server' | 'bsd' | 'embedded' | 'cisco'
  readonly distro: string
  readonly archetype: string | null
  readonly ip: string
  readonly mac: string
  /** 32 bytes, hex: secret to the install and the decky; every derived value of the persona comes from it. */
  readonly seed: string
  /** ISO 8601: when the install was made; start of the machine's history. */
  readonly since: string
  /** What it shares with the other machines of the fleet. Absent: it is alone. */
  readonly fleet?: FleetFacts
}

/**
 * Equal on all deckies of an install. Whoever takes a decky over can read it, and learns what bait the other deckies
 * share with this one: the site, the domain's SID, the key of the CA that nothing trusts. No decky's own keys, names or
 * credentials come from it, and nothing of the install's secret can be computed back.
 */
export interface FleetFacts {
  /** 32 bytes, hex. */
  readonly seed: string
  /** The code that host names of this site begin with, e.g. `ber`. */
  readonly site: string
  /** The host name of the domain's first controller, by the fleet's convention. */
  readonly controller: string
}

const DAY_MS = 86_400_000

export class Persona extends Seeded {
  readonly facts: PersonaFacts
  /** Choices that all machines of the fleet make alike. */
  readonly fleet: Seeded

  constructor(facts: PersonaFacts) {
    super(facts.seed)
    this.facts = facts
    this.fleet = new Seeded(facts.fleet?.seed ?? facts.seed)
  }

  get hostname(): string {
    return this.facts.hostname
  }

  /** `host.domain`, or the bare host name of a stand-alone machine. */
  get fqdn(): string {
    return this.facts.domain === null ? this.facts.hostname : `${this.facts.hostname}.${this.facts.domain}`
  }

  /** When the system was installed, in ms since the epoch: up to ten months before the decky was first deployed. */
  get installedAt(): number {
    return Date.parse(this.facts.since) - this.integer('installed', 100 * 86_400, 300 * 86_400) * 1000
  }

  /**
   * When the machine last booted, in ms since the epoch. It reboots for updates every 20 to 90 days, so an uptime
   * grows, stays plausible for years, and is the same whichever service is asked.
   */
  bootedAt(now: number): number {
    const period = this.integer('reboot-period', 20, 90) * DAY_MS
    const origin = Date.parse(this.facts.since) - this.integer('first-boot', DAY_MS / 24, period)
    return origin + Math.max(0, Math.floor((now - origin) / period)) * period
  }
}
