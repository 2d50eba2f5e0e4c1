import {parseAddress} from '../../fleet/ipv4.ts'
import type {FoundHost, FoundPort, ScanReport} from './scan-report.ts'

/** More than a /16 has; a report of more hosts is no LAN's. */
const MAX_HOSTS = 70_000
/** Ports and names kept of one host: beyond that it is no machine that anyone would imitate. */
const MAX_KEPT = 256
/** Characters kept of one attribute: a product or a name is short, script output is not ours to keep. */
const MAX_TEXT = 256

type Attributes = Readonly<Record<string, string>>

interface OpenHost {
  up: boolean
  addresses: number[]
  mac: string
  vendor: string
  names: string[]
  ports: FoundPort[]
  system: FoundHost['system']
  accuracy: number
}

interface OpenPort {
  readonly protocol: FoundPort['protocol']
  readonly port: number
  open: boolean
  service: string
  tls: boolean
  words: string
}

const NO_SYSTEM: FoundHost['system'] = {family: '', vendor: '', device: '', name: ''}

/**
 * Takes a report in as its elements come, by nmap's own DTD. What it does not know it passes over: newer versions add
 * elements, and script output may say anything. Old versions (4) have `osclass` beside `osmatch`, newer ones inside.
 */
export class ScanHandler {
  readonly #hosts: FoundHost[] = []
  readonly #addresses = new Set<number>()
  #command = ''
  #host: OpenHost | undefined
  #port: OpenPort | undefined
  #match: {readonly name: string; readonly accuracy: number} | undefined

  get report(): ScanReport {
    return {hosts: this.#hosts, addresses: this.#addresses, command: this.#command}
  }

  /** A reason to read no further, or undefined. */
  open(element: string, attributes: Attributes): string | undefined {
    if (element === 'nmaprun') this.#command = text(attributes, 'args')
    else if (element === 'host' || element === 'hosthint') return this.#openHost()
    else if (this.#host !== undefined) this.#inHost(this.#host, element, attributes)
    return undefined
  }

  close(element: string): void {
    if (element === 'host') this.#closeHost(true)
    else if (element === 'hosthint') this.#closeHost(false)
    else if (element === 'port') this.#closePort()
    else if (element === 'osmatch') this.#match = undefined
  }

  #openHost(): string | undefined {
    if (this.#hosts.length >= MAX_HOSTS) return `it has more than ${MAX_HOSTS} hosts`
    this.#host = {up: true, addresses: [], mac: '', vendor: '', names: [], ports: [], system: NO_SYSTEM, accuracy: -1}
    return undefined
  }

  #inHost(host: OpenHost, element: string, attributes: Attributes): void {
    switch (element) {
      case 'status':
        host.up = attributes.state !== 'down'
        break
      case 'address':
        this.#address(host, attributes)
        break
      case 'hostname':
        keep(host.names, text(attributes, 'name'))
        break
      case 'port':
        this.#openPort(attributes)
        break
      case 'state':
        if (this.#port !== undefined) this.#port.open = attributes.state === 'open'
        break
      case 'service':
        this.#service(host, attributes)
        break
      case 'osmatch':
        this.#osMatch(host, attributes)
        break
      case 'osclass':
        this.#osClass(host, attributes)
        break
    }
  }

  #address(host: OpenHost, attributes: Attributes): void {
    const value = text(attributes, 'addr')
    if (attributes.addrtype === 'mac') {
      host.mac = value.toLowerCase()
      host.vendor = text(attributes, 'vendor')
      return
    }
    // Versions before 5 may leave addrtype out.
    const address = parseAddress(value)
    if (address !== undefined && host.addresses.length < MAX_KEPT) host.addresses.push(address)
  }

  #openPort(attributes: Attributes): void {
    const number = /^\d{1,5}$/.test(attributes.portid ?? '') ? Number(attributes.portid) : 0
    const known = attributes.protocol === 'tcp' || attributes.protocol === 'udp'
    const protocol = attributes.protocol === 'udp' ? 'udp' : 'tcp'
    this.#port =
      known && number >= 1 && number <= 65_535
        ? {protocol, port: number, open: false, service: '', tls: false, words: ''}
        : undefined
  }

  #service(host: OpenHost, attributes: Attributes): void {
    keep(host.names, text(attributes, 'hostname'))
    if (this.#port === undefined) return
    this.#port.service = text(attributes, 'name')
    this.#port.tls = attributes.tunnel === 'ssl'
    const said = ['product', 'version', 'extrainfo', 'ostype'].map((name) => text(attributes, name))
    this.#port.words = said.filter((each) => each !== '').join(' ')
  }

  #osMatch(host: OpenHost, attributes: Attributes): void {
    const accuracy = Number(attributes.accuracy) || 0
    this.#match = {name: text(attributes, 'name'), accuracy}
    if (host.system.name === '' && host.accuracy <= accuracy) host.system = {...host.system, name: this.#match.name}
  }

  #osClass(host: OpenHost, attributes: Attributes): void {
    const accuracy = Number(attributes.accuracy) || this.#match?.accuracy || 0
    if (accuracy <= host.accuracy) return
    host.accuracy = accuracy
    host.system = {
      family: text(attributes, 'osfamily'),
      vendor: text(attributes, 'vendor'),
      device: text(attributes, 'type'),
      name: `${this.#match?.name ?? host.system.name} ${text(attributes, 'osgen')}`.trim(),
    }
  }

  #closePort(): void {
    const port = this.#port
    this.#port = undefined
    if (port === undefined || !port.open || this.#host === undefined) return
    const {open: _, ...found} = port
    if (this.#host.ports.length < MAX_KEPT) this.#host.ports.push(found)
  }

  #closeHost(complete: boolean): void {
    const host = this.#host
    this.#host = undefined
    this.#port = undefined
    this.#match = undefined
    if (host === undefined || !host.up) return
    for (const address of host.addresses) this.#addresses.add(address)
    // A hint is announced again as a host, if the scan goes on to it.
    if (!complete) return
    const {up: _, accuracy: __, ...found} = host
    this.#hosts.push(found)
  }
}

function text(attributes: Attributes, name: string): string {
  return (attributes[name] ?? '').slice(0, MAX_TEXT)
}

function keep(list: string[], value: string): void {
  if (value !== '' && list.length < MAX_KEPT) list.push(value)
}
