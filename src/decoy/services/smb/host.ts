/** What all connections to one decoy SMB server share: who it is, and who may do what. */

import type {TargetNames} from '../../codecs/ntlm/challenge.ts'
import type {NtlmVersion} from '../../codecs/ntlm/message.ts'
import {MECHANISM} from '../../codecs/spnego/mechanisms.ts'
import type {OptionValues} from '../../definition.ts'
import {honeyPairs} from '../../honey-users.ts'
import {computerName, domainOf, groupName} from '../../persona/domain.ts'
import {versionOf} from '../../persona/products.ts'
import {smbServerGuid, windowsRelease} from '../../persona/windows.ts'
import type {Persona} from '../../persona.ts'
import type {SMB_DIALECTS} from './definition.ts'
import {type Share, sharesOf} from './files/shares.ts'
import {UploadPool} from './files/uploads.ts'
import {CIPHER, DIALECT, SIGNING} from './wire/constants.ts'

export type SmbProduct = 'windows' | 'samba'

export interface SmbHost {
  readonly persona: Persona
  readonly product: SmbProduct
  /** A domain controller lets nobody in without a signature, and anonymous callers into some of its pipes. */
  readonly controller: boolean
  readonly member: boolean
  readonly computer: string
  readonly group: string
  readonly serverGuid: Buffer
  readonly requiresSigning: boolean
  readonly maxDialect: number
  /** The server's own order of preference; empty: it knows none of the kind. */
  readonly ciphers: readonly number[]
  readonly signings: readonly number[]
  readonly mechanisms: readonly string[]
  readonly names: TargetNames
  readonly version: NtlmVersion
  /** By name in lower case. */
  readonly users: ReadonlyMap<string, string>
  readonly guest: GuestPolicy
  readonly shares: readonly Share[]
  readonly uploads: UploadPool
  /** What SRVSVC and RAP call the server's comment. */
  readonly comment: string
  /** `4.17.12`; of Samba only. */
  readonly release: string
}

/** `refused`: as a wrong password. `listed`: sees what there is. `welcome`: may read the bait as well. */
export type GuestPolicy = 'refused' | 'listed' | 'welcome'

const DIALECT_NUMBERS: Readonly<Record<(typeof SMB_DIALECTS)[number], number>> = {
  '3.1.1': DIALECT.SMB_3_1_1,
  '3.0.2': DIALECT.SMB_3_0_2,
  '3.0': DIALECT.SMB_3_0,
  '2.1': DIALECT.SMB_2_1,
  '2.0.2': DIALECT.SMB_2_0_2,
}

/** Windows Server 2022, and Samba 4.15, began to negotiate how messages are signed. */
const FIRST_SIGNING_BUILD = 20_348
const FIRST_SIGNING_SAMBA = 15
/** What Samba says of itself in NTLM: the Windows 7 that it began with. */
const SAMBA_NTLM_VERSION: NtlmVersion = {major: 6, minor: 1, build: 0}

const KERBEROS_MECHANISMS = [
  MECHANISM.NEGOEX,
  MECHANISM.MS_KRB5,
  MECHANISM.KRB5,
  MECHANISM.KRB5_USER_TO_USER,
  MECHANISM.NTLMSSP,
]

export function smbHost(persona: Persona, options: OptionValues): SmbHost {
  const product = productOf(persona, options)
  const controller = product === 'windows' && persona.facts.archetype === 'domain-controller'
  const member = product === 'windows' && persona.facts.domain !== null
  const release = versionOf(persona, 'samba')
  const group = typeof options.workgroup === 'string' ? options.workgroup.toUpperCase() : groupName(persona)
  const modern =
    product === 'windows'
      ? windowsRelease(persona).build >= FIRST_SIGNING_BUILD
      : Number(release.split('.')[1]) >= FIRST_SIGNING_SAMBA
  return {
    persona,
    product,
    controller,
    member,
    computer: computerName(persona),
    group,
    serverGuid: product === 'windows' ? smbServerGuid(persona) : sambaGuid(persona),
    requiresSigning:
      options.signing === null || options.signing === undefined ? controller : options.signing === 'required',
    maxDialect: DIALECT_NUMBERS[String(options.dialect ?? '3.1.1') as keyof typeof DIALECT_NUMBERS],
    ciphers: [CIPHER.AES_128_GCM, CIPHER.AES_128_CCM],
    signings: modern ? [SIGNING.AES_GMAC, SIGNING.AES_CMAC, SIGNING.HMAC_SHA256] : [],
    mechanisms: member ? KERBEROS_MECHANISMS : [MECHANISM.NTLMSSP],
    names: product === 'windows' ? windowsNames(persona, group) : sambaNames(persona),
    version: product === 'windows' ? windowsRelease(persona) : SAMBA_NTLM_VERSION,
    users: new Map(honeyPairs(options.users).map(([name, password]) => [name.toLowerCase(), password])),
    guest: guestPolicy(product, options),
    shares: sharesOf(persona, {product, controller, release, shares: options.shares}),
    uploads: new UploadPool(),
    comment: product === 'samba' ? sambaComment(persona, release) : '',
    release,
  }
}

function productOf({facts}: Persona, {product}: OptionValues): SmbProduct {
  if (product === 'windows' || product === 'samba') return product
  return facts.os === 'windows' || facts.os === 'windows_server' ? 'windows' : 'samba'
}

/** Samba has for a GUID the bytes of its name. */
function sambaGuid(persona: Persona): Buffer {
  const guid = Buffer.alloc(16)
  guid.write(computerName(persona).toLowerCase(), 'latin1')
  return guid
}

function windowsNames(persona: Persona, group: string): TargetNames {
  const domain = domainOf(persona)
  return {
    netbiosComputer: computerName(persona),
    dnsComputer: persona.fqdn,
    domain: domain === null ? null : {netbios: group, dns: domain.dns, forest: domain.dns},
  }
}

/** Of a stand-alone Samba, whatever domain its resolver knows. */
function sambaNames(persona: Persona): TargetNames {
  return {
    netbiosComputer: computerName(persona),
    dnsComputer: persona.fqdn.toLowerCase(),
    dnsDomain: (persona.facts.domain ?? '').toLowerCase(),
    domain: null,
  }
}

const DISTRO_SUFFIX: Readonly<Record<string, string>> = {debian: '-Debian', ubuntu22: '-Ubuntu', ubuntu20: '-Ubuntu'}

/** `server string` of Debian's and Ubuntu's configuration, and Samba's own default elsewhere; DSM leaves it empty. */
function sambaComment({hostname, facts}: Persona, release: string): string {
  if (facts.archetype === 'nas') return ''
  const suffix = DISTRO_SUFFIX[facts.distro]
  return suffix === undefined ? `Samba ${release}` : `${hostname} server (Samba ${release}${suffix})`
}

/** Debian's Samba maps unknown users to its guest, who gets into no share of the default configuration. */
function guestPolicy(product: SmbProduct, {guest}: OptionValues): GuestPolicy {
  if (guest === true) return 'welcome'
  return product === 'samba' && guest !== false ? 'listed' : 'refused'
}
