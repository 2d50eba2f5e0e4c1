/** Bound ports as the kernel lists them in `/proc/net` (proc(5)). */
import {readFileSync} from 'node:fs'

export interface BoundPort {
  readonly protocol: 'tcp' | 'udp'
  /** Dotted IPv4; `0.0.0.0` also for a socket of all IPv6 addresses. */
  readonly ip: string
  readonly port: number
}

/** TCP state `LISTEN`, and the only state a bound, unconnected UDP socket has. */
const LISTENING = {tcp: '0A', udp: '07'} as const

export function listeningPorts(): BoundPort[] {
  return [
    ...parseProcNet(read('tcp'), 'tcp'),
    ...parseProcNet(read('tcp6'), 'tcp'),
    ...parseProcNet(read('udp'), 'udp'),
    ...parseProcNet(read('udp6'), 'udp'),
  ]
}

/** A table is absent where the kernel has no IPv6. */
function read(table: string): string {
  try {
    return readFileSync(`/proc/self/net/${table}`, 'latin1')
  } catch {
    return ''
  }
}

export function parseProcNet(text: string, protocol: 'tcp' | 'udp'): BoundPort[] {
  const ports: BoundPort[] = []
  for (const line of text.split('\n').slice(1)) {
    const [, local = '', , state] = line.trim().split(/\s+/)
    const [address, port] = local.split(':')
    if (address === undefined || port === undefined || state !== LISTENING[protocol]) continue
    ports.push({protocol, ip: address4(address), port: Number.parseInt(port, 16)})
  }
  return ports
}

/** Hex in host byte order: the last four bytes, reversed, are the IPv4 address, also of a mapped IPv6 address. */
function address4(hex: string): string {
  return Buffer.from(hex.slice(-8), 'hex').reverse().join('.')
}
