/** The command line as the completion scripts see it: made from oclif's manifest, so that it cannot fall behind. */
import {type ValueKind, valueKind} from './kinds.ts'

/** What can be completed: words that are known now, or a kind. */
export type Values = {readonly type: 'words'; readonly words: readonly string[]} | ValueKind

export interface FlagModel {
  readonly name: string
  readonly char?: string
  readonly summary: string
  /** Absent: it takes none. */
  readonly values?: Values
  readonly multiple: boolean
}

export interface ArgumentModel {
  readonly name: string
  readonly values: Values
}

export interface CommandModel {
  readonly words: readonly string[]
  readonly summary: string
  readonly flags: readonly FlagModel[]
  readonly args: readonly ArgumentModel[]
  /** The last argument may be repeated. */
  readonly variadic: boolean
}

export interface CliModel {
  readonly commands: readonly CommandModel[]
  /** First words that lead to further ones, e.g. `config`. */
  readonly topics: readonly {readonly word: string; readonly summary: string}[]
}

/** What is needed of an oclif flag or argument; the manifest and the classes both have it. */
export interface ManifestValue {
  readonly type?: string | undefined
  readonly char?: string | undefined
  readonly summary?: string | undefined
  readonly description?: string | undefined
  readonly options?: readonly string[] | undefined
  readonly hidden?: boolean | undefined
  readonly allowNo?: boolean | undefined
  readonly multiple?: boolean | undefined
}

export interface ManifestCommand {
  readonly id: string
  readonly summary?: string | undefined
  readonly description?: string | undefined
  readonly hidden?: boolean | undefined
  readonly strict?: boolean | undefined
  readonly flags?: Readonly<Record<string, ManifestValue>> | undefined
  readonly args?: Readonly<Record<string, ManifestValue>> | undefined
}

export interface Manifest {
  readonly commands: readonly ManifestCommand[]
  readonly topics: readonly {readonly name: string; readonly description?: string | undefined}[]
}

const HELP: FlagModel = {name: 'help', char: 'h', summary: 'Show help.', multiple: false}

export function cliModel({commands, topics}: Manifest): CliModel {
  const shown = commands.filter(({hidden}) => hidden !== true).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const first = new Set(shown.flatMap(({id}) => (id.includes(':') ? [id.slice(0, id.indexOf(':'))] : [])))
  return {
    commands: shown.map(commandModel),
    topics: [...first].map((word) => ({
      word,
      summary: oneLine(topics.find(({name}) => name === word)?.description ?? word),
    })),
  }
}

function commandModel({id, summary, description, strict, flags = {}, args = {}}: ManifestCommand): CommandModel {
  const positional = Object.entries(args).filter(([, {hidden}]) => hidden !== true)
  return {
    words: id.split(':'),
    summary: oneLine(summary ?? description ?? ''),
    flags: [...Object.entries(flags).flatMap(([name, flag]) => flagModels(id, name, flag)), HELP],
    args: positional.map(([name, {options}]) => ({name, values: valuesOf(id, name, options)})),
    variadic: strict === false || positional.at(-1)?.[1].multiple === true,
  }
}

function flagModels(command: string, name: string, flag: ManifestValue): FlagModel[] {
  if (flag.hidden === true) return []
  const base = {
    summary: oneLine(flag.summary ?? flag.description ?? ''),
    multiple: flag.multiple === true,
    ...(flag.char === undefined ? {} : {char: flag.char}),
  }
  if (flag.type !== 'boolean') return [{...base, name, values: valuesOf(command, name, flag.options)}]
  const negated = {name: `no-${name}`, summary: `Opposite of --${name}.`, multiple: false}
  return flag.allowNo === true ? [{...base, name}, negated] : [{...base, name}]
}

function valuesOf(command: string, name: string, options: readonly string[] | undefined): Values {
  return options === undefined ? valueKind(command, name) : {type: 'words', words: options}
}

/** First sentence's worth: a summary stands beside a word in a list. */
function oneLine(text: string): string {
  return (text.split('\n')[0] ?? '').replaceAll('`', '').trim()
}

/** Flags that take a value, as they are typed. */
export function valueFlags({flags}: CommandModel): string[] {
  return flags.flatMap(({name, char, values}) =>
    values === undefined ? [] : [`--${name}`, ...(char === undefined ? [] : [`-${char}`])],
  )
}
