/** JSON as Elasticsearch writes it: in one line, or as Jackson's printer has it, with blanks around the colon. */

/** A number that is written with a fraction even where it has none: scores and percentages. */
export class Real {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

export const encode = (value: unknown, pretty: boolean): string =>
  pretty ? `${written(value, '')}\n` : written(value, null)

/** @param indent of the line that it begins on; null: all in one line. */
function written(value: unknown, indent: string | null): string {
  if (value instanceof Real) return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const inner = indent === null ? null : `${indent}  `
  if (Array.isArray(value))
    return wrapped(
      '[]',
      value.map((item) => written(item, inner)),
      indent,
    )
  const colon = indent === null ? ':' : ' : '
  const members = Object.entries(value).filter(([, item]) => item !== undefined)
  return wrapped(
    '{}',
    members.map(([key, item]) => `${JSON.stringify(key)}${colon}${written(item, inner)}`),
    indent,
  )
}

function wrapped(brackets: '[]' | '{}', items: readonly string[], indent: string | null): string {
  const [open, close] = brackets
  if (indent === null) return `${open}${items.join(',')}${close}`
  if (items.length === 0) return `${open} ${close}`
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join(',\n')}\n${indent}${close}`
}
