/** How servers differ, as far as their packets show it. */
import type {OptionValues} from '../../definition.ts'
import type {Persona} from '../../persona.ts'
import {NTP_PRODUCTS, type NtpProduct} from './definition.ts'
import {MODE, type Request} from './packet.ts'

export interface NtpServer {
  readonly name: NtpProduct
  /** Least and most of what a machine of that kind has. */
  readonly stratum: readonly [number, number]
  readonly precision: readonly number[]
  /** Seconds. */
  readonly rootDelay: readonly [number, number]
  readonly rootDispersion: readonly [number, number]
  /** What becomes of the client's interval. */
  readonly poll: (asked: number) => number
  /** Versions it answers, and with which it does. */
  readonly version: (asked: number) => number | null
  /** The mode of its answer; null: none. */
  readonly answers: (mode: number) => number | null
  /** What is sent behind a reply to whoever signs with a key that the server does not have; null: no reply at all. */
  readonly unknownKey: Buffer | null
}

const oneToFour = (asked: number): number | null => (asked >= 1 && asked <= 4 ? asked : null)
const CLIENTS: NtpServer['answers'] = (mode) => (mode === MODE.CLIENT ? MODE.SERVER : null)
const CLIENTS_AND_PEERS: NtpServer['answers'] = (mode) => (mode === MODE.ACTIVE ? MODE.PASSIVE : CLIENTS(mode))

const SERVERS: Readonly<Record<NtpProduct, NtpServer>> = {
  /** As chrony 4.3 does: bounded below only, and silent to every key it does not know. */
  chrony: {
    name: 'chrony',
    stratum: [2, 3],
    precision: [-26, -25, -24],
    rootDelay: [0.004, 0.031],
    rootDispersion: [0.0005, 0.012],
    poll: (asked) => Math.max(-19, asked),
    version: oneToFour,
    answers: CLIENTS_AND_PEERS,
    unknownKey: null,
  },
  /** With the restrictions that distributions ship it with: no queries, no peers. A wrong key gets a crypto-NAK. */
  ntpd: {
    name: 'ntpd',
    stratum: [2, 3],
    precision: [-24, -23, -20],
    rootDelay: [0.006, 0.04],
    rootDispersion: [0.01, 0.06],
    poll: (asked) => Math.max(3, asked),
    version: oneToFour,
    answers: CLIENTS,
    unknownKey: Buffer.alloc(4),
  },
  /** MS-SNTP is about version 3, and that is what it answers in. */
  w32time: {
    name: 'w32time',
    stratum: [2, 4],
    precision: [-23],
    rootDelay: [0.008, 0.06],
    rootDispersion: [0.9, 9.8],
    poll: (asked) => asked,
    version: (asked) => (asked >= 1 && asked <= 4 ? 3 : null),
    answers: CLIENTS_AND_PEERS,
    unknownKey: null,
  },
}

export function serverOf({facts: {os}}: Persona, {product}: OptionValues): NtpServer {
  const asked = NTP_PRODUCTS.find((name) => name === product)
  const windows = os === 'windows' || os === 'windows_server'
  return SERVERS[asked ?? (windows ? 'w32time' : os === 'linux' ? 'chrony' : 'ntpd')]
}

/** The number of a key and the digest that signs with it: 16 octets of MD5, or 20 of SHA-1. */
const SIGNATURES: readonly number[] = [20, 24]

export const isSigned = ({extra}: Request): boolean => SIGNATURES.includes(extra.length)
