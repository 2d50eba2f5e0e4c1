/** What differs between distributions: every file and command that names the system takes it from here. */
import type {Persona} from '../persona.ts'

export interface Profile {
  readonly id: string
  readonly idLike: string | null
  readonly name: string
  readonly prettyName: string
  readonly version: string
  readonly versionId: string
  readonly codename: string | null
  readonly homeUrl: string
  /** `uname -o`. */
  readonly operatingSystem: string
  readonly family: 'debian' | 'redhat' | 'alpine' | 'arch'
  readonly shell: string
  /** Text of `/etc/motd`; `null`: made at login. */
  readonly motd: string
}

const DEBIAN_MOTD = `
The programs included with the Debian GNU/Linux system are free software;
the exact distribution terms for each program are described in the
individual files in /usr/share/doc/*/copyright.

Debian GNU/Linux comes with ABSOLUTELY NO WARRANTY, to the extent
permitted by applicable law.
`

const BASE = {operatingSystem: 'GNU/Linux', shell: '/bin/bash', motd: ''} as const

const DEBIAN: Profile = {
  ...BASE,
  id: 'debian',
  idLike: null,
  name: 'Debian GNU/Linux',
  prettyName: 'Debian GNU/Linux 12 (bookworm)',
  version: '12 (bookworm)',
  versionId: '12',
  codename: 'bookworm',
  homeUrl: 'https://www.debian.org/',
  family: 'debian',
  motd: DEBIAN_MOTD,
}

const UBUNTU22: Profile = {
  ...BASE,
  id: 'ubuntu',
  idLike: 'debian',
  name: 'Ubuntu',
  prettyName: 'Ubuntu 22.04.5 LTS',
  version: '22.04.5 LTS (Jammy Jellyfish)',
  versionId: '22.04',
  codename: 'jammy',
  homeUrl: 'https://www.ubuntu.com/',
  family: 'debian',
}

const UBUNTU20: Profile = {
  ...UBUNTU22,
  prettyName: 'Ubuntu 20.04.6 LTS',
  version: '20.04.6 LTS (Focal Fossa)',
  versionId: '20.04',
  codename: 'focal',
}

const ROCKY9: Profile = {
  ...BASE,
  id: 'rocky',
  idLike: 'rhel centos fedora',
  name: 'Rocky Linux',
  prettyName: 'Rocky Linux 9.5 (Blue Onyx)',
  version: '9.5 (Blue Onyx)',
  versionId: '9.5',
  codename: null,
  homeUrl: 'https://rockylinux.org/',
  family: 'redhat',
}

const CENTOS7: Profile = {
  ...BASE,
  id: 'centos',
  idLike: 'rhel fedora',
  name: 'CentOS Linux',
  prettyName: 'CentOS Linux 7 (Core)',
  version: '7 (Core)',
  versionId: '7',
  codename: null,
  homeUrl: 'https://www.centos.org/',
  family: 'redhat',
}

const ALPINE: Profile = {
  ...BASE,
  id: 'alpine',
  idLike: null,
  name: 'Alpine Linux',
  prettyName: 'Alpine Linux v3.19',
  version: '3.19.4',
  versionId: '3.19.4',
  codename: null,
  homeUrl: 'https://alpinelinux.org/',
  operatingSystem: 'Linux',
  family: 'alpine',
  shell: '/bin/ash',
  motd: `Welcome to Alpine!

The Alpine Wiki contains a large amount of how-to guides and general
information about administrating Alpine systems.
See <https://wiki.alpinelinux.org/>.

You can setup the system with the command: setup-alpine

You may change this message by editing /etc/motd.

`,
}

const FEDORA: Profile = {
  ...BASE,
  id: 'fedora',
  idLike: null,
  name: 'Fedora Linux',
  prettyName: 'Fedora Linux 39 (Server Edition)',
  version: '39 (Server Edition)',
  versionId: '39',
  codename: null,
  homeUrl: 'https://fedoraproject.org/',
  family: 'redhat',
}

const KALI: Profile = {
  ...DEBIAN,
  id: 'kali',
  idLike: 'debian',
  name: 'Kali GNU/Linux',
  prettyName: 'Kali GNU/Linux Rolling',
  version: '2023.4',
  versionId: '2023.4',
  codename: 'kali-rolling',
  homeUrl: 'https://www.kali.org/',
}

const ARCH: Profile = {
  ...BASE,
  id: 'arch',
  idLike: null,
  name: 'Arch Linux',
  prettyName: 'Arch Linux',
  version: 'rolling',
  versionId: 'rolling',
  codename: null,
  homeUrl: 'https://archlinux.org/',
  family: 'arch',
}

/** Firmware built around BusyBox. */
export const FIRMWARE: Profile = {
  ...BASE,
  id: 'buildroot',
  idLike: null,
  name: 'Buildroot',
  prettyName: 'Buildroot 2019.02',
  version: '2019.02',
  versionId: '2019.02',
  codename: null,
  homeUrl: 'https://buildroot.org/',
  operatingSystem: 'GNU/Linux',
  family: 'alpine',
  shell: '/bin/sh',
}

const PROFILES: Readonly<Record<string, Profile>> = {
  debian: DEBIAN,
  ubuntu22: UBUNTU22,
  ubuntu20: UBUNTU20,
  rocky9: ROCKY9,
  centos7: CENTOS7,
  alpine: ALPINE,
  fedora: FEDORA,
  kali: KALI,
  arch: ARCH,
}

export function profileOf(persona: Persona): Profile {
  return PROFILES[persona.facts.distro] ?? DEBIAN
}

export function osRelease(profile: Profile): string {
  const lines = [`PRETTY_NAME="${profile.prettyName}"`, `NAME="${profile.name}"`, `VERSION_ID="${profile.versionId}"`]
  lines.push(`VERSION="${profile.version}"`)
  if (profile.codename !== null) lines.push(`VERSION_CODENAME=${profile.codename}`)
  lines.push(`ID=${profile.id}`)
  if (profile.idLike !== null) lines.push(`ID_LIKE="${profile.idLike}"`)
  lines.push(`HOME_URL="${profile.homeUrl}"`)
  return `${lines.join('\n')}\n`
}
