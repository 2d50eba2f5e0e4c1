/** One measured quantity over time: it wanders, trembles a little, and follows the set point that somebody gives it. */
import type {Persona} from '../persona.ts'
import type {Quantity} from './themes.ts'

/** How long a process takes for two thirds of the way to another set point. */
const LAG_MS = 90_000
const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
/** The sensor's own noise, as a share of the swing. */
const NOISE = 0.03
/** Slow, middling and quick movements, by their share of the swing and of the slowest period. */
const WAVES = [
  {share: 0.6, period: 1},
  {share: 0.3, period: 0.31},
  {share: 0.1, period: 0.083},
] as const

export class Signal {
  readonly quantity: Quantity
  readonly #phases: readonly number[]
  readonly #period: number
  readonly #noiseSeed: number
  readonly #default: number
  #from: number
  #to: number
  #since = 0

  constructor(persona: Persona, quantity: Quantity) {
    const purpose = `process ${quantity.name}`
    this.quantity = quantity
    this.#phases = WAVES.map((_, index) => (persona.integer(`${purpose} phase ${index}`, 0, 6282) / 1000) % 6.283)
    this.#period = quantity.minutes * MINUTE_MS * (persona.integer(`${purpose} period`, 80, 125) / 100)
    this.#noiseSeed = persona.integer(`${purpose} noise`, 1, 0x7fffffff)
    const step = 10 ** -quantity.decimals
    const shift = persona.integer(`${purpose} set point`, -40, 40) / 100
    this.#default = Math.round((quantity.usual + quantity.swing * shift) / step) * step
    this.#from = this.#default
    this.#to = this.#default
  }

  get setPoint(): number {
    return this.#to
  }

  /** In the unit of the quantity; what the process cannot reach is as far as it gets. */
  steer(setPoint: number, now: number): void {
    this.#from = this.#target(now)
    this.#to = setPoint
    this.#since = now
  }

  /** In the unit of the quantity. */
  at(now: number): number {
    const {swing, range} = this.quantity
    const wandering = WAVES.reduce(
      (sum, {share, period}, index) =>
        sum + share * Math.sin((2 * Math.PI * now) / (this.#period * period) + (this.#phases[index] ?? 0)),
      0,
    )
    const value = this.#target(now) + swing * (wandering * 0.8 + NOISE * this.#noise(now))
    return Math.min(range[1], Math.max(range[0], value))
  }

  /** A whole number: the value times ten for each of its decimals. */
  scaled(value: number): number {
    return Math.round(value * 10 ** this.quantity.decimals)
  }

  /** What an analog module of that many steps makes of it. */
  converted(now: number, steps: number): number {
    const [low, high] = this.quantity.range
    return Math.round(((this.at(now) - low) / (high - low)) * steps)
  }

  #target(now: number): number {
    return this.#to + (this.#from - this.#to) * Math.exp(-Math.max(0, now - this.#since) / LAG_MS)
  }

  /** Between minus one and one; another each second. */
  #noise(now: number): number {
    let mixed = Math.imul(Math.floor(now / SECOND_MS) ^ this.#noiseSeed, 0x45d9f3b)
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x7fffffff - 1
  }
}
