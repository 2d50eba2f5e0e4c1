import {loadHelpClass} from '@oclif/core'

import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {DecnetError} from '../fleet/errors.ts'
import {didYouMean} from '../fleet/suggest.ts'

export default class HelpCommand extends BaseCommand {
  static override enableJsonFlag = false
  static override summary = 'Show help for decnet or one of its commands.'
  static override description =
    'The same as --help: what a command does, its flags, examples, exit codes and environment.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> deploy',
    '<%= config.bin %> <%= command.id %> config set',
  ]
  static override strict = false
  static override args = {command: textArgument({description: 'A command; without one, all are listed.'})}

  async run(): Promise<void> {
    const {argv} = await this.parse(HelpCommand)
    const words = argv as string[]
    const id = words.join(':')
    if (id !== '' && this.config.findCommand(id) === undefined && this.config.findTopic(id) === undefined) {
      const names = this.config.commandIDs.map((known) => known.replaceAll(':', ' '))
      const wanted = words.join(' ')
      throw new DecnetError('USAGE', `unknown command: ${wanted}`, {hint: didYouMean(wanted, names)})
    }
    const HelpClass = await loadHelpClass(this.config)
    await new HelpClass(this.config, this.config.pjson.oclif.helpOptions).showHelp(words)
  }
}
