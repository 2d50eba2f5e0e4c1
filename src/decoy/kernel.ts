/** The kernel a persona runs, the same for every service that lets it show. */
import type {PersonaFacts} from './persona.ts'

export interface Kernel {
  /** `uname -r`. */
  readonly release: string
  /** `uname -v`. */
  readonly build: string
  /** Who compiled it with what, as `/proc/version` says. */
  readonly compiler: string
}

const DEBIAN: Kernel = {
  release: '6.1.0-28-amd64',
  build: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)',
  compiler:
    '(debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40)',
}

/** By distro; each is a kernel that the distro really shipped. */
const KERNELS: Readonly<Record<string, Kernel>> = {
  debian: DEBIAN,
  ubuntu22: {
    release: '5.15.0-130-generic',
    build: '#140-Ubuntu SMP Wed Dec 18 17:59:53 UTC 2024',
    compiler:
      '(buildd@lcy02-amd64-066) (gcc (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0, GNU ld (GNU Binutils for Ubuntu) 2.38)',
  },
  ubuntu20: {
    release: '5.4.0-204-generic',
    build: '#224-Ubuntu SMP Thu Dec 5 13:38:28 UTC 2024',
    compiler: '(buildd@lcy02-amd64-079) (gcc version 9.4.0 (Ubuntu 9.4.0-1ubuntu1~20.04.2))',
  },
  rocky9: {
    release: '5.14.0-503.15.1.el9_5.x86_64',
    build: '#1 SMP PREEMPT_DYNAMIC Tue Nov 26 17:24:29 UTC 2024',
    compiler:
      '(mockbuild@iad1-prod-build001.bld.equ.rockylinux.org) (gcc (GCC) 11.5.0 20240719 (Red Hat 11.5.0-2), GNU ld version 2.35.2-54.el9)',
  },
  centos7: {
    release: '3.10.0-1160.119.1.el7.x86_64',
    build: '#1 SMP Tue Jun 4 14:43:51 UTC 2024',
    compiler: '(mockbuild@kbuilder.bsys.centos.org) (gcc version 4.8.5 20150623 (Red Hat 4.8.5-44) (GCC) )',
  },
  alpine: {
    release: '6.6.41-0-lts',
    build: '#1-Alpine SMP PREEMPT_DYNAMIC 2024-07-19 09:42:14',
    compiler:
      '(buildozer@build-3-19-x86_64) (gcc (Alpine 13.2.1_git20231014) 13.2.1 20231014, GNU ld (GNU Binutils) 2.41)',
  },
  fedora: {
    release: '6.11.9-100.fc39.x86_64',
    build: '#1 SMP PREEMPT_DYNAMIC Sun Nov 17 18:52:19 UTC 2024',
    compiler:
      '(mockbuild@ad4b8c2ce0bb4f4c8e0b1fa8ab2ba87c) (gcc (GCC) 13.3.1 20240913 (Red Hat 13.3.1-3), GNU ld version 2.40-14.fc39)',
  },
  kali: {
    release: '6.6.9-amd64',
    build: '#1 SMP PREEMPT_DYNAMIC Kali 6.6.9-1kali1 (2024-01-08)',
    compiler: '(devel@kali.org) (gcc-13 (Debian 13.2.0-9) 13.2.0, GNU ld (GNU Binutils for Debian) 2.41)',
  },
  arch: {
    release: '6.7.0-arch3-1',
    build: '#1 SMP PREEMPT_DYNAMIC Sat, 13 Jan 2024 14:37:14 +0000',
    compiler: '(linux@archlinux) (gcc (GCC) 13.2.1 20230801, GNU ld (GNU Binutils) 2.41.0)',
  },
}

/** Of a distro that is no Linux: that of the machine its Linux services would run on. */
export function kernelOf(facts: PersonaFacts): Kernel {
  return KERNELS[facts.distro] ?? DEBIAN
}
