/**
 * What one decky sends to whom over UDP, where a source address proves nothing: a forged source must get no more
 * out of a decoy than the forger put in, in any single exchange.
 */
import type {SourceTrust} from './proven-sources.ts'

/**
 * Datagrams of one source that are looked at in a second: a walk through an agent asks as fast as it is answered, and nmap's
 * SNMP scripts walk side by side, some 1,200 times in a second. A walk that misses an answer ends with half a table.
 */
const DATAGRAMS_PER_SECOND = {unproven: 50, neighbour: 2000, handshake: 2000}
/** Replies of the whole decky in a second. */
const REPLIES_PER_SECOND = 2000
/** What a neighbour that never connected gets in a second, however much it asks. */
const NEIGHBOUR_BYTES_PER_SECOND = 256 * 1024
const SECOND_MS = 1000
/** Sources remembered; when there are more, the further ones share an account. */
const MAX_SOURCES = 4096
/** IPv4 and UDP headers: many small replies to one large request would otherwise amplify by their headers. */
const HEADER_BYTES = 28

/** Source ports whose owners answer whatever they get (echo, daytime, qotd, chargen …): answering them makes a loop. */
const LOOPING_PORTS: ReadonlySet<number> = new Set([0, 7, 13, 17, 19, 37])

class Window {
  readonly #used = new Map<string, number>()
  #end = 0

  /** Counts so many more unless that would go over the limit of this second. */
  take(source: string, amount: number, limit: number, now: number): boolean {
    if (now >= this.#end || now < this.#end - SECOND_MS) {
      this.#used.clear()
      this.#end = now + SECOND_MS
    }
    const key = this.#used.has(source) || this.#used.size < MAX_SOURCES ? source : ''
    const used = (this.#used.get(key) ?? 0) + amount
    if (used > limit) return false
    this.#used.set(key, used)
    return true
  }
}

export class UdpBudget {
  readonly #datagrams = new Window()
  readonly #replies = new Window()
  readonly #bytes = new Window()

  /** Whether a datagram of this source is looked at. */
  hears(source: string, trust: SourceTrust, now: number): boolean {
    return this.#datagrams.take(source, 1, DATAGRAMS_PER_SECOND[trust], now)
  }

  /** Whether these replies may go out to a source that sent so many bytes: all of them or none. */
  sends(to: {source: string; trust: SourceTrust; request: number}, replies: readonly Buffer[], now: number): boolean {
    const size = replies.reduce((sum, reply) => sum + HEADER_BYTES + reply.length, 0)
    const longer = size > HEADER_BYTES + to.request
    if (longer && to.trust === 'unproven') return false
    if (longer && to.trust === 'neighbour' && !this.#bytes.take(to.source, size, NEIGHBOUR_BYTES_PER_SECOND, now)) {
      return false
    }
    return this.#replies.take('', 1, REPLIES_PER_SECOND, now)
  }
}

/** Sources that are never answered: ourselves, groups, and ports that would answer back forever. */
export function isAnswerable(source: {readonly ip: string; readonly port: number}, own: string): boolean {
  const first = Number.parseInt(source.ip, 10)
  return source.ip !== own && first !== 0 && first < 224 && !LOOPING_PORTS.has(source.port)
}
