import {type Command, Help} from '@oclif/core'

import {EXIT_CODES, type ExitCode} from './exit-codes.ts'

/** oclif's help with the exit codes of our table below every command. */
export default class DecnetHelp extends Help {
  override formatCommand(command: Command.Loadable): string {
    return `${super.formatCommand(command).trimEnd()}\n\n${exitCodes()}\n`
  }
}

function exitCodes(): string {
  const lines = Object.entries(EXIT_CODES).map(
    ([code, meaning]) => `  ${code.padStart(3)}  ${meaning satisfies (typeof EXIT_CODES)[ExitCode]}`,
  )
  return ['EXIT CODES', ...lines].join('\n')
}
