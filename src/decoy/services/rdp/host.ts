/** What all connections to one decoy Remote Desktop share. */
import type {OptionValues} from '../../definition.ts'
import {HoneyUsers} from '../../honey-users.ts'
import {type NtlmIdentity, ntlmIdentity} from '../../persona/ntlm-identity.ts'
import {windowsRelease} from '../../persona/windows.ts'
import type {Persona} from '../../persona.ts'
import type {TlsProfile} from '../../tls/profile.ts'
import {tlsProfile, windowsStack} from '../../tls/stacks.ts'

export interface RdpHost {
  readonly identity: NtlmIdentity
  readonly users: HoneyUsers
  readonly tls: TlsProfile
  /** Of TS_UD_SC_CORE (MS-RDPBCGR §2.2.1.4.2). */
  readonly protocolVersion: number
  /** Why nobody gets further than this: an ERRINFO code (MS-RDPBCGR §2.2.5.1.1). */
  readonly refusal: number
}

const ERRINFO = {SERVER_DENIED_CONNECTION: 0x7, LICENSE_NO_LICENSE_SERVER: 0x101} as const

/** Protocol versions by the first Windows build that has them. */
const PROTOCOL_VERSIONS: readonly (readonly [build: number, version: number])[] = [
  [20_348, 0x0008_0010],
  [18_362, 0x0008_000d],
  [0, 0x0008_000b],
]

export function rdpHost(persona: Persona, options: OptionValues): RdpHost {
  const {build} = windowsRelease(persona)
  const client = persona.facts.os === 'windows'
  return {
    identity: ntlmIdentity(persona),
    users: new HoneyUsers(options.users),
    tls: tlsProfile(persona, {certificate: 'windows-rdp', stack: windowsStack(persona)}),
    protocolVersion: PROTOCOL_VERSIONS.find(([first]) => build >= first)?.[1] ?? 0,
    // A server in its days of grace is over; at a desktop somebody is signed in and says no.
    refusal: client ? ERRINFO.SERVER_DENIED_CONNECTION : ERRINFO.LICENSE_NO_LICENSE_SERVER,
  }
}
