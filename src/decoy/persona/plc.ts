/** Which programmable controller a machine is: one fact for Modbus, S7, HTTP and SNMP. */
import type {Persona} from '../persona.ts'

export const PLC_VENDORS = ['siemens', 'schneider', 'wago'] as const
export type PlcVendor = (typeof PLC_VENDORS)[number]

interface PlcModel {
  /** The vendor as its devices write it. */
  readonly vendorName: string
  readonly family: string
  /** The name printed on the front. */
  readonly name: string
  /** What one orders it by. */
  readonly orderCode: string
  /** Released firmware versions that are found in plants. */
  readonly firmware: readonly string[]
  readonly url: string
}

export interface Plc extends Omit<PlcModel, 'firmware'> {
  readonly vendor: PlcVendor
  readonly firmware: string
  /** The release of its hardware. */
  readonly hardware: number
  readonly serial: string
  /** What whoever set it up called the station, and the part of the plant that it runs. */
  readonly station: string
  readonly plant: string
}

const SIEMENS = {vendorName: 'Siemens', family: 'SIMATIC S7-300', url: 'www.siemens.com/automation'} as const
const MODICON = {
  vendorName: 'Schneider Electric',
  family: 'Modicon M340',
  url: 'www.schneider-electric.com',
  firmware: ['V2.50', 'V2.70', 'V2.90', 'V3.01', 'V3.20'],
} as const
const WAGO = {
  vendorName: 'WAGO Kontakttechnik GmbH & Co. KG',
  family: 'WAGO-I/O-SYSTEM 750',
  url: 'www.wago.com',
  firmware: ['01.09.18', '01.11.20', '01.13.24'],
} as const

/** With Ethernet on board, so that nothing but the CPU is asked. */
const MODELS: Readonly<Record<PlcVendor, readonly PlcModel[]>> = {
  siemens: [
    {...SIEMENS, name: 'CPU 315-2 PN/DP', orderCode: '6ES7 315-2EH14-0AB0', firmware: ['3.2.6', '3.2.8', '3.2.14']},
    {...SIEMENS, name: 'CPU 317-2 PN/DP', orderCode: '6ES7 317-2EK14-0AB0', firmware: ['3.2.7', '3.2.10', '3.2.14']},
    {...SIEMENS, name: 'CPU 314C-2 PN/DP', orderCode: '6ES7 314-6EH04-0AB0', firmware: ['3.3.8', '3.3.10', '3.3.12']},
    {...SIEMENS, name: 'CPU 319-3 PN/DP', orderCode: '6ES7 318-3EL01-0AB0', firmware: ['3.2.6', '3.2.10', '3.2.15']},
  ],
  schneider: [
    {...MODICON, name: 'BMX P34 2020', orderCode: 'BMX P34 2020'},
    {...MODICON, name: 'BMX P34 2030', orderCode: 'BMX P34 2030'},
    {...MODICON, name: 'BMX P34 20302', orderCode: 'BMX P34 20302'},
  ],
  wago: [
    {...WAGO, name: '750-841', orderCode: '750-841'},
    {...WAGO, name: '750-881', orderCode: '750-881'},
    {...WAGO, name: '750-880', orderCode: '750-880'},
  ],
}

/** Of all models, as versions: without the V that some vendors write. */
export const PLC_FIRMWARES: readonly string[] = [
  ...new Set(
    Object.values(MODELS).flatMap((models) =>
      models.flatMap(({firmware}) => firmware.map((text) => text.replace(/^V/, ''))),
    ),
  ),
]

/** The manufacturers' prefixes of Ethernet addresses. */
const OUIS: Readonly<Record<PlcVendor, readonly string[]>> = {
  siemens: ['00:1b:1b', '00:0e:8c', '00:1c:06', '28:63:36', 'e0:dc:a0'],
  schneider: ['00:80:f4', '00:00:54'],
  wago: ['00:30:de'],
}

const PLANTS = ['Pumping Station', 'Boiler House', 'Air Handling', 'Line', 'Filling', 'Cooling', 'Wastewater', 'Dosing']
const LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ'
/** Date codes of IEC 60062: twenty years from 2010 on. */
const YEARS = 'ABCDEFHJKLMNPRSTUVWX'
const DIGITS = '0123456789'

/** Whose controller it is where nobody says: the vendor of its address, else the one that most plants have. */
export function plcVendor(persona: Persona): PlcVendor {
  const oui = persona.facts.mac.slice(0, 8).toLowerCase()
  return PLC_VENDORS.find((vendor) => OUIS[vendor].includes(oui)) ?? 'siemens'
}

export function plcOf(persona: Persona, vendor = plcVendor(persona)): Plc {
  const {firmware, ...model} = persona.pick(`plc ${vendor} model`, MODELS[vendor])
  return {
    ...model,
    vendor,
    firmware: persona.pick(`plc ${vendor} firmware`, firmware),
    hardware: persona.integer('plc hardware', 3, 8),
    serial: serialOf(persona, vendor),
    station: persona.hostname,
    plant: `${persona.pick('plc plant', PLANTS)} ${persona.integer('plc plant number', 1, 6)}`,
  }
}

function serialOf(persona: Persona, vendor: PlcVendor): string {
  const draw = (purpose: string, alphabet: string, length: number): string =>
    [...persona.bytes(`plc ${vendor} ${purpose}`, length)].map((byte) => alphabet[byte % alphabet.length]).join('')
  const year = new Date(persona.installedAt).getUTCFullYear()
  switch (vendor) {
    case 'siemens':
      // A factory's letter, the date as two signs, then the unit.
      return `S C-${draw('site', LETTERS, 1)}${YEARS[(year - 1 - 2010) % YEARS.length]}${draw('month', '123456789', 1)}${draw('unit', DIGITS, 9)}`
    case 'schneider':
      return `21${String((year - 1) % 100).padStart(2, '0')}${draw('unit', DIGITS, 7)}`
    case 'wago':
      return persona.facts.mac.replaceAll(':', '').toUpperCase()
    default:
      return vendor satisfies never
  }
}
