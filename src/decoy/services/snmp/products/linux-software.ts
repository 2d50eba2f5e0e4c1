/** What runs and is installed on a Linux server that does not much else. */
import {versionOf} from '../../../persona/products.ts'
import type {Persona} from '../../../persona.ts'
import type {Process} from '../mib/host-resources.ts'

const KERNEL_THREADS = [
  'kthreadd',
  'rcu_gp',
  'rcu_par_gp',
  'mm_percpu_wq',
  'ksoftirqd/0',
  'rcu_preempt',
  'kswapd0',
  'jbd2/sda1-8',
]

interface Daemon {
  readonly path: string
  readonly parameters: string
  readonly memory: number
}

const DAEMONS: readonly Daemon[] = [
  {path: '/lib/systemd/systemd-journald', parameters: '', memory: 14_200},
  {path: '/lib/systemd/systemd-udevd', parameters: '', memory: 6300},
  {path: '/usr/sbin/cron', parameters: '-f', memory: 2700},
  {
    path: '/usr/bin/dbus-daemon',
    parameters: '--system --address=systemd: --nofork --nopidfile --systemd-activation --syslog-only',
    memory: 4300,
  },
  {path: '/lib/systemd/systemd-logind', parameters: '', memory: 6900},
  {path: '/usr/sbin/rsyslogd', parameters: '-n -iNONE', memory: 5100},
  {
    path: '/usr/sbin/snmpd',
    parameters: '-LOw -u Debian-snmp -g Debian-snmp -I -smux mteTrigger mteTriggerConf -f',
    memory: 11_600,
  },
  {path: '/usr/sbin/sshd', parameters: '-D', memory: 7800},
  {path: '/sbin/agetty', parameters: '-o -p -- \\u --noclear - linux', memory: 1300},
]

export function unixProcesses(persona: Persona): Process[] {
  const threads = KERNEL_THREADS.map(
    (name, at): Process => ({
      pid: [2, 3, 4, 10, 12, 14, 71, 203][at] ?? 20 + at,
      name,
      path: '',
      parameters: '',
      type: 2,
      memory: 0,
      load: at === 5 ? 1 : 0,
    }),
  )
  const daemons = DAEMONS.map(
    ({path, parameters, memory}, at): Process => ({
      pid: 310 + 23 * at + persona.integer(`snmp pid ${at}`, 0, 20),
      name: path.slice(path.lastIndexOf('/') + 1).slice(0, 15),
      path,
      parameters,
      type: 4,
      memory: memory + persona.integer(`snmp memory ${at}`, 0, 900),
      load: path.endsWith('snmpd') ? 2 : 0,
    }),
  )
  const init: Process = {
    pid: 1,
    name: 'systemd',
    path: '/sbin/init',
    parameters: '',
    type: 4,
    memory: 11_900,
    load: 1,
  }
  return [init, ...threads, ...daemons]
}

const LIBRARIES = [
  'adduser-3.134',
  'apt-2.6.1',
  'base-files-12.4+deb12u8',
  'bash-5.2.15-2+b7',
  'ca-certificates-20230311',
  'coreutils-9.1-1',
  'cron-3.0pl1-162',
  'dbus-1.14.10-1~deb12u1',
  'e2fsprogs-1.47.0-2',
  'grub-pc-2.06-13+deb12u1',
  'iproute2-6.1.0-3',
  'libc6-2.36-9+deb12u9',
  'openssl-3.0.15-1~deb12u1',
  'python3-3.11.2-1+b1',
  'rsyslog-8.2302.0-1',
  'sudo-1.9.13p3-1+deb12u1',
  'systemd-252.31-1~deb12u1',
  'vim-tiny-2:9.0.1378-2',
]

export function packagesOf(persona: Persona): {name: string; installedAt: number}[] {
  const own = [`openssh-server-1:${versionOf(persona, 'openssh')}-2`, `snmpd-${versionOf(persona, 'net-snmp')}+dfsg-2`]
  const names = persona.facts.distro === 'debian' ? [...LIBRARIES, ...own] : own
  return names.toSorted().map((name) => ({
    name,
    installedAt: persona.installedAt + persona.integer(`snmp package ${name}`, 600, 2400) * 1000,
  }))
}
