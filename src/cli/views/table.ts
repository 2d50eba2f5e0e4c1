import {truncate} from './text.ts'

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string
  /** Applied after padding, so that escape codes do not disturb the alignment. */
  readonly style?: (text: string, row: Row) => string
  /** The column that gives way where the terminal is too narrow. */
  readonly flexible?: boolean
}

const GAP = '  '
const MIN_FLEXIBLE = 8

/** Aligned columns, no wider than `width`; only the flexible column is cut. No trailing spaces, no final line break. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width: number): string {
  const cells = rows.map((row) => columns.map((column) => column.value(row)))
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...cells.map((line) => (line[index] as string).length)),
  )
  const excess = widths.reduce((sum, each) => sum + each, GAP.length * (columns.length - 1)) - width
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
