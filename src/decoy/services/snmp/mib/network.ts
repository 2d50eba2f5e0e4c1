/** What the machine's own network stack knows at this moment: open ports and neighbours. True, hence never a tell. */
import {readFileSync} from 'node:fs'

import {type BoundPort, listeningPorts} from '../../../listening-ports.ts'

export interface Neighbour {
  readonly ip: string
  readonly mac: Buffer
}

export interface NetworkState {
  readonly ports: readonly BoundPort[]
  readonly neighbours: readonly Neighbour[]
}

export type ReadNetwork = () => NetworkState

export const systemNetwork: ReadNetwork = () => ({ports: listeningPorts(), neighbours: arpTable()})

function arpTable(): Neighbour[] {
  try {
    return parseArp(readFileSync('/proc/self/net/arp', 'latin1'))
  } catch {
    // Not Linux.
    return []
  }
}

/** proc(5), `/proc/net/arp`: complete entries only. */
export function parseArp(table: string): Neighbour[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [ip = '', , flags, mac = ''] = line.trim().split(/\s+/)
      const complete = flags !== undefined && (Number.parseInt(flags, 16) & 2) !== 0 && /^(?:[0-9a-f]{2}:){5}/.test(mac)
      return complete ? [{ip, mac: Buffer.from(mac.replaceAll(':', ''), 'hex')}] : []
    })
}
