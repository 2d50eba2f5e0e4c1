/** The variables as they are now: those that are always there, those of the network's state, and rows that were made. */
import {MibBuilder as Builder, type MibBuilder} from './builder.ts'
import {liveTables} from './internet.ts'
import type {ReadNetwork} from './network.ts'
import {inOrder, Mib, type Variable} from './tree.ts'
import type {Writes} from './writes.ts'

/** Ports and neighbours come and go seldom; a walk shall not see them change at every step. */
const FRESH_MS = 10_000

export interface ViewFacts {
  readonly fixed: MibBuilder
  readonly writes: Writes
  readonly own: string
  readonly interfaceNumber: number
  readonly network: ReadNetwork
}

export class LiveMib {
  readonly #facts: ViewFacts
  readonly #fixed: readonly Variable[]
  #mib: Mib | null = null
  #until = 0
  #generation = 0
  #local = ''

  constructor(facts: ViewFacts) {
    this.#facts = facts
    this.#fixed = inOrder(facts.fixed.variables)
  }

  /** `offset`: how far the machine's ports are moved from where they belong. */
  at(now: number, local: string, offset: number): Mib {
    const {writes, interfaceNumber, network, own} = this.#facts
    const old = now >= this.#until || now < this.#until - FRESH_MS || writes.generation !== this.#generation
    // The self-test comes to another address than everybody else.
    const elsewhere = local !== this.#local
    if (this.#mib === null || old || elsewhere) {
      const live = new Builder()
      const {ports, neighbours} = network()
      // A decky binds its own address: that is where it is told from other deckies of the machine.
      const here = ports.map((port) => (port.ip === local ? {...port, ip: own} : port)).filter(({ip}) => ip === own)
      liveTables(live, own, {ports: here, neighbours}, {interfaceNumber, offset})
      this.#mib = new Mib([...this.#fixed, ...live.variables, ...writes.created])
      this.#until = now + FRESH_MS
      this.#generation = writes.generation
      this.#local = local
    }
    return this.#mib
  }
}
