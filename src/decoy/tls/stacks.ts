/** TLS implementations as products configure them by default: versions, ciphers and their order are the fingerprint. */
import type {Persona} from '../persona.ts'
import {tlsIdentity} from './certificate.ts'
import {type CertificateStyle, usualCertificate} from './certificate-styles.ts'
import type {TlsProfile} from './profile.ts'

type Stack = Omit<TlsProfile, 'identity'>

/**
 * Cipher suites of Windows Server 2019 in the order of Schannel ("TLS Cipher Suites in Windows 10 v1809"). It has
 * TLS_RSA_WITH_3DES_EDE_CBC_SHA as well, which the OpenSSL of Node is built without.
 */
const SCHANNEL_TLS12 = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
  'DHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES256-SHA384',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES256-SHA',
  'ECDHE-RSA-AES128-SHA',
  'AES256-GCM-SHA384',
  'AES128-GCM-SHA256',
  'AES256-SHA256',
  'AES128-SHA256',
  'AES256-SHA',
  'AES128-SHA',
]
const SCHANNEL_TLS13 = ['TLS_AES_256_GCM_SHA384', 'TLS_AES_128_GCM_SHA256']

const SCHANNEL_2019: Stack = {
  minVersion: 'TLSv1',
  maxVersion: 'TLSv1.2',
  ciphers: [...SCHANNEL_TLS12, '@SECLEVEL=0'].join(':'),
  groups: 'X25519:P-256:P-384',
  serverOrder: true,
  tickets: false,
  encryptThenMac: false,
  refusal: 'reset',
}
const SCHANNEL_2022: Stack = {
  ...SCHANNEL_2019,
  maxVersion: 'TLSv1.3',
  ciphers: [...SCHANNEL_TLS13, ...SCHANNEL_TLS12, '@SECLEVEL=0'].join(':'),
}

const OPENSSL_3_GROUPS = 'X25519:P-256:X448:P-521:P-384'
const OPENSSL_TLS13 = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256']
/** Debian and Ubuntu raise the security level, which leaves no signature to versions below 1.2. */
const OPENSSL_DEBIAN: Stack = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: [...OPENSSL_TLS13, 'DEFAULT', '@SECLEVEL=2'].join(':'),
  groups: OPENSSL_3_GROUPS,
}
/** The DEFAULT crypto policy of RHEL 9: no DHE with AES-CBC and SHA-1, no Camellia, no ARIA. */
const OPENSSL_RED_HAT: Stack = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_128_CCM_SHA256',
    '@SECLEVEL=2:kEECDH:kRSA:kEDH:-CAMELLIA:-ARIA:-SHA384:-SHA256:-AESCCM8:ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:RSA+AESGCM',
  ].join(':'),
  groups: OPENSSL_3_GROUPS,
  serverOrder: true,
}
/** OpenSSL 1.0.2 of CentOS 7. */
const OPENSSL_1_0: Stack = {
  minVersion: 'TLSv1',
  maxVersion: 'TLSv1.2',
  ciphers: 'DEFAULT:-CHACHA20:-AESCCM:-ARIA:@SECLEVEL=0',
  groups: 'P-256:P-521:P-384',
}
const OPENSSL_UPSTREAM: Stack = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: [...OPENSSL_TLS13, 'DEFAULT', '@SECLEVEL=1'].join(':'),
  groups: OPENSSL_3_GROUPS,
}
/** Firmware: an old OpenSSL with what was usual when it was written. */
const FIRMWARE: Stack = {
  minVersion: 'TLSv1',
  maxVersion: 'TLSv1.2',
  ciphers:
    'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA:' +
    'AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-SHA256:AES256-SHA:AES128-SHA256:AES128-SHA:@SECLEVEL=0',
  groups: 'P-256:P-384:P-521',
  serverOrder: true,
  tickets: false,
}
const FIRMWARE_TLS12: Stack = {
  ...FIRMWARE,
  minVersion: 'TLSv1.2',
  ciphers: 'ECDHE+AESGCM:RSA+AESGCM:ECDHE+AES:RSA+AES',
}
const IOS: Stack = {
  ...FIRMWARE,
  ciphers: 'AES256-SHA:AES128-SHA:DHE-RSA-AES256-SHA:DHE-RSA-AES128-SHA:AES256-SHA256:AES128-SHA256:@SECLEVEL=0',
}
/** The JDK's own implementation (JSSE, since 17), in the order of its providers. */
const JAVA: Stack = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers:
    'TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:' +
    'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:' +
    'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:' +
    'ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES256-SHA:' +
    'ECDHE-RSA-AES128-SHA:AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA',
  groups: 'X25519:P-256:P-384:P-521',
  serverOrder: true,
}
/** Go's crypto/tls. */
const GO: Stack = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers:
    'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:' +
    'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:' +
    'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:' +
    'ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA:@SECLEVEL=1',
  groups: 'X25519:P-256:P-384:P-521',
  serverOrder: true,
}

const STACKS = {
  'schannel-2019': SCHANNEL_2019,
  'schannel-2022': SCHANNEL_2022,
  'openssl-debian': OPENSSL_DEBIAN,
  'openssl-red-hat': OPENSSL_RED_HAT,
  'openssl-1.0': OPENSSL_1_0,
  'openssl-upstream': OPENSSL_UPSTREAM,
  firmware: FIRMWARE,
  'firmware-tls12': FIRMWARE_TLS12,
  ios: IOS,
  go: GO,
  java: JAVA,
} as const satisfies Readonly<Record<string, Stack>>

export type StackName = keyof typeof STACKS

const BY_DISTRO: Readonly<Record<string, StackName>> = {
  debian: 'openssl-debian',
  ubuntu20: 'openssl-debian',
  ubuntu22: 'openssl-debian',
  kali: 'openssl-debian',
  rocky9: 'openssl-red-hat',
  fedora: 'openssl-red-hat',
  centos7: 'openssl-1.0',
  windows10: 'schannel-2019',
  windows2019: 'schannel-2019',
  windows11: 'schannel-2022',
  windows2022: 'schannel-2022',
  embedded: 'firmware',
  ios: 'ios',
}

/** What programs of this machine use that rely on the system's TLS. */
export function usualStack(persona: Persona): StackName {
  return BY_DISTRO[persona.facts.distro] ?? 'openssl-upstream'
}

/** What services of Windows use, on whatever machine they claim to be. */
export function windowsStack(persona: Persona): StackName {
  const usual = usualStack(persona)
  return usual.startsWith('schannel') ? usual : 'schannel-2019'
}

export interface TlsChoice {
  /** By default what a machine of this OS has for all its services. */
  readonly certificate?: CertificateStyle
  /** By default the one of the operating system. */
  readonly stack?: StackName
  /** What the product sets differently from its stack. */
  readonly settings?: Partial<Omit<TlsProfile, 'identity'>>
}

/** The TLS of one port. Cheap: keys and certificates are made when a client comes. */
export function tlsProfile(persona: Persona, choice: TlsChoice = {}): TlsProfile {
  const {certificate = usualCertificate(persona), stack = usualStack(persona), settings = {}} = choice
  return {...STACKS[stack], ...settings, identity: (now) => tlsIdentity(persona, certificate, now)}
}
