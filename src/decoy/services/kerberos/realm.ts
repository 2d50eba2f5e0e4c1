/** What the KDC knows: the realm, its accounts, and their keys. */
import {type Account, type Accounts, accountsOf} from '../../active-directory/accounts.ts'
import {asController} from '../../active-directory/controller.ts'
import {ETYPE, NAME_TYPE} from '../../codecs/kerberos/constants.ts'
import {type Key, stringToKey} from '../../codecs/kerberos/encryption.ts'
import type {PrincipalName} from '../../codecs/kerberos/types.ts'
import type {OptionValues} from '../../definition.ts'
import type {Persona} from '../../persona.ts'

/** What accounts without a setting of their own have keys of (MS-KILE §3.1.1.5). */
export const ETYPES: readonly number[] = [ETYPE.AES256_CTS_HMAC_SHA1_96, ETYPE.AES128_CTS_HMAC_SHA1_96, ETYPE.RC4_HMAC]

export class Realm {
  /** `CORP.EXAMPLE`. */
  readonly name: string
  readonly accounts: Accounts
  /** The key that tickets for the KDC itself are encrypted with; of all controllers alike. */
  readonly ticketKey: Key
  readonly #keys = new Map<string, Key>()

  constructor(persona: Persona, users: OptionValues[string] | undefined) {
    const joined = asController(persona)
    const accounts = accountsOf(joined, users)
    if (accounts === null) throw new TypeError('a controller without a domain')
    this.accounts = accounts
    this.name = accounts.domain.dns.toUpperCase()
    this.ticketKey = {etype: ETYPE.AES256_CTS_HMAC_SHA1_96, value: joined.fleet.bytes('krbtgt key', 32)}
  }

  /** By its DNS name or by that of NetBIOS, as Windows clients may have it. */
  serves(realm: string): boolean {
    const name = realm.toUpperCase()
    return name === this.name || name === this.accounts.domain.netbios
  }

  client({type, parts}: PrincipalName): Account | undefined {
    const name = parts.join('/')
    if (type !== NAME_TYPE.ENTERPRISE) return this.accounts.find(name) ?? this.accounts.findService(name)
    const [user = '', domain] = name.split('@')
    return domain === undefined || this.serves(domain) ? this.accounts.find(user) : undefined
  }

  /** Whether tickets can be had for it. */
  service({parts}: PrincipalName): Account | undefined {
    const name = parts.join('/')
    if (parts[0]?.toLowerCase() === 'krbtgt') return this.accounts.find('krbtgt')
    return this.accounts.findService(name) ?? this.accounts.find(name)
  }

  /** MS-KILE §3.1.1.2: computers' salts have the host's name in them. */
  salt({name, kind, cn}: Account): string {
    if (kind !== 'computer') return `${this.name}${name}`
    return `${this.name}host${cn.toLowerCase()}.${this.accounts.domain.dns}`
  }

  /** Null: a password that nobody knows. Derived once, since that takes milliseconds. */
  key(account: Account, etype: number): Key | null {
    if (account.password === null) return null
    const name = `${account.name} ${etype}`
    const known = this.#keys.get(name) ?? stringToKey(etype, account.password, this.salt(account))
    this.#keys.set(name, known)
    return known
  }
}
