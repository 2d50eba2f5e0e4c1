/** Prints one JSON line: what this machine looks like from inside, and whether the decoy's ports are really bound. */
import {readFileSync} from 'node:fs'

import {boundedMessage} from './error-message.ts'
import {isSilent} from './heartbeat.ts'
import {type BoundPort, listeningPorts} from './listening-ports.ts'
import {type InterfaceAddress, interfaceAddresses, type PortStatus, type Status} from './status.ts'

/** What the probe prints. */
export interface ProbeReport {
  readonly v: 1
  /** Of the runtime that wrote the status file; null without one. */
  readonly boot: string | null
  readonly addresses: readonly InterfaceAddress[]
  readonly services: readonly PortStatus[]
  /** Everything that listens, also what is not the runtime's. */
  readonly listening: readonly BoundPort[]
  /** Why nothing is known of the services, else null. */
  readonly error: string | null
}

/**
 * The kernel has the last word: a port that is not bound is down whatever the file says, and one of a runtime that hangs
 * (`silent`) is bound and does not answer.
 */
export function combine(
  {services}: Pick<Status, 'services'>,
  bound: readonly BoundPort[],
  silent: boolean,
): PortStatus[] {
  const keys = new Set(bound.map(({protocol, ip, port}) => key(protocol, ip, port)))
  return services.map((port) => {
    const number = port.port + (port.offset ?? 0)
    const isBound = keys.has(key(port.protocol, port.bind, number)) || keys.has(key(port.protocol, '0.0.0.0', number))
    if (!isBound) return {...port, state: 'down'}
    return silent && port.state === 'answering' ? {...port, state: 'listening'} : port
  })
}

function key(protocol: string, ip: string, port: number): string {
  return `${protocol} ${ip} ${port}`
}

export function probe(statusFile: string): ProbeReport {
  const addresses = interfaceAddresses()
  const listening = listeningPorts()
  try {
    const status = JSON.parse(readFileSync(statusFile, 'utf8')) as Status
    return {
      v: 1,
      boot: status.boot,
      addresses,
      services: combine(status, listening, isSilent(statusFile)),
      listening,
      error: null,
    }
  } catch (error) {
    return {v: 1, boot: null, addresses, services: [], listening, error: boundedMessage(error)}
  }
}
