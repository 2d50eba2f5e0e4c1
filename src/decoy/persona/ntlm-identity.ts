/** Who a Windows machine says it is in an NTLM challenge: the same in SMB, RDP, WinRM and MSRPC. */
import type {TargetNames} from '../codecs/ntlm/challenge.ts'
import type {NtlmVersion} from '../codecs/ntlm/message.ts'
import type {Persona} from '../persona.ts'
import {domainOf, ntlmNames} from './domain.ts'
import {windowsRelease} from './windows.ts'

export interface NtlmIdentity {
  readonly names: TargetNames
  readonly version: NtlmVersion
}

export function ntlmIdentity(persona: Persona): NtlmIdentity {
  const {netbiosComputer, dnsComputer} = ntlmNames(persona)
  const domain = domainOf(persona)
  return {
    names: {
      netbiosComputer,
      dnsComputer,
      domain: domain === null ? null : {netbios: domain.netbios, dns: domain.dns, forest: domain.dns},
    },
    version: windowsRelease(persona),
  }
}
