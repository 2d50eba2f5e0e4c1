/** The four tables of Modbus over what a controller knows, as each vendor lays it out. */
import {BITS, type Plant, WORDS} from '../../industrial/plant.ts'
import {illegalAddress} from './codes.ts'

/** What a range of addresses shows. */
type Source = 'inputs' | 'outputs' | 'analog' | 'words' | 'constants'

export interface Region {
  readonly from: number
  readonly count: number
  readonly source: Source
  /** The first place of the source that it shows; 0 where absent. */
  readonly offset?: number
  readonly use: 'read' | 'write' | 'both'
}

/** Of one vendor. */
export interface Layout {
  readonly coils: readonly Region[]
  readonly discreteInputs: readonly Region[]
  readonly inputRegisters: readonly Region[]
  readonly holdingRegisters: readonly Region[]
  /** What the analog modules make of their full range. */
  readonly steps: number
}

export type Table = Exclude<keyof Layout, 'steps'>

interface Place {
  readonly source: Source
  readonly at: number
}

/** Registers that never change: what a coupler tells of itself. */
export type Constants = readonly number[]

export class Memory {
  readonly #plant: Plant
  readonly #layout: Layout
  readonly #constants: Constants

  constructor(plant: Plant, layout: Layout, constants: Constants = []) {
    this.#plant = plant
    this.#layout = layout
    this.#constants = constants
  }

  /** Throws ModbusException where one of them is no address of that table. */
  bits(table: Table, from: number, count: number, now: number): boolean[] {
    return this.#places(table, from, count, 'read').map(({source, at}) =>
      source === 'outputs' ? this.#plant.output(at, now) : this.#plant.input(at, now),
    )
  }

  /** Throws ModbusException where one of them is no address of that table. */
  words(table: Table, from: number, count: number, now: number): number[] {
    return this.#places(table, from, count, 'read').map((place) => this.#word(place, now))
  }

  /** All of them or none. Throws ModbusException. */
  setBits(from: number, values: readonly boolean[]): void {
    const places = this.#places('coils', from, values.length, 'write')
    for (const [index, {at}] of places.entries()) this.#plant.setOutput(at, values[index] === true)
  }

  /** All of them or none. Throws ModbusException. */
  setWords(from: number, values: readonly number[], now: number): void {
    const places = this.#places('holdingRegisters', from, values.length, 'write')
    for (const [index, {at}] of places.entries()) this.#plant.setWord(at, values[index] ?? 0, now)
  }

  #word({source, at}: Place, now: number): number {
    switch (source) {
      case 'words':
        return this.#plant.word(at, now)
      case 'analog':
        return this.#plant.analog(at, now, this.#layout.steps)
      case 'constants':
        return this.#constants[at] ?? 0
      case 'inputs':
      case 'outputs':
        return this.#packed(source, at, now)
      default:
        return source satisfies never
    }
  }

  /** Sixteen bits as a word, the first of them in its lowest place. */
  #packed(source: 'inputs' | 'outputs', at: number, now: number): number {
    const bit = (place: number): boolean =>
      source === 'inputs' ? this.#plant.input(place, now) : this.#plant.output(place, now)
    return Array.from({length: 16}, (_, index) => Number(bit(at * 16 + index)) << index).reduce((a, b) => a | b, 0)
  }

  #places(table: Table, from: number, count: number, use: 'read' | 'write'): Place[] {
    return Array.from({length: count}, (_, index) => this.#place(table, from + index, use))
  }

  #place(table: Table, address: number, use: 'read' | 'write'): Place {
    const region = this.#layout[table].find(
      (each) => each.use !== opposite(use) && address >= each.from && address < each.from + each.count,
    )
    if (region === undefined) throw illegalAddress()
    return {source: region.source, at: address - region.from + (region.offset ?? 0)}
  }
}

const opposite = (use: 'read' | 'write'): 'read' | 'write' => (use === 'read' ? 'write' : 'read')

const all = (source: Source, count: number, use: Region['use'] = 'both'): Region => ({from: 0, count, source, use})

/** The Modbus block of STEP 7: the process image, and a data block as holding registers. Analog modules: 27648 steps. */
export const SIEMENS_LAYOUT: Layout = {
  coils: [all('outputs', BITS)],
  discreteInputs: [all('inputs', BITS, 'read')],
  inputRegisters: [all('analog', 64, 'read')],
  holdingRegisters: [all('words', WORDS)],
  steps: 27_648,
}

/** Unity Pro: `%M` and `%MW` whichever function asks. */
export const SCHNEIDER_LAYOUT: Layout = {
  coils: [all('outputs', BITS)],
  discreteInputs: [all('outputs', BITS, 'read')],
  inputRegisters: [all('words', WORDS, 'read')],
  holdingRegisters: [all('words', WORDS)],
  steps: 10_000,
}

const WAGO_REGISTERS: readonly Region[] = [
  {from: 0, count: 6, source: 'analog', use: 'read'},
  {from: 6, count: 2, source: 'inputs', use: 'read'},
  {from: 0, count: 8, source: 'words', use: 'write'},
  {from: 0x0200, count: 8, source: 'words', use: 'both'},
  {from: 0x2000, count: 9, source: 'constants', use: 'read'},
  {from: 0x2010, count: 5, source: 'constants', offset: 9, use: 'read'},
  {from: 0x3000, count: WORDS, source: 'words', use: 'both'},
]
const WAGO_BITS: readonly Region[] = [
  {from: 0, count: 32, source: 'inputs', use: 'read'},
  {from: 0, count: 32, source: 'outputs', use: 'write'},
  {from: 0x0200, count: 32, source: 'outputs', use: 'both'},
]

/** Both ways of reading show one image: inputs at 0, outputs at 0x0200, flags at 0x3000. */
export const WAGO_LAYOUT: Layout = {
  coils: WAGO_BITS,
  discreteInputs: WAGO_BITS,
  inputRegisters: WAGO_REGISTERS,
  holdingRegisters: WAGO_REGISTERS,
  steps: 0x7fff,
}

/** A power meter has measurements and settings, and no coils. */
export const METER_LAYOUT: Layout = {
  coils: [],
  discreteInputs: [],
  inputRegisters: [],
  holdingRegisters: [{from: 0, count: WORDS, source: 'words', use: 'both'}],
  steps: 10_000,
}
