/** The areas that variables are read from and written to, octet by octet. */
import {type Plant, WORDS} from '../../industrial/plant.ts'
import type {Persona} from '../../persona.ts'

export const AREA = {
  counters: 0x1c,
  timers: 0x1d,
  peripherals: 0x80,
  inputs: 0x81,
  outputs: 0x82,
  markers: 0x83,
  blocks: 0x84,
  instances: 0x85,
} as const

/** Return codes of an item. */
export const ITEM = {good: 0xff, denied: 0x03, range: 0x05, type: 0x06, missing: 0x0a} as const

const IMAGE_SIZE = 128
const MARKER_SIZE = 2048
const COUNTERS_SIZE = 512
/** Analog modules begin here in the image of the inputs. */
const ANALOG_FROM = 64
const ANALOG_STEPS = 27_648
/** The program's own block: the table that Modbus shows as well. */
export const TABLE_BLOCK = 1

export class S7Memory {
  readonly #plant: Plant
  readonly #markers = Buffer.alloc(MARKER_SIZE)
  readonly #counters = Buffer.alloc(COUNTERS_SIZE)
  readonly #timers = Buffer.alloc(COUNTERS_SIZE)
  readonly #blocks = new Map<number, Buffer>()

  constructor(persona: Persona, plant: Plant) {
    this.#plant = plant
    let number = TABLE_BLOCK
    for (let index = 0; index < persona.integer('s7 blocks', 3, 7); index++) {
      number += persona.integer(`s7 block number ${index}`, 1, 9)
      this.#blocks.set(number, settings(persona, number))
    }
  }

  /** Numbers of the data blocks, in order. */
  get blocks(): readonly number[] {
    return [TABLE_BLOCK, ...this.#blocks.keys()]
  }

  /** Octets, or the return code of the failure. */
  read(area: number, block: number, from: number, count: number, now: number): Buffer | number {
    const size = this.#sizeOf(area, block)
    if (size === null) return ITEM.missing
    if (from + count > size) return ITEM.range
    return Buffer.from(Array.from({length: count}, (_, index) => this.#octet(area, block, from + index, now)))
  }

  /** The return code. */
  write(area: number, block: number, from: number, octets: Buffer, now: number): number {
    const size = this.#sizeOf(area, block)
    if (size === null) return ITEM.missing
    if (from + octets.length > size) return ITEM.range
    for (const [index, octet] of octets.entries()) this.#setOctet(area, block, from + index, octet, now)
    return ITEM.good
  }

  /** Null: there is no such area or block. */
  #sizeOf(area: number, block: number): number | null {
    switch (area) {
      case AREA.peripherals:
      case AREA.inputs:
      case AREA.outputs:
        return IMAGE_SIZE
      case AREA.markers:
        return MARKER_SIZE
      case AREA.counters:
      case AREA.timers:
        return COUNTERS_SIZE
      case AREA.blocks:
      case AREA.instances:
        return block === TABLE_BLOCK ? WORDS * 2 : (this.#blocks.get(block)?.length ?? null)
      default:
        return null
    }
  }

  #octet(area: number, block: number, at: number, now: number): number {
    const plant = this.#plant
    switch (area) {
      case AREA.peripherals:
      case AREA.inputs:
        return this.#input(at, now)
      case AREA.outputs:
        return eight((bit) => plant.output(at * 8 + bit, now))
      case AREA.blocks:
      case AREA.instances:
        return block === TABLE_BLOCK ? half(plant.word(at >> 1, now), at) : (this.#blocks.get(block)?.[at] ?? 0)
      default:
        return this.#kept(area)[at] ?? 0
    }
  }

  #input(at: number, now: number): number {
    if (at < ANALOG_FROM) return eight((bit) => this.#plant.input(at * 8 + bit, now))
    return half(this.#plant.analog((at - ANALOG_FROM) >> 1, now, ANALOG_STEPS), at)
  }

  #setOctet(area: number, block: number, at: number, octet: number, now: number): void {
    switch (area) {
      case AREA.inputs:
        // The next cycle reads the modules again.
        return
      case AREA.peripherals:
      case AREA.outputs:
        for (let bit = 0; bit < 8; bit++) this.#plant.setOutput(at * 8 + bit, ((octet >> bit) & 1) === 1)
        return
      case AREA.blocks:
      case AREA.instances:
        this.#setBlockOctet(block, at, octet, now)
        return
      default:
        this.#kept(area)[at] = octet
    }
  }

  #setBlockOctet(block: number, at: number, octet: number, now: number): void {
    if (block === TABLE_BLOCK) {
      const word = this.#plant.word(at >> 1, now)
      this.#plant.setWord(at >> 1, at % 2 === 0 ? (octet << 8) | (word & 0xff) : (word & 0xff00) | octet, now)
      return
    }
    const kept = this.#blocks.get(block)
    if (kept !== undefined) kept[at] = octet
  }

  #kept(area: number): Buffer {
    if (area === AREA.counters) return this.#counters
    return area === AREA.timers ? this.#timers : this.#markers
  }
}

const half = (word: number, at: number): number => (at % 2 === 0 ? word >> 8 : word & 0xff)

const eight = (bit: (index: number) => boolean): number =>
  [0, 1, 2, 3, 4, 5, 6, 7].reduce((octet, index) => octet | (Number(bit(index)) << index), 0)

/** A block of settings: numbers of the size that limits and times have. */
function settings(persona: Persona, number: number): Buffer {
  const words = persona.integer(`s7 block ${number} size`, 12, 90)
  const drawn = persona.bytes(`s7 block ${number}`, words * 2)
  const block = Buffer.alloc(words * 2)
  for (let at = 0; at < words; at++) {
    const value = drawn.readUInt16BE(at * 2)
    block.writeUInt16BE(value % 3 === 0 ? 0 : value % 3 === 1 ? value % 100 : value % 2000, at * 2)
  }
  return block
}
