/** What all connections to one decoy directory share. */
import {accountsOf} from '../../active-directory/accounts.ts'
import {asController} from '../../active-directory/controller.ts'
import type {OptionValues} from '../../definition.ts'
import type {Persona} from '../../persona.ts'
import type {TlsProfile} from '../../tls/profile.ts'
import {tlsProfile} from '../../tls/stacks.ts'
import {type NtlmSelf, ntlmSelf} from './auth/ntlm-exchange.ts'
import {ActiveDirectory} from './products/active-directory/dialect.ts'
import type {Dialect} from './products/dialect.ts'
import {OpenLdap} from './products/openldap/dialect.ts'

export interface LdapHost {
  readonly dialect: Dialect
  /** Of Active Directory only. */
  readonly windows: {readonly dialect: ActiveDirectory; readonly self: NtlmSelf} | null
  readonly tls: TlsProfile
}

export function ldapHost(persona: Persona, options: OptionValues): LdapHost {
  if (productOf(persona, options) === 'openldap') {
    const users = Array.isArray(options.users) ? (options.users as readonly string[]) : []
    return {dialect: new OpenLdap(persona, users), windows: null, tls: tlsProfile(persona)}
  }
  return activeDirectory(persona, options)
}

function activeDirectory(persona: Persona, options: OptionValues): LdapHost {
  const joined = asController(persona)
  const accounts = accountsOf(joined, options.users)
  if (accounts === null) throw new TypeError('a controller without a domain')
  const dialect = new ActiveDirectory(joined, accounts)
  return {dialect, windows: {dialect, self: ntlmSelf(joined, accounts)}, tls: tlsProfile(joined)}
}

function productOf({facts}: Persona, {product}: OptionValues): Dialect['name'] {
  if (product === 'openldap' || product === 'active-directory') return product
  return facts.os === 'windows' || facts.os === 'windows_server' ? 'active-directory' : 'openldap'
}
