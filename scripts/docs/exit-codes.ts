import type {Config} from '@oclif/core'

import {COMMON_EXITS, EXIT, EXIT_CODES, isExitCode} from '../../src/cli/exit-codes.ts'
import {commandName, exitCodesOf, shownCommands} from './commands.ts'
import {code, GENERATED, page, table} from './markdown.ts'

export function exitCodesPage(config: Config): string {
  const codes = Object.entries(EXIT)
  const rows = Object.keys(EXIT_CODES)
    .map(Number)
    .filter(isExitCode)
    .map((exit) => {
      const errors = codes.filter(([, value]) => value === exit).map(([error]) => code(error))
      const commands = shownCommands(config).filter((command) => exitCodesOf(command).includes(exit))
      const common = COMMON_EXITS.some((each) => each === exit)
      const names = common ? 'all' : commands.map((command) => code(commandName(command).slice('decnet '.length)))
      return [String(exit), EXIT_CODES[exit], errors.join(', '), typeof names === 'string' ? names : names.join(', ')]
    })
  return page(
    '# Exit codes',
    GENERATED,
    'A code means the same for every command. In JSON the error code (third column) stands in `error.code`; [troubleshooting.md](troubleshooting.md) says what to do about each.',
    table(['code', 'meaning', 'error codes', 'commands'], rows),
    'Worth a retry without changing anything: 75 (another command holds the lock), 3 (some deckies failed: the same command resumes), 4 (still open), 69 where the engine was restarting, 130 and 143.',
  )
}
