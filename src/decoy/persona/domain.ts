/** The Active Directory domain of a persona and its NetBIOS names (MS-NBTE 1.3, [MS-ADTS] 1.1). */
import type {Persona} from '../persona.ts'

/** NetBIOS names have 15 characters; the 16th is their kind. */
export const NETBIOS_LENGTH = 15

export interface Domain {
  /** `corp.example`. One domain is the whole forest. */
  readonly dns: string
  readonly labels: readonly string[]
  /** `CORP`. */
  readonly netbios: string
  /** `DC=corp,DC=example`. */
  readonly distinguishedName: string
  /** Host name of the first controller, upper case. */
  readonly controller: string
  readonly controllerFqdn: string
  /** Active Directory's own default, which small companies keep. */
  readonly site: string
}

/** Null: a stand-alone machine, which is in a workgroup. */
export function domainOf(persona: Persona): Domain | null {
  const {domain, fleet, hostname, archetype} = persona.facts
  if (domain === null) return null
  const dns = domain.toLowerCase().replace(/\.$/, '')
  const labels = dns.split('.')
  const controller = (archetype === 'domain-controller' ? hostname : (fleet?.controller ?? 'DC01')).toUpperCase()
  return {
    dns,
    labels,
    netbios: netbios(labels[0] ?? dns),
    distinguishedName: labels.map((label) => `DC=${label}`).join(','),
    controller,
    controllerFqdn: `${controller.toLowerCase()}.${dns}`,
    site: 'Default-First-Site-Name',
  }
}

/** The machine's own NetBIOS name: its host name, upper case, cut to what fits. */
export function computerName(persona: Persona): string {
  return netbios(persona.hostname)
}

/** What a Windows machine or a Samba server says it belongs to: the domain, or the workgroup of its installation. */
export function groupName(persona: Persona): string {
  return domainOf(persona)?.netbios ?? 'WORKGROUP'
}

/**
 * The names of an NTLM challenge's target information (MS-NLMP 2.2.2.1). Outside of a domain Windows names itself in
 * all of them.
 */
export function ntlmNames(persona: Persona): {
  readonly netbiosDomain: string
  readonly netbiosComputer: string
  readonly dnsDomain: string
  readonly dnsComputer: string
  /** Only of domain members. */
  readonly dnsTree: string | null
} {
  const domain = domainOf(persona)
  const netbiosComputer = computerName(persona)
  return {
    netbiosDomain: domain?.netbios ?? netbiosComputer,
    netbiosComputer,
    dnsDomain: domain?.dns ?? persona.hostname,
    dnsComputer: persona.fqdn,
    dnsTree: domain?.dns ?? null,
  }
}

/** Characters that NetBIOS names of Windows may not have become hyphens. */
function netbios(name: string): string {
  return (name.split('.')[0] ?? name)
    .toUpperCase()
    .replace(/[^A-Z0-9_-]/g, '-')
    .slice(0, NETBIOS_LENGTH)
}
