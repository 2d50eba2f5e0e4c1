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

/** Codes of sites, each a city: what a fleet's clocks show follows from it. */
export const SITES = [
  'ber',
  'muc',
  'fra',
  'par',
  'lon',
  'ams',
  'mad',
  'mil',
  'vie',
  'zrh',
  'nyc',
  'chi',
  'dal',
  'atl',
  'tor',
] as const
const SERIAL_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
/** What the fleet as a whole chooses; no decky has this name. */
const FLEET = ''
/** NetBIOS names have 15 characters: Windows offers no longer host name. */
const WINDOWS_LENGTH = 15
const CONTROLLER_PATTERNS = ['{SITE}-DC{nn}', '{SITE}DC{nn}', 'DC{nn}']
const CONTROLLER_ROLE = 'dc'
/** The largest number in a name, by attempt: small ones look right, and large fleets need large ones. */
const LARGEST_NUMBERS = [30, 999]
const LARGEST_NUMBER = 99_999
/** Patterns without a number get one after so many attempts. */
const PLAIN_ATTEMPTS = 1

/** The site that all machines of the install stand at. */
export function fleetSite(secret: Buffer): (typeof SITES)[number] {
  return chosenByFleet(secret, 'site', SITES)
}

/** Choices of fleets, by secret and purpose: each is asked for once per name that is tried. */
const choices = new WeakMap<Buffer, Map<string, unknown>>()

function chosenByFleet<T>(secret: Buffer, purpose: string, list: readonly T[]): T {
  const known = choices.get(secret) ?? new Map<string, unknown>()
  choices.set(secret, known)
  const chosen = (known.get(purpose) as T | undefined) ?? new Derivation(secret, FLEET, purpose).pick(list)
  known.set(purpose, chosen)
  return chosen
}

/** What the domain's controllers are called: the first is number 1. */
export function controllerName(secret: Buffer, number: number): string {
  const pattern = chosenByFleet(secret, 'controllers', CONTROLLER_PATTERNS)
  return fill(pattern, {SITE: fleetSite(secret).toUpperCase(), nn: String(number).padStart(2, '0')})
}

/** What a host name is made of, besides the manner of its distro. */
export interface Naming {
  readonly roles: readonly string[]
  readonly mac: string
  /** In place of the distro's. */
  readonly patterns?: readonly string[]
}

/**
 * A host name in the manner of the distro. The fleet keeps to one pattern for machines of one kind, as administrators
 * do. Later attempts give others, for when one is taken.
 */
export function deriveHostname(
  secret: Buffer,
  deckyName: string,
  distro: Distro,
  {roles, mac, patterns = distro.hostnamePatterns}: Naming,
  attempt = 0,
): string {
  const windows = distro.os === 'windows' || distro.os === 'windows_server'
  const derivation = new Derivation(secret, deckyName, `hostname/${attempt}`)
  const role = derivation.pick(roles.length > 0 ? roles : ['srv'], 1)
  if (windows && role === CONTROLLER_ROLE) return controllerName(secret, attempt + 1)
  const pattern = chosenByFleet(secret, `names/${patterns.join(' ')}`, patterns)
  const number = 1 + derivation.below(LARGEST_NUMBERS[attempt] ?? LARGEST_NUMBER, 3)
  const site = fleetSite(secret)
  const serial = pattern.includes('{serial') ? deriveSerial(secret, deckyName, attempt) : ''
  const values = {
    site,
    SITE: site.toUpperCase(),
    n: String(number),
    nn: String(number).padStart(2, '0'),
    serial: serial.slice(0, 7),
    serial11: serial,
    MAC: mac.replaceAll(':', '').toUpperCase().slice(-6),
    mac: mac.replaceAll(':', '').toLowerCase(),
  }
  const named = (word: string): string => {
    const name = fill(pattern, {...values, role: word, ROLE: word.toUpperCase()})
    return attempt < PLAIN_ATTEMPTS || /\{(?:n|nn|serial|serial11)\}/.test(pattern) ? name : `${name}${number}`
  }
  const name = named(role)
  const excess = windows ? name.length - WINDOWS_LENGTH : 0
  return excess > 0 ? named(role.slice(0, Math.max(1, role.length - excess))).slice(0, WINDOWS_LENGTH) : name
}

function deriveSerial(secret: Buffer, deckyName: string, attempt: number): string {
  const bytes = new Derivation(secret, deckyName, `serial/${attempt}`).bytes(11)
  return [...bytes].map((byte) => SERIAL_ALPHABET[byte % SERIAL_ALPHABET.length]).join('')
}

function fill(pattern: string, values: Readonly<Record<string, string>>): string {
  return pattern.replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? '')
}
