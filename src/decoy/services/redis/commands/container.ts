/** Commands that are containers of subcommands: `CONFIG GET`, `CLIENT LIST` … */
import {arityFits, commandTable} from '../command-table.ts'
import {array, error, type Reply, simple} from '../replies.ts'
import {type Call, type Handler, text} from './call.ts'

export interface Subcommand {
  readonly run: Handler
  /** Its arity in 6.0 where that differs from 7.0; null: 6.0 does not know it. */
  readonly six?: number | null
}

export type Subcommands = Readonly<Record<string, Subcommand>>

/** 7.0 looked the subcommand up before the command is run; 6.0 does it only here, with one error for both mistakes. */
export function container(subcommands: Subcommands): Handler {
  return (call) => {
    const {dialect, table} = call.server.facts
    const name = text(call, 1).toLowerCase()
    const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined
    if (name === 'help') return help(call, Object.keys(subcommands))
    if (dialect.major >= 7) {
      const known = table.get(call.name)?.subcommands.has(name) === true
      if (subcommand !== undefined) return subcommand.run(call)
      return known ? notPermitted(`${call.name}|${name}`) : dialect.unknownSubcommand(call.name, text(call, 1))
    }
    if (subcommand === undefined || !fitsSix(call, name, subcommand)) {
      return dialect.unknownSubcommand(call.name, text(call, 1))
    }
    return subcommand.run(call)
  }
}

function fitsSix(call: Call, name: string, {six}: Subcommand): boolean {
  if (six === null) return false
  const row = commandTable(7).get(call.name)?.subcommands.get(name)
  if (row === undefined) return true
  return arityFits(six === undefined ? row : {...row, arity: six}, call.count)
}

/** What an administrator's ACL says of a command; stands for the few that are not played. */
export function notPermitted(name: string): Reply {
  return error(`NOPERM this user has no permissions to run the '${name}' command`)
}

function help(call: Call, names: readonly string[]): Reply {
  const usage =
    call.server.facts.dialect.major >= 7 ? '<subcommand> [<arg> [value] [opt] ...]' : '<subcommand> arg arg ... arg'
  const head = `${call.name.toUpperCase()} ${usage}. Subcommands are:`
  return array([head, ...names.map((name) => name.toUpperCase()), 'HELP'].map(simple))
}
