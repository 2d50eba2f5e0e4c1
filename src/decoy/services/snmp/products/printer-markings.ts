/** Printer-MIB (RFC 3805): trays, what it prints with, how much it has printed, what its display says. */
import type {Printer} from '../../../persona/printer.ts'
import type {Persona} from '../../../persona.ts'
import type {MibBuilder} from '../mib/builder.ts'
import {asCounter32} from '../mib/counting.ts'
import {integer, text} from '../wire/values.ts'

const PRINTER = '1.3.6.1.2.1.43'
const NOT_KNOWN = -2
/** Coordinates are in thousandths of a millimetre (A4). */
const A4 = {width: 210_000, length: 297_000} as const

const COLORS = ['black', 'cyan', 'magenta', 'yellow'] as const

export function markings(mib: MibBuilder, persona: Persona, printer: Printer): void {
  general(mib, printer)
  trays(mib, persona)
  marker(mib, printer)
  supplies(mib, persona, printer)
  mib.table(`${PRINTER}.15.1.1`, [{index: '1.1'}], {2: () => integer(7), 3: () => text('6.4')})
  mib.table(`${PRINTER}.16.5.1`, [{index: '1.1'}], {2: () => text('Ready')})
}

function general(mib: MibBuilder, {model, serial}: Printer): void {
  mib.table(`${PRINTER}.5.1.1`, [{index: '1'}], {
    1: () => asCounter32(() => 0),
    2: () => integer(1),
    6: () => integer(1),
    7: () => integer(1),
    8: () => integer(1),
    9: () => integer(1),
    10: () => integer(1),
    11: () => integer(2),
    13: () => integer(1),
    16: () => text(model.name),
    17: () => text(serial),
    19: () => integer(1),
  })
}

function trays(mib: MibBuilder, persona: Persona): void {
  const rows = [
    {index: '1.1', name: 'Tray 1', capacity: 100, level: 0},
    {index: '1.2', name: 'Tray 2', capacity: 550, level: persona.integer('printer tray', 1, 11) * 50},
  ]
  mib.table(`${PRINTER}.8.2.1`, rows, {
    2: () => integer(2),
    3: () => integer(4),
    4: () => integer(A4.length),
    5: () => integer(A4.width),
    6: () => integer(A4.length),
    7: () => integer(A4.width),
    8: () => integer(8),
    9: ({capacity}) => integer(capacity),
    10: ({level}) => integer(level),
    11: () => integer(0),
    12: () => text('na_a4'),
    13: ({name}) => text(name),
    18: ({name}) => text(name),
  })
}

function marker(mib: MibBuilder, {model, pages}: Printer): void {
  mib.table(`${PRINTER}.10.2.1`, [{index: '1.1'}], {
    2: () => integer(4),
    3: () => integer(7),
    4: () => asCounter32(() => pages),
    5: () => asCounter32(() => pages % 211),
    6: () => integer(model.cartridges.length),
    7: () => integer(0),
    8: () => integer(model.cartridges.length),
    9: () => integer(1200),
    10: () => integer(1200),
    15: () => integer(0),
  })
}

/** Toner in percent, as HP tells it. */
function supplies(mib: MibBuilder, persona: Persona, {model}: Printer): void {
  const rows = model.cartridges.map((cartridge, at) => ({
    index: `1.${at + 1}`,
    color: COLORS[at] ?? 'black',
    number: at + 1,
    cartridge,
    level: persona.integer(`printer toner ${at}`, 8, 97),
  }))
  mib.table(`${PRINTER}.11.1.1`, rows, {
    2: () => integer(1),
    3: ({number}) => integer(number),
    4: () => integer(3),
    5: () => integer(3),
    6: ({color, cartridge}) => text(`${color.charAt(0).toUpperCase()}${color.slice(1)} Cartridge HP ${cartridge}`),
    7: () => integer(19),
    8: () => integer(100),
    9: ({level}) => integer(level),
  })
  mib.table(`${PRINTER}.12.1.1`, rows, {
    2: () => integer(1),
    3: () => integer(3),
    4: ({color}) => text(color),
    5: () => integer(NOT_KNOWN),
  })
}
