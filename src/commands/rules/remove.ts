import {textArgument} from '../../cli/args.ts'
import {BaseCommand} from '../../cli/base-command.ts'
import {STATE_EXITS} from '../../cli/exit-codes.ts'
import {dropRule, rulesOf} from '../../operations/incidents.ts'

export default class RulesRemove extends BaseCommand {
  static override summary = 'Take a rule back.'
  static override description = 'Incidents that are not closed and that it alone explained are shown again.'
  static override exits = STATE_EXITS
  static override examples = ['<%= config.bin %> <%= command.id %> nessus']
  static override args = {name: textArgument({required: true, description: 'Name of the rule.'})}

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(RulesRemove)
    const {deps} = await this.makeContext(flags)
    dropRule(deps, args.name)
    this.print(`Removed ${args.name}.`)
    return {schema: 'decnet.rules/v1', ok: true, rules: rulesOf(deps)}
  }
}
