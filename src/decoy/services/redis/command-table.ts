/** The commands a version knows, as its own `COMMAND` tells them. */
import {COMMANDS_6} from './data/commands-6.ts'
import {COMMANDS_7} from './data/commands-7.ts'
import {SUBCOMMANDS_7} from './data/subcommands-7.ts'
import type {Major} from './dialect.ts'

/**
 * One row of the table. In the data a row is words separated by spaces, lists by commas, `-` for an empty list:
 *
 *   name arity flags firstKey lastKey keyStep categories [tips keySpecs]
 *
 * A key specification is `flags@begin find`: begin is an argument's index, `KEYWORD:from` or `?`; find is
 * `+last/step/limit` (a range), `#number/first/step` (a count of keys) or nothing. Several are separated by `;`.
 */
export interface CommandRow {
  readonly name: string
  /** As the server counts: with the name, and negative for "at least". */
  readonly arity: number
  readonly flags: readonly string[]
  readonly keys: readonly [first: number, last: number, step: number]
  readonly categories: readonly string[]
  readonly tips: readonly string[]
  readonly keySpecs: readonly string[]
  /** By name without the container's; empty before 7.0, where containers look for themselves. */
  readonly subcommands: ReadonlyMap<string, CommandRow>
}

export type CommandTable = ReadonlyMap<string, CommandRow>

function decodeRow(line: string, subcommands: ReadonlyMap<string, CommandRow>): CommandRow {
  const [name = '', arity, flags, first, last, step, categories, tips, specs = '-'] = line.split(' ')
  return {
    name,
    arity: Number(arity),
    flags: list(flags, ','),
    keys: [Number(first), Number(last), Number(step)],
    categories: list(categories, ','),
    tips: list(tips, ','),
    keySpecs: list(specs, ';'),
    subcommands,
  }
}

function list(text = '-', separator: string): string[] {
  return text === '-' ? [] : text.split(separator)
}

const NONE: ReadonlyMap<string, CommandRow> = new Map()

function decodeTable(commands: string, subcommands: string): CommandTable {
  const containers = new Map<string, Map<string, CommandRow>>()
  for (const line of subcommands.trim().split('\n').filter(Boolean)) {
    const row = decodeRow(line, NONE)
    const [container = '', name = ''] = row.name.split('|')
    const rows = containers.get(container) ?? new Map<string, CommandRow>()
    containers.set(container, rows.set(name, row))
  }
  return new Map(
    commands
      .trim()
      .split('\n')
      .map((line) => {
        const name = line.slice(0, line.indexOf(' '))
        return [name, decodeRow(line, containers.get(name) ?? NONE)]
      }),
  )
}

const decoded = new Map<Major, CommandTable>()

export function commandTable(major: Major): CommandTable {
  const table =
    decoded.get(major) ?? (major === 7 ? decodeTable(COMMANDS_7, SUBCOMMANDS_7) : decodeTable(COMMANDS_6, ''))
  decoded.set(major, table)
  return table
}

export function arityFits(row: CommandRow, count: number): boolean {
  return row.arity >= 0 ? count === row.arity : count >= -row.arity
}
