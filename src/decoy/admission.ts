/** Which connections one decky accepts. */
import type {ConnectionPool} from './connection-pool.ts'
import type {Limits} from './limits.ts'

/** From this share of a limit on, connections are refused at random, with a chance that grows to certainty. */
const EARLY_DROP = 0.75

/** Counts the open connections of one decky, in all and by source. */
export class Admission {
  readonly #limits: Limits
  readonly #chance: () => number
  readonly #pool: ConnectionPool | undefined
  readonly #bySource = new Map<string, number>()
  #open = 0

  /** @param pool what the decky shares with the others of its process; absent: nothing. */
  constructor(limits: Limits, chance: () => number = Math.random, pool?: ConnectionPool) {
    this.#limits = limits
    this.#chance = chance
    this.#pool = pool
  }

  get open(): number {
    return this.#open
  }

  /** True: the connection counts as open until `leave` is called for it. */
  enter(source: string): boolean {
    const ofSource = this.#bySource.get(source) ?? 0
    const {connections, connectionsPerSource} = this.#limits
    if (this.#refuses(ofSource, connectionsPerSource) || this.#refuses(this.#open, connections)) return false
    if (this.#pool?.enter() === false) return false
    this.#bySource.set(source, ofSource + 1)
    this.#open++
    return true
  }

  leave(source: string): void {
    const left = (this.#bySource.get(source) ?? 1) - 1
    if (left > 0) this.#bySource.set(source, left)
    else this.#bySource.delete(source)
    this.#open--
    this.#pool?.leave()
  }

  #refuses(open: number, limit: number): boolean {
    if (open >= limit) return true
    const start = limit * EARLY_DROP
    return open > start && this.#chance() < (open - start) / (limit - start)
  }
}
