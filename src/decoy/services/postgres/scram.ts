/**
 * The server's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802 section 5, RFC 7677, RFC 5929 section 4):
 *
 *   client-first = gs2-flag "," [authzid] "," ["m=" …] "n=" user ",r=" nonce ["," extensions]
 *   server-first = "r=" nonce ",s=" salt ",i=" iterations
 *   client-final = "c=" channel-binding ",r=" nonce ["," extensions] ",p=" proof
 *
 * The name in the exchange is ignored: the startup packet told it. An unknown user gets a salt as well, always the same.
 */
import {createHash, createHmac, pbkdf2Sync} from 'node:crypto'

import {type ScramExchange, verifyScram} from '../../codecs/credentials/scram.ts'
import {fatal, type PostgresError} from './errors.ts'

const ITERATIONS = 4096
export const NONCE_SIZE = 18
const PROOF_SIZE = 32
const BINDING = 'p=tls-server-end-point'
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

export interface ScramFacts {
  readonly user: string
  readonly salt: Buffer
  readonly nonce: Buffer
  /** Of the server's certificate, DER; null without TLS. */
  readonly certificate: Buffer | null
}

export class ScramServer {
  readonly #facts: ScramFacts
  readonly #plus: boolean
  #header = ''
  #firstBare = ''
  #serverFirst = ''
  #nonce = ''

  /** `plus`: the client chose channel binding. */
  constructor(facts: ScramFacts, plus: boolean) {
    this.#facts = facts
    this.#plus = plus
  }

  /** @throws PostgresError as the server ends a malformed exchange. */
  first(bytes: Buffer): Buffer {
    const text = bytes.toString('latin1')
    if (text === '') throw malformed('The message is empty.', 366, 'scram_exchange')
    if (text.includes('\0')) throw malformed('Message length does not match input length.', 371, 'scram_exchange')
    const bare = this.#gs2(text)
    if (bare.startsWith('m=')) {
      throw fatal('0A000', 'client requires an unsupported SCRAM extension', source(1057))
    }
    const [, afterUser] = attribute(bare, 'n')
    const [nonce] = attribute(afterUser, 'r')
    if (/[^\x21-\x7e]/.test(nonce)) throw fatal('08P01', 'non-printable characters in SCRAM nonce', source(1071))
    this.#firstBare = bare
    this.#nonce = nonce + this.#facts.nonce.toString('base64')
    this.#serverFirst = `r=${this.#nonce},s=${this.#facts.salt.toString('base64')},i=${ITERATIONS}`
    return Buffer.from(this.#serverFirst, 'latin1')
  }

  /** @throws PostgresError as the server ends a malformed exchange. */
  final(bytes: Buffer): ScramExchange {
    const text = bytes.toString('latin1')
    const [binding, afterBinding] = attribute(text, 'c')
    if (binding !== this.#expectedBinding()) {
      if (this.#plus)
        throw fatal('28000', 'SCRAM channel binding check failed', source(1312, 'read_client_final_message'))
      throw fatal(
        '08P01',
        'unexpected SCRAM channel-binding attribute in client-final-message',
        source(1335, 'read_client_final_message'),
      )
    }
    const [nonce, rest] = attribute(afterBinding, 'r')
    const proof = proofIn(rest)
    if (nonce !== this.#nonce)
      throw fatal('08P01', 'invalid SCRAM response', source(421, 'scram_exchange'), 'Nonce does not match.')
    const withoutProof = text.slice(0, text.lastIndexOf(',p='))
    return {
      hash: 'SHA-256',
      user: this.#facts.user,
      salt: this.#facts.salt,
      iterations: ITERATIONS,
      authMessage: `${this.#firstBare},${this.#serverFirst},${withoutProof}`,
      proof,
    }
  }

  /** What remains behind the header, `n,,`. */
  #gs2(text: string): string {
    const flag = text.charAt(0)
    if (flag === 'p') {
      if (!this.#plus) {
        const detail =
          'The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message includes channel binding data.'
        throw malformed(detail, 1007, 'read_client_first_message')
      }
      if (!text.startsWith(`${BINDING},`)) {
        throw fatal('08P01', 'unsupported SCRAM channel-binding type', source(1018))
      }
    } else if (flag !== 'n' && flag !== 'y') {
      throw malformed(`Unexpected channel-binding flag "${shown(flag)}".`, 1025, 'read_client_first_message')
    } else if (this.#plus) {
      const detail =
        'The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not include channel binding data.'
      throw malformed(detail, 945, 'read_client_first_message')
    }
    const afterFlag = flag === 'p' ? text.slice(BINDING.length) : text.slice(1)
    if (!afterFlag.startsWith(',')) {
      throw malformed(
        `Comma expected, but found character "${shown(afterFlag.charAt(0))}".`,
        963,
        'read_client_first_message',
      )
    }
    if (afterFlag.charAt(1) === 'a')
      throw fatal('0A000', 'client uses authorization identity, but it is not supported', source(1036))
    if (afterFlag.charAt(1) !== ',') {
      const detail = `Unexpected attribute "${shown(afterFlag.charAt(1))}" in client-first-message.`
      throw malformed(detail, 1042, 'read_client_first_message')
    }
    const bare = afterFlag.slice(2)
    this.#header = text.slice(0, text.length - bare.length)
    return bare
  }

  #expectedBinding(): string {
    const {certificate} = this.#facts
    const data =
      this.#plus && certificate !== null ? createHash('sha256').update(certificate).digest() : Buffer.alloc(0)
    return Buffer.concat([Buffer.from(this.#header, 'latin1'), data]).toString('base64')
  }
}

/** Whether the exchange proves the password; then what proves the server to the client, else null. */
export function serverFinal(exchange: ScramExchange, password: string): Buffer | null {
  if (!verifyScram(exchange, password)) return null
  const salted = pbkdf2Sync(password.normalize('NFKC'), exchange.salt, exchange.iterations, 32, 'sha256')
  const key = createHmac('sha256', salted).update('Server Key').digest()
  return Buffer.from(`v=${createHmac('sha256', key).update(exchange.authMessage).digest('base64')}`)
}

/** The value of the attribute that must stand here, and what follows it. */
function attribute(text: string, name: string): [value: string, rest: string] {
  if (text.charAt(0) !== name) {
    throw malformed(`Expected attribute "${name}" but found "${shown(text.charAt(0))}".`, 712, 'read_attr_value')
  }
  if (text.charAt(1) !== '=') {
    throw malformed(`Expected character "=" for attribute "${name}".`, 723, 'read_attr_value')
  }
  const comma = text.indexOf(',')
  return comma < 0 ? [text.slice(2), ''] : [text.slice(2, comma), text.slice(comma + 1)]
}

/** Behind attributes that nobody knows. */
function proofIn(rest: string): Buffer {
  for (let left = rest; ; ) {
    const name = left.charAt(0)
    if (name === '') throw malformed('Attribute expected, but found end of string.', 825, 'read_any_attr')
    if (!/[A-Za-z]/.test(name)) {
      throw malformed(`Attribute expected, but found invalid character "${shown(name)}".`, 837, 'read_any_attr')
    }
    const [value, next] = attribute(left, name)
    if (name === 'p') {
      const proof = Buffer.from(value, 'base64')
      if (proof.length !== PROOF_SIZE || !BASE64.test(value)) {
        throw malformed('Malformed proof in client-final-message.', 1353, 'read_client_final_message')
      }
      return proof
    }
    left = next
  }
}

const shown = (character: string): string => {
  if (character === '') return '0x00'
  return /[\x21-\x7e]/.test(character) ? `'${character}'` : `0x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}

const source = (line: number, routine = 'read_client_first_message') => ['auth-scram.c', line, routine] as const

function malformed(detail: string, line: number, routine: string): PostgresError {
  return fatal('08P01', 'malformed SCRAM message', source(line, routine), detail)
}
