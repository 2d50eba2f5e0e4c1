/** The printer that a persona is: the same model, serial number, firmware and counters in every service of it. */
import type {Persona} from '../persona.ts'
import {applianceSerial} from './serials.ts'

export interface PrinterModel {
  readonly name: string
  /** The product number that an order has. */
  readonly number: string
  readonly color: boolean
  readonly multifunction: boolean
  readonly pagesPerMinute: number
  /** Installed memory, in MiB. */
  readonly memory: number
  /** Of the cartridges it takes, black first. */
  readonly cartridges: readonly string[]
  /** When its firmware was built, as its web server tells. */
  readonly built: string
  readonly asic: string
}

const M507 = {pagesPerMinute: 45, memory: 512, cartridges: ['CF289A']}
const M528 = {pagesPerMinute: 45, memory: 1280, cartridges: ['CF289X']}
const M506 = {pagesPerMinute: 45, memory: 512, cartridges: ['CF287A']}
const M554 = {pagesPerMinute: 35, memory: 1024, cartridges: ['W2120A', 'W2121A', 'W2123A', 'W2122A']}
const MONOCHROME = {color: false, multifunction: false}

/** A firmware is of one day. */
const MODELS: readonly PrinterModel[] = [
  {
    name: 'HP LaserJet M507',
    number: '1PV87A',
    ...MONOCHROME,
    ...M507,
    built: 'Tue Mar 14, 2023 09:21:10AM',
    asic: '0x00340104',
  },
  {
    name: 'HP LaserJet M506',
    number: 'F2A69A',
    ...MONOCHROME,
    ...M506,
    built: 'Wed Nov 16, 2022 02:12:45PM',
    asic: '0x00310104',
  },
  {
    name: 'HP LaserJet MFP M528',
    number: '1PV64A',
    color: false,
    multifunction: true,
    ...M528,
    built: 'Thu Jun 08, 2023 11:02:33AM',
    asic: '0x00340104',
  },
  {
    name: 'HP Color LaserJet M554',
    number: '7ZU81A',
    color: true,
    multifunction: false,
    ...M554,
    built: 'Mon Jan 23, 2023 04:40:51PM',
    asic: '0x00340204',
  },
]

/** FutureSmart bundles of those years. */
export const PRINTER_FIRMWARES: readonly string[] = ['5.5', '5.6', '5.7']

export interface Printer {
  readonly model: PrinterModel
  readonly serial: string
  /** FutureSmart bundle, e.g. `5.6`. */
  readonly bundle: string
  /** `2506116_053921`: the bundle's number and that of the build. */
  readonly revision: string
  /** `20230314`. */
  readonly datecode: string
  /** Pages printed so far. */
  readonly pages: number
}

export function printerOf(persona: Persona): Printer {
  const model = persona.pick('printer model', MODELS)
  const bundle = persona.pick('http printer version', PRINTER_FIRMWARES)
  const [major = '', minor = ''] = bundle.split('.')
  const build = String(persona.integer('printer firmware', 20, 240)).padStart(3, '0')
  const change = String(persona.integer('printer change', 21_000, 89_000)).padStart(6, '0')
  return {
    model,
    serial: applianceSerial(persona, 'hp'),
    bundle,
    revision: `2${major}${minor.padStart(2, '0')}${build}_${change}`,
    datecode: datecodeOf(model.built),
    pages: persona.integer('printer pages', 4_000, 180_000),
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Tue Mar 14, 2023 …` to `20230314`. */
function datecodeOf(built: string): string {
  const [, month = '', day = '', year = ''] = /^\w{3} (\w{3}) (\d{2}), (\d{4}) /.exec(built) ?? []
  return `${year}${String(MONTHS.indexOf(month) + 1).padStart(2, '0')}${day}`
}
