/** The categories of INFO (HP, Printer Job Language Technical Reference, "Status readback"). */
import type {Printer} from '../../persona/printer.ts'
import type {Persona} from '../../persona.ts'
import type {Environment} from './variables.ts'

/** What all connections to one printer share. */
export interface Panel {
  /** What the display shows; null: that it is ready. */
  message: string | null
  /** Somebody took it off-line with a message that waits for a key. */
  offline: boolean
}

export interface InfoFacts {
  readonly persona: Persona
  readonly printer: Printer
  readonly ready: string
  readonly panel: Panel
  readonly environment: Environment
  readonly filesystem: boolean
  /** Free space of the volume. */
  readonly free: number
}

/** Of the volume that PJL sees, in octets. */
export const VOLUME_SIZE = 469_762_048
const MIB = 1024 * 1024
const READY = 10_001
const OFFLINE = 10_002
const LANGUAGES = ['PCL', 'PCLXL', 'POSTSCRIPT', 'PDF']
const PAPERS = ['LETTER', 'LEGAL', 'EXECUTIVE', 'A4', 'A5', 'B5', 'COM10', 'DL', 'C5']

/** The lines of an answer; null: there is no such category. */
export function infoLines(category: string, facts: InfoFacts): readonly string[] | null {
  const {printer, environment} = facts
  switch (category.toUpperCase()) {
    case 'ID':
      return [`"${printer.model.name}"`]
    case 'STATUS':
      return statusLines(facts)
    case 'VARIABLES':
      return environment.list()
    case 'CONFIG':
      return config(printer)
    case 'MEMORY':
      return [`TOTAL=${memory(printer)}`, `LARGEST=${Math.floor(memory(printer) * 0.81)}`]
    case 'PAGECOUNT':
      return [`PAGECOUNT=${printer.pages}`]
    case 'PRODINFO':
      return productLines(facts)
    case 'FILESYS':
      return filesystem(facts)
    case 'USTATUS':
      return [
        ...choice('DEVICE', ['OFF', 'ON', 'VERBOSE']),
        ...choice('JOB', ['OFF', 'ON']),
        ...choice('PAGE', ['OFF', 'ON']),
        'TIMED=0 [2 RANGE]',
        '\t5',
        '\t300',
      ]
    default:
      return null
  }
}

export function statusLines({panel, ready}: Pick<InfoFacts, 'panel' | 'ready'>): string[] {
  const {message, offline} = panel
  return [`CODE=${offline ? OFFLINE : READY}`, `DISPLAY="${message ?? ready}"`, `ONLINE=${offline ? 'FALSE' : 'TRUE'}`]
}

const memory = ({model}: Printer): number => model.memory * MIB

const choice = (name: string, words: readonly string[]): string[] => [
  `${name}=OFF [${words.length} ENUMERATED]`,
  ...words.map((word) => `\t${word}`),
]

const list = (name: string, items: readonly string[]): string[] => [
  `${name} [${items.length} ENUMERATED]`,
  ...items.map((item) => `\t${item}`),
]

function config(printer: Printer): string[] {
  return [
    ...list('IN TRAYS', ['INTRAY1 MP', 'INTRAY2 PC']),
    ...list('OUT TRAYS', ['NORMAL FACEDOWN']),
    ...list('PAPERS', PAPERS),
    ...list('LANGUAGES', LANGUAGES),
    ...list('USTATUS', ['DEVICE', 'JOB', 'PAGE', 'TIMED']),
    `MEMORY=${memory(printer)}`,
    'DISPLAY LINES=4',
    'DISPLAY CHARACTER SIZE=24',
    `SERIALNUMBER="${printer.serial}"`,
  ]
}

function productLines({persona, printer}: InfoFacts): string[] {
  const {model, serial, revision, datecode} = printer
  return [
    `ProductName = "${model.name}"`,
    `PrinterNumber = "${model.number}"`,
    `ProductSerialNumber = "${serial}"`,
    `FirmwareRevision = "${revision}"`,
    `FirmwareDateCode = "${datecode}"`,
    'MaxPrintResolution = "1200"',
    `TotalMemory = "${memory(printer)}"`,
    `AvailableMemory = "${Math.floor(memory(printer) * 0.81)}"`,
    `HostName = "${persona.hostname}"`,
    `IPAddress = "${persona.facts.ip}"`,
    `HWAddress = "${persona.facts.mac.replaceAll(':', '').toUpperCase()}"`,
  ]
}

function filesystem({filesystem: open, free}: InfoFacts): string[] {
  if (!open) return ['[1 TABLE]', '\tVOLUME\tTOTAL SIZE\tFREE SPACE\tLOCATION\tLABEL\tSTATUS']
  return [
    '[2 TABLE]',
    '\tVOLUME\tTOTAL SIZE\tFREE SPACE\tLOCATION\tLABEL\tSTATUS',
    `\t0:\t${VOLUME_SIZE}\t${free}\tFLASH\t?\tREAD-WRITE`,
  ]
}
