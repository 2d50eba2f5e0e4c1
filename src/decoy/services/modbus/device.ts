/** The machine behind the port: which functions it has, and what it tells of itself. */
import {plantOf} from '../../industrial/plant.ts'
import {type Plc, plcOf, plcVendor} from '../../persona/plc.ts'
import type {Persona} from '../../persona.ts'
import {FUNCTION} from './codes.ts'
import {
  type Constants,
  type Layout,
  METER_LAYOUT,
  Memory,
  SCHNEIDER_LAYOUT,
  SIEMENS_LAYOUT,
  WAGO_LAYOUT,
} from './memory.ts'

/** Objects of a device identification by number (V1.1b3 §6.21): vendor, product code, revision, then the regular ones. */
export type Identification = ReadonlyMap<number, string>

/** One server on the line, or the only one. */
export interface Device {
  readonly functions: ReadonlySet<number>
  readonly memory: Memory
  readonly identification: Identification
  /** What function 17 tells. */
  readonly serverId: Buffer
}

export interface Station {
  /** Whoever has that unit identifier; null: a gateway that finds nobody there. */
  device(unit: number): Device | null
  /** How long a gateway waits for somebody who does not answer. */
  readonly patienceMs: number
  /** True: with a stopped CPU nothing answers, because the program is what answers. */
  readonly silentWhenStopped: boolean
}

const BASIC = [
  FUNCTION.readCoils,
  FUNCTION.readDiscreteInputs,
  FUNCTION.readHoldingRegisters,
  FUNCTION.readInputRegisters,
  FUNCTION.writeSingleCoil,
  FUNCTION.writeSingleRegister,
  FUNCTION.writeMultipleCoils,
  FUNCTION.writeMultipleRegisters,
]
const SIEMENS_FUNCTIONS = new Set<number>(BASIC)
const SCHNEIDER_FUNCTIONS = new Set<number>([
  ...BASIC,
  FUNCTION.diagnostics,
  FUNCTION.readWriteRegisters,
  FUNCTION.encapsulated,
])
const WAGO_FUNCTIONS = new Set<number>([...BASIC, FUNCTION.maskWriteRegister, FUNCTION.readWriteRegisters])
const METER_FUNCTIONS = new Set<number>([
  FUNCTION.readHoldingRegisters,
  FUNCTION.readInputRegisters,
  FUNCTION.writeSingleRegister,
  FUNCTION.diagnostics,
  FUNCTION.writeMultipleRegisters,
  FUNCTION.reportServerId,
  FUNCTION.encapsulated,
])
const METERS = [
  {name: 'PM710', title: 'PM710PowerMeter', firmware: 'v03.110'},
  {name: 'PM750', title: 'PM750PowerMeter', firmware: 'v03.050'},
  {name: 'PM5110', title: 'PM5110', firmware: '01.01.0'},
  {name: 'PM5350', title: 'PM5350', firmware: '02.03.0'},
] as const
/** The gateway itself answers to this one. */
const GATEWAY_UNIT = 255
const GATEWAY_PATIENCE_MS = 1000
/** On, and in a state of its own (V1.1b3 §6.13: the run indicator is 0xFF for on). */
const METER_ID = 0xfa
const RUNNING = 0xff
const NO_ID = Buffer.alloc(0)

export function stationOf(persona: Persona, product: string | null): Station {
  if (product === 'gateway') return gateway(persona)
  const vendor = product === 'siemens' || product === 'schneider' || product === 'wago' ? product : plcVendor(persona)
  const plc = plcOf(persona, vendor)
  const device = controller(persona, plc)
  return {device: () => device, patienceMs: 0, silentWhenStopped: vendor === 'siemens'}
}

function controller(persona: Persona, plc: Plc): Device {
  const plant = plantOf(persona)
  const device = (functions: ReadonlySet<number>, layout: Layout, constants: Constants = []): Device => ({
    functions,
    memory: new Memory(plant, layout, constants),
    identification: new Map(),
    serverId: NO_ID,
  })
  switch (plc.vendor) {
    case 'siemens':
      return device(SIEMENS_FUNCTIONS, SIEMENS_LAYOUT)
    case 'schneider':
      return {...device(SCHNEIDER_FUNCTIONS, SCHNEIDER_LAYOUT), identification: identify(plc)}
    case 'wago':
      return device(WAGO_FUNCTIONS, WAGO_LAYOUT, wagoConstants(plc))
    default:
      return plc.vendor satisfies never
  }
}

/** The basic category is all that the CPU has. */
const identify = ({vendorName, orderCode, firmware}: Plc): Identification =>
  new Map([
    [0, vendorName],
    [1, orderCode],
    [2, firmware.toLowerCase()],
  ])

/** Values to test a master with, then the firmware's revision, the series, the item and the firmware's version. */
function wagoConstants({orderCode, firmware}: Plc): Constants {
  const [major = 0, minor = 0, revision = 0] = firmware.split('.').map(Number)
  const item = Number(orderCode.split('-')[1] ?? 0)
  return [
    ...[0x0000, 0xffff, 0x1234, 0xaaaa, 0x5555, 0x7fff, 0x8000, 0x3fff, 0x4000],
    ...[revision, 750, item, major, minor],
  ]
}

function gateway(persona: Persona): Station {
  const memory = new Memory(plantOf(persona), METER_LAYOUT)
  const count = persona.integer('modbus meters', 2, 6)
  const meters = Array.from({length: count}, (_, index): Device => {
    const {name, title, firmware} = persona.pick(`modbus meter ${index}`, METERS)
    return {
      functions: METER_FUNCTIONS,
      memory,
      identification: new Map([
        [0, 'Schneider Electric'],
        [1, name],
        [2, firmware],
      ]),
      serverId: Buffer.concat([Buffer.from([METER_ID, RUNNING]), Buffer.from(title)]),
    }
  })
  const own: Device = {
    functions: new Set([FUNCTION.readHoldingRegisters, FUNCTION.encapsulated]),
    memory,
    identification: new Map([
      [0, 'Schneider Electric'],
      [1, persona.pick('modbus gateway', ['EGX100', 'EGX150', 'EGX300'])],
      [2, persona.pick('modbus gateway firmware', ['4.200', '4.310', '5.100'])],
    ]),
    serverId: NO_ID,
  }
  return {
    device: (unit) => (unit === GATEWAY_UNIT || unit === 0 ? own : (meters[unit - 1] ?? null)),
    patienceMs: GATEWAY_PATIENCE_MS,
    silentWhenStopped: false,
  }
}
