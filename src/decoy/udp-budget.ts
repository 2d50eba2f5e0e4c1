/**
 * What one decky sends to whom over UDP, where a source address proves nothing: a forged source must get no more
 * out of a decoy than the forger put in, but for a small allowance that lets a scan or a short walk succeed.
 */

/** Datagrams of one source that are looked at in a second. */
const DATAGRAMS_PER_SECOND = 50
/** Replies of the whole decky in a second. */
const REPLIES_PER_SECOND = 200
/** Bytes one source may get beyond what it sent, per window. */
const EXCESS_PER_SOURCE = 4096
/** The same for the whole decky: forged sources are cheap. */
const EXCESS_PER_DECKY = 64 * 1024
const EXCESS_WINDOW_MS = 5 * 60_000
const SECOND_MS = 1000
/** Sources remembered; when there are more, the further ones share an account. */
const MAX_SOURCES = 4096

/** Source ports whose owners answer whatever they get (echo, daytime, qotd, chargen …): answering them makes a loop. */
const LOOPING_PORTS: ReadonlySet<number> = new Set([0, 7, 13, 17, 19, 37])

class Window {
  readonly #length: number
  readonly #used = new Map<string, number>()
  #end = 0

  constructor(length: number) {
    this.#length = length
  }

  /** Books an amount unless it would go over the limit. */
  take(source: string, amount: number, limit: number, now: number): boolean {
    if (now >= this.#end || now < this.#end - this.#length) {
      this.#used.clear()
      this.#end = now + this.#length
    }
    const key = this.#used.has(source) || this.#used.size < MAX_SOURCES ? source : ''
    const used = (this.#used.get(key) ?? 0) + amount
    if (used > limit) return false
    this.#used.set(key, used)
    return true
  }
}

export class UdpBudget {
  readonly #datagrams = new Window(SECOND_MS)
  readonly #replies = new Window(SECOND_MS)
  readonly #excess = new Window(EXCESS_WINDOW_MS)
  readonly #total = new Window(EXCESS_WINDOW_MS)

  /** Whether a datagram of this source is looked at. */
  hears(source: string, now: number): boolean {
    return this.#datagrams.take(source, 1, DATAGRAMS_PER_SECOND, now)
  }

  /** Whether so many reply bytes may go out for so many request bytes. */
  sends(source: string, request: number, reply: number, proven: boolean, now: number): boolean {
    if (!this.#replies.take('', 1, REPLIES_PER_SECOND, now)) return false
    const excess = reply - request
    if (proven || excess <= 0) return true
    return (
      this.#excess.take(source, excess, EXCESS_PER_SOURCE, now) && this.#total.take('', excess, EXCESS_PER_DECKY, now)
    )
  }
}

/** Sources that are never answered: ourselves, groups, and ports that would answer back forever. */
export function isAnswerable(source: {readonly ip: string; readonly port: number}, own: string): boolean {
  const first = Number.parseInt(source.ip, 10)
  return source.ip !== own && first !== 0 && first < 224 && !LOOPING_PORTS.has(source.port)
}
