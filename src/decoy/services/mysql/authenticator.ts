/**
 * Decides logins as the plugins of the server do. `caching_sha2_password` first takes a proof, then, since no password
 * is in its cache, asks for the password itself (0x01 0x04): in TLS it comes as it is, without TLS in RSA, for which the
 * client asks for the server's public key (0x02).
 */
import {createPublicKey, type KeyObject} from 'node:crypto'

import type {CrackableHash, Credential, ServiceEvent} from '../../../events/event.ts'
import {mysqlNativeLine, mysqlSha2Line} from '../../codecs/credentials/challenge-response.ts'
import type {Limits} from '../../limits.ts'
import {printable, sample} from '../../sample.ts'
import {type Response, switchRequest} from './handshake.ts'
import type {Plugin} from './protocol.ts'
import {decryptPassword, nativeProof, same, sha2Proof} from './scramble.ts'

const NATIVE_PROOF = 20
const SHA2_PROOF = 32
const RSA_SIZE = 256
const REQUEST_KEY = 0x02
const FAST_SUCCESS = Buffer.from([0x01, 0x03])
const FULL_AUTHENTICATION = Buffer.from([0x01, 0x04])
const KEY_DATA = Buffer.from([0x01])

export interface AuthPolicy {
  readonly plugin: Plugin
  readonly users: ReadonlyMap<string, Buffer>
  /** Of `caching_sha2_password`; made when it is first asked for. */
  readonly rsaKey: () => KeyObject
  /** Names whose password the server has in its cache. */
  readonly cache: Set<string>
  readonly limits: Limits
}

export type AuthStep =
  /** Sent as one packet each; the next packet of the client is the answer. */
  | {readonly type: 'ask'; readonly payload: Buffer}
  | {readonly type: 'accept'; readonly before: Buffer | null; readonly event: ServiceEvent}
  | {readonly type: 'deny'; readonly password: boolean; readonly event: ServiceEvent}
  /** Not what the plugin can read: `Bad handshake`. */
  | {readonly type: 'bad'; readonly event: ServiceEvent | null}

type State = 'switched' | 'full' | 'encrypted' | 'done'

export class Authenticator {
  readonly #policy: AuthPolicy
  readonly #response: Response
  readonly #salt: Buffer
  readonly #secure: boolean
  #state: State = 'switched'
  /** The proof that came before the password was asked for. */
  #proof: CrackableHash | null = null

  constructor(policy: AuthPolicy, response: Response, salt: Buffer, secure: boolean) {
    this.#policy = policy
    this.#response = response
    this.#salt = salt
    this.#secure = secure
  }

  /** `reuse`: whether the client's first proof counts when it is one of the right plugin. */
  begin(reuse: boolean): AuthStep {
    const {plugin} = this.#policy
    if (reuse && (this.#response.plugin ?? 'mysql_native_password') === plugin) return this.#prove(this.#response.proof)
    return {type: 'ask', payload: switchRequest(plugin, this.#salt)}
  }

  feed(payload: Buffer): AuthStep {
    switch (this.#state) {
      case 'switched':
        return this.#prove(payload)
      case 'full':
        return this.#full(payload)
      case 'encrypted':
        return this.#encrypted(payload)
      default:
        return {type: 'bad', event: null}
    }
  }

  /** The client left where its password was asked for: what it showed so far. */
  abandoned(): ServiceEvent | null {
    return this.#proof === null ? null : this.#event('failure', {hash: this.#proof})
  }

  #prove(proof: Buffer): AuthStep {
    return this.#policy.plugin === 'mysql_native_password' ? this.#native(proof) : this.#sha2(proof)
  }

  #native(proof: Buffer): AuthStep {
    if (proof.length === 0) return this.#deny(false, {secret: sample('', 0)})
    const hash = mysqlNativeLine(this.#salt, proof)
    const facts = hash === null ? {} : {hash}
    if (proof.length !== NATIVE_PROOF) return this.#bad(facts)
    const known = this.#known()
    const right = known !== undefined && same(nativeProof(known, this.#salt), proof)
    return right ? this.#accept(facts, null) : this.#deny(true, facts)
  }

  #sha2(proof: Buffer): AuthStep {
    // Clients without a password send nothing, or one NUL.
    if (proof.length === 0 || (proof.length === 1 && proof[0] === 0)) return this.#deny(false, {secret: sample('', 0)})
    if (proof.length !== SHA2_PROOF) return this.#bad({})
    const known = this.#known()
    const hash = mysqlSha2Line(this.#salt, proof)
    if (known !== undefined && this.#policy.cache.has(this.#name()) && same(sha2Proof(known, this.#salt), proof)) {
      return this.#accept(hash === null ? {} : {hash}, FAST_SUCCESS)
    }
    this.#proof = hash
    this.#state = 'full'
    return {type: 'ask', payload: FULL_AUTHENTICATION}
  }

  #full(payload: Buffer): AuthStep {
    if (this.#secure) return this.#password(payload)
    if (payload.length === 1 && payload[0] === REQUEST_KEY) {
      this.#state = 'encrypted'
      const pem = createPublicKey(this.#policy.rsaKey()).export({type: 'spki', format: 'pem'}).toString()
      return {type: 'ask', payload: Buffer.concat([KEY_DATA, Buffer.from(pem, 'latin1')])}
    }
    return this.#encrypted(payload)
  }

  #encrypted(payload: Buffer): AuthStep {
    const password = payload.length === RSA_SIZE ? decryptPassword(this.#policy.rsaKey(), payload, this.#salt) : null
    return password === null
      ? this.#deny(true, this.#proof === null ? {} : {hash: this.#proof})
      : this.#password(password)
  }

  #password(terminated: Buffer): AuthStep {
    const password = terminated.at(-1) === 0 ? terminated.subarray(0, -1) : terminated
    const facts = {secret: sample(password, this.#policy.limits.credential), ...(this.#proof && {hash: this.#proof})}
    const known = this.#known()
    if (known === undefined || !same(known, password)) return this.#deny(true, facts)
    this.#policy.cache.add(this.#name())
    return this.#accept(facts, null)
  }

  #known(): Buffer | undefined {
    return this.#policy.users.get(this.#name())
  }

  #name(): string {
    return this.#response.user.toString('utf8')
  }

  #accept(facts: Partial<Credential>, before: Buffer | null): AuthStep {
    this.#finish()
    return {type: 'accept', before, event: this.#event('success', facts)}
  }

  #deny(password: boolean, facts: Partial<Credential>): AuthStep {
    this.#finish()
    return {type: 'deny', password, event: this.#event('failure', facts)}
  }

  #bad(facts: Partial<Credential>): AuthStep {
    this.#finish()
    return {type: 'bad', event: this.#event('failure', facts)}
  }

  #finish(): void {
    this.#state = 'done'
    this.#proof = null
  }

  #event(outcome: Credential['outcome'], facts: Partial<Credential>): ServiceEvent {
    const {user, database, attributes} = this.#response
    const {credential, sample: limit} = this.#policy.limits
    const principal = printable(user.subarray(0, credential))
    const said = attributes.map(([name, value]) => [printable(name), printable(value)] as const)
    return {
      event: 'auth.attempt',
      credential: {principal, method: this.#policy.plugin, ...facts, outcome},
      data: {
        ...(database === null ? {} : {database: sample(database, limit)}),
        ...(said.length === 0 ? {} : {client: said}),
      },
    }
  }
}
