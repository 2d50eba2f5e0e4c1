import {readFileSync} from 'node:fs'

/** One default route of this host. */
export interface DefaultRoute {
  readonly interface: string
  /** Dotted text. */
  readonly gateway: string
  readonly metric: number
}

const ROUTE_UP = 0x1
const ROUTE_GATEWAY = 0x2

/** The default routes, best first. Linux keeps them per network namespace in `/proc/net/route`; elsewhere: none. */
export function defaultRoutes(read: () => string = () => readFileSync('/proc/net/route', 'utf8')): DefaultRoute[] {
  let table: string
  try {
    table = read()
  } catch {
    return []
  }
  return parseRoutes(table)
}

/** `/proc/net/route`: a header, then whitespace-separated columns; addresses are little-endian hexadecimal. */
export function parseRoutes(table: string): DefaultRoute[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [name, destination, gateway, flags, , , metric, mask] = line.trim().split(/\s+/)
      const usable = (Number.parseInt(flags ?? '', 16) & (ROUTE_UP | ROUTE_GATEWAY)) === (ROUTE_UP | ROUTE_GATEWAY)
      if (name === undefined || gateway === undefined || !usable) return []
      if (destination !== '00000000' || mask !== '00000000') return []
      return [{interface: name, gateway: littleEndian(gateway), metric: Number(metric)}]
    })
    .toSorted((a, b) => a.metric - b.metric)
}

function littleEndian(hex: string): string {
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.')
}
