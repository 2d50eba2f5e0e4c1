/** MySQL 8.0 and MariaDB 10.11 as their packages present themselves. */

import {versionOf} from '../../persona/products.ts'
import type {Persona} from '../../persona.ts'
import type {MYSQL_VERSIONS} from './definition.ts'
import type {Plugin} from './protocol.ts'

export type Version = (typeof MYSQL_VERSIONS)[number]

export interface Release {
  readonly product: 'mysql' | 'mariadb'
  /** In messages: `your MySQL server version`. */
  readonly brand: 'MySQL' | 'MariaDB'
  /** `SELECT VERSION()`. */
  readonly version: string
  /** What the greeting shows: MariaDB puts a version in front that old replicas accept. */
  readonly greeting: string
  readonly comment: string
  /** `version_compile_os`. */
  readonly compiledFor: string
  /** Without CLIENT_SSL, which depends on the configuration. */
  readonly capabilities: number
  /** MariaDB's own capabilities stand where MySQL has zeros. */
  readonly extended: number
  /** Default character set of the greeting and of results. */
  readonly charset: number
  readonly plugin: Plugin
  readonly tls: boolean
  /** Most characters of a user name in messages. */
  readonly userLength: number
}

/** Bits 0-28, 30 and 31 without CLIENT_SSL: what 8.0.28 and later have. */
const MYSQL_CAPABILITIES = 0xdfff_f7ff
/** 10.11.19 without TLS, as recorded. */
const MARIADB_CAPABILITIES = 0x81ff_f7fe
const MARIADB_EXTENDED = 0x1d
const UTF8MB4_0900 = 255
const LATIN1_SWEDISH = 8

/** Distros whose own package is MariaDB; on the others MySQL is what people install. */
const MARIADB_DISTROS = new Set(['debian', 'kali', 'alpine', 'arch'])
/** Where the distro has another series than those that are played. */
const OTHER = {mysql: '8.0.36', mariadb: '10.11.6'} as const
const PLAYED = {mysql: /^8\.0\./, mariadb: /^10\.11\./} as const

const isWindows = ({facts}: Persona): boolean => facts.os === 'windows' || facts.os === 'windows_server'

export function releaseOf(persona: Persona, chosen: Version | null): Release {
  if (chosen !== null) return chosen.startsWith('10.') ? mariadb(persona, chosen) : mysql(persona, chosen)
  const product = MARIADB_DISTROS.has(persona.facts.distro) ? 'mariadb' : 'mysql'
  const shipped = versionOf(persona, product)
  const version = PLAYED[product].test(shipped) ? shipped : OTHER[product]
  return product === 'mariadb' ? mariadb(persona, version) : mysql(persona, version)
}

function mysql(persona: Persona, number: string): Release {
  const {distro} = persona.facts
  const ubuntu = {ubuntu20: '0ubuntu0.20.04.1', ubuntu22: '0ubuntu0.22.04.1'}[distro]
  const version = ubuntu === undefined ? number : `${number}-${ubuntu}`
  const redHat = distro === 'rocky9' || distro === 'fedora'
  return {
    product: 'mysql',
    brand: 'MySQL',
    version,
    greeting: version,
    comment: ubuntu !== undefined ? '(Ubuntu)' : redHat ? 'Source distribution' : 'MySQL Community Server - GPL',
    compiledFor: isWindows(persona) ? 'Win64' : 'Linux',
    capabilities: MYSQL_CAPABILITIES,
    extended: 0,
    charset: UTF8MB4_0900,
    plugin: 'caching_sha2_password',
    tls: true,
    userLength: 32,
  }
}

function mariadb(persona: Persona, number: string): Release {
  const debian = persona.facts.distro === 'debian'
  const version = debian ? `${number}-MariaDB-0+deb12u1` : `${number}-MariaDB`
  return {
    product: 'mariadb',
    brand: 'MariaDB',
    version,
    greeting: `5.5.5-${version}`,
    comment: debian ? 'Debian 12' : isWindows(persona) ? 'mariadb.org binary distribution' : 'MariaDB Server',
    compiledFor: debian ? 'debian-linux-gnu' : isWindows(persona) ? 'Win64' : 'Linux',
    capabilities: MARIADB_CAPABILITIES,
    extended: MARIADB_EXTENDED,
    // Debian's configuration sets utf8mb4 for the server.
    charset: debian ? UTF8MB4_GENERAL : LATIN1_SWEDISH,
    plugin: 'mysql_native_password',
    tls: false,
    userLength: 128,
  }
}

/** utf8mb4_general_ci. */
export const UTF8MB4_GENERAL = 45
