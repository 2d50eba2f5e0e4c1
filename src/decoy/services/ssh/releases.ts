/**
 * What each OpenSSH release that a decky claims really offers: the order of the lists is the fingerprint (HASSHServer)
 * that scanners compare with the version string.
 *
 * The MACs `umac-64` and `umac-128` are announced, because every real build announces them, but cannot be computed:
 * the library has no UMAC. That shows only to an OpenSSH client that is forced off the AEAD ciphers which it prefers.
 * The ciphers `blowfish-cbc` and `cast128-cbc` of 7.4 are announced and, with OpenSSL 3, equally not available.
 */
import type {Persona} from '../../persona.ts'
import type {IdentificationDialect} from './identification.ts'

export interface Release {
  readonly kex: readonly string[]
  readonly hostKeys: readonly string[]
  readonly ciphers: readonly string[]
  readonly macs: readonly string[]
  readonly rsaBits: number
  /** `server-sig-algs` of RFC 8308; null: there is no EXT_INFO message. */
  readonly signatures: string | null
  /** Further extensions of the EXT_INFO message, with their values. */
  readonly extensions: readonly (readonly [name: string, value: string])[]
  /** Extensions the SFTP server announces, with their versions. */
  readonly sftpExtensions: readonly (readonly [name: string, version: string])[]
  /** Answers to a wrong identification: 7.x says `Protocol mismatch.` with a bare LF, 8.0 rewrote the reader. */
  readonly identification: IdentificationDialect
  /** Of both ways; absent: OpenSSH's. */
  readonly compression?: readonly string[]
  /** Bits of the largest group that an exchange may ask for; absent: all that there are. */
  readonly largestGroup?: number
  /** No OpenSSH: it ends what it does not like without a word, pads at random, and tells nobody its other keys. */
  readonly terse?: true
  /** Its proposal comes with its identification, whoever is there. */
  readonly eager?: true
  /** Ends its identification with a bare LF. */
  readonly bareLineFeed?: true
}

const STRICT = 'kex-strict-s-v00@openssh.com'
const SNTRUP = 'sntrup761x25519-sha512@openssh.com'
const ELLIPTIC = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
]
const FINITE = [
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group14-sha256',
]
const CTR_AND_GCM = ['aes128-ctr', 'aes192-ctr', 'aes256-ctr', 'aes128-gcm@openssh.com', 'aes256-gcm@openssh.com']
const CIPHERS = ['chacha20-poly1305@openssh.com', ...CTR_AND_GCM]
const MACS = [
  'umac-64-etm@openssh.com',
  'umac-128-etm@openssh.com',
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha1-etm@openssh.com',
  'umac-64@openssh.com',
  'umac-128@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
  'hmac-sha1',
]
const ECDSA = 'ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ecdsa-sha2-nistp256@openssh.com'
const WEBAUTHN = 'webauthn-sk-ecdsa-sha2-nistp256@openssh.com'
const SK_ED25519 = 'ssh-ed25519,sk-ssh-ed25519@openssh.com'

const SFTP_7: Release['sftpExtensions'] = [
  ['posix-rename@openssh.com', '1'],
  ['statvfs@openssh.com', '2'],
  ['fstatvfs@openssh.com', '2'],
  ['hardlink@openssh.com', '1'],
  ['fsync@openssh.com', '1'],
]
const SFTP_8_0: Release['sftpExtensions'] = [...SFTP_7, ['lsetstat@openssh.com', '1']]
export const SFTP_8_7: Release['sftpExtensions'] = [
  ...SFTP_8_0,
  ['limits@openssh.com', '1'],
  ['expand-path@openssh.com', '1'],
]
const SFTP_9: Release['sftpExtensions'] = [
  ...SFTP_8_7,
  ['copy-data', '1'],
  ['home-directory', '1'],
  ['users-groups-by-id@openssh.com', '1'],
]

const V9_2: Release = {
  kex: [SNTRUP, ...ELLIPTIC, ...FINITE, STRICT],
  hostKeys: ['rsa-sha2-512', 'rsa-sha2-256', 'ecdsa-sha2-nistp256', 'ssh-ed25519'],
  ciphers: CIPHERS,
  macs: MACS,
  rsaBits: 3072,
  signatures: `${SK_ED25519},${ECDSA},${WEBAUTHN},ssh-dss,ssh-rsa,rsa-sha2-256,rsa-sha2-512`,
  extensions: [['publickey-hostbound@openssh.com', '0']],
  sftpExtensions: SFTP_9,
  identification: 'v8',
}

/** Debian's fourth update of 9.2 took the name without a domain from 9.9. */
const V9_2_DEBIAN: Release = {...V9_2, kex: ['sntrup761x25519-sha512', ...V9_2.kex]}
const ALIAS_UPDATE = 4

const V9_6: Release = {
  ...V9_2,
  kex: [SNTRUP, ...ELLIPTIC, ...FINITE, 'ext-info-s', STRICT],
  extensions: [
    ['publickey-hostbound@openssh.com', '0'],
    ['ping@openssh.com', '0'],
  ],
}

/** 8.9 announces the hybrid exchange after the elliptic curves; 9.0 put it first. */
const V8_9: Release = {...V9_2, kex: [...ELLIPTIC, SNTRUP, ...FINITE, STRICT], sftpExtensions: SFTP_8_7}

const V8_2: Release = {
  ...V9_2,
  kex: [...ELLIPTIC, ...FINITE, STRICT],
  hostKeys: ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa', 'ecdsa-sha2-nistp256', 'ssh-ed25519'],
  signatures: `${SK_ED25519},ssh-rsa,rsa-sha2-256,rsa-sha2-512,ssh-dss,${ECDSA}`,
  extensions: [],
  sftpExtensions: SFTP_8_0,
}

const V8_0: Release = {
  ...V8_2,
  kex: [...ELLIPTIC, ...FINITE, 'diffie-hellman-group14-sha1'],
  signatures:
    'ssh-ed25519,ssh-rsa,rsa-sha2-256,rsa-sha2-512,ssh-dss,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521',
}

/** Red Hat's DEFAULT crypto policy replaces the built-in lists of 8.7. */
const V8_7_RHEL: Release = {
  ...V8_2,
  sftpExtensions: SFTP_8_7,
  kex: [
    ...ELLIPTIC,
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    STRICT,
  ],
  hostKeys: V9_2.hostKeys,
  ciphers: [
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes256-ctr',
    'aes128-gcm@openssh.com',
    'aes128-ctr',
  ],
  macs: [
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha1-etm@openssh.com',
    'umac-128-etm@openssh.com',
    'hmac-sha2-512-etm@openssh.com',
    'hmac-sha2-256',
    'hmac-sha1',
    'umac-128@openssh.com',
    'hmac-sha2-512',
  ],
  signatures: `${SK_ED25519},ssh-rsa,rsa-sha2-256,rsa-sha2-512,ssh-dss,${ECDSA},${WEBAUTHN}`,
}

const V7_4: Release = {
  kex: [
    ...ELLIPTIC,
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group-exchange-sha1',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group14-sha1',
    'diffie-hellman-group1-sha1',
  ],
  hostKeys: ['ssh-rsa', 'rsa-sha2-512', 'rsa-sha2-256', 'ecdsa-sha2-nistp256', 'ssh-ed25519'],
  ciphers: [...CIPHERS, 'aes128-cbc', 'aes192-cbc', 'aes256-cbc', 'blowfish-cbc', 'cast128-cbc', '3des-cbc'],
  macs: MACS,
  rsaBits: 2048,
  signatures: 'rsa-sha2-256,rsa-sha2-512',
  extensions: [],
  sftpExtensions: SFTP_7,
  identification: 'v7',
}

/** 8.8 removed `ssh-rsa` from the host key list. */
const V8_8: Release = {...V8_7_RHEL, kex: V8_2.kex, ciphers: CIPHERS, macs: MACS}

/** From which release (major · 1000 + minor) on, newest first. */
const RELEASES: readonly (readonly [number, Release])[] = [
  [9005, V9_6],
  [9000, V9_2],
  [8009, V8_9],
  [8008, V8_8],
  [8002, V8_2],
  [8000, V8_0],
  [0, V7_4],
]

const VERSIONS: Readonly<Record<string, string>> = {
  debian: 'OpenSSH_9.2p1 Debian-2+deb12u7',
  ubuntu22: 'OpenSSH_8.9p1 Ubuntu-3ubuntu0.13',
  ubuntu20: 'OpenSSH_8.2p1 Ubuntu-4ubuntu0.13',
  rocky9: 'OpenSSH_8.7',
  centos7: 'OpenSSH_7.4',
  alpine: 'OpenSSH_9.6',
  fedora: 'OpenSSH_9.3',
  kali: 'OpenSSH_9.6p1 Debian-4',
  arch: 'OpenSSH_9.6',
  windows10: 'OpenSSH_for_Windows_8.1',
  windows11: 'OpenSSH_for_Windows_9.5',
  windows2019: 'OpenSSH_for_Windows_7.7',
  windows2022: 'OpenSSH_for_Windows_8.1',
  freebsd: 'OpenSSH_9.7 FreeBSD-20240318',
  embedded: 'OpenSSH_8.2',
}

/** The software version a persona announces where the fleet file names none. */
export function defaultVersion(persona: Persona): string {
  return (
    VERSIONS[persona.facts.distro] ??
    (persona.facts.os.startsWith('windows') ? 'OpenSSH_for_Windows_8.1' : 'OpenSSH_8.2')
  )
}

/** The lists of the release that a software version names; the nearest known one for a version between two. */
export function releaseOf(version: string, persona: Persona): Release {
  const match = /OpenSSH_(?:for_Windows_)?(\d{1,3})\.(\d{1,3})/.exec(version)
  if (match === null) return V8_2
  const update = /^OpenSSH_9\.2p1 Debian-2\+deb12u(\d{1,3})/.exec(version)
  if (update !== null && Number(update[1]) >= ALIAS_UPDATE) return V9_2_DEBIAN
  // 9.10 comes after 9.9.
  const number = Number(match[1]) * 1000 + Number(match[2])
  const redHat = persona.facts.distro === 'rocky9' || persona.facts.distro === 'fedora'
  if (redHat && number >= 8000 && number < 9000) return V8_7_RHEL
  return RELEASES.find(([from]) => number >= from)?.[1] ?? V7_4
}
