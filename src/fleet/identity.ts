/**
 * Nothing of a decky is random twice: everything that makes it an individual is derived from the install secret, its
 * name and a purpose, so that the same fleet file resolves to the same fleet, and no two installs to the same one.
 */
import {createHmac} from 'node:crypto'

import type {Distro} from './catalog.ts'

/** A stream of stable pseudo-random choices for one decky and purpose. */
export class Derivation {
  readonly #bytes: Buffer

  /** `secret` is the install's; 32 bytes are derived, which is enough for six choices. */
  constructor(secret: Buffer, deckyName: string, purpose: string) {
    this.#bytes = createHmac('sha256', secret).update(`${deckyName.toLowerCase()}\0${purpose}`).digest()
  }

  /** A whole number in [0, bound): the `index`-th choice (0..5) of this derivation. */
  below(bound: number, index = 0): number {
    return this.#bytes.readUIntBE(index * 5, 5) % bound
  }

  pick<T>(list: readonly T[], index = 0): T {
    const chosen = list[this.below(list.length, index)]
    if (chosen === undefined) throw new RangeError('nothing to pick from')
    return chosen
  }

  /** `size` ≤ 32 bytes. */
  bytes(size: number): Buffer {
    return this.#bytes.subarray(0, size)
  }
}

/** A MAC address whose vendor fits: one of these prefixes and three derived bytes. */
export function deriveMac(secret: Buffer, deckyName: string, ouis: readonly string[], attempt = 0): string {
  const derivation = new Derivation(secret, deckyName, attempt === 0 ? 'mac' : `mac/${attempt}`)
  const oui = derivation.pick(ouis)
  const tail = derivation.bytes(32).subarray(29)
  return `${oui}:${[...tail].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`
}

const SITES = ['hq', 'ber', 'par', 'lon', 'nyc', 'chi', 'mad', 'mil', 'vie', 'ams', 'dc1', 'dc2']
const SERIAL_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** A host name in the manner of the distro. Later attempts give others, for when one is taken. */
export function deriveHostname(
  secret: Buffer,
  deckyName: string,
  distro: Distro,
  roles: readonly string[],
  attempt = 0,
): string {
  const derivation = new Derivation(secret, deckyName, `hostname/${attempt}`)
  const role = derivation.pick(roles.length > 0 ? roles : ['srv'], 1)
  const site = derivation.pick(SITES, 2)
  const number = 1 + derivation.below(99, 3)
  const serial = [...derivation.bytes(32).subarray(25)].map((byte) => SERIAL_ALPHABET[byte % SERIAL_ALPHABET.length])
  const replacements: Readonly<Record<string, string>> = {
    role,
    site,
    ROLE: role.toUpperCase(),
    SITE: site.toUpperCase(),
    n: String(1 + (number % 9)),
    nn: String(number).padStart(2, '0'),
    serial: serial.join(''),
  }
  const name = derivation
    .pick(distro.hostnamePatterns)
    .replace(/\{(\w+)\}/g, (_, key: string) => replacements[key] ?? '')
  return attempt < PATTERN_ATTEMPTS ? name : `${name}${derivation.below(10_000, 4)}`
}

/** So many names in the plain manner of the distro are tried before digits are added: large fleets run out of names. */
const PATTERN_ATTEMPTS = 3
