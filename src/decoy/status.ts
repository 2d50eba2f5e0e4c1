/** What the runtime says of itself in a file, for `probe.ts` to read from inside the same container. */
import {renameSync, writeFileSync} from 'node:fs'
import {networkInterfaces} from 'node:os'

export const DEFAULT_STATUS_FILE = '/tmp/status.json'

export type PortState = 'answering' | 'listening' | 'down'

export interface PortStatus {
  readonly decky: string
  readonly name: string
  /** The address it is bound to. */
  readonly bind: string
  readonly port: number
  /** Absent: 0. The port that is bound is this much higher. */
  readonly offset?: number
  readonly protocol: 'tcp' | 'udp'
  readonly state: PortState
}

/** Where the states of ports are kept. */
export interface PortBoard {
  set(port: PortStatus): void
  setAll(ports: readonly PortStatus[]): void
  /** Forgets every port of a decky. */
  remove(decky: string): void
}

export interface InterfaceAddress {
  readonly interface: string
  readonly ip: string
  readonly mac: string
}

export interface Status {
  readonly v: 1
  readonly boot: string
  /** IPv4 addresses; loopback only where there is nothing else. */
  readonly addresses: readonly InterfaceAddress[]
  readonly services: readonly PortStatus[]
}

export function interfaceAddresses(): InterfaceAddress[] {
  const all = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? [])
      .filter(({family}) => family === 'IPv4')
      .map(({address, mac, internal}) => ({interface: name, ip: address, mac, internal})),
  )
  const external = all.filter(({internal}) => !internal)
  return (external.length > 0 ? external : all).map(({internal: _internal, ...address}) => address)
}

/** Keeps the file equal to the latest states: written on change only, and whole or not at all. */
export class StatusFile implements PortBoard {
  readonly #path: string
  readonly #boot: string
  readonly #ports = new Map<string, PortStatus>()
  #written = ''

  constructor(path: string, boot: string) {
    this.#path = path
    this.#boot = boot
  }

  set(port: PortStatus): void {
    this.setAll([port])
  }

  setAll(ports: readonly PortStatus[]): void {
    for (const port of ports) this.#ports.set(`${port.decky}\0${port.protocol}\0${port.port}`, port)
    this.#save()
  }

  remove(decky: string): void {
    for (const [key, port] of this.#ports) if (port.decky === decky) this.#ports.delete(key)
    this.#save()
  }

  #save(): void {
    const status: Status = {
      v: 1,
      boot: this.#boot,
      addresses: interfaceAddresses(),
      services: [...this.#ports.values()],
    }
    this.#write(`${JSON.stringify(status)}\n`)
  }

  /** A status file that cannot be written must not take the services with it: the probe then reports it as missing. */
  #write(text: string): void {
    if (text === this.#written) return
    try {
      const temporary = `${this.#path}.${process.pid}`
      writeFileSync(temporary, text, {mode: 0o600})
      renameSync(temporary, this.#path)
      this.#written = text
    } catch {
      this.#written = ''
    }
  }
}
