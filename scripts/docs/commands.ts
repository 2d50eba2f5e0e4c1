import type {Command, Config} from '@oclif/core'

import {type ExitCode, exitsOf} from '../../src/cli/exit-codes.ts'
import {declaredExits} from '../../src/cli/help.ts'
import {block, code, GENERATED, page, plain, table} from './markdown.ts'

type Flag = Command.Loadable['flags'][string]

/** The commands that help lists, in its order. */
export function shownCommands({commands}: Config): readonly Command.Loadable[] {
  return commands.filter(({hidden}) => !hidden).toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

export function commandName({id}: {readonly id: string}): string {
  return `decnet ${id.replaceAll(':', ' ')}`
}

export function exitCodesOf(command: Command.Loadable): readonly ExitCode[] {
  return exitsOf(declaredExits(command))
}

/** Every command, as its help tells it. */
export function commandsPage(config: Config): string {
  const commands = shownCommands(config)
  const shared = Object.entries(commands[0]?.flags ?? {}).filter(([name]) =>
    commands.every(({flags}) => name in flags || name === 'json'),
  )
  const globalNames = new Set([...shared.map(([name]) => name), 'json'])
  const globals = commands.map(({flags}) => flags).find((flags) => 'json' in flags) ?? {}
  return page(
    '# Commands',
    GENERATED,
    '`decnet COMMAND --help` says the same for the version that is installed. Every flag that has an environment variable prefers the command line; see [environment.md](environment.md). What the JSON looks like: [json-output.md](json-output.md).',
    table(
      ['command', 'does'],
      commands.map((command) => [`[${commandName(command)}](#${anchor(command)})`, plain(command.summary ?? '')]),
    ),
    '## Flags of every command',
    flagTable(Object.entries(globals).filter(([name]) => globalNames.has(name))),
    '`-h`, `--help` shows help. `decnet --version` shows the version, with `--json` the commit and the engines too.',
    ...commands.flatMap((command) => commandPart(command, globalNames)),
  )
}

function anchor(command: Command.Loadable): string {
  return commandName(command).replaceAll(' ', '-')
}

function commandPart(command: Command.Loadable, globals: ReadonlySet<string>): string[] {
  const args = Object.values(command.args).filter(({hidden}) => !hidden)
  const own = Object.entries(command.flags).filter(([name, {hidden}]) => !hidden && !globals.has(name))
  return [
    `## ${commandName(command)}`,
    plain(command.summary ?? ''),
    block('', usage(command)),
    plain(command.description ?? ''),
    args.length === 0
      ? ''
      : table(
          ['argument', 'is'],
          args.map(({name, description, options}) => [
            code(name.toUpperCase()),
            `${plain(description ?? '')}${options === undefined ? '' : ` One of ${options.map(code).join(', ')}.`}`,
          ]),
        ),
    own.length === 0 ? '' : flagTable(own),
    examples(command),
    'json' in command.flags ? '' : 'It has no `--json`.',
    `[Exit codes](exit-codes.md): ${exitCodesOf(command).join(', ')}.`,
  ]
}

function usage(command: Command.Loadable): string {
  const repeated = command.strict === false ? '...' : ''
  const args = Object.values(command.args)
    .filter(({hidden}) => !hidden)
    .map(({name, required}) => (required ? name.toUpperCase() : `[${name.toUpperCase()}${repeated}]`))
  return [commandName(command), ...args, '[FLAGS]'].join(' ')
}

function flagTable(flags: readonly (readonly [string, Flag])[]): string {
  return table(
    ['flag', 'does', 'default', 'variable'],
    flags.map(([name, flag]) => [
      spelling(name, flag),
      `${plain(flag.summary ?? flag.description ?? '')}${choices(flag)}`,
      flag.type === 'option' && flag.default !== undefined ? code(String(flag.default)) : '',
      flag.env === undefined ? '' : code(flag.env),
    ]),
  )
}

function spelling(name: string, flag: Flag): string {
  const long = flag.type === 'boolean' && flag.allowNo ? `--[no-]${name}` : `--${name}`
  const value = flag.type === 'option' ? ` ${flag.helpValue ?? 'VALUE'}` : ''
  return `${flag.char === undefined ? '' : `${code(`-${flag.char}`)}, `}${code(`${long}${value}`)}`
}

function choices(flag: Flag): string {
  if (flag.type !== 'option' || flag.options === undefined) return ''
  return ` One of ${flag.options.map(code).join(', ')}.`
}

function examples({examples: given = [], id}: Command.Loadable): string {
  const lines = given.flatMap((example) => {
    const text = typeof example === 'string' ? example : example.command
    const comment = typeof example === 'string' ? [] : [`# ${example.description}`]
    return [
      ...comment,
      text.replaceAll('<%= config.bin %>', 'decnet').replaceAll('<%= command.id %>', id.replaceAll(':', ' ')),
    ]
  })
  return lines.length === 0 ? '' : block('sh', lines.join('\n'))
}
