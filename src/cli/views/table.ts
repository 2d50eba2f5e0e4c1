import {truncate} from './text.ts'

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string
  /** Applied after padding, so that escape codes do not disturb the alignment. */
  readonly style?: (text: string, row: Row) => string
  /** Left out where the terminal is too narrow; the last such column goes first. */
  readonly optional?: boolean
  /** Cut where the terminal is still too narrow, the widest of them first; `last`: only where all else was not enough. */
  readonly flexible?: boolean | 'last'
  /** The least that is left of it. */
  readonly least?: number
  /** From this width on it is cut before an optional column goes; without it, never. */
  readonly ample?: number
  /** How a value is cut; an ellipsis at its end where this is absent. */
  readonly cut?: (row: Row, width: number) => string
}

const GAP = '  '
const MIN_FLEXIBLE = 8

/**
 * Aligned columns, no wider than `width` where the fixed columns leave room: addresses and states are never cut, and
 * names last, because they are copied. No trailing spaces, no final line break.
 */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width: number): string {
  const cells = rows.map((row) => columns.map((column) => column.value(row)))
  const natural = columns.map(({title}, index) =>
    cells.reduce((most, line) => Math.max(most, (line[index] as string).length), title.length),
  )
  const ample = natural.map((each, index) => Math.min(each, columns[index]?.ample ?? each))
  const superfluous = total(ample) > width ? columns.findLastIndex(({optional}) => optional === true) : -1
  if (superfluous >= 0) return table(rows, columns.toSpliced(superfluous, 1), width)
  const widths = fitted(natural, columns, width)
  const header = columns.map(({title}, index) => title.padEnd(widths[index] as number)).join(GAP)
  const lines = rows.map((row, at) =>
    columns
      .map((column, index) => {
        const limit = widths[index] as number
        const whole = cells[at]?.[index] as string
        const text = whole.length > limit && column.cut !== undefined ? column.cut(row, limit) : truncate(whole, limit)
        const padded = index === columns.length - 1 ? text : text.padEnd(limit)
        return column.style === undefined ? padded : column.style(padded, row)
      })
      .join(GAP)
      .trimEnd(),
  )
  return [header.trimEnd(), ...lines].join('\n')
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1))
}

/** The widths that the columns get: the widest of those that may be cut gives way, character by character. */
function fitted<Row>(natural: readonly number[], columns: readonly Column<Row>[], width: number): number[] {
  const widths = [...natural]
  for (const kind of [true, 'last'] as const) {
    const giving = columns.flatMap(({flexible}, index) => (flexible === kind ? [index] : []))
    for (let excess = total(widths) - width; excess > 0; excess--) {
      const widest = giving
        .filter((index) => (widths[index] as number) > (columns[index]?.least ?? MIN_FLEXIBLE))
        .toSorted((a, b) => (widths[b] as number) - (widths[a] as number))[0]
      if (widest === undefined) break
      widths[widest] = (widths[widest] as number) - 1
    }
  }
  return widths
}
