/**
 * What SSH servers offer that are no ordinary OpenSSH.
 *
 * - Dropbear: recorded from the package of Debian 12, `test/fixtures/ssh/dropbear-2022.83.json`.
 * - Cisco, iLO, ESXi: put together from published lists and partial traces, not recorded from a device. Cisco's later
 *   train (15.2(7)E) dropped CBC and group 1; ESXi 7.0 U3 has OpenSSL in FIPS mode.
 */
import {type Release, SFTP_8_7} from '../releases.ts'

const TERSE = {extensions: [], sftpExtensions: [], identification: 'terse', terse: true} as const

export const DROPBEAR_VERSION = 'dropbear_2022.83'

export const DROPBEAR: Release = {
  ...TERSE,
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp521',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp256',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group14-sha1',
    'kexguess2@matt.ucc.asn.au',
    'kex-strict-s-v00@openssh.com',
  ],
  hostKeys: ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-256', 'ssh-rsa'],
  ciphers: ['chacha20-poly1305@openssh.com', 'aes128-ctr', 'aes256-ctr'],
  macs: ['hmac-sha1', 'hmac-sha2-256'],
  compression: ['zlib@openssh.com', 'none'],
  rsaBits: 2048,
  signatures:
    'ssh-ed25519,sk-ssh-ed25519@openssh.com,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-256,ssh-rsa,ssh-dss',
  eager: true,
}

export const CISCO_VERSION = 'Cisco-1.25'

const CISCO: Release = {
  ...TERSE,
  kex: ['diffie-hellman-group-exchange-sha1', 'diffie-hellman-group14-sha1'],
  hostKeys: ['ssh-rsa'],
  ciphers: ['aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  macs: ['hmac-sha2-256', 'hmac-sha2-512', 'hmac-sha1', 'hmac-sha1-96'],
  compression: ['none'],
  rsaBits: 2048,
  signatures: null,
  largestGroup: 4096,
  bareLineFeed: true,
}

const CISCO_15_2_4: Release = {
  ...CISCO,
  kex: [...CISCO.kex, 'diffie-hellman-group1-sha1'],
  ciphers: [...CISCO.ciphers, 'aes128-cbc', '3des-cbc', 'aes192-cbc', 'aes256-cbc'],
  macs: ['hmac-sha1', 'hmac-sha1-96'],
}

/** @param version of IOS, such as `15.2(7)E4`. */
export const ciscoRelease = (version: string): Release => (version.startsWith('15.2(4)') ? CISCO_15_2_4 : CISCO)

export const ILO_VERSION = 'mpSSH_0.2.1'

export const ILO: Release = {
  ...TERSE,
  kex: ['diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'],
  hostKeys: ['ssh-rsa'],
  ciphers: ['aes256-cbc', 'aes128-cbc', '3des-cbc', 'aes256-ctr'],
  macs: ['hmac-sha1', 'hmac-md5'],
  compression: ['none'],
  rsaBits: 2048,
  signatures: null,
}

export const ESXI_VERSION = 'OpenSSH_8.8'

export const ESXI: Release = {
  kex: [
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group14-sha256',
  ],
  hostKeys: ['rsa-sha2-512', 'rsa-sha2-256'],
  ciphers: ['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com', 'aes256-ctr', 'aes192-ctr', 'aes128-ctr'],
  macs: ['hmac-sha2-256', 'hmac-sha2-512'],
  rsaBits: 2048,
  signatures: 'rsa-sha2-256,rsa-sha2-512,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521',
  extensions: [],
  sftpExtensions: SFTP_8_7,
  identification: 'v8',
}
