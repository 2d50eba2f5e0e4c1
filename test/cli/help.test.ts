import type {Command, Config} from '@oclif/core'
import {beforeAll, describe, expect, it} from 'vitest'

import {loadCli} from '../../scripts/docs/cli.ts'
import {exitCodesOf, shownCommands} from '../../scripts/docs/commands.ts'
import {environmentOf, VARIABLES} from '../../src/cli/environment.ts'
import {COMMON_EXITS, EXIT_CODES} from '../../src/cli/exit-codes.ts'
import DecnetHelp from '../../src/cli/help.ts'
import {readSources} from '../support/architecture.ts'

let config: Config
let commands: readonly Command.Loadable[]

beforeAll(async () => {
  config = await loadCli()
  commands = shownCommands(config)
})

class Shown extends DecnetHelp {
  of(command: Command.Loadable): string {
    return this.formatCommand(structuredClone({...command, load: undefined}) as never)
  }
}

describe('the help of every command', () => {
  it('has a summary, a description and examples', () => {
    expect(commands.length).toBeGreaterThan(10)
    const poor = commands.filter(
      ({summary, description, examples = []}) => !summary || !description || !examples.length,
    )
    expect(poor.map(({id}) => id)).toEqual([])
  })

  it('has its exit codes and its environment, and no line wider than 80 columns', () => {
    const help = new Shown(config, {maxWidth: 80, stripAnsi: true})
    for (const command of commands) {
      const lines = help.of(command).split('\n')
      const codes = lines.slice(lines.indexOf('EXIT CODES'), lines.indexOf('ENVIRONMENT'))
      for (const code of exitCodesOf(command))
        expect(codes.join('\n'), command.id).toMatch(new RegExp(`^  ${code} `, 'm'))
      expect(lines).toContain('ENVIRONMENT')
      // An example is one line, whatever its length: it is copied.
      const wide = lines.filter((line) => line.length > 80 && !/^ {2,4}\$? ?decnet/.test(line))
      expect(wide, command.id).toEqual([])
    }
  })
})

describe('the exit codes that a command declares', () => {
  const implied: readonly (readonly [
    what: string,
    has: (command: Command.Loadable) => boolean,
    codes: readonly number[],
  ])[] = [
    ['--detailed-exitcode', ({flags}) => 'detailed-exitcode' in flags, [2]],
    ['--lock-timeout', ({flags}) => 'lock-timeout' in flags, [74, 75, 77]],
    ['--parallel', ({flags}) => 'parallel' in flags, [4, 69, 74, 77]],
    ['--fail-fast', ({flags}) => 'fail-fast' in flags, [3]],
    ['--dry-run and --yes', ({flags}) => 'dry-run' in flags && 'yes' in flags, [5]],
    ['FILE', ({args}) => args.file?.required === true, [65, 66]],
  ]

  it.each(implied)('include those that %s can lead to', (_, has, codes) => {
    const found = commands.filter(has)
    expect(found).not.toEqual([])
    for (const command of found) expect(exitCodesOf(command), command.id).toEqual(expect.arrayContaining([...codes]))
  })

  it('include 2 only where there is --detailed-exitcode', () => {
    const wrong = commands.filter(
      (command) => exitCodesOf(command).includes(2) && !('detailed-exitcode' in command.flags),
    )
    expect(wrong.map(({id}) => id)).toEqual([])
  })

  it('are all used by some command', () => {
    const used = new Set<number>([...COMMON_EXITS, ...commands.flatMap(exitCodesOf)])
    expect(
      Object.keys(EXIT_CODES)
        .map(Number)
        .filter((code) => !used.has(code)),
    ).toEqual([])
  })
})

describe('the environment', () => {
  it('documents every variable that the sources read', () => {
    const documented = new Set([...VARIABLES.map(({name}) => name), ...commands.flatMap(variablesOfFlags)])
    const sources = [...readSources(new URL('../../src', import.meta.url).pathname)].filter(
      ([path]) => !path.startsWith('decoy/'),
    )
    const read = sources.flatMap(([path, text]) =>
      [...text.matchAll(/\benv(?:\.([A-Z][A-Z0-9_]*)|\[['"]([A-Z][A-Z0-9_]*)['"]\])/g)].map(
        ([, dotted, quoted]) => [dotted ?? quoted ?? '', path] as const,
      ),
    )
    expect(read.length).toBeGreaterThan(5)
    expect(read.filter(([name]) => !documented.has(name) && name !== 'PATH')).toEqual([])
  })

  it('of a command is that of its flags and of what it uses', () => {
    const names = (id: string) => {
      const command = commands.find((each) => each.id === id)
      if (command === undefined) throw new Error(id)
      return environmentOf(command, exitCodesOf(command)).map(({name}) => name)
    }
    expect(names('deploy')).toEqual(expect.arrayContaining(['DECNET_YES', 'DOCKER_HOST', 'XDG_STATE_HOME', 'NO_COLOR']))
    expect(names('validate')).not.toContain('DOCKER_HOST')
    expect(names('lifecycle')).toContain('XDG_STATE_HOME')
    expect(names('lifecycle')).not.toContain('DOCKER_HOST')
  })
})

function variablesOfFlags({flags}: Command.Loadable): string[] {
  return Object.values(flags).flatMap(({env}) => env ?? [])
}
