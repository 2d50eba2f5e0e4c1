import {textArgument} from '../../cli/args.ts'
import {BaseCommand} from '../../cli/base-command.ts'
import {STATE_EXITS} from '../../cli/exit-codes.ts'
import {lockTimeout} from '../../cli/flags.ts'
import {settingsDocument} from '../../cli/views/settings.ts'
import {setSetting} from '../../operations/settings.ts'

export default class ConfigSet extends BaseCommand {
  static override summary = 'Change a setting.'
  static override description = 'An empty VALUE puts the default back.'
  static override exits = STATE_EXITS
  static override examples = [
    '<%= config.bin %> <%= command.id %> deployment-limit 60',
    "<%= config.bin %> <%= command.id %> image ''",
  ]
  static override args = {
    name: textArgument({required: true, description: 'Name of the setting.'}),
    value: textArgument({required: true, description: 'Its new value.'}),
  }
  static override flags = {'lock-timeout': lockTimeout}

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(ConfigSet)
    const context = await this.makeContext(flags)
    const setting = await setSetting(context.deps, args.name, args.value, {
      lockTimeoutMs: flags['lock-timeout'],
      signal: this.signal,
      progress: context.progress,
    })
    this.print(`${setting.name} = ${setting.value ?? ''}`)
    return settingsDocument([setting])
  }
}
