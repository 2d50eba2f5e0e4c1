/** Who holds a port, as far as proc(5) tells this user. */
import {readdirSync, readFileSync, readlinkSync} from 'node:fs'

import {printable} from '../../decoy/sample.ts'

/** State of a listening TCP socket, and of a bound UDP socket. */
const BOUND = {tcp: '0A', udp: '07'} as const
const ANY = '00000000'
const SHOWN_COMMAND = 80

/** `nginx: master process (pid 812)`; null where it cannot be told. */
export function portHolder(ip: string, port: number, protocol: 'tcp' | 'udp'): string | null {
  const inodes = new Set([...inodesOf(protocol, ip, port), ...inodesOf(`${protocol}6`, ip, port)])
  if (inodes.size === 0) return null
  const pid = entries('/proc').find((name) => /^\d+$/.test(name) && holdsSocket(name, inodes))
  return pid === undefined ? null : `${commandOf(pid)} (pid ${pid})`
}

function inodesOf(table: string, ip: string, port: number): string[] {
  const wanted = hexAddress(ip)
  const state = table.startsWith('tcp') ? BOUND.tcp : BOUND.udp
  return text(`/proc/net/${table}`)
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , found, , , , , , inode = ''] = line.trim().split(/\s+/)
      const [address = '', number = ''] = local.split(':')
      const here = address.endsWith(wanted) || /^0+$/.test(address) || address.endsWith(`FFFF0000${ANY}`)
      return here && found === state && Number.parseInt(number, 16) === port ? [inode] : []
    })
}

/** Host byte order, as the kernel prints it. */
function hexAddress(ip: string): string {
  return Buffer.from(ip.split('.').map(Number)).reverse().toString('hex').toUpperCase()
}

function holdsSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  return entries(`/proc/${pid}/fd`).some((descriptor) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1]
      return inode !== undefined && inodes.has(inode)
    } catch {
      return false
    }
  })
}

function commandOf(pid: string): string {
  const command = text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() || text(`/proc/${pid}/comm`).trim()
  return printable(Buffer.from(command.slice(0, SHOWN_COMMAND), 'utf8')) || 'a process'
}

/** Other users' processes do not let us look. */
function entries(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
