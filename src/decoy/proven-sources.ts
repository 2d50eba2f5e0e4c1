/**
 * Which source addresses of a decky are nobody's forgery. Over UDP an address proves nothing, and answers that are longer
 * than their questions go only to those who proved theirs.
 */
import type {networkInterfaces as NetworkInterfaces} from 'node:os'

import {linksOf} from './own-links.ts'

/**
 * - `handshake`: it completed a TCP handshake a moment ago. A real machine's callers mostly come both ways, as a scanner
 *   does that finds 139/tcp open and asks 137/udp then.
 * - `neighbour`: it is on the decky's own link. Who forges a neighbour's address sits on that link as well and reaches the
 *   victim without our help; a `UdpBudget` holds even that to a trickle.
 * - `unproven`: anybody, through any router.
 */
export type SourceTrust = 'handshake' | 'neighbour' | 'unproven'

/**
 * A forger who knows whom the decky talked with can make it answer them for so long, within the budget of replies. As long
 * as Windows itself remembers whose a NetBIOS name is.
 */
const PROVEN_MS = 10 * 60_000
/** When there are more, the one that was seen longest ago is forgotten. */
const MAX_SOURCES = 1024

export class ProvenSources {
  readonly #seen = new Map<string, number>()
  readonly #isNeighbour: (ip: string) => boolean

  constructor(isNeighbour: (ip: string) => boolean) {
    this.#isNeighbour = isNeighbour
  }

  add(source: string, now: number): void {
    this.#seen.delete(source)
    this.#seen.set(source, now)
    if (this.#seen.size <= MAX_SOURCES) return
    for (const oldest of this.#seen.keys()) {
      this.#seen.delete(oldest)
      break
    }
  }

  trust(source: string, now: number): SourceTrust {
    const at = this.#seen.get(source)
    if (at !== undefined && now >= at && now - at <= PROVEN_MS) return 'handshake'
    return this.#isNeighbour(source) ? 'neighbour' : 'unproven'
  }
}

/** Whether an address is on a link of the decky that binds `own`. */
export function neighboursOf(own: string, interfaces?: typeof NetworkInterfaces): (ip: string) => boolean {
  const links = linksOf(own, interfaces)
  return (ip) => links.some((link) => link.contains(ip))
}
