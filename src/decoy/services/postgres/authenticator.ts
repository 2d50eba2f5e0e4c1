/** Asks for the password as `pg_hba.conf` has it, and decides. Nothing succeeds but honey credentials. */
import {createHash, timingSafeEqual} from 'node:crypto'

import type {Credential, ServiceEvent} from '../../../events/event.ts'
import {postgresMd5Line} from '../../codecs/credentials/challenge-response.ts'
import {scramLine} from '../../codecs/credentials/scram.ts'
import type {Persona} from '../../persona.ts'
import {printable, sample} from '../../sample.ts'
import type {Connection} from '../../service.ts'
import {fatal} from './errors.ts'
import {NONCE_SIZE, ScramServer, serverFinal} from './scram.ts'
import {BodyReader, int32, message} from './wire.ts'

export type AuthMethod = 'password' | 'md5' | 'scram-sha-256'

export interface AuthFacts {
  readonly method: AuthMethod
  readonly users: ReadonlyMap<string, string>
  readonly persona: Persona
  readonly connection: Connection
  readonly user: Buffer
  readonly database: string
  /** Null without TLS. */
  readonly certificate: Buffer | null
}

/** Codes of Authentication messages. */
const CODE = {CLEARTEXT: 3, MD5: 5, SASL: 10, SASL_CONTINUE: 11, SASL_FINAL: 12} as const
const SALT_SIZE = 4
const SCRAM_SALT = 16

export interface AuthStep {
  readonly write: Buffer | null
  readonly event: ServiceEvent | null
  readonly outcome: 'more' | 'success' | 'failure'
}

const more = (write: Buffer): AuthStep => ({write, event: null, outcome: 'more'})
const authentication = (code: number, ...parts: readonly (Buffer | string)[]): Buffer =>
  message('R', int32(code), ...parts)

export class Authenticator {
  readonly #facts: AuthFacts
  readonly #salt: Buffer
  #scram: ScramServer | null = null

  constructor(facts: AuthFacts) {
    this.#facts = facts
    this.#salt = facts.connection.random(SALT_SIZE)
  }

  begin(): AuthStep {
    switch (this.#facts.method) {
      case 'password':
        return more(authentication(CODE.CLEARTEXT))
      case 'md5':
        return more(authentication(CODE.MD5, this.#salt))
      default:
        return more(
          authentication(
            CODE.SASL,
            this.#facts.certificate === null ? '' : 'SCRAM-SHA-256-PLUS\0',
            'SCRAM-SHA-256\0',
            '\0',
          ),
        )
    }
  }

  /**
   * The next password message.
   *
   * @throws PostgresError for what cannot be read.
   */
  feed(body: Buffer): AuthStep {
    if (this.#facts.method !== 'scram-sha-256') return this.#password(body)
    return this.#scram === null ? this.#sasl(body) : this.#proof(this.#scram, body)
  }

  #password(body: Buffer): AuthStep {
    if (body.length === 0 || body.indexOf(0) !== body.length - 1) {
      throw fatal('08P01', 'invalid password packet size', ['auth.c', 739, 'recv_password_packet'])
    }
    const given = body.subarray(0, -1)
    if (given.length === 0)
      throw fatal('28P01', 'empty password returned by client', ['auth.c', 757, 'recv_password_packet'])
    const known = this.#known()
    if (this.#facts.method === 'password') {
      const secret = sample(given, this.#facts.connection.limits.credential)
      return this.#decided({secret}, known !== undefined && same(Buffer.from(known), given))
    }
    const digest = given.toString('latin1').replace(/^md5/, '')
    const hash = postgresMd5Line(this.#name(), this.#salt, digest)
    return this.#decided(hash === null ? {} : {hash}, known !== undefined && same(Buffer.from(this.#md5(known)), given))
  }

  #md5(password: string): string {
    const md5 = (...parts: readonly (Buffer | string)[]): string => {
      const hash = createHash('md5')
      for (const part of parts) hash.update(part)
      return hash.digest('hex')
    }
    return `md5${md5(md5(password, this.#facts.user), this.#salt)}`
  }

  /** SASLInitialResponse: mechanism, and what the client begins with. */
  #sasl(body: Buffer): AuthStep {
    const reader = new BodyReader(body)
    const mechanism = reader.text()?.toString('latin1')
    const secure = this.#facts.certificate !== null
    const plus = mechanism === 'SCRAM-SHA-256-PLUS' && secure
    if (!plus && mechanism !== 'SCRAM-SHA-256') {
      throw fatal('08P01', 'client selected an invalid SASL authentication mechanism', [
        'auth-scram.c',
        256,
        'scram_init',
      ])
    }
    const size = reader.int32()
    const first = size === null || size < 0 ? Buffer.alloc(0) : reader.bytes(size)
    if (first === null) throw fatal('08P01', 'insufficient data left in message', ['pqformat.c', 529, 'pq_getmsgbytes'])
    const {persona, certificate, connection} = this.#facts
    const name = this.#name()
    const salt = persona.bytes(`postgres salt ${name}`, SCRAM_SALT)
    const scram = new ScramServer({user: name, salt, nonce: connection.random(NONCE_SIZE), certificate}, plus)
    if (size !== null && size < 0) return more(authentication(CODE.SASL_CONTINUE))
    const answer = scram.first(first)
    this.#scram = scram
    return more(authentication(CODE.SASL_CONTINUE, answer))
  }

  #proof(scram: ScramServer, body: Buffer): AuthStep {
    const exchange = scram.final(body)
    const hash = scramLine(exchange)
    const known = this.#known()
    const signature = known === undefined ? null : serverFinal(exchange, known)
    const step = this.#decided(hash === null ? {} : {hash}, signature !== null)
    return signature === null ? step : {...step, write: authentication(CODE.SASL_FINAL, signature)}
  }

  #decided(facts: Partial<Credential>, success: boolean): AuthStep {
    const {user, database, method, connection} = this.#facts
    const outcome = success ? 'success' : 'failure'
    const principal = printable(user.subarray(0, connection.limits.credential))
    return {
      write: null,
      outcome,
      event: {
        event: 'auth.attempt',
        credential: {principal, method, ...facts, outcome},
        data: {database: sample(database, connection.limits.sample)},
      },
    }
  }

  #known(): string | undefined {
    return this.#facts.users.get(this.#name())
  }

  #name(): string {
    return this.#facts.user.toString('utf8')
  }
}

function same(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}
