/** How each server negotiates: its opening, what it asks then, and how it answers a client. */
import {ask, negotiate, type TelnetItem, VERB, type Verb} from './codec.ts'
import type {TELNET_PRODUCTS} from './definition.ts'

export type ProductName = (typeof TELNET_PRODUCTS)[number]

const OPTION = {
  echo: 1,
  sga: 3,
  status: 5,
  ttype: 24,
  naws: 31,
  tspeed: 32,
  lflow: 33,
  xdisploc: 35,
  environ: 39,
} as const

/** netkit's telnetd asks for these and waits for the answers before it shows anything. */
const ASKED = [OPTION.ttype, OPTION.tspeed, OPTION.xdisploc, OPTION.environ]
/** The order in which it then wants the values. */
const VALUES = [OPTION.tspeed, OPTION.xdisploc, OPTION.environ, OPTION.ttype]

const OPENINGS: Readonly<Record<ProductName, Buffer>> = {
  linux: negotiate(...ASKED.map((option) => [VERB.do, option] as const)),
  // Since 1.14; without a lone request for the window's size, by which decoys are known.
  busybox: negotiate([VERB.do, OPTION.echo], [VERB.do, OPTION.naws], [VERB.will, OPTION.echo], [VERB.will, OPTION.sga]),
  ios: negotiate([VERB.will, OPTION.echo], [VERB.will, OPTION.sga], [VERB.do, OPTION.ttype], [VERB.do, OPTION.naws]),
}

const SECOND = negotiate(
  [VERB.will, OPTION.sga],
  [VERB.do, OPTION.echo],
  [VERB.do, OPTION.naws],
  [VERB.will, OPTION.status],
  [VERB.do, OPTION.lflow],
)
const ECHO = negotiate([VERB.will, OPTION.echo])

/** What was learnt of the client. */
export interface ClientTerminal {
  name: string
  columns: number
  rows: number
}

export class Negotiation {
  readonly terminal: ClientTerminal = {name: 'vt100', columns: 80, rows: 24}
  readonly #product: ProductName
  readonly #send: (bytes: Buffer) => void
  readonly #ready: () => void
  readonly #asked = new Set<number>()
  readonly #values = new Set<number>()
  readonly #answered = new Set<number>()
  #phase: 'asking' | 'values' | 'echo' | 'done' = 'asking'

  /** @param ready called once the login may be shown. */
  constructor(product: ProductName, send: (bytes: Buffer) => void, ready: () => void) {
    this.#product = product
    this.#send = send
    this.#ready = ready
  }

  start(): void {
    this.#send(OPENINGS[this.#product])
    if (this.#product === 'linux') for (const option of ASKED) this.#asked.add(option)
    else this.#finish()
  }

  take(item: Exclude<TelnetItem, {type: 'data'}>): void {
    if (item.type === 'subnegotiation') this.#value(item.option, item.bytes)
    else if (item.type === 'negotiation') this.#negotiated(item.verb, item.option)
  }

  #negotiated(verb: Verb, option: number): void {
    const answers = verb === VERB.will || verb === VERB.wont
    if (answers && this.#asked.delete(option)) {
      if (verb === VERB.will && this.#phase === 'asking') this.#values.add(option)
      this.#advance()
      return
    }
    // BusyBox strips what clients negotiate and answers nothing.
    if (this.#product !== 'busybox') this.#answer(verb, option)
  }

  /** At most once for each option and verb, so that no two ends can go on for ever. */
  #answer(verb: Verb, option: number): void {
    const ours: readonly number[] =
      this.#product === 'linux' ? [OPTION.echo, OPTION.sga, OPTION.status] : [OPTION.echo, OPTION.sga]
    const theirs: readonly number[] = [...ASKED, OPTION.naws, OPTION.lflow]
    const key = verb * 256 + option
    if (this.#answered.has(key)) return
    this.#answered.add(key)
    if (verb === VERB.do && !ours.includes(option)) this.#send(negotiate([VERB.wont, option]))
    if (verb === VERB.will && !theirs.includes(option)) this.#send(negotiate([VERB.dont, option]))
  }

  #value(option: number, bytes: Buffer): void {
    if (option === OPTION.ttype && bytes[0] === 0) {
      const name = bytes.subarray(1, 41).toString('latin1').toLowerCase()
      if (/^[\w.+-]+$/.test(name)) this.terminal.name = name
    }
    if (option === OPTION.naws && bytes.length >= 4) {
      this.terminal.columns = clamp(bytes.readUInt16BE(0), 80)
      this.terminal.rows = clamp(bytes.readUInt16BE(2), 24)
    }
    if (this.#phase === 'values' && this.#values.delete(option)) this.#advance()
  }

  #advance(): void {
    if (this.#phase === 'asking' && this.#asked.size === 0) {
      this.#phase = 'values'
      const wanted = VALUES.filter((option) => this.#values.has(option))
      if (wanted.length > 0) this.#send(Buffer.concat(wanted.map(ask)))
    }
    if (this.#phase === 'values' && this.#values.size === 0) {
      this.#phase = 'echo'
      this.#asked.add(OPTION.echo)
      this.#send(SECOND)
    } else if (this.#phase === 'echo' && !this.#asked.has(OPTION.echo)) {
      this.#send(ECHO)
      this.#finish()
    }
  }

  #finish(): void {
    this.#phase = 'done'
    this.#ready()
  }
}

function clamp(value: number, fallback: number): number {
  return value > 0 ? Math.min(value, 1000) : fallback
}
