import type {Config} from '@oclif/core'

import {VARIABLES} from '../../src/cli/environment.ts'
import {commandName, shownCommands} from './commands.ts'
import {code, GENERATED, page, plain, table} from './markdown.ts'

const USERS = {engine: 'commands that ask an engine', state: 'commands that open the state'} as const

export function environmentPage(config: Config): string {
  return page(
    '# Environment variables',
    GENERATED,
    'What wins, from the strongest: flag, variable, fleet file, state, default.',
    '## Variables that stand for a flag',
    'For a flag without a value, `1` or `true` switches it on.',
    table(['variable', 'flag', 'does', 'commands'], flagRows(config)),
    '## Others',
    table(
      ['variable', 'does', 'for'],
      VARIABLES.map(({name, summary, usedBy}) => [
        code(name),
        plain(summary),
        usedBy === undefined ? 'all commands' : USERS[usedBy],
      ]),
    ),
    'No other `DOCKER_*` variable is heeded: what Docker’s own client would take from the environment cannot lead a deployment to another Engine.',
  )
}

function flagRows(config: Config): string[][] {
  const commands = shownCommands(config)
  const rows = new Map<string, {flag: string; summary: string; commands: string[]}>()
  for (const command of commands) {
    for (const [flag, {env, summary, hidden}] of Object.entries(command.flags)) {
      if (env === undefined || hidden) continue
      const row = rows.get(env) ?? {flag, summary: summary ?? '', commands: []}
      row.commands.push(commandName(command).slice('decnet '.length))
      rows.set(env, row)
    }
  }
  return [...rows]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([env, row]) => [
      code(env),
      code(`--${row.flag}`),
      plain(row.summary),
      row.commands.length === commands.length ? 'all' : row.commands.map(code).join(', '),
    ])
}
