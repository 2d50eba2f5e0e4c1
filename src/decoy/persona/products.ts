/**
 * Which version of a product a machine of some distribution runs: what the distribution ships, or what its users usually
 * install. One table for all services, so that two of them never tell different stories.
 */
import type {Persona} from '../persona.ts'

export type Product =
  | 'openssh'
  | 'samba'
  | 'apache'
  | 'nginx'
  | 'php'
  | 'mysql'
  | 'mariadb'
  | 'postgres'
  | 'vsftpd'
  | 'proftpd'
  | 'openssl'
  | 'openldap'
  | 'postfix'
  | 'dovecot'
  | 'bind'
  | 'net-snmp'

type Versions = Readonly<Record<Product, string>>

const DEBIAN_12: Versions = {
  openssh: '9.2p1',
  samba: '4.17.12',
  apache: '2.4.62',
  nginx: '1.22.1',
  php: '8.2.26',
  mysql: '8.0.40',
  mariadb: '10.11.6',
  postgres: '15.10',
  vsftpd: '3.0.3',
  proftpd: '1.3.8',
  openssl: '3.0.15',
  openldap: '2.5.13',
  postfix: '3.7.11',
  dovecot: '2.3.19.1',
  bind: '9.18.28',
  'net-snmp': '5.9.3',
}
const UBUNTU_22: Versions = {
  openssh: '8.9p1',
  samba: '4.15.13',
  apache: '2.4.52',
  nginx: '1.18.0',
  php: '8.1.2',
  mysql: '8.0.40',
  mariadb: '10.6.18',
  postgres: '14.15',
  vsftpd: '3.0.5',
  proftpd: '1.3.7c',
  openssl: '3.0.2',
  openldap: '2.5.18',
  postfix: '3.6.4',
  dovecot: '2.3.16',
  bind: '9.18.28',
  'net-snmp': '5.9.1',
}
const UBUNTU_20: Versions = {
  openssh: '8.2p1',
  samba: '4.15.13',
  apache: '2.4.41',
  nginx: '1.18.0',
  php: '7.4.3',
  mysql: '8.0.40',
  mariadb: '10.3.39',
  postgres: '12.22',
  vsftpd: '3.0.3',
  proftpd: '1.3.6c',
  openssl: '1.1.1f',
  openldap: '2.4.49',
  postfix: '3.4.13',
  dovecot: '2.3.7.2',
  bind: '9.18.28',
  'net-snmp': '5.8',
}
const RHEL_9: Versions = {
  openssh: '8.7',
  samba: '4.20.2',
  apache: '2.4.57',
  nginx: '1.20.1',
  php: '8.0.30',
  mysql: '8.0.36',
  mariadb: '10.5.22',
  postgres: '13.18',
  vsftpd: '3.0.5',
  proftpd: '1.3.8b',
  openssl: '3.2.2',
  openldap: '2.6.6',
  postfix: '3.5.25',
  dovecot: '2.3.16',
  bind: '9.16.23',
  'net-snmp': '5.9.1',
}
const CENTOS_7: Versions = {
  openssh: '7.4',
  samba: '4.10.16',
  apache: '2.4.6',
  nginx: '1.20.1',
  php: '5.4.16',
  mysql: '5.7.44',
  mariadb: '5.5.68',
  postgres: '9.2.24',
  vsftpd: '3.0.2',
  proftpd: '1.3.5e',
  openssl: '1.0.2k',
  openldap: '2.4.44',
  postfix: '2.10.1',
  dovecot: '2.2.36',
  bind: '9.11.4',
  'net-snmp': '5.7.2',
}
/** Alpine 3.19, Fedora 39, FreeBSD 14 and Arch of early 2024 are close to each other. */
const ROLLING: Versions = {
  openssh: '9.6',
  samba: '4.18.9',
  apache: '2.4.58',
  nginx: '1.24.0',
  php: '8.2.13',
  mysql: '8.0.35',
  mariadb: '10.11.6',
  postgres: '15.6',
  vsftpd: '3.0.5',
  proftpd: '1.3.8b',
  openssl: '3.1.4',
  openldap: '2.6.6',
  postfix: '3.8.4',
  dovecot: '2.3.21',
  bind: '9.18.24',
  'net-snmp': '5.9.4',
}
/** Firmware that was new some years ago. */
const FIRMWARE: Versions = {
  ...UBUNTU_20,
  openssh: '8.2',
  samba: '4.10.18',
  vsftpd: '3.0.3',
  proftpd: '1.3.5b',
  'net-snmp': '5.7.3',
}

const BY_DISTRO: Readonly<Record<string, Versions>> = {
  debian: DEBIAN_12,
  ubuntu22: UBUNTU_22,
  ubuntu20: UBUNTU_20,
  rocky9: RHEL_9,
  centos7: CENTOS_7,
  alpine: ROLLING,
  fedora: {...ROLLING, openssh: '9.3'},
  arch: ROLLING,
  freebsd: {...ROLLING, openssh: '9.7'},
  kali: {...ROLLING, openssh: '9.6p1', apache: '2.4.58', postgres: '16.1', mariadb: '10.11.6'},
  embedded: FIRMWARE,
  ios: FIRMWARE,
}

/** DSM 7.2 is no distribution of anybody else's. */
const DSM: Versions = {...FIRMWARE, samba: '4.15.13', nginx: '1.23.1', openssl: '3.0.7', 'net-snmp': '5.9.1'}
const BY_ARCHETYPE: Readonly<Record<string, Versions>> = {nas: DSM}

/** On Windows, which ships none of them: what Debian has, since their users install what is current. */
export function versionOf({facts}: Persona, product: Product): string {
  return (BY_ARCHETYPE[facts.archetype ?? ''] ?? BY_DISTRO[facts.distro] ?? DEBIAN_12)[product]
}

/** SQL Server as it is found on that Windows: the year of its name and its version (SELECT SERVERPROPERTY). */
export function mssqlRelease(persona: Persona): {readonly year: number; readonly version: string} {
  const newer = persona.facts.distro === 'windows2022' || persona.facts.distro === 'windows11'
  return persona.pick('mssql release', newer ? MSSQL_NEW : MSSQL_OLD)
}

const MSSQL_OLD = [
  {year: 2016, version: '13.0.6300.2'},
  {year: 2017, version: '14.0.3456.2'},
  {year: 2019, version: '15.0.4355.3'},
]
const MSSQL_NEW = [
  {year: 2019, version: '15.0.4375.4'},
  {year: 2022, version: '16.0.4115.5'},
  {year: 2022, version: '16.0.4135.4'},
]

/** Exchange as an X-OWA-Version header shows it. */
export function exchangeRelease(persona: Persona): {readonly year: number; readonly version: string} {
  return persona.fleet.pick('exchange release', EXCHANGE)
}

const EXCHANGE = [
  {year: 2016, version: '15.1.2507.39'},
  {year: 2019, version: '15.2.1544.9'},
  {year: 2019, version: '15.2.1258.34'},
]
