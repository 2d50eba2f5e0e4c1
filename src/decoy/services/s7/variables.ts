/**
 * Reading and writing variables:
 *
 *   request = function count *item *value
 *   item    = %x12 %x0A %x10 size count(2) block(2) area address(3)   ; the address counts bits
 *   value   = code size length *OCTET [fill]                          ; length in bits or octets, by size
 */
import {sample} from '../../sample.ts'
import {AREA, ITEM, type S7Memory} from './memory.ts'

const ITEM_SIZE = 12
const ITEM_HEAD = Buffer.from([0x12, 0x0a, 0x10])
export const MAX_ITEMS = 20
const SAMPLE_BYTES = 256
/** Octets of one element, by its size in the request. */
const ELEMENT: Readonly<Record<number, number>> = {2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 4, 8: 4, 28: 2, 29: 2}
const SIZE_BIT = 1
/** Sizes of values: those whose length counts bits, and those in which it counts octets. */
const VALUE = {bit: 3, bits: 4, integer: 5, real: 7, octets: 9} as const

const AREA_NAMES: Readonly<Record<number, string>> = {
  [AREA.counters]: 'C',
  [AREA.timers]: 'T',
  [AREA.peripherals]: 'P',
  [AREA.inputs]: 'I',
  [AREA.outputs]: 'Q',
  [AREA.markers]: 'M',
}

export interface Item {
  readonly size: number
  readonly count: number
  readonly block: number
  readonly area: number
  readonly octet: number
  readonly bit: number
}

/** Null in place of an item that is none. The list is as long as the request says, up to what is there. */
export function readItems(parameters: Buffer): (Item | null)[] {
  const count = Math.min(parameters[1] ?? 0, MAX_ITEMS)
  const items: (Item | null)[] = []
  for (let at = 2; items.length < count && at + ITEM_SIZE <= parameters.length; at += ITEM_SIZE) {
    items.push(readItem(parameters.subarray(at, at + ITEM_SIZE)))
  }
  return items
}

function readItem(bytes: Buffer): Item | null {
  if (!bytes.subarray(0, 3).equals(ITEM_HEAD)) return null
  const [area, address] = [bytes.readUInt8(8), bytes.readUIntBE(9, 3)]
  // Counters and timers are counted themselves.
  const own = area === AREA.counters || area === AREA.timers
  return {
    size: bytes.readUInt8(3),
    count: bytes.readUInt16BE(4),
    block: bytes.readUInt16BE(6),
    area,
    octet: own ? address * 2 : address >> 3,
    bit: own ? 0 : address & 7,
  }
}

/** The answer to all items, with fill octets between them. */
export function readValues(memory: S7Memory, items: readonly (Item | null)[], now: number): Buffer {
  const values = items.map((item) => (item === null ? failure(ITEM.type) : readValue(memory, item, now)))
  return Buffer.concat(
    values.map((value, index) =>
      value.length % 2 === 1 && index < values.length - 1 ? Buffer.concat([value, Buffer.alloc(1)]) : value,
    ),
  )
}

function readValue(memory: S7Memory, {size, count, block, area, octet, bit}: Item, now: number): Buffer {
  if (size === SIZE_BIT) {
    const read = memory.read(area, block, octet, 1, now)
    if (count !== 1) return failure(ITEM.type)
    return typeof read === 'number' ? failure(read) : value(VALUE.bit, 1, Buffer.from([((read[0] ?? 0) >> bit) & 1]))
  }
  const element = ELEMENT[size]
  if (element === undefined || bit !== 0) return failure(ITEM.type)
  const read = memory.read(area, block, octet, count * element, now)
  if (typeof read === 'number') return failure(read)
  const own = area === AREA.counters || area === AREA.timers
  return own ? value(VALUE.octets, read.length, read) : value(VALUE.bits, read.length * 8, read)
}

const failure = (code: number): Buffer => Buffer.from([code, 0, 0, 0])

function value(size: number, length: number, octets: Buffer): Buffer {
  const head = Buffer.from([ITEM.good, size, 0, 0])
  head.writeUInt16BE(length & 0xffff, 2)
  return Buffer.concat([head, octets])
}

/** The values of a write request, as far as they are there. */
export function readWritten(data: Buffer, count: number): (Buffer | null)[] {
  const values: (Buffer | null)[] = []
  let at = 0
  while (values.length < count) {
    if (at + 4 > data.length) {
      values.push(null)
      continue
    }
    const [size, length] = [data.readUInt8(at + 1), data.readUInt16BE(at + 2)]
    const octets = countsBits(size) ? Math.ceil(length / 8) : length
    const taken = data.subarray(at + 4, at + 4 + octets)
    values.push(taken.length === octets ? taken : null)
    at += 4 + octets + (octets % 2)
  }
  return values
}

const countsBits = (size: number): boolean => size === VALUE.bit || size === VALUE.bits || size === VALUE.integer

/** The return code. */
export function writeValue(memory: S7Memory, item: Item | null, octets: Buffer | null, now: number): number {
  if (item === null || octets === null) return ITEM.type
  const {size, count, block, area, octet, bit} = item
  if (size === SIZE_BIT) {
    const [wanted] = octets
    const old = memory.read(area, block, octet, 1, now)
    if (typeof old === 'number') return old
    if (wanted === undefined || count !== 1) return ITEM.type
    const rest = (old[0] ?? 0) & ~(1 << bit)
    return memory.write(area, block, octet, Buffer.from([rest | ((wanted & 1) << bit)]), now)
  }
  const element = ELEMENT[size]
  if (element === undefined || bit !== 0 || octets.length !== count * element) return ITEM.type
  return memory.write(area, block, octet, octets, now)
}

/** `DB1.DBB16 x 4`, as an engineer writes it. */
export function itemText(item: Item | null): string {
  if (item === null) return 'unknown'
  const {area, block, octet, bit, count, size} = item
  const place = size === SIZE_BIT ? `${octet}.${bit}` : String(octet)
  if (area === AREA.blocks || area === AREA.instances) {
    return `${area === AREA.blocks ? 'DB' : 'DI'}${block}.${place} x ${count}`
  }
  return `${AREA_NAMES[area] ?? `area ${area} `}${place} x ${count}`
}

export const writtenSample = (values: readonly (Buffer | null)[]): unknown =>
  sample(Buffer.concat(values.filter((each) => each !== null)), SAMPLE_BYTES)
