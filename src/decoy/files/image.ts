/** The file system as the machine was installed: every fact in it is the persona's. */
import type {Kernel} from '../kernel.ts'
import type {Persona} from '../persona.ts'
import type {Account} from '../shell/accounts.ts'
import type {Hardware} from '../shell/machine.ts'
import {osRelease, type Profile} from '../shell/profiles.ts'
import {plantBait} from './bait.ts'
import {ImageBuilder} from './image-builder.ts'
import type {DirectoryNode} from './nodes.ts'
import {buildProc} from './proc.ts'
import {binaryNames, SBIN_NAMES} from './programs.ts'

export interface ImageFacts {
  readonly persona: Persona
  readonly profile: Profile
  readonly kernel: Kernel
  readonly accounts: readonly Account[]
  readonly hardware: Hardware
  readonly now: () => number
}

const DAY_S = 86_400
const EMPTY_DIRECTORIES = [
  '/boot',
  '/etc/cron.d',
  '/etc/cron.daily',
  '/etc/init.d',
  '/etc/network',
  '/home',
  '/media',
  '/mnt',
  '/opt',
  '/srv',
  '/run/lock',
  '/usr/games',
  '/usr/include',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/share/doc',
  '/usr/share/man',
  '/usr/src',
  '/var/backups',
  '/var/cache',
  '/var/lib',
  '/var/log',
  '/var/mail',
  '/var/opt',
  '/var/spool/cron',
]

export function buildImage(facts: ImageFacts): DirectoryNode {
  const installed =
    Math.floor(Date.parse(facts.persona.facts.since) / 1000) - facts.persona.integer('age', 30, 400) * DAY_S
  const image = new ImageBuilder((path) => installed + facts.persona.integer(`mtime ${path}`, 0, 20 * DAY_S))
  for (const path of EMPTY_DIRECTORIES) image.directory(path)
  image.directory('/tmp', {mode: 0o1777})
  image.directory('/var/tmp', {mode: 0o1777})
  image.directory('/dev/shm', {mode: 0o1777})
  image.directory('/root', {mode: 0o700})
  image.directory('/lost+found', {mode: 0o700})
  image.directory('/sys/class/net', {fixed: true})
  buildPrograms(image, facts)
  buildDevices(image)
  buildEtc(image, facts)
  buildLogs(image, facts)
  buildHomes(image, facts)
  buildProc(image, facts)
  plantBait(image, facts)
  return image.root
}

/** ELF64, little-endian, x86-64, shared object: bots read the head of `/bin/echo` to learn the architecture. */
const ELF_HEAD = Buffer.from('7f454c4602010100000000000000000003003e0001000000a0250000000000004000000000000000', 'hex')

function buildPrograms(image: ImageBuilder, {persona, profile}: ImageFacts): void {
  const body = Buffer.concat([ELF_HEAD, persona.bytes('program text', 4096), Buffer.alloc(180_000)])
  const place = (directory: string, names: readonly string[]): void => {
    for (const name of names) {
      const size = persona.integer(`size ${name}`, 14_000, 180_000) & ~7
      image.file(`${directory}/${name}`, body.subarray(0, size), {
        mode: name === 'sudo' || name === 'su' ? 0o4755 : 0o755,
      })
    }
  }
  place('/usr/bin', binaryNames(profile))
  place('/usr/sbin', SBIN_NAMES)
  image.directory('/usr/lib/x86_64-linux-gnu')
  image.directory('/usr/lib/systemd')
  image.directory('/usr/lib64')
  image.link('/bin', 'usr/bin')
  image.link('/sbin', 'usr/sbin')
  image.link('/lib', 'usr/lib')
  image.link('/lib64', 'usr/lib64')
  image.link('/var/run', '/run')
}

function buildDevices(image: ImageBuilder): void {
  image.device('/dev/null', 1, 3)
  image.device('/dev/zero', 1, 5)
  image.device('/dev/random', 1, 8)
  image.device('/dev/urandom', 1, 9)
  image.device('/dev/tty', 5, 0)
  image.device('/dev/sda', 8, 0, 0o660)
  image.device('/dev/sda1', 8, 1, 0o660)
  image.directory('/dev/pts')
}

function buildEtc(image: ImageBuilder, facts: ImageFacts): void {
  const {persona, profile, accounts} = facts
  image.file(
    '/etc/passwd',
    accounts.map((a) => `${[a.name, 'x', a.uid, a.gid, a.comment, a.home, a.shell].join(':')}\n`).join(''),
  )
  image.file('/etc/group', accounts.map((a) => `${a.name}:x:${a.gid}:\n`).join(''))
  image.file('/etc/hostname', `${persona.hostname}\n`)
  const self = persona.fqdn === persona.hostname ? persona.hostname : `${persona.fqdn} ${persona.hostname}`
  image.file('/etc/hosts', `127.0.0.1\tlocalhost\n127.0.1.1\t${self}\n\n::1\tlocalhost ip6-localhost ip6-loopback\n`)
  image.file('/usr/lib/os-release', osRelease(profile))
  image.link('/etc/os-release', '../usr/lib/os-release')
  image.file('/etc/issue', `${profile.prettyName} \\n \\l\n\n`)
  image.file('/etc/motd', profile.motd)
  image.file('/etc/resolv.conf', resolver(persona))
  image.file('/etc/fstab', `UUID=${uuid(persona)} /               ext4    errors=remount-ro 0       1\n`)
  image.file('/etc/machine-id', `${persona.bytes('machine-id', 16).toString('hex')}\n`)
  image.file(
    '/etc/crontab',
    'SHELL=/bin/sh\nPATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin\n\n17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly\n',
  )
  image.file('/etc/shells', '/bin/sh\n/bin/bash\n/usr/bin/bash\n')
  image.file('/etc/timezone', 'Etc/UTC\n')
  image.file(
    '/etc/ssh/sshd_config',
    'Include /etc/ssh/sshd_config.d/*.conf\n\nUsePAM yes\nX11Forwarding yes\nPrintMotd no\nAcceptEnv LANG LC_*\nSubsystem\tsftp\t/usr/lib/openssh/sftp-server\n',
  )
  image.file('/etc/sudoers', 'Defaults\tenv_reset\nroot\tALL=(ALL:ALL) ALL\n%sudo\tALL=(ALL:ALL) ALL\n', {mode: 0o440})
  if (profile.family === 'debian') image.file('/etc/debian_version', `${profile.versionId}.8\n`)
  if (profile.family === 'redhat') image.file('/etc/redhat-release', `${profile.name} release ${profile.version}\n`)
  if (profile.family === 'alpine') image.file('/etc/alpine-release', `${profile.versionId}\n`)
}

function resolver(persona: Persona): string {
  const network = persona.facts.ip.split('.').slice(0, 3).join('.')
  const search = persona.facts.domain === null ? '' : `search ${persona.facts.domain}\n`
  return `${search}nameserver ${network}.1\n`
}

function uuid(persona: Persona): string {
  return persona
    .bytes('root uuid', 16)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function buildLogs(image: ImageBuilder, {persona, now}: ImageFacts): void {
  const stamp = (secondsAgo: number): string =>
    new Date(now() - secondsAgo * 1000).toISOString().replace('T', ' ').slice(5, 19)
  const lines = Array.from({length: 12}, (_, index) => {
    const when = stamp((12 - index) * persona.integer(`log ${index}`, 250, 340))
    return `${when} ${persona.hostname} CRON[${persona.integer(`pid ${index}`, 9000, 30_000)}]: (root) CMD (cd / && run-parts --report /etc/cron.hourly)\n`
  })
  image.file('/var/log/syslog', lines.join(''), {mode: 0o640})
  image.file('/var/log/auth.log', '', {mode: 0o640})
  image.file('/var/log/dpkg.log', '')
  image.file('/var/log/lastlog', Buffer.alloc(292))
  image.file('/var/log/wtmp', Buffer.alloc(384))
}

const BASHRC =
  '# ~/.bashrc: executed by bash(1) for non-login shells.\n\ncase $- in\n    *i*) ;;\n      *) return;;\nesac\n\nHISTCONTROL=ignoreboth\nHISTSIZE=1000\n'
const BASH_PROFILE =
  '# ~/.profile: executed by the command interpreter for login shells.\n\nif [ -n "$BASH_VERSION" ]; then\n    . "$HOME/.bashrc"\nfi\n'

function buildHomes(image: ImageBuilder, {accounts}: ImageFacts): void {
  for (const {home, uid, gid, name} of accounts) {
    if (name !== 'root' && !home.startsWith('/home/')) continue
    if (name !== 'root') image.directory(home, {uid, gid, mode: 0o755})
    image.file(`${home}/.bashrc`, BASHRC, {uid, gid})
    image.file(`${home}/.profile`, BASH_PROFILE, {uid, gid})
    image.directory(`${home}/.ssh`, {uid, gid, mode: 0o700})
  }
}
