/**
 * What a controller knows of its process: inputs, outputs and a table of words. All services of a decky see the same one,
 * and what an intruder writes is there for the next. It is as large as it is: writing cannot make it grow.
 */
import type {Persona} from '../persona.ts'
import {Signal} from './signal.ts'
import {THEMES} from './themes.ts'

const HOUR_MS = 3_600_000
/** Bits of inputs and of outputs. */
export const BITS = 128
/** Words of the table. */
export const WORDS = 256

/** Where what stands in the table. */
const SET_POINTS = 0
const VALUES = 8
const HOURS = 16
const COUNTER = 18
const MODE = 20
const STATUS = 21
const PARAMETERS = 32
const PARAMETERS_END = 72

const MODE_AUTOMATIC = 1
const STATUS_RUN = 0x0003
const USED_INPUTS = 24
const USED_OUTPUTS = 16
/** The first bits of both are machines that take turns. */
const MACHINES = 2
/** Machines that take turns change every few hours. */
const TURN_HOURS = [4, 6, 8, 12] as const

const plants = new WeakMap<Persona, Plant>()

/** The one of that machine. */
export function plantOf(persona: Persona): Plant {
  const known = plants.get(persona)
  if (known !== undefined) return known
  const plant = new Plant(persona)
  plants.set(persona, plant)
  return plant
}

export class Plant {
  readonly signals: readonly Signal[]
  readonly #persona: Persona
  readonly #words = new Map<number, number>()
  readonly #outputs = new Map<number, boolean>()
  readonly #turnMs: number
  readonly #inputs: readonly boolean[]
  readonly #idleOutputs: readonly boolean[]
  readonly #parameters: readonly number[]
  #stoppedAt: number | null = null

  constructor(persona: Persona) {
    this.#persona = persona
    this.signals = persona.pick('process', THEMES).quantities.map((quantity) => new Signal(persona, quantity))
    this.#turnMs = persona.pick('process turn', TURN_HOURS) * HOUR_MS
    const bits = (kind: string, count: number, most: number): boolean[] =>
      Array.from({length: count}, (_, bit) => persona.integer(`process ${kind} ${bit}`, 0, 3) < most)
    this.#inputs = bits('input', USED_INPUTS, 2)
    this.#idleOutputs = bits('output', USED_OUTPUTS, 1)
    this.#parameters = Array.from({length: PARAMETERS_END - PARAMETERS}, (_, at) => parameter(persona, at))
  }

  get running(): boolean {
    return this.#stoppedAt === null
  }

  stop(now: number): void {
    this.#stoppedAt ??= now
  }

  start(): void {
    this.#stoppedAt = null
  }

  /** A digital input: what sensors and switches say. */
  input(bit: number, now: number): boolean {
    return bit < MACHINES ? this.#turn(now) === bit : this.#inputs[bit] === true
  }

  output(bit: number, now: number): boolean {
    if (!this.running) return false
    const written = this.#outputs.get(bit)
    if (written !== undefined) return written
    return bit < MACHINES ? this.#turn(now) === bit : this.#idleOutputs[bit] === true
  }

  setOutput(bit: number, value: boolean): void {
    if (bit >= 0 && bit < BITS) this.#outputs.set(bit, value)
  }

  /** An analog input, of a module with so many steps; unused channels read 0. */
  analog(channel: number, now: number, steps: number): number {
    return this.signals[channel]?.converted(now, steps) ?? 0
  }

  /** A word of the table, 0 to 65535. */
  word(at: number, now: number): number {
    const value = this.#live(at, this.#stoppedAt ?? now) ?? this.#words.get(at) ?? this.#initial(at)
    return value & 0xffff
  }

  /** What the program computes it writes again at once; a set point is followed. */
  setWord(at: number, value: number, now: number): void {
    if (at < 0 || at >= WORDS) return
    this.#words.set(at, value & 0xffff)
    const signal = this.signals[at - SET_POINTS]
    if (signal === undefined) return
    const signed = (value << 16) >> 16
    signal.steer(signed / 10 ** signal.quantity.decimals, now)
  }

  #turn(now: number): number {
    return Math.floor((this.#stoppedAt ?? now) / this.#turnMs) % 2
  }

  #live(at: number, now: number): number | undefined {
    const signal = this.signals[at - VALUES]
    if (signal !== undefined) return signal.scaled(signal.at(now))
    const installed = this.#persona.installedAt
    switch (at) {
      case HOURS:
      case HOURS + 1:
        return half(Math.floor((now - installed) / HOUR_MS) + this.#persona.integer('process hours', 900, 21_000), at)
      case COUNTER:
      case COUNTER + 1:
        return half(Math.floor((now - installed) / this.#persona.integer('process cycle', 2500, 60_000)), at)
      case STATUS:
        return this.running ? STATUS_RUN : 0
      default:
        return undefined
    }
  }

  #initial(at: number): number {
    const signal = this.signals[at - SET_POINTS]
    if (signal !== undefined) return signal.scaled(signal.setPoint)
    if (at === MODE) return MODE_AUTOMATIC
    return this.#parameters[at - PARAMETERS] ?? 0
  }
}

/** Times, limits and gaps between them. */
function parameter(persona: Persona, at: number): number {
  const kind = persona.integer(`process parameter kind ${at}`, 0, 3)
  return kind === 0 ? 0 : persona.integer(`process parameter ${at}`, 1, kind === 1 ? 60 : 1500)
}

/** Of a double word the high one has the even place. */
const half = (value: number, at: number): number => (at % 2 === 0 ? Math.floor(value / 0x10000) : value)
