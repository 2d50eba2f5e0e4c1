/** Certificates that appliances and single products make for themselves, or that their vendor put in. */
import type {KeyObject} from 'node:crypto'

import {deriveRsaKey} from '../keys.ts'
import {cameraOf} from '../persona/camera.ts'
import {plcOf} from '../persona/plc.ts'
import {versionOf} from '../persona/products.ts'
import {applianceSerial} from '../persona/serials.ts'
import type {Persona} from '../persona.ts'
import type {CertificatePlan} from './certificate.ts'
import {renewal, serial} from './renewal.ts'
import {type Extension, extensions, type Hash, type NamePart} from './x509.ts'

interface Appliance {
  readonly subject: (persona: Persona) => readonly NamePart[]
  /** Absent: signed by itself. */
  readonly issuer?: (persona: Persona) => readonly NamePart[]
  readonly days: number
  /** Absent: `days` after it was made. */
  readonly until?: number
  readonly bits?: number
  readonly hash?: Hash
  readonly serialBytes: number
  readonly version?: 1 | 3
  readonly extensions?: (key: KeyObject, signer: KeyObject, persona: Persona) => readonly Extension[]
}

const DAY_MS = 86_400_000

/** `C=US, ST=Texas, …` as the list of parts that it stands for. */
function parts(...pairs: readonly (readonly [NamePart['type'], string])[]): NamePart[] {
  return pairs.map(([type, value]) => ({type, value}))
}

const HPE = [
  ['C', 'US'],
  ['ST', 'Texas'],
  ['L', 'Houston'],
  ['O', 'Hewlett Packard Enterprise'],
  ['OU', 'ISS'],
] as const
const DELL = [
  ['C', 'US'],
  ['ST', 'Texas'],
  ['L', 'Round Rock'],
  ['O', 'Dell Inc.'],
  ['OU', 'Remote Access Group'],
] as const
const FORTINET = [
  ['C', 'US'],
  ['ST', 'California'],
  ['L', 'Sunnyvale'],
  ['O', 'Fortinet'],
] as const
const VMWARE = [
  ['C', 'US'],
  ['ST', 'California'],
  ['L', 'Palo Alto'],
  ['O', 'VMware, Inc'],
] as const
const HP_INC = [
  ['C', 'US'],
  ['ST', 'Washington'],
  ['L', 'Vancouver'],
  ['O', 'HP'],
  ['OU', 'HP-IPG'],
] as const
const SYNOLOGY = [
  ['C', 'TW'],
  ['L', 'Taipei'],
  ['O', 'Synology Inc.'],
] as const

const macTail = (persona: Persona, digits: number): string =>
  persona.facts.mac.replaceAll(':', '').toUpperCase().slice(-digits)

const APPLIANCES = {
  ilo: {
    subject: (persona) => parts(...HPE, ['CN', `ILO${applianceSerial(persona, 'hpe')}`]),
    issuer: () => parts(...HPE, ['CN', 'Default Issuer (Do not trust)']),
    days: 5478,
    serialBytes: 4,
    extensions: () => [
      extensions.basicConstraints(false, true),
      extensions.keyUsage(['digitalSignature', 'keyEncipherment']),
    ],
  },
  idrac: {
    subject: (persona) => parts(...DELL, ['CN', `idrac-${applianceSerial(persona, 'dell')}`]),
    days: 3650,
    serialBytes: 8,
    extensions: (_, __, persona) => [
      extensions.basicConstraints(false),
      extensions.alternativeNames([`idrac-${applianceSerial(persona, 'dell')}`]),
    ],
  },
  esxi: {
    subject: (persona) =>
      parts(
        ...VMWARE,
        ['OU', 'VMware ESX Server Default Certificate'],
        ['email', 'ssl-certificates@vmware.com'],
        ['CN', persona.facts.domain === null ? 'localhost.localdomain' : persona.fqdn],
      ),
    issuer: () => parts(['O', 'VMware Installer']),
    days: 4017,
    serialBytes: 6,
    extensions: (_, __, persona) => [
      extensions.basicConstraints(false),
      extensions.keyUsage(['digitalSignature', 'keyEncipherment', 'dataEncipherment']),
      extensions.extendedKeyUsage(['serverAuth', 'clientAuth']),
      extensions.alternativeNames([persona.facts.domain === null ? 'localhost.localdomain' : persona.fqdn]),
    ],
  },
  vcenter: {
    subject: (persona) => parts(['CN', persona.fqdn], ['C', 'US']),
    issuer: (persona) =>
      parts(
        ['CN', 'CA'],
        ['DC', 'vsphere'],
        ['DC', 'local'],
        ['C', 'US'],
        ['ST', 'California'],
        ['O', persona.fqdn],
        ['OU', 'VMware Engineering'],
      ),
    days: 730,
    serialBytes: 9,
    extensions: (key, signer, persona) => [
      extensions.alternativeNames([persona.fqdn]),
      extensions.keyUsage(['digitalSignature', 'keyEncipherment'], false),
      extensions.subjectKeyIdentifier(key),
      extensions.authorityKeyIdentifier(signer),
    ],
  },
  fortigate: {
    subject: (persona) =>
      parts(
        ...FORTINET,
        ['OU', 'FortiGate'],
        ['CN', applianceSerial(persona, 'fortinet')],
        ['email', 'support@fortinet.com'],
      ),
    issuer: () =>
      parts(...FORTINET, ['OU', 'Certificate Authority'], ['CN', 'support'], ['email', 'support@fortinet.com']),
    days: 0,
    // The vendor's certificates end with the 32-bit time.
    until: Date.UTC(2038, 0, 19, 3, 14, 7),
    serialBytes: 3,
    extensions: () => [extensions.basicConstraints(false)],
  },
  'hp-printer': {
    subject: (persona) => parts(...HP_INC, ['CN', `HP${macTail(persona, 6)}`]),
    days: 3650,
    serialBytes: 8,
    extensions: (key) => [
      extensions.keyUsage(['digitalSignature', 'keyEncipherment', 'dataEncipherment']),
      extensions.extendedKeyUsage(['serverAuth', 'clientAuth']),
      extensions.subjectKeyIdentifier(key),
    ],
  },
  axis: {
    subject: (persona) => parts(['CN', cameraOf(persona).host], ['O', 'Axis Communications AB']),
    days: 7300,
    serialBytes: 8,
    extensions: (key) => [extensions.basicConstraints(false), extensions.subjectKeyIdentifier(key)],
  },
  plc: {
    subject: (persona) => parts(['CN', plcOf(persona).station], ['O', plcOf(persona).vendorName]),
    days: 7300,
    hash: 'sha1',
    serialBytes: 8,
    extensions: () => [extensions.basicConstraints(false)],
  },
  synology: {
    subject: () => parts(...SYNOLOGY, ['CN', 'synology']),
    issuer: () => parts(...SYNOLOGY, ['CN', 'Synology Inc. CA']),
    days: 7196,
    serialBytes: 8,
    extensions: () => [
      extensions.alternativeNames(['synology']),
      extensions.basicConstraints(false),
      extensions.keyUsage(['digitalSignature', 'keyEncipherment']),
    ],
  },
  cisco: {
    subject: (persona) =>
      parts(['CN', `IOS-Self-Signed-Certificate-${persona.integer('ios certificate', 100_000_000, 4_294_967_295)}`]),
    days: 0,
    // IOS 15 gives all of them the same end.
    until: Date.UTC(2030, 0, 1),
    hash: 'sha1',
    serialBytes: 1,
    extensions: (key, signer) => [
      extensions.basicConstraints(true, true),
      extensions.authorityKeyIdentifier(signer),
      extensions.subjectKeyIdentifier(key),
    ],
  },
  mysql: {
    subject: (persona) =>
      parts(['CN', `MySQL_Server_${versionOf(persona, 'mysql')}_Auto_Generated_Server_Certificate`]),
    issuer: (persona) => parts(['CN', `MySQL_Server_${versionOf(persona, 'mysql')}_Auto_Generated_CA_Certificate`]),
    days: 3650,
    serialBytes: 0,
    extensions: () => [extensions.basicConstraints(false, true)],
  },
  elasticsearch: {
    // What `elasticsearch-certutil` makes when security is set up.
    subject: (persona) => parts(['CN', persona.hostname.toLowerCase()]),
    issuer: () => parts(['CN', 'Elasticsearch security auto-configuration HTTP CA']),
    days: 730,
    serialBytes: 20,
    extensions: (key, signer, persona) => [
      extensions.subjectKeyIdentifier(key),
      extensions.authorityKeyIdentifier(signer),
      extensions.alternativeNames(['localhost', persona.hostname.toLowerCase()], [persona.facts.ip, '127.0.0.1']),
      extensions.basicConstraints(false),
      extensions.extendedKeyUsage(['serverAuth']),
    ],
  },
  docker: {
    // As Docker's manual has an administrator make it.
    subject: (persona) => parts(['CN', persona.fqdn]),
    issuer: (persona) =>
      parts(['C', 'US'], ['ST', 'State'], ['O', persona.facts.domain ?? 'Docker'], ['CN', persona.fqdn]),
    days: 365,
    serialBytes: 20,
    extensions: (key, signer, persona) => [
      extensions.alternativeNames([persona.fqdn], [persona.facts.ip, '127.0.0.1']),
      extensions.extendedKeyUsage(['serverAuth']),
      extensions.subjectKeyIdentifier(key),
      extensions.authorityKeyIdentifier(signer),
    ],
  },
  kubernetes: {
    subject: () => parts(['CN', 'kube-apiserver']),
    issuer: () => parts(['CN', 'kubernetes']),
    days: 365,
    serialBytes: 8,
    extensions: (_, signer, persona) => [
      extensions.keyUsage(['digitalSignature', 'keyEncipherment'], true),
      extensions.extendedKeyUsage(['serverAuth']),
      extensions.basicConstraints(false, true),
      extensions.authorityKeyIdentifier(signer),
      extensions.alternativeNames(
        [persona.hostname.toLowerCase(), ...KUBERNETES_NAMES],
        ['10.96.0.1', persona.facts.ip],
      ),
    ],
  },
} as const satisfies Readonly<Record<string, Appliance>>

const KUBERNETES_NAMES = ['', '.default', '.default.svc', '.default.svc.cluster.local'].map((end) => `kubernetes${end}`)

/** Certificates that live no longer than this are renewed; others were made when the machine was set up. */
const RENEWED_DAYS = 730

function style(name: string, appliance: Appliance): (persona: Persona, now: number) => CertificatePlan {
  const {days, until, bits = 2048, hash = 'sha256', serialBytes, issuer, version = 3} = appliance
  return (persona, now) => {
    const renewed = until === undefined && days <= RENEWED_DAYS
    const {index, from} = renewed
      ? renewal(persona, `${name} certificate`, days, now)
      : {index: 0, from: persona.installedAt + persona.integer(`${name} certificate`, 60, 3600) * 1000}
    const purpose = `${name} ${index}`
    const subject = appliance.subject(persona)
    const authority = issuer?.(persona)
    return {
      purpose,
      bits,
      hash,
      version,
      // MySQL and IOS count: the CA's is 1.
      serial: serialBytes < 2 ? Buffer.from([2 - serialBytes]) : serial(persona, purpose, serialBytes),
      subject,
      issuer: authority ?? subject,
      notBefore: from,
      notAfter: until ?? from + days * DAY_MS,
      ...(authority === undefined ? {} : {signer: () => deriveRsaKey(persona, `tls ${name} issuer`, 2048)}),
      extensions: (key, signer) => appliance.extensions?.(key, signer, persona) ?? [],
    }
  }
}

type Styles = Readonly<Record<keyof typeof APPLIANCES, ReturnType<typeof style>>>

export const APPLIANCE_STYLES = Object.fromEntries(
  Object.entries(APPLIANCES).map(([name, appliance]) => [name, style(name, appliance)]),
) as Styles
