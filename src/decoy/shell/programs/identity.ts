/** Who is who on the machine. */

import type {Account} from '../accounts.ts'
import {type Call, type Program, type Programs, readFlags} from '../command.ts'
import {uptimeSeconds} from '../machine.ts'

function accountNamed(call: Call, name: string | undefined): Account | null {
  if (name === undefined) return call.account
  const found = call.machine.accounts.find((account) => account.name === name)
  if (found === undefined) call.err(`${call.name}: '${name}': no such user\n`)
  return found ?? null
}

const id: Program = (call) => {
  const flags = readFlags(call.args)
  const account = accountNamed(call, flags.operands[0])
  if (account === null) return 1
  const sudo = account.uid >= 1000 ? groupOf(call) : null
  const groups = [`${account.gid}(${account.name})`, ...(sudo === null ? [] : [sudo])]
  if (flags.has('u')) call.out(`${flags.has('n') ? account.name : account.uid}\n`)
  else if (flags.has('g')) call.out(`${flags.has('n') ? account.name : account.gid}\n`)
  else if (flags.has('G')) call.out(`${account.gid}\n`)
  else
    call.out(
      `uid=${account.uid}(${account.name}) gid=${account.gid}(${account.name}) groups=${groups.join(',')}${context(call)}\n`,
    )
  return 0
}

function groupOf({machine}: Call): string {
  return machine.profile.family === 'debian' ? '27(sudo)' : '10(wheel)'
}

/** SELinux is on by default in Red Hat's family. */
function context({machine}: Call): string {
  return machine.profile.family === 'redhat' ? ' context=unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023' : ''
}

const whoami: Program = ({account, out}) => {
  out(`${account.name}\n`)
  return 0
}

const loginTime = (call: Call): Date => new Date(call.shell.host.loginAt)
const two = (value: number): string => String(value).padStart(2, '0')
const clock = (date: Date): string => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
const day = (date: Date): string => date.toISOString().slice(0, 10)

const who: Program = (call) => {
  if (call.shell.host.terminal === null) return 0
  const at = loginTime(call)
  call.out(`${call.account.name.padEnd(8)} pts/0        ${day(at)} ${clock(at)} (${call.shell.host.peer.ip})\n`)
  return 0
}

const w: Program = async (call) => {
  await call.run('uptime', [])
  call.out('USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n')
  if (call.shell.host.terminal === null) return 0
  const from = call.shell.host.peer.ip.padEnd(16)
  call.out(
    `${call.account.name.slice(0, 8).padEnd(8)} pts/0    ${from} ${clock(loginTime(call))}    0.00s  0.02s  0.00s w\n`,
  )
  return 0
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** `Mon Nov 23 08:20:37` in UTC, the machine's time zone. */
export function longDate(date: Date): string {
  const weekday = WEEKDAYS[date.getUTCDay()]
  const month = MONTHS[date.getUTCMonth()]
  return `${weekday} ${month} ${String(date.getUTCDate()).padStart(2)} ${clock(date)}:${two(date.getUTCSeconds())}`
}

/** `Nov 23`. */
export function monthDay(date: Date): string {
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}`
}

const last: Program = (call) => {
  const {machine, account} = call
  const at = loginTime(call)
  const boot = new Date(machine.now() - uptimeSeconds(machine) * 1000)
  const from = call.shell.host.peer.ip.padEnd(16)
  if (call.shell.host.terminal !== null) {
    call.out(
      `${account.name.slice(0, 8).padEnd(8)} pts/0        ${from} ${longDate(at).slice(0, 16)}   still logged in\n`,
    )
  }
  call.out(
    `reboot   system boot  ${machine.kernel.release.slice(0, 16).padEnd(16)} ${longDate(boot).slice(0, 16)}   still running\n`,
  )
  call.out(`\nwtmp begins ${longDate(boot)} ${boot.getUTCFullYear()}\n`)
  return 0
}

const su: Program = async (call) => {
  const [name = 'root'] = call.args.filter((arg) => !arg.startsWith('-'))
  const target = call.machine.accounts.find((account) => account.name === name)
  if (target === undefined) {
    call.err(`su: user ${name} does not exist or the user entry does not contain all the required fields\n`)
    return 1
  }
  if (call.account.uid === 0) {
    call.shell.account = target
    return 0
  }
  await call.stdin.line({prompt: 'Password: ', echo: false})
  await call.shell.sleep(1800)
  call.err('su: Authentication failure\n')
  return 1
}

/** Asks three times, as sudo does, and never believes the answer: what was typed is in the evidence. */
const sudo: Program = async (call) => {
  const words = call.args.filter((arg) => arg === '-' || !/^-[nSEHiu]$/.test(arg))
  if (call.account.uid === 0) {
    const [program, ...args] = words
    return program === undefined ? 0 : call.run(program, args)
  }
  if (call.shell.host.terminal === null && !call.args.includes('-S')) {
    call.err(
      'sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper\nsudo: a password is required\n',
    )
    return 1
  }
  for (let attempt = 0; attempt < 3; attempt++) {
    const answer = await call.stdin.line({prompt: `[sudo] password for ${call.account.name}: `, echo: false})
    if (answer === null) break
    await call.shell.sleep(1800)
    call.err(attempt === 2 ? 'sudo: 3 incorrect password attempts\n' : 'Sorry, try again.\n')
  }
  return 1
}

const passwd: Program = async (call) => {
  const target = call.args.find((arg) => !arg.startsWith('-')) ?? call.account.name
  if (call.account.uid !== 0) {
    if (target !== call.account.name) {
      call.err(`passwd: You may not view or modify password information for ${target}.\n`)
      return 1
    }
    call.out(`Changing password for ${target}.\n`)
    await call.stdin.line({prompt: 'Current password: ', echo: false})
    await call.shell.sleep(1800)
    call.err('passwd: Authentication token manipulation error\npasswd: password unchanged\n')
    return 10
  }
  const first = await call.stdin.line({prompt: 'New password: ', echo: false})
  const second = await call.stdin.line({prompt: 'Retype new password: ', echo: false})
  if (first === null || first !== second) {
    call.err(
      'Sorry, passwords do not match.\npasswd: Authentication token manipulation error\npasswd: password unchanged\n',
    )
    return 10
  }
  call.err('passwd: password updated successfully\n')
  return 0
}

export const IDENTITY: Programs = {
  id,
  whoami,
  logname: whoami,
  groups: ({account, out}) => {
    out(`${account.name}\n`)
    return 0
  },
  who,
  users: whoami,
  w,
  last,
  su,
  sudo,
  passwd,
  chpasswd: async ({stdin, account, err}) => {
    await stdin.all()
    if (account.uid !== 0) err('chpasswd: Permission denied.\n')
    return account.uid === 0 ? 0 : 1
  },
  tty: ({shell, out}) => {
    out(shell.host.terminal === null ? 'not a tty\n' : '/dev/pts/0\n')
    return shell.host.terminal === null ? 1 : 0
  },
}
