/** Tells a process from a later one that got the same pid. */
import {execFileSync} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'

/** Field 22 of proc_pid_stat(5), counted after the command's closing parenthesis. */
const START_TIME = 22 - 3

/** The boot of the machine and the start time of the process; null where there is no such process. */
export function processIdentity(pid: number): string | null {
  return process.platform === 'linux' ? linuxIdentity(pid) : listedIdentity(pid)
}

/**
 * A process that has ended and waits to be reaped holds nothing any more; but its first thread may have ended before the
 * others, which keep its files open for another moment.
 */
function linuxIdentity(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    const ended = fields[0] === 'X' || (fields[0] === 'Z' && readdirSync(`/proc/${pid}/task`).length <= 1)
    return ended ? null : `${boot} ${fields[START_TIME]}`
  } catch {
    return null
  }
}

function listedIdentity(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {encoding: 'utf8', timeout: 2000}).trim() || null
  } catch {
    return null
  }
}
