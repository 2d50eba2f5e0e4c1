import {CommandHelp, Help} from '@oclif/core'

import {environmentOf} from './environment.ts'
import {EXIT_CODES, type ExitCode, exitsOf, isExitCode} from './exit-codes.ts'

/** oclif's help of a command with two sections from our tables: what it may exit with, and the variables it heeds. */
class DecnetCommandHelp extends CommandHelp {
  /** The summary stands above everything already. */
  protected override description(): string | undefined {
    const {description} = this.command
    return description === undefined ? undefined : this.wrap(description)
  }

  protected override sections() {
    const exits = exitsOf(declaredExits(this.command))
    const codes = exits.map((code): [string, string] => [String(code), EXIT_CODES[code]])
    const variables = environmentOf(this.command, exits).map(({name, summary}): [string, string] => [name, summary])
    return [
      ...super.sections(),
      {header: 'EXIT CODES', generate: () => ({header: 'EXIT CODES', body: codes})},
      {header: 'ENVIRONMENT', generate: () => ({header: 'ENVIRONMENT', body: variables})},
    ]
  }
}

/** The help of decnet and of its commands. */
export default class DecnetHelp extends Help {
  protected override CommandHelpClass = DecnetCommandHelp

  /** Commands come before topics: they are what is looked for. */
  protected override async showRootHelp(): Promise<void> {
    const commands = this.sortedCommands.filter(({id}) => id !== '' && !id.includes(':'))
    const topics = this.sortedTopics.filter(({name}) => !name.includes(':'))
    for (const part of [this.formatRoot(), this.formatCommands(commands), this.formatTopics(topics)]) {
      if (part !== '') this.log(`${part}\n`)
    }
  }
}

/** `static exits` of a command, which oclif keeps in its manifest as it found it. */
export function declaredExits(command: object): readonly ExitCode[] {
  const declared: unknown = 'exits' in command ? command.exits : []
  return Array.isArray(declared) ? declared.filter(isExitCode) : []
}
