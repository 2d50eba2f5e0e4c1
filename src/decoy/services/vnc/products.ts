/** What tells one VNC server from another before anybody is signed in. */
import type {Persona} from '../../persona.ts'
import {VNC_PRODUCTS} from './definition.ts'

export type ProductName = (typeof VNC_PRODUCTS)[number]

/** Security types (RFC 6143 section 7.1.2, and IANA's registry). */
export const SECURITY = {vnc: 2, tight: 16, ultra: 17} as const

export interface Lockout {
  /** What counts against a source: every connection that does not end in a login, or wrong passwords only. */
  readonly counts: 'connections' | 'failures'
  readonly after: number
  readonly firstMs: number
  /** Every further try that gets through makes the next wait twice as long. */
  readonly doubles: boolean
  /** Said before the client has said anything, or after the versions were exchanged. */
  readonly when: 'at-once' | 'after-version'
  readonly text: string
}

export interface Product {
  readonly name: ProductName
  /** As offered, in order. */
  readonly types: readonly number[]
  /** The reason of a failed login. */
  readonly failure: (peer: string) => string
  /** From which minor version on the failed result is sent at all, and from which its reason. */
  readonly failedResultFrom: number
  readonly reasonFrom: number
  /** What a client of another major version is told; null: nothing. */
  readonly foreignVersion: ((client: string) => string) | null
  readonly lockout: Lockout | null
  /** The name of the desktop. */
  readonly desktop: (persona: Persona) => string
}

const PRODUCTS: Readonly<Record<ProductName, Product>> = {
  x11vnc: {
    name: 'x11vnc',
    types: [SECURITY.vnc],
    failure: () => 'password check failed!',
    failedResultFrom: 3,
    reasonFrom: 8,
    foreignVersion: null,
    lockout: null,
    desktop: ({hostname}) => `${hostname}:0`,
  },
  realvnc: {
    name: 'realvnc',
    types: [SECURITY.vnc],
    failure: () => 'Authentication failure',
    failedResultFrom: 3,
    reasonFrom: 8,
    foreignVersion: (client) => `Client needs protocol version ${client}, server has 3.8`,
    lockout: {
      counts: 'connections',
      after: 5,
      firstMs: 10_000,
      doubles: true,
      when: 'at-once',
      text: 'Too many security failures',
    },
    desktop: ({hostname}) => hostname,
  },
  tightvnc: {
    name: 'tightvnc',
    types: [SECURITY.vnc, SECURITY.tight],
    failure: (peer) => `Authentication failed from ${peer}`,
    failedResultFrom: 8,
    reasonFrom: 8,
    foreignVersion: null,
    lockout: {
      counts: 'failures',
      after: 6,
      firstMs: 60_000,
      doubles: false,
      when: 'after-version',
      text: 'Your connection has been rejected',
    },
    desktop: ({hostname}) => hostname.toLowerCase(),
  },
  ultravnc: {
    name: 'ultravnc',
    types: [SECURITY.ultra, SECURITY.vnc],
    failure: () => 'authentication rejected',
    failedResultFrom: 3,
    reasonFrom: 7,
    foreignVersion: null,
    lockout: {
      counts: 'connections',
      after: 5,
      firstMs: 50_000,
      doubles: false,
      when: 'after-version',
      text: 'Your connection has been rejected.',
    },
    desktop: ({hostname, facts}) => `${hostname.toLowerCase()} ( ${facts.ip} ) - service mode`,
  },
}

const ON_WINDOWS: readonly ProductName[] = ['tightvnc', 'ultravnc']

export function productOf(persona: Persona, option: unknown): Product {
  const chosen = VNC_PRODUCTS.find((name) => name === option)
  if (chosen !== undefined) return PRODUCTS[chosen]
  const {os} = persona.facts
  if (os.startsWith('windows')) return PRODUCTS[persona.pick('vnc product', ON_WINDOWS)]
  return PRODUCTS[os === 'linux' || os === 'bsd' ? 'x11vnc' : 'realvnc']
}
