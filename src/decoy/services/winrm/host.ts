/** What all connections to one decoy WinRM share. */
import type {OptionValues} from '../../definition.ts'
import {HoneyUsers} from '../../honey-users.ts'
import {type NtlmIdentity, ntlmIdentity} from '../../persona/ntlm-identity.ts'
import {productVersion} from '../../persona/windows.ts'
import type {Persona} from '../../persona.ts'
import {WINRM_TLS_PORT} from './definition.ts'

export interface WinRmHost {
  readonly identity: NtlmIdentity
  readonly users: HoneyUsers
  /** `BER-FILE01.corp.example`: what faults name. */
  readonly machine: string
  /** `10.0.17763`. */
  readonly version: string
  /** The domain of accounts that name none. */
  readonly domain: string
  readonly tlsPort: number
  /** Whether Basic is offered; null: over TLS only. */
  readonly basic: boolean | null
}

export function winrmHost(persona: Persona, options: OptionValues): WinRmHost {
  const identity = ntlmIdentity(persona)
  return {
    identity,
    users: new HoneyUsers(options.users),
    machine: persona.fqdn,
    version: productVersion(persona),
    domain: identity.names.domain?.netbios ?? identity.names.netbiosComputer,
    tlsPort: typeof options.tls_port === 'number' ? options.tls_port : WINRM_TLS_PORT,
    basic: typeof options.basic === 'boolean' ? options.basic : null,
  }
}
