/** What differs between distributions: every file and command that names the system takes it from here. */
import type {Persona} from '../../../persona.ts'

export interface Profile {
  readonly id: string
  readonly idLike: string | null
  readonly name: string
  readonly prettyName: string
  readonly version: string
  readonly versionId: string
  readonly codename: string | null
  readonly homeUrl: string
  /** `uname -r`, `uname -v`, and who compiled it, as `/proc/version` says. */
  readonly kernel: string
  readonly build: string
  readonly compiler: string
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
  kernel: '6.1.0-28-amd64',
  build: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)',
  compiler:
    '(debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40)',
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
  kernel: '5.15.0-130-generic',
  build: '#140-Ubuntu SMP Wed Dec 18 17:59:53 UTC 2024',
  compiler:
    '(buildd@lcy02-amd64-066) (gcc (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0, GNU ld (GNU Binutils for Ubuntu) 2.38)',
  family: 'debian',
}

const UBUNTU20: Profile = {
  ...UBUNTU22,
  prettyName: 'Ubuntu 20.04.6 LTS',
  version: '20.04.6 LTS (Focal Fossa)',
  versionId: '20.04',
  codename: 'focal',
  kernel: '5.4.0-204-generic',
  build: '#224-Ubuntu SMP Thu Dec 5 13:38:28 UTC 2024',
  compiler: '(buildd@lcy02-amd64-079) (gcc version 9.4.0 (Ubuntu 9.4.0-1ubuntu1~20.04.2))',
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
  kernel: '5.14.0-503.15.1.el9_5.x86_64',
  build: '#1 SMP PREEMPT_DYNAMIC Tue Nov 26 17:24:29 UTC 2024',
  compiler:
    '(mockbuild@iad1-prod-build001.bld.equ.rockylinux.org) (gcc (GCC) 11.5.0 20240719 (Red Hat 11.5.0-2), GNU ld version 2.35.2-54.el9)',
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
  kernel: '3.10.0-1160.119.1.el7.x86_64',
  build: '#1 SMP Tue Jun 4 14:43:51 UTC 2024',
  compiler: '(mockbuild@kbuilder.bsys.centos.org) (gcc version 4.8.5 20150623 (Red Hat 4.8.5-44) (GCC) )',
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
  kernel: '6.6.41-0-lts',
  build: '#1-Alpine SMP PREEMPT_DYNAMIC 2024-07-19 09:42:14',
  compiler:
    '(buildozer@build-3-19-x86_64) (gcc (Alpine 13.2.1_git20231014) 13.2.1 20231014, GNU ld (GNU Binutils) 2.41)',
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
  kernel: '6.11.9-100.fc39.x86_64',
  build: '#1 SMP PREEMPT_DYNAMIC Sun Nov 17 18:52:19 UTC 2024',
  compiler:
    '(mockbuild@ad4b8c2ce0bb4f4c8e0b1fa8ab2ba87c) (gcc (GCC) 13.3.1 20240913 (Red Hat 13.3.1-3), GNU ld version 2.40-14.fc39)',
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
  kernel: '6.6.9-amd64',
  build: '#1 SMP PREEMPT_DYNAMIC Kali 6.6.9-1kali1 (2024-01-08)',
  compiler: '(devel@kali.org) (gcc-13 (Debian 13.2.0-9) 13.2.0, GNU ld (GNU Binutils for Debian) 2.41)',
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
  kernel: '6.7.0-arch3-1',
  build: '#1 SMP PREEMPT_DYNAMIC Sat, 13 Jan 2024 14:37:14 +0000',
  compiler: '(linux@archlinux) (gcc (GCC) 13.2.1 20230801, GNU ld (GNU Binutils) 2.41.0)',
  family: 'arch',
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
