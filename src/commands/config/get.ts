import {textArgument} from '../../cli/args.ts'
import {BaseCommand} from '../../cli/base-command.ts'
import {settingsDocument} from '../../cli/views/settings.ts'
import {getSetting} from '../../operations/settings.ts'

export default class ConfigGet extends BaseCommand {
  static override summary = 'Show one setting.'
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
