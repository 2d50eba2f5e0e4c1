import {truncate} from './text.ts'

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string
  /** Applied after padding, so that escape codes do not disturb the alignment. */
  readonly style?: (text: string, row: Row) => string
  /** Left out where the terminal is too narrow; the last such column goes first. */
  readonly optional?: boolean
  /** The column that is cut where the terminal is still too narrow. */
  readonly flexible?: boolean
}

const GAP = '  '
const MIN_FLEXIBLE = 8

/**
 * Aligned columns, no wider than `width` where the fixed columns leave room: names and addresses are never cut, because
 * they are copied. No trailing spaces, no final line break.
 */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width: number): string {
  const cells = rows.map((row) => columns.map((column) => column.value(row)))
  const widths = columns.map((column, index) =>
    cells.reduce((most, line) => Math.max(most, (line[index] as string).length), column.title.length),
  )
  const excess = widths.reduce((sum, each) => sum + each, GAP.length * (columns.length - 1)) - width
  const superfluous = excess > 0 ? columns.findLastIndex((column) => column.optional === true) : -1
  if (superfluous >= 0) return table(rows, columns.toSpliced(superfluous, 1), width)
  const flexible = columns.findIndex((column) => column.flexible === true)
  if (excess > 0 && flexible >= 0) {
    widths[flexible] = Math.max(MIN_FLEXIBLE, (widths[flexible] as number) - excess)
  }
  const header = columns.map(({title}, index) => title.padEnd(widths[index] as number)).join(GAP)
  const lines = cells.map((line, at) =>
    columns
      .map((column, index) => {
        const limit = widths[index] as number
        const text = truncate(line[index] as string, limit)
        const padded = index === columns.length - 1 ? text : text.padEnd(limit)
        return column.style === undefined ? padded : column.style(padded, rows[at] as Row)
      })
      .join(GAP)
      .trimEnd(),
  )
  return [header.trimEnd(), ...lines].join('\n')
}
