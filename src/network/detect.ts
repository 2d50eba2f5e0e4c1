import {Netmask} from 'netmask'

import {type DefaultRoute, defaultRoutes} from './routes.ts'

/** A network interface of this host, as far as a fleet needs to know it. */
export interface HostInterface {
  readonly name: string
  /** Dotted text; null: it has no IPv4 address. */
  readonly address: string | null
  /** CIDR of the network the address lies in. */
  readonly subnet: string | null
  /** The gateway of this interface's own default route; null: it has none. */
  readonly gateway: string | null
  readonly loopback: boolean
  readonly wireless: boolean
}

export interface HostNetwork {
  readonly interfaces: readonly HostInterface[]
  /** The interface of the best default route; null: there is no such route. */
  readonly defaultInterface: string | null
}

/** What `systeminformation` says of an interface, where we read it. */
interface RawInterface {
  readonly iface: string
  readonly ip4: string
  readonly ip4subnet: string
  readonly internal: boolean
  readonly type: string
}

/** Looks at this host's own interfaces and routes, in the network namespace the process runs in. */
export async function detectNetwork(): Promise<HostNetwork> {
  const {default: systeminformation} = await import('systeminformation')
  const found = await systeminformation.networkInterfaces()
  return describeNetwork(Array.isArray(found) ? found : [found], defaultRoutes())
}

/** Pure part of `detectNetwork`. A gateway is an interface's own, never that of another interface's route. */
export function describeNetwork(raw: readonly RawInterface[], routes: readonly DefaultRoute[]): HostNetwork {
  const interfaces = raw.map((item): HostInterface => {
    const address = item.ip4 === '' ? null : item.ip4
    return {
      name: item.iface,
      address,
      subnet: address === null || item.ip4subnet === '' ? null : subnetOf(address, item.ip4subnet),
      gateway: routes.find((route) => route.interface === item.iface)?.gateway ?? null,
      loopback: item.internal,
      wireless: item.type === 'wireless',
    }
  })
  return {interfaces, defaultInterface: routes[0]?.interface ?? null}
}

function subnetOf(address: string, mask: string): string {
  const block = new Netmask(address, mask)
  return `${block.base}/${block.bitmask}`
}
