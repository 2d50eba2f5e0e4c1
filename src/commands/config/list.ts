import {BaseCommand} from '../../cli/base-command.ts'
import {STATE_EXITS} from '../../cli/exit-codes.ts'
import {settingsDocument, settingsView} from '../../cli/views/settings.ts'
import {listSettings} from '../../operations/settings.ts'

export default class ConfigList extends BaseCommand {
  static override summary = 'Show all settings.'
  static override description =
    'Lists every setting with the value in force, and whether that was set here or is the default.'
  static override exits = STATE_EXITS
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run(): Promise<unknown> {
    const {flags} = await this.parse(ConfigList)
    const context = await this.makeContext(flags)
    const settings = listSettings(context.deps)
    this.print(settingsView(settings, context.width))
    return settingsDocument(settings)
  }
}
