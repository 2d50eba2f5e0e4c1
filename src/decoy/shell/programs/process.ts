/** Processes, services and jobs. */
import {pid} from '../../files/proc.ts'
import {type Call, type Program, type Programs, readFlags} from '../command.ts'
import {uptimeSeconds} from '../machine.ts'

interface ProcessRow {
  readonly user: string
  readonly pid: number
  readonly memory: number
  readonly tty: string
  readonly command: string
}

function processes(call: Call): ProcessRow[] {
  const {machine, account, shell} = call
  const alpine = machine.profile.family === 'alpine'
  const here = pid(uptimeSeconds(machine))
  const row = (user: string, number: number, memory: number, command: string, tty = '?'): ProcessRow => ({
    user,
    pid: number,
    memory,
    tty,
    command,
  })
  const tty = shell.host.terminal === null ? '?' : 'pts/0'
  const daemons = alpine
    ? ['/sbin/syslogd -t', '/usr/sbin/crond -c /etc/crontabs', '/usr/sbin/chronyd -f /etc/chrony/chrony.conf']
    : [
        '/lib/systemd/systemd-journald',
        '/lib/systemd/systemd-udevd',
        '/usr/sbin/cron -f',
        '/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile',
        '/lib/systemd/systemd-logind',
      ]
  return [
    row('root', 1, 11_904, alpine ? '/sbin/init' : '/sbin/init'),
    row('root', 2, 0, '[kthreadd]'),
    row('root', 3, 0, '[rcu_gp]'),
    row('root', 10, 0, '[mm_percpu_wq]'),
    row('root', 12, 0, '[ksoftirqd/0]'),
    ...daemons.map((command, index) =>
      row(command.includes('dbus') ? 'message+' : 'root', 310 + 23 * index, 6200 + 711 * index, command),
    ),
    row('root', 612, 9216, 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups'),
    row('root', 655, 1320, '/sbin/agetty -o -p -- \\u --noclear - linux', 'tty1'),
    row('root', here - 14, 11_008, `sshd: ${account.name} [priv]`),
    row(account.name, here - 5, 6784, `sshd: ${account.name}@${tty === '?' ? 'notty' : tty}`),
    row(account.name, here - 4, 5120, shell.options.name, tty),
    row(account.name, here, 3200, `ps ${call.args.join(' ')}`.trim(), tty),
  ]
}

const ps: Program = (call) => {
  const text = call.args.join('')
  const all = /[aexA]/.test(text)
  const rows = processes(call).filter(({tty, user}) => all || (tty !== '?' && user === call.account.name))
  const start = new Date(call.machine.now() - uptimeSeconds(call.machine) * 1000).toISOString().slice(5, 10)
  if (/u/.test(text) && !/-[eA]/.test(text)) {
    call.out('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n')
    for (const {user, pid: number, memory, tty, command} of rows) {
      const share = ((memory / call.machine.hardware.memory) * 100).toFixed(1).padStart(4)
      const size = `${String(memory * 3).padStart(6)} ${String(memory).padStart(5)}`
      call.out(
        `${user.padEnd(8)} ${String(number).padStart(7)}  0.0 ${share} ${size} ${tty.padEnd(8)} S    ${start}   0:00 ${command}\n`,
      )
    }
  } else if (/f/.test(text)) {
    call.out('UID          PID    PPID  C STIME TTY          TIME CMD\n')
    for (const {user, pid: number, tty, command} of rows) {
      const parent = number <= 2 ? 0 : number < 300 ? 2 : 1
      call.out(
        `${user.padEnd(8)} ${String(number).padStart(7)} ${String(parent).padStart(7)}  0 ${start} ${tty.padEnd(8)} 00:00:00 ${command}\n`,
      )
    }
  } else {
    call.out('    PID TTY          TIME CMD\n')
    for (const {pid: number, tty, command} of rows) {
      call.out(
        `${String(number).padStart(7)} ${tty.padEnd(8)} 00:00:00 ${command.split(' ')[0]?.replace(/^.*\/|^-/, '')}\n`,
      )
    }
  }
  return 0
}

const kill: Program = ({name, args, shell, err}) => {
  const targets = args.filter((arg) => !arg.startsWith('-'))
  if (targets.length === 0) {
    err(`${name}: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n`)
    return 2
  }
  for (const target of targets) err(`${shell.options.name}: kill: (${target}) - No such process\n`)
  return 1
}

const top: Program = async (call) => {
  await call.run('uptime', [])
  return call.run('ps', ['aux'])
}

const crontab: Program = async (call) => {
  const {args, account, machine, stdin, out, err} = call
  const path = `/var/spool/cron/${account.name}`
  const [first] = args
  if (first === '-l') {
    if (!machine.files.exists(path, {uid: 0, gid: 0})) {
      err(`no crontab for ${account.name}\n`)
      return 1
    }
    out(machine.files.read(path, {uid: 0, gid: 0}).toString('latin1'))
    return 0
  }
  if (first === '-r') {
    if (machine.files.exists(path, {uid: 0, gid: 0})) machine.files.unlink(path, {uid: 0, gid: 0})
    return 0
  }
  if (first === '-e') return 0
  const text =
    first === undefined || first === '-' ? await stdin.all() : machine.files.read(first, account).toString('latin1')
  const data = Buffer.from(text, 'latin1')
  machine.files.write(path, data, {uid: 0, gid: 0}, {mode: 0o600})
  call.shell.host.fileWritten(path, data)
  return 0
}

const systemctl: Program = ({args, account, machine, out, err}) => {
  const [verb = 'list-units', unit = ''] = args.filter((arg) => !arg.startsWith('-'))
  if (machine.profile.family === 'alpine') return 127
  if (verb === 'status' || verb === 'is-active') {
    const known = /^(?:ssh|sshd|cron|crond|dbus|systemd-logind)(?:\.service)?$/.test(unit)
    if (verb === 'is-active') out(known ? 'active\n' : 'inactive\n')
    else if (known)
      out(
        `* ${unit}.service\n     Loaded: loaded (/lib/systemd/system/${unit}.service; enabled; preset: enabled)\n     Active: active (running)\n`,
      )
    else err(`Unit ${unit}.service could not be found.\n`)
    return known ? 0 : verb === 'status' ? 4 : 3
  }
  if (verb.startsWith('list')) {
    out(
      'UNIT                 LOAD   ACTIVE SUB     DESCRIPTION\ncron.service         loaded active running Regular background program processing daemon\nssh.service          loaded active running OpenBSD Secure Shell server\n',
    )
    return 0
  }
  if (account.uid !== 0) {
    err(`Failed to ${verb} ${unit}: Interactive authentication required.\n`)
    return 1
  }
  return 0
}

/** Longer waits end the session's own clocks anyway. */
const MAX_SLEEP_S = 600

const sleep: Program = async ({args, shell, err}) => {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)([smhd]?)$/.exec(args[0] ?? '')
  if (match === null) {
    err(args.length === 0 ? 'sleep: missing operand\n' : `sleep: invalid time interval '${args[0]}'\n`)
    return 1
  }
  const unit = {'': 1, s: 1, m: 60, h: 3600, d: 86_400}[match[2] ?? ''] ?? 1
  await shell.sleep(Math.min(Number(match[1]) * unit, MAX_SLEEP_S) * 1000)
  return 0
}

const prefix: Program = ({args, run}) => {
  const [program, ...rest] = args
  return program === undefined ? 0 : run(program, rest)
}

const nohup: Program = (call) => {
  if (call.shell.host.terminal !== null) call.err("nohup: ignoring input and appending output to 'nohup.out'\n")
  return prefix(call)
}

const timeout: Program = ({args, run}) => {
  const [, program, ...rest] = args.filter((arg) => !arg.startsWith('-'))
  return program === undefined ? 125 : run(program, rest)
}

const xargs: Program = async ({args, stdin, run}) => {
  const flags = readFlags(args, 'nIPL')
  const words = (await stdin.all()).split(/\s+/).filter((word) => word !== '')
  const [program = 'echo', ...rest] = flags.operands
  return run(program, [...rest, ...words.slice(0, 1000)])
}

const pgrep: Program = (call) => {
  const pattern = call.args.find((arg) => !arg.startsWith('-')) ?? ''
  const found = processes(call).filter(({command}) => command.includes(pattern))
  for (const {pid: number} of found.slice(0, -1)) call.out(`${number}\n`)
  return found.length > 1 ? 0 : 1
}

export const PROCESS: Programs = {
  ps,
  kill,
  top,
  crontab,
  systemctl,
  sleep,
  nohup,
  timeout,
  xargs,
  pgrep,
  pkill: () => 1,
  killall: ({args, err}) => {
    err(`${args.at(-1) ?? ''}: no process found\n`)
    return 1
  },
  nice: prefix,
  setsid: prefix,
  stdbuf: prefix,
  time: prefix,
  service: ({args, run}) => run('systemctl', [args[1] ?? 'status', args[0] ?? '']),
  screen: ({err}) => {
    err('Must be connected to a terminal.\n')
    return 1
  },
  yes: async ({args, out, shell}) => {
    shell.check()
    out(`${args.join(' ') || 'y'}\n`.repeat(8192))
    return 141
  },
  busybox,
}

/** Bots ask for an applet of a random name: the answer shows whether a real busybox is there. */
function busybox(call: Call): number | Promise<number> {
  const [applet, ...rest] = call.args
  if (applet === undefined) {
    call.out('BusyBox v1.36.1 (2023-11-07 18:53:09 UTC) multi-call binary.\n')
    return 0
  }
  if (!call.machine.files.exists(`/usr/bin/${applet}`, call.account) && applet !== 'sh') {
    call.err(`${applet}: applet not found\n`)
    return 127
  }
  return call.run(applet, rest)
}
