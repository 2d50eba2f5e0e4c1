/** The machine, its kernel and its hardware. */
import {memoryUse} from '../../files/proc.ts'
import {type Program, type Programs, readFlags} from '../command.ts'
import {uptimeSeconds} from '../machine.ts'
import {longDate} from './identity.ts'

const uname: Program = ({args, machine, out, err}) => {
  const {profile, kernel, persona} = machine
  const flags = readFlags(args)
  if (flags.operands.length > 0) {
    err(`uname: extra operand '${flags.operands[0]}'\nTry 'uname --help' for more information.\n`)
    return 1
  }
  const all = flags.has('a') || flags.has('--all')
  // Debian and Alpine leave out what they do not know in `-a`, and print it as unknown when asked for it alone.
  const knows = profile.family === 'redhat' || profile.id === 'ubuntu'
  const processor = knows ? 'x86_64' : 'unknown'
  const parts: readonly (readonly [string, string])[] = [
    ['s', 'Linux'],
    ['n', persona.hostname],
    ['r', kernel.release],
    ['v', kernel.build],
    ['m', 'x86_64'],
    ...(knows || !all
      ? ([
          ['p', processor],
          ['i', processor],
        ] as const)
      : []),
    ['o', profile.operatingSystem],
  ]
  const chosen = parts.filter(([letter]) => all || flags.has(letter))
  out(`${(chosen.length === 0 ? [parts[0]] : chosen).map((part) => part?.[1]).join(' ')}\n`)
  return 0
}

const hostname: Program = ({args, machine, account, out, err}) => {
  const {persona} = machine
  const flags = readFlags(args)
  if (flags.operands.length > 0) {
    if (account.uid !== 0) err('hostname: you must be root to change the host name\n')
    return account.uid === 0 ? 0 : 1
  }
  if (flags.has('f') || flags.has('--fqdn')) out(`${persona.fqdn}\n`)
  else if (flags.has('d')) out(`${persona.facts.domain ?? ''}\n`)
  else if (flags.has('i') || flags.has('I')) out(`${persona.facts.ip} \n`)
  else out(`${persona.hostname}\n`)
  return 0
}

const uptime: Program = ({args, machine, out, shell}) => {
  const seconds = uptimeSeconds(machine)
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor((seconds % 86_400) / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  const dayText = days === 0 ? '' : `${days} day${days === 1 ? '' : 's'}, `
  if (args.includes('-p')) {
    out(`up ${dayText}${hours} hours, ${minutes} minutes\n`)
    return 0
  }
  const time = hours === 0 ? `${minutes} min` : `${String(hours).padStart(2)}:${String(minutes).padStart(2, '0')}`
  const clock = new Date(machine.now()).toISOString().slice(11, 19)
  const users = shell.host.terminal === null ? 0 : 1
  const load = `0.0${machine.persona.integer('load', 0, 9)}, 0.0${machine.persona.integer('load5', 0, 9)}, 0.00`
  out(` ${clock} up ${dayText}${time},  ${users} user${users === 1 ? '' : 's'},  load average: ${load}\n`)
  return 0
}

const date: Program = ({args, machine, out, err}) => {
  const now = new Date(machine.now())
  const format = args.find((arg) => arg.startsWith('+'))
  if (args.some((arg) => arg === '-s' || arg.startsWith('--set'))) {
    err('date: cannot set date: Operation not permitted\n')
    return 1
  }
  if (format === undefined) {
    const text = longDate(now)
    out(`${text.slice(0, 10)} ${text.slice(11)} UTC ${now.getUTCFullYear()}\n`.replace(/ {2}/g, ' '))
    return 0
  }
  out(`${formatDate(format.slice(1), now)}\n`)
  return 0
}

export function formatDate(format: string, now: Date): string {
  const iso = now.toISOString()
  const values: Readonly<Record<string, string>> = {
    s: String(Math.floor(now.getTime() / 1000)),
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    N: String(now.getTime() % 1000)
      .padStart(3, '0')
      .padEnd(9, '0'),
    F: iso.slice(0, 10),
    T: iso.slice(11, 19),
    y: iso.slice(2, 4),
    Z: 'UTC',
    z: '+0000',
    '%': '%',
  }
  return format.replace(/%([A-Za-z%])/g, (whole, letter) => values[String(letter)] ?? whole)
}

const free: Program = ({args, machine, out}) => {
  const flags = readFlags(args)
  const {total, free: unused, available, cached, buffers} = memoryUse(machine)
  const show = (kib: number): string => {
    if (flags.has('h'))
      return `${kib >= 1024 * 1024 ? `${(kib / 1024 / 1024).toFixed(1)}Gi` : `${Math.round(kib / 1024)}Mi`}`
    if (flags.has('m')) return String(Math.floor(kib / 1024))
    if (flags.has('g')) return String(Math.floor(kib / 1024 / 1024))
    return String(flags.has('b') ? kib * 1024 : kib)
  }
  const row = (name: string, values: readonly number[]): string =>
    `${name.padEnd(7)}${values.map((value) => show(value).padStart(12)).join('')}\n`.replace(/^(.{7}) /, '$1 ')
  out('               total        used        free      shared  buff/cache   available\n')
  out(row('Mem:   ', [total, total - unused - cached - buffers, unused, 1180, cached + buffers, available]))
  out(row('Swap:  ', [999_420, 0, 999_420]))
  return 0
}

const df: Program = ({args, machine, out}) => {
  const human = readFlags(args).has('h')
  const {disk, diskUsed, memory} = machine.hardware
  const rows: readonly (readonly [string, number, number, string])[] = [
    ['udev', Math.floor(memory / 2) - 12_000, 0, '/dev'],
    ['tmpfs', Math.floor(memory / 10), 1180, '/run'],
    ['/dev/sda1', disk, diskUsed, '/'],
    ['tmpfs', Math.floor(memory / 2), 0, '/dev/shm'],
  ]
  const show = (kib: number): string => (human ? humanSize(kib) : String(kib))
  out(
    human
      ? 'Filesystem      Size  Used Avail Use% Mounted on\n'
      : 'Filesystem     1K-blocks     Used Available Use% Mounted on\n',
  )
  for (const [name, size, used, place] of rows) {
    const widths = human ? [5, 6, 6] : [10, 9, 10]
    const available = Math.max(0, size - used - (place === '/' ? Math.floor(size * 0.05) : 0))
    const cells = [size, used, available].map((value, index) => show(value).padStart(widths[index] ?? 0)).join('')
    const percent = `${Math.ceil((used / Math.max(1, used + available)) * 100)}%`
    out(`${name.padEnd(14)} ${cells} ${percent.padStart(4)} ${place}\n`)
  }
  return 0
}

/** As `df -h` and `ls -h` round: upwards, one digit below ten. */
export function humanSize(kib: number): string {
  if (kib === 0) return '0'
  const units = ['K', 'M', 'G', 'T']
  let value = kib
  let unit = 0
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024
  return `${value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${units[unit]}`
}

const lscpu: Program = ({machine, out}) => {
  const {cpu, cores, mhz} = machine.hardware
  const intel = cpu.startsWith('Intel')
  const rows: readonly (readonly [string, string | number])[] = [
    ['Architecture', 'x86_64'],
    ['  CPU op-mode(s)', '32-bit, 64-bit'],
    ['  Byte Order', 'Little Endian'],
    ['CPU(s)', cores],
    ['  On-line CPU(s) list', cores === 1 ? '0' : `0-${cores - 1}`],
    ['Vendor ID', intel ? 'GenuineIntel' : 'AuthenticAMD'],
    ['  Model name', cpu],
    ['    Thread(s) per core', 1],
    ['    Core(s) per socket', cores],
    ['    Socket(s)', 1],
    ['    BogoMIPS', (mhz * 2).toFixed(2)],
    ['Virtualization features', ''],
    ['  Hypervisor vendor', 'VMware'],
    ['  Virtualization type', 'full'],
  ]
  for (const [name, value] of rows) out(`${`${name}:`.padEnd(25)}${value}\n`)
  return 0
}

const dmesg: Program = ({machine, account, out, err}) => {
  if (account.uid !== 0) {
    err('dmesg: read kernel buffer failed: Operation not permitted\n')
    return 1
  }
  const {kernel, hardware} = machine
  out(`[    0.000000] Linux version ${kernel.release} ${kernel.compiler} ${kernel.build}\n`)
  out(`[    0.000000] Command line: BOOT_IMAGE=/boot/vmlinuz-${kernel.release} root=/dev/sda1 ro quiet\n`)
  out(`[    0.009127] smpboot: CPU0: ${hardware.cpu}\n`)
  out(`[    0.152034] Memory: ${hardware.memory}K available\n`)
  out('[    1.914530] EXT4-fs (sda1): mounted filesystem with ordered data mode. Quota mode: none.\n')
  return 0
}

const mount: Program = ({args, machine, account, out, err}) => {
  if (args.length > 0) {
    err(
      account.uid === 0 ? `mount: ${args.at(-1)}: special device does not exist.\n` : 'mount: only root can do that\n',
    )
    return 1
  }
  const table = machine.files.read('/proc/mounts', account).toString('latin1').trim().split('\n')
  for (const line of table) {
    const [device, place, kind, options] = line.split(' ')
    out(`${device} on ${place} type ${kind} (${options})\n`)
  }
  return 0
}

const env: Program = ({args, shell, out, run}) => {
  const rest = args.filter((arg) => !arg.includes('=') && !arg.startsWith('-'))
  const [program, ...programArgs] = rest
  if (program !== undefined) return run(program, programArgs)
  for (const [name, {value, exported}] of shell.variables) if (exported) out(`${name}=${value}\n`)
  return 0
}

const printenv: Program = ({args, shell, out, run}) => {
  const [name] = args
  if (name === undefined) return run('env', [])
  if (!shell.variables.has(name)) return 1
  out(`${shell.get(name)}\n`)
  return 0
}

const lsblk: Program = ({machine, out}) => {
  const size = humanSize(machine.hardware.disk).padStart(5)
  out('NAME   MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS\n')
  out(
    `sda      8:0    0 ${size}  0 disk \n└─sda1   8:1    0 ${size}  0 part /\n`.replace(
      '└─',
      '\xe2\x94\x94\xe2\x94\x80',
    ),
  )
  return 0
}

const hostnamectl: Program = ({machine, out}) => {
  const {profile, kernel, persona} = machine
  out(` Static hostname: ${persona.hostname}\n       Icon name: computer-vm\n         Chassis: vm\n`)
  out(`Operating System: ${profile.prettyName}\n          Kernel: Linux ${kernel.release}\n    Architecture: x86-64\n`)
  return 0
}

export const SYSTEM: Programs = {
  uname,
  hostname,
  uptime,
  date,
  free,
  df,
  lscpu,
  dmesg,
  mount,
  env,
  printenv,
  lsblk,
  hostnamectl,
  arch: ({out}) => {
    out('x86_64\n')
    return 0
  },
  nproc: ({machine, out}) => {
    out(`${machine.hardware.cores}\n`)
    return 0
  },
  lsb_release: ({machine, out}) => {
    const {profile} = machine
    out(`Distributor ID:\t${profile.id === 'ubuntu' ? 'Ubuntu' : 'Debian'}\nDescription:\t${profile.prettyName}\n`)
    out(`Release:\t${profile.versionId}\nCodename:\t${profile.codename ?? 'n/a'}\n`)
    return 0
  },
  clear: ({out}) => {
    out('\x1b[H\x1b[2J\x1b[3J')
    return 0
  },
  sync: () => 0,
  stty: () => 0,
}
