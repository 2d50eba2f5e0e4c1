/**
 * Which source addresses of a decky are nobody's forgery: those that completed a TCP handshake with it a moment ago.
 * Over UDP an address proves nothing, and answers that are longer than their questions go to proven ones only; a real
 * machine's neighbours mostly come both ways, as a scanner does that finds 139/tcp open and asks 137/udp then.
 */

/**
 * A forger who knows whom the decky talked with can make it answer them for so long, within the budget of replies. As long
 * as Windows itself remembers whose a NetBIOS name is.
 */
const PROVEN_MS = 10 * 60_000
/** When there are more, the one that was seen longest ago is forgotten. */
const MAX_SOURCES = 1024

export class ProvenSources {
  readonly #seen = new Map<string, number>()

  add(source: string, now: number): void {
    this.#seen.delete(source)
    this.#seen.set(source, now)
    if (this.#seen.size <= MAX_SOURCES) return
    for (const oldest of this.#seen.keys()) {
      this.#seen.delete(oldest)
      break
    }
  }

  has(source: string, now: number): boolean {
    const at = this.#seen.get(source)
    return at !== undefined && now >= at && now - at <= PROVEN_MS
  }
}
