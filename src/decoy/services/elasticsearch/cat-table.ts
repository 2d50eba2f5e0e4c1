/** Tables of `_cat`: columns are as wide as what is in them, numbers stand on the right (`RestTable`). */

export interface Column {
  readonly name: string
  readonly right?: true
}

export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
}

export interface Wishes {
  /** The names of the columns come first. */
  readonly verbose: boolean
  /** Columns by name, in the wanted order; null: all. */
  readonly columns: readonly string[] | null
  readonly sort: string | null
}

function chosen({columns, rows}: Table, {columns: wanted, sort}: Wishes): Table {
  const at = (name: string): number => columns.findIndex((column) => column.name === name)
  const [key = '', direction] = sort?.split(':', 2) ?? []
  const by = at(key)
  const ordered = by < 0 ? rows : rows.toSorted((a, b) => compare(a[by] ?? '', b[by] ?? ''))
  const turned = direction === 'desc' ? ordered.toReversed() : ordered
  if (wanted === null) return {columns, rows: turned}
  const places = wanted.map(at).filter((place) => place >= 0)
  return {
    columns: places.flatMap((place) => columns[place] ?? []),
    rows: turned.map((row) => places.map((place) => row[place] ?? '')),
  }
}

const compare = (a: string, b: string): number => Number(a) - Number(b) || (a < b ? -1 : a > b ? 1 : 0)

export function tableText(table: Table, wishes: Wishes): string {
  const {columns, rows} = chosen(table, wishes)
  const lines = wishes.verbose ? [columns.map(({name}) => name), ...rows] : rows
  const widths = columns.map((_, at) => Math.max(0, ...lines.map((line) => (line[at] ?? '').length)))
  return lines
    .map(
      (line) =>
        `${columns.map((column, at) => cell(column, line[at] ?? '', widths[at] ?? 0, at === columns.length - 1)).join(' ')}\n`,
    )
    .join('')
}

function cell({right}: Column, text: string, width: number, last: boolean): string {
  if (right === true) return text.padStart(width)
  return last ? text : text.padEnd(width)
}

export function tableJson(table: Table, wishes: Wishes): readonly Readonly<Record<string, string>>[] {
  const {columns, rows} = chosen(table, wishes)
  return rows.map((row) => Object.fromEntries(columns.map(({name}, at) => [name, row[at] ?? ''])))
}
