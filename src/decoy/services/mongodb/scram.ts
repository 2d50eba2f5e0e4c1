/**
 * The server's side of SCRAM-SHA-1 and SCRAM-SHA-256 in `saslStart` and `saslContinue` (RFC 5802 section 5; the
 * authentication specification of MongoDB's drivers). With SHA-1 the password is the MD5 of `user:mongo:password`, hex.
 */
import {createHash} from 'node:crypto'

import {
  provesScram,
  type ScramExchange,
  type ScramKeys,
  scramKeys,
  scramSignature,
} from '../../codecs/credentials/scram.ts'
import type {Persona} from '../../persona.ts'

export const MECHANISMS = ['SCRAM-SHA-1', 'SCRAM-SHA-256'] as const

export type Mechanism = (typeof MECHANISMS)[number]

/** What the server makes of each, by its own settings. */
const SETTINGS = {
  'SCRAM-SHA-1': {hash: 'SHA-1', iterations: 10_000, salt: 16, proof: 20},
  'SCRAM-SHA-256': {hash: 'SHA-256', iterations: 15_000, salt: 28, proof: 32},
} as const
export const NONCE_SIZE = 24
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const CLIENT_FIRST = /^(?:n|y),(?:a=[^,]*)?,(n=([^,]*),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/s
const CLIENT_FINAL = /^(c=[A-Za-z0-9+/=]+,r=([\x21-\x2b\x2d-\x7e]+)(?:,[^p].*)?),p=([A-Za-z0-9+/=]+)$/s

export interface Conversation {
  readonly mechanism: Mechanism
  readonly user: string
  readonly database: string
  /** To be sent. */
  readonly serverFirst: string
  /** Null: what came is no answer to it. */
  finish(clientFinal: Buffer): ScramExchange | null
}

/** Null: no client begins like that. */
export function beginScram(
  mechanism: Mechanism,
  clientFirst: Buffer,
  facts: {readonly persona: Persona; readonly database: string; readonly nonce: Buffer},
): Conversation | null {
  const [, bare = '', name = '', clientNonce = ''] = CLIENT_FIRST.exec(clientFirst.toString('utf8')) ?? []
  if (bare === '' || name === '') return null
  const user = name.replaceAll('=2C', ',').replaceAll('=3D', '=')
  const {persona, database, nonce} = facts
  const {hash, iterations} = SETTINGS[mechanism]
  const salt = saltOf(persona, mechanism, database, user)
  const whole = clientNonce + nonce.toString('base64')
  const serverFirst = `r=${whole},s=${salt.toString('base64')},i=${iterations}`
  return {
    mechanism,
    user,
    database,
    serverFirst,
    finish: (clientFinal) => {
      const [, withoutProof = '', given, encoded = ''] = CLIENT_FINAL.exec(clientFinal.toString('latin1')) ?? []
      const proof = Buffer.from(encoded, 'base64')
      if (given !== whole || !BASE64.test(encoded) || proof.length !== SETTINGS[mechanism].proof) return null
      return {hash, user, salt, iterations, authMessage: `${bare},${serverFirst},${withoutProof}`, proof}
    },
  }
}

/** That of the stored user: the same for ever, whether there is one or not. */
function saltOf(persona: Persona, mechanism: Mechanism, database: string, user: string): Buffer {
  return persona.bytes(`mongodb salt ${mechanism} ${database}.${user}`, SETTINGS[mechanism].salt)
}

/** The keys of honey users: made once, as they are slow to make. */
export class KeyRing {
  readonly #users: ReadonlyMap<string, string>
  readonly #keys = new Map<string, ScramKeys>()

  constructor(users: ReadonlyMap<string, string>) {
    this.#users = users
  }

  /** What proves the server to the client; null: the proof is not of the user's password, or there is no such user. */
  signature({mechanism, database}: Conversation, exchange: ScramExchange): string | null {
    const password = this.#users.get(exchange.user)
    if (password === undefined) return null
    const name = `${mechanism} ${database}.${exchange.user}`
    const keys = this.#keys.get(name) ?? scramKeys(exchange, passwordOf(mechanism, exchange.user, password))
    // Databases are whatever a client calls them.
    if (this.#keys.size > 256) this.#keys.clear()
    this.#keys.set(name, keys)
    return provesScram(exchange, keys) ? `v=${scramSignature(exchange, keys).toString('base64')}` : null
  }
}

/** What goes into the key derivation for a password. */
export function passwordOf(mechanism: Mechanism, user: string, password: string): string {
  if (mechanism === 'SCRAM-SHA-256') return password
  return createHash('md5').update(`${user}:mongo:${password}`, 'utf8').digest('hex')
}
