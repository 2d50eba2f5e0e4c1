import {textArgument} from '../../cli/args.ts'
import {BaseCommand} from '../../cli/base-command.ts'
import {STATE_EXITS} from '../../cli/exit-codes.ts'
import {settingsDocument} from '../../cli/views/settings.ts'
import {getSetting} from '../../operations/settings.ts'

export default class ConfigGet extends BaseCommand {
  static override summary = 'Show one setting.'
  static override description = 'Prints the value in force and nothing else; an empty line where there is none.'
  static override exits = STATE_EXITS
  static override examples = ['<%= config.bin %> <%= command.id %> deployment-limit']
  static override args = {name: textArgument({required: true, description: 'Name of the setting.'})}

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(ConfigGet)
    const context = await this.makeContext(flags)
    const setting = getSetting(context.deps, args.name)
    this.print(setting.value ?? '')
    return settingsDocument([setting])
  }
}
