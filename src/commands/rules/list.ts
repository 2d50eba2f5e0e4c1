import {BaseCommand} from '../../cli/base-command.ts'
import {STATE_EXITS} from '../../cli/exit-codes.ts'
import {rulesView} from '../../cli/views/incidents.ts'
import {rulesOf} from '../../operations/incidents.ts'

export default class RulesList extends BaseCommand {
  static override summary = 'Show the rules that explain harmless sources.'
  static override description = 'Incidents that one of them explains are left out by `decnet incidents`.'
  static override exits = STATE_EXITS
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run(): Promise<unknown> {
    const {flags} = await this.parse(RulesList)
    const {deps, width} = await this.makeContext(flags)
    const rules = rulesOf(deps)
    this.print(rulesView(rules, width))
    return {schema: 'decnet.rules/v1', ok: true, rules}
  }
}
