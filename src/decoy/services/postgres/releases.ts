/** PostgreSQL as its packages present themselves, down to the lines of the source that errors name. */
import type {Persona} from '../../persona.ts'
import type {POSTGRES_VERSIONS} from './definition.ts'

export type Version = (typeof POSTGRES_VERSIONS)[number]

export interface Release {
  /** `server_version`. */
  readonly shown: string
  /** `version()`. */
  readonly banner: string
  /** Packages for Linux are built with GSSAPI and offer its encryption. */
  readonly gssapi: boolean
  /** Windows builds name sources by their path. */
  readonly windows: boolean
  /** Lines of `ProcessStartupPacket`, by which scanners tell releases apart: the protocol, and the user name. */
  readonly startupLines: {readonly protocol: number; readonly user: number}
}

/** 15.18 as recorded; the others by what scanners know, their second line as far from the first as in 15.18. */
const STARTUP_LINES: Readonly<Record<Version, Release['startupLines']>> = {
  '14.5': {protocol: 2138, user: 2267},
  '15.0': {protocol: 2194, user: 2323},
  '15.18': {protocol: 2222, user: 2351},
}
const PACKAGES: Readonly<Record<string, {version: Version; suffix: string; compiler: string}>> = {
  debian: {version: '15.18', suffix: ' (Debian 15.18-0+deb12u1)', compiler: 'gcc (Debian 12.2.0-14+deb12u1) 12.2.0'},
  ubuntu22: {
    version: '14.5',
    suffix: ' (Ubuntu 14.5-0ubuntu0.22.04.1)',
    compiler: 'gcc (Ubuntu 11.2.0-19ubuntu1) 11.2.0',
  },
}
const RED_HAT_COMPILER = 'gcc (GCC) 11.4.1 20231218 (Red Hat 11.4.1-3)'

export function releaseOf(persona: Persona, chosen: Version | null): Release {
  const {distro, os} = persona.facts
  const windows = os === 'windows' || os === 'windows_server'
  const packaged = PACKAGES[distro]
  const own = packaged !== undefined && (chosen === null || chosen === packaged.version) ? packaged : null
  const version = chosen ?? own?.version ?? '15.18'
  const shown = `${version}${own?.suffix ?? ''}`
  const platform = windows
    ? 'compiled by Visual C++ build 1938, 64-bit'
    : `on x86_64-pc-linux-gnu, compiled by ${own?.compiler ?? RED_HAT_COMPILER}, 64-bit`
  return {
    shown,
    banner: `PostgreSQL ${shown}${windows ? ', ' : ' '}${platform}`,
    gssapi: !windows && os === 'linux' && distro !== 'alpine',
    windows,
    startupLines: STARTUP_LINES[version],
  }
}
