/** Which certificate a product presents: names, validity and extensions as it writes them. */
import type {Persona} from '../persona.ts'
import {APPLIANCE_STYLES} from './appliance-styles.ts'
import {authorityKey, authorityName} from './authority.ts'
import type {CertificatePlan} from './certificate.ts'
import {renewal, serial} from './renewal.ts'
import {extensions, type NamePart} from './x509.ts'

export type Style = (persona: Persona, now: number) => CertificatePlan

const DAY_MS = 86_400_000
const DAY_SECONDS = 86_400
/** Remote Desktop makes a certificate for six months and another one when it has run out. */
const RDP_DAYS = 183
/** The Machine template: a year, renewed six weeks before its end. */
const MACHINE_DAYS = 365
const MACHINE_RENEWAL_DAYS = 42

const windowsRdp: Style = (persona, now) => {
  const {index, from} = renewal(persona, 'rdp certificate', RDP_DAYS, now)
  const name: NamePart[] = [{type: 'CN', value: persona.fqdn}]
  const purpose = `windows-rdp ${index}`
  return {
    purpose,
    bits: 2048,
    hash: 'sha256',
    serial: serial(persona, purpose, 16),
    issuer: name,
    subject: name,
    notBefore: from,
    notAfter: from + RDP_DAYS * DAY_MS,
    extensions: () => [
      extensions.extendedKeyUsage(['serverAuth']),
      extensions.keyUsage(['keyEncipherment', 'dataEncipherment']),
    ],
  }
}

/** What a domain member got from the enterprise CA; a machine without a domain has none and uses its own. */
const windowsMachine: Style = (persona, now) => {
  const authority = authorityName(persona)
  if (authority === null) return {...windowsRdp(persona, now)}
  const {index, from} = renewal(persona, 'machine certificate', MACHINE_DAYS - MACHINE_RENEWAL_DAYS, now)
  const controller = persona.facts.archetype === 'domain-controller'
  const purpose = `windows-machine ${index}`
  return {
    purpose,
    bits: 2048,
    hash: 'sha256',
    serial: enterpriseSerial(persona, purpose),
    issuer: authority.parts,
    subject: [{type: 'CN', value: persona.fqdn}],
    notBefore: from,
    notAfter: from + MACHINE_DAYS * DAY_MS,
    signer: () => authorityKey(persona),
    extensions: (key, signer) => [
      extensions.templateName(controller ? 'DomainController' : 'Machine'),
      extensions.extendedKeyUsage(['clientAuth', 'serverAuth']),
      extensions.keyUsage(['digitalSignature', 'keyEncipherment'], true),
      extensions.subjectKeyIdentifier(key),
      extensions.authorityKeyIdentifier(signer),
      extensions.crlDistributionPoint(authority.crlUrl),
      extensions.authorityInformation(authority.issuerUrl),
      extensions.alternativeNames([persona.fqdn]),
    ],
  }
}

/** SQL Server without a certificate makes one at each start of the service. */
const mssql: Style = (persona, now) => {
  const from = persona.bootedAt(now) + persona.integer('mssql start', 20, 90) * 1000
  const name: NamePart[] = [{type: 'CN', value: 'SSL_Self_Signed_Fallback'}]
  const purpose = `mssql ${from}`
  return {
    purpose,
    bits: 2048,
    hash: 'sha256',
    serial: serial(persona, purpose, 16),
    issuer: name,
    subject: name,
    notBefore: from,
    // Thirty years, leap days included.
    notAfter: from + 10_957 * DAY_MS,
    extensions: () => [],
  }
}

/** What the setup of Exchange makes for SMTP, IMAP, POP and IIS: five years, for the short and the full name. */
const exchange: Style = (persona) => {
  const from = persona.installedAt + persona.integer('exchange setup', 2 * 3600, 9 * DAY_SECONDS) * 1000
  const name: NamePart[] = [{type: 'CN', value: persona.hostname}]
  return {
    purpose: 'exchange',
    bits: 2048,
    hash: 'sha256',
    serial: serial(persona, 'exchange', 16),
    issuer: name,
    subject: name,
    notBefore: from,
    notAfter: from + 1826 * DAY_MS,
    extensions: () => [
      extensions.keyUsage(['digitalSignature', 'keyEncipherment'], true),
      extensions.alternativeNames([...new Set([persona.hostname, persona.fqdn])]),
      extensions.extendedKeyUsage(['serverAuth']),
      extensions.basicConstraints(false),
    ],
  }
}

/** The `ssl-cert` package of Debian and Ubuntu, made when it was installed. */
const snakeoil: Style = (persona) => {
  const from = persona.installedAt + persona.integer('snakeoil', 60, 3600) * 1000
  const name: NamePart[] = [{type: 'CN', value: persona.fqdn}]
  return {
    purpose: 'snakeoil',
    bits: 2048,
    hash: 'sha256',
    serial: serial(persona, 'snakeoil', 20),
    issuer: name,
    subject: name,
    notBefore: from,
    notAfter: from + 3650 * DAY_MS,
    extensions: () => [extensions.basicConstraints(false), extensions.alternativeNames([persona.fqdn])],
  }
}

/** What `sscg` of Fedora, RHEL and its kin makes when httpd first starts; renewed by nobody, so it is young here. */
const redHat: Style = (persona, now) => {
  const {index, from} = renewal(persona, 'sscg', 365, now)
  const common: NamePart[] = [
    {type: 'C', value: 'US'},
    {type: 'O', value: 'Unspecified'},
  ]
  const tail: NamePart[] = [
    {type: 'CN', value: persona.fqdn},
    {type: 'email', value: `root@${persona.fqdn}`},
  ]
  const purpose = `sscg ${index}`
  const unit = `ca-${persona.bytes(purpose, 8).readBigUInt64BE() >> 1n}`
  return {
    purpose,
    bits: 2048,
    hash: 'sha256',
    serial: serial(persona, purpose, 8),
    issuer: [...common, {type: 'OU', value: unit}, ...tail],
    subject: [...common, ...tail],
    notBefore: from,
    notAfter: from + 365 * DAY_MS,
    extensions: (key) => [
      extensions.keyUsage(['digitalSignature', 'keyEncipherment'], true),
      extensions.extendedKeyUsage(['serverAuth']),
      extensions.subjectKeyIdentifier(key),
      extensions.alternativeNames([persona.fqdn]),
    ],
  }
}

export const CERTIFICATE_STYLES = {
  'windows-rdp': windowsRdp,
  'windows-machine': windowsMachine,
  mssql,
  exchange,
  snakeoil,
  'red-hat': redHat,
  ...APPLIANCE_STYLES,
} as const satisfies Readonly<Record<string, Style>>

export type CertificateStyle = keyof typeof CERTIFICATE_STYLES

/** What a plain TLS service of this machine presents where its product has no certificate of its own. */
export function usualCertificate(persona: Persona): CertificateStyle {
  const {os, distro} = persona.facts
  if (os === 'windows' || os === 'windows_server') return 'windows-machine'
  if (os === 'cisco') return 'cisco'
  return /rocky|centos|fedora/.test(distro) ? 'red-hat' : 'snakeoil'
}

/** An enterprise CA writes a prefix, the number of the request, eight random bytes, and the number again. */
function enterpriseSerial(persona: Persona, purpose: string): Buffer {
  const request = persona.integer(`request ${purpose}`, 3, 400)
  const bytes = Buffer.alloc(19)
  bytes.writeUInt8(persona.fleet.integer('ca serial prefix', 0x11, 0x7e), 0)
  bytes.writeUInt32BE(request, 1)
  persona.bytes(`serial ${purpose}`, 8).copy(bytes, 5)
  bytes.writeUIntBE(request, 13, 6)
  return bytes
}
