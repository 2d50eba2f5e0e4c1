import {type AddressRange, contains, type Subnet} from './ipv4.ts'

/** The addresses of a subnet that no decky may have, and why. */
export interface Reservations {
  readonly subnet: Subnet
  readonly gateway: number
  /** The host's own addresses. */
  readonly host: ReadonlySet<number>
  readonly exclude: readonly AddressRange[]
}

/** Why this address cannot be a decky's, or undefined when it can. Completes "… is". */
export function refusal(address: number, reservations: Reservations): string | undefined {
  const {subnet} = reservations
  if (!contains(subnet, address)) return `outside the subnet ${subnet.cidr}`
  if (address === subnet.first) return `the network address of ${subnet.cidr}`
  if (address === subnet.last) return `the broadcast address of ${subnet.cidr}`
  if (address === reservations.gateway) return 'the gateway'
  if (reservations.host.has(address)) return "this host's own address"
  if (reservations.exclude.some((range) => contains(range, address))) return 'excluded by [general] exclude'
  return undefined
}

/**
 * Hands out the usable addresses of a subnet in order, each once. A single pass over the subnet whatever the number of
 * deckies: excluded ranges are jumped over, taken addresses are looked up in a set.
 */
export class AddressPool {
  readonly #reservations: Reservations
  readonly #taken: ReadonlySet<number>
  readonly #exclude: readonly AddressRange[]
  #next: number
  #range = 0

  /** `taken`: addresses that are assigned already. */
  constructor(reservations: Reservations, taken: ReadonlySet<number>) {
    this.#reservations = reservations
    this.#taken = taken
    this.#exclude = reservations.exclude.toSorted((a, b) => a.first - b.first)
    this.#next = reservations.subnet.first + 1
  }

  /** The next free address, or undefined when the subnet is exhausted. */
  next(): number | undefined {
    while (this.#next < this.#reservations.subnet.last) {
      const candidate = this.#jumpExcluded(this.#next)
      this.#next = candidate + 1
      if (candidate >= this.#reservations.subnet.last) return undefined
      if (this.#isFree(candidate)) return candidate
    }
    return undefined
  }

  #isFree(address: number): boolean {
    return address !== this.#reservations.gateway && !this.#reservations.host.has(address) && !this.#taken.has(address)
  }

  #jumpExcluded(address: number): number {
    let candidate = address
    for (; this.#range < this.#exclude.length; this.#range++) {
      const range = this.#exclude[this.#range] as AddressRange
      if (candidate < range.first) break
      candidate = Math.max(candidate, range.last + 1)
    }
    return candidate
  }
}
