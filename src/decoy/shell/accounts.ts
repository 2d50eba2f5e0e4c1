/** The accounts in `/etc/passwd`. */
import type {Persona} from '../persona.ts'
import type {Profile} from './profiles.ts'

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly comment: string
  readonly home: string
  readonly shell: string
}

const NOLOGIN = '/usr/sbin/nologin'
/** A person or job that works on the machine, where the fleet file names none. */
const STAFF = ['deploy', 'backup-op', 'ansible', 'jenkins', 'sysadm', 'devops', 'svc-app', 'operator1']
const FIRST_USER = 1000

type Row = readonly [name: string, uid: number, gid: number, comment: string, home: string, shell: string]

const DEBIAN_SYSTEM: readonly Row[] = [
  ['daemon', 1, 1, 'daemon', '/usr/sbin', NOLOGIN],
  ['bin', 2, 2, 'bin', '/bin', NOLOGIN],
  ['sys', 3, 3, 'sys', '/dev', NOLOGIN],
  ['sync', 4, 65534, 'sync', '/bin', '/bin/sync'],
  ['games', 5, 60, 'games', '/usr/games', NOLOGIN],
  ['man', 6, 12, 'man', '/var/cache/man', NOLOGIN],
  ['mail', 8, 8, 'mail', '/var/mail', NOLOGIN],
  ['www-data', 33, 33, 'www-data', '/var/www', NOLOGIN],
  ['backup', 34, 34, 'backup', '/var/backups', NOLOGIN],
  ['nobody', 65534, 65534, 'nobody', '/nonexistent', NOLOGIN],
  ['systemd-network', 998, 998, 'systemd Network Management', '/', NOLOGIN],
  ['messagebus', 100, 107, '', '/nonexistent', NOLOGIN],
  ['sshd', 101, 65534, '', '/run/sshd', NOLOGIN],
]

const REDHAT_SYSTEM: readonly Row[] = [
  ['bin', 1, 1, 'bin', '/bin', '/sbin/nologin'],
  ['daemon', 2, 2, 'daemon', '/sbin', '/sbin/nologin'],
  ['adm', 3, 4, 'adm', '/var/adm', '/sbin/nologin'],
  ['sync', 5, 0, 'sync', '/sbin', '/bin/sync'],
  ['mail', 8, 12, 'mail', '/var/spool/mail', '/sbin/nologin'],
  ['operator', 11, 0, 'operator', '/root', '/sbin/nologin'],
  ['nobody', 65534, 65534, 'Kernel Overflow User', '/', '/sbin/nologin'],
  ['dbus', 81, 81, 'System message bus', '/', '/sbin/nologin'],
  ['sshd', 74, 74, 'Privilege-separated SSH', '/usr/share/empty.sshd', '/sbin/nologin'],
  ['chrony', 998, 995, '', '/var/lib/chrony', '/sbin/nologin'],
]

export function accountsOf(persona: Persona, profile: Profile, honeyNames: readonly string[]): Account[] {
  const system = profile.family === 'redhat' ? REDHAT_SYSTEM : DEBIAN_SYSTEM
  const people = honeyNames.filter((name) => name !== 'root' && !system.some(([known]) => known === name))
  const staff = persona.pick('staff', STAFF)
  if (!people.includes(staff)) people.push(staff)
  return [
    {name: 'root', uid: 0, gid: 0, comment: 'root', home: '/root', shell: profile.shell},
    ...system.map(([name, uid, gid, comment, home, shell]) => {
      // A honey credential for a system account is only believable with a shell.
      const login = honeyNames.includes(name)
      return {name, uid, gid, comment, home: login ? `/home/${name}` : home, shell: login ? profile.shell : shell}
    }),
    ...people.map((name, index) => ({
      name,
      uid: FIRST_USER + index,
      gid: FIRST_USER + index,
      comment: profile.family === 'debian' ? ',,,' : '',
      home: `/home/${name}`,
      shell: profile.shell,
    })),
  ]
}
