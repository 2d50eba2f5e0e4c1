/** The users that version 3 knows, which are the honey credentials: nobody else gets further than a report. */
import type {OptionValues} from '../../definition.ts'
import {honeyBytes} from '../../honey-users.ts'
import {decrypt, hashesOf, isDigestOf, localizedKey, type Privacy, type Sealing, type UsmKey} from './usm-keys.ts'

export class UsmUsers {
  readonly #passwords: ReadonlyMap<string, Buffer>
  readonly #engineId: Buffer
  readonly #keys = new Map<string, UsmKey>()

  constructor(users: OptionValues[string] | undefined, engineId: Buffer) {
    this.#passwords = honeyBytes(users)
    this.#engineId = engineId
  }

  knows(user: string): boolean {
    return this.#passwords.has(user)
  }

  /** The key with which the digest was made; null where the password is another. `message` has zeros in its place. */
  authenticate(user: string, message: Buffer, digest: Buffer): UsmKey | null {
    const keys = hashesOf(digest.length).flatMap((hash) => this.#key(user, hash) ?? [])
    return keys.find((key) => isDigestOf(key, message, digest)) ?? null
  }

  /** Tries both protocols: which one a user has is nobody's business but the client's. */
  open(
    {key}: UsmKey,
    clock: Pick<Sealing, 'boots' | 'time' | 'salt'>,
    data: Buffer,
    accepts: (plain: Buffer) => boolean,
  ): {privacy: Privacy; plain: Buffer} | null {
    for (const privacy of ['aes', 'des'] as const) {
      const plain = decrypt({...clock, privacy, key}, data)
      if (plain !== null && accepts(plain)) return {privacy, plain}
    }
    return null
  }

  /** One key for authentication and privacy: the fleet file has one password. */
  #key(user: string, hash: string): UsmKey | null {
    const password = this.#passwords.get(user)
    if (password === undefined || password.length === 0) return null
    const name = `${hash}:${user}`
    const known = this.#keys.get(name)
    if (known !== undefined) return known
    const made = {hash, key: localizedKey(hash, password, this.#engineId)}
    this.#keys.set(name, made)
    return made
  }
}
