/** The one identity that all services of a decky present. */
import {createHmac, createSecretKey, type KeyObject} from 'node:crypto'

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
}

const DAY_MS = 86_400_000

export class Persona {
  readonly facts: PersonaFacts
  readonly #seed: KeyObject

  constructor(facts: PersonaFacts) {
    this.facts = facts
    this.#seed = createSecretKey(facts.seed, 'hex')
  }

  get hostname(): string {
    return this.facts.hostname
  }

  /** `host.domain`, or the bare host name of a stand-alone machine. */
  get fqdn(): string {
    return this.facts.domain === null ? this.facts.hostname : `${this.facts.hostname}.${this.facts.domain}`
  }

  /** Stable pseudo-random bytes for a purpose (`HMAC-SHA-256` in counter mode): the same for the life of the decky. */
  bytes(purpose: string, size: number): Buffer {
    const blocks: Buffer[] = []
    for (let length = 0, counter = 0; length < size; length += 32, counter++) {
      blocks.push(createHmac('sha256', this.#seed).update(`${purpose}\0${counter}`).digest())
    }
    return Buffer.concat(blocks).subarray(0, size)
  }

  /** A stable whole number in [min, max]. */
  integer(purpose: string, min: number, max: number): number {
    return min + (this.bytes(purpose, 6).readUIntBE(0, 6) % (max - min + 1))
  }

  /** A stable choice. */
  pick<T>(purpose: string, list: readonly T[]): T {
    const chosen = list[this.integer(purpose, 0, list.length - 1)]
    if (chosen === undefined) throw new RangeError(`nothing to pick from for ${purpose}`)
    return chosen
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
