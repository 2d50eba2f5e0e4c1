/**
 * The system status lists of a CPU (SIEMENS, System Software for S7-300/400, volume 2, chapter "System Status Lists"):
 *
 *   list = id index record-size count *record
 */
import type {S7Host} from './host.ts'
import {dateAndTime} from './wire/bcd.ts'

const NAME_SIZE = 32
const ORDER_CODE_SIZE = 20
const IDENTIFICATION_SIZE = 28
const CAPABILITY_SIZE = 40
const MODE_SIZE = 20
const LED_SIZE = 4
const COPYRIGHT = 'Original Siemens Equipment'
const MODULE_TYPE = 0x00c0
const V = 0x56
const MPI_RATE = 12_000_000
export const PDU_SIZE = 240
/** Connections that the CPUs of the persona have. */
const CONNECTIONS: Readonly<Record<string, number>> = {'CPU 314C-2 PN/DP': 12, 'CPU 315-2 PN/DP': 16}
const MOST_CONNECTIONS = 32

const PROTECTION_LEVEL = {none: 1, write: 2, full: 3} as const
const SELECTOR_RUN = 1
const WARM_RESTART = 2
const MODE = {run: 0x08, stop: 0x04} as const
/** Diagnostic events: from startup to RUN; stopped by a programming device. */
const CAUSE = {run: 0x4302, stop: 0x4304} as const
const LED = {fault: 1, run: 4, stop: 5, forced: 6, busFault: 11} as const

interface List {
  readonly size: number
  readonly records: readonly Buffer[]
}

type Source = (host: S7Host, now: number) => List

/** The lists whose identifier asks for one record of them, by its index, too. */
const SINGLE: Readonly<Record<number, number>> = {273: 0x0011, 284: 0x001c, 372: 0x0074}
/** Lists that are asked for by index only. */
const INDEXED: ReadonlySet<number> = new Set([0x0131, 0x0132, 0x0232])

const SOURCES: ReadonlyMap<number, Source> = new Map<number, Source>([
  [0x0000, () => ({size: 2, records: identifiers().map((id) => word(id))})],
  [0x0011, moduleIdentification],
  [0x001c, componentIdentification],
  [0x0019, leds],
  [0x0074, leds],
  [0x0131, capabilities],
  [0x0132, communication],
  [0x0232, (host) => ({size: CAPABILITY_SIZE, records: [protection(host)]})],
  [0x0424, operatingMode],
])

const identifiers = (): number[] => [...SOURCES.keys(), ...Object.keys(SINGLE).map(Number)].sort((a, b) => a - b)

/** A list with its header; null: the CPU has none of that identifier or index. */
export function systemStatusList(host: S7Host, id: number, index: number, now: number): Buffer | null {
  const source = SOURCES.get(SINGLE[id] ?? id)
  if (source === undefined) return null
  const {size, records} = source(host, now)
  const single = SINGLE[id] !== undefined || INDEXED.has(id)
  const chosen = single ? records.filter((record) => record.readUInt16BE(0) === index) : records
  if (chosen.length === 0) return null
  return Buffer.concat([word(id), word(index), word(size), word(chosen.length), ...chosen])
}

/** Order codes and versions of the module, its hardware, its firmware and its boot loader. */
function moduleIdentification({plc, persona}: S7Host): List {
  const [major = 0, minor = 0, patch = 0] = plc.firmware.split('.').map(Number)
  const hardware = Buffer.from([0, plc.hardware, 0, 1])
  const record = (index: number, name: string, type: number, version: Buffer): Buffer =>
    Buffer.concat([word(index), Buffer.from(name.padEnd(ORDER_CODE_SIZE, ' ')), word(type), version])
  const loader = persona.integer('s7 loader', 8, 12)
  return {
    size: IDENTIFICATION_SIZE,
    records: [
      record(0x0001, plc.orderCode, MODULE_TYPE, hardware),
      record(0x0006, plc.orderCode, MODULE_TYPE, hardware),
      record(0x0007, '', MODULE_TYPE, Buffer.from([V, major, minor, patch])),
      record(0x0081, 'Boot Loader', 0, Buffer.from([0x41, 0x20, loader, loader])),
    ],
  }
}

/** Names and serial numbers of the components. */
function componentIdentification({plc, persona}: S7Host): List {
  const named = (index: number, text: string): Buffer =>
    Buffer.concat([word(index), Buffer.from(text.slice(0, NAME_SIZE).padEnd(NAME_SIZE, '\0'), 'latin1')])
  const card = persona.bytes('s7 card', 4).toString('hex').toUpperCase()
  return {
    size: NAME_SIZE + 2,
    records: [
      named(1, plc.station.slice(0, 24)),
      named(2, plc.name),
      named(3, plc.plant),
      named(4, COPYRIGHT),
      named(5, plc.serial),
      named(7, plc.name),
      named(8, `MMC ${card}`),
      Buffer.concat([word(9), Buffer.from([0x00, 0x2a, 0xf6, 0x00, 0x00, 0x01]), Buffer.alloc(NAME_SIZE - 6)]),
      named(10, ''),
      named(11, ''),
    ],
  }
}

function leds({plant}: S7Host): List {
  const led = (id: number, on: boolean): Buffer => Buffer.concat([word(id), Buffer.from([Number(on), 0])])
  return {
    size: LED_SIZE,
    records: [
      led(LED.fault, false),
      led(LED.run, plant.running),
      led(LED.stop, !plant.running),
      led(LED.forced, false),
      led(LED.busFault, false),
    ],
  }
}

/** What it can do over the network: sizes and rates; test functions; functions for operators. */
function capabilities({plc}: S7Host): List {
  const rates = Buffer.alloc(8)
  rates.writeUInt32BE(MPI_RATE, 0)
  return {
    size: CAPABILITY_SIZE,
    records: [
      filled(word(1), word(PDU_SIZE), word(CONNECTIONS[plc.name] ?? MOST_CONNECTIONS), rates),
      filled(word(2), Buffer.from('befd0d00000000000000001400', 'hex')),
      filled(word(3), Buffer.from('7ff083010000000400000020', 'hex')),
    ],
  }
}

/** How it is connected at the moment, and how it is protected. */
function communication(host: S7Host): List {
  // One connection is kept for programming devices and one for panels; whoever asks uses one.
  const statistics = filled(word(1), word(1), word(1), word(1), word(0))
  return {size: CAPABILITY_SIZE, records: [statistics, protection(host)]}
}

function protection({protection: level}: S7Host): Buffer {
  const own = level === 'none' ? 0 : PROTECTION_LEVEL[level]
  return filled(word(4), word(1), word(own), word(PROTECTION_LEVEL[level]), word(SELECTOR_RUN), word(WARM_RESTART))
}

function operatingMode(host: S7Host, now: number): List {
  const {plant, persona, changedAt} = host
  const state = plant.running ? 'run' : 'stop'
  const since = dateAndTime(host.clock(changedAt ?? persona.bootedAt(now)))
  const record = Buffer.concat([word(CAUSE[state]), Buffer.from([0xff, MODE[state]]), Buffer.alloc(8), since])
  return {size: MODE_SIZE, records: [record]}
}

const filled = (...parts: readonly Buffer[]): Buffer => {
  const all = Buffer.concat(parts)
  return Buffer.concat([all, Buffer.alloc(CAPABILITY_SIZE - all.length)])
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value, 0)
  return bytes
}
