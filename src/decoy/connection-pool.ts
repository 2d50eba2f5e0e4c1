/** What all deckies of one process may have open together: descriptors are the process's, not a decky's. */
export class ConnectionPool {
  readonly #limit: () => number
  #open = 0

  /** @param limit how many connections fit now. */
  constructor(limit: () => number) {
    this.#limit = limit
  }

  /** True: the connection counts until `leave` is called for it. */
  enter(): boolean {
    if (this.#open >= this.#limit()) return false
    this.#open++
    return true
  }

  leave(): void {
    this.#open--
  }
}
