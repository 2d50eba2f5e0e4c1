import {textArgument} from '../../cli/args.ts'
import {BaseCommand} from '../../cli/base-command.ts'
import {STATE_EXITS} from '../../cli/exit-codes.ts'
import {rulesView} from '../../cli/views/incidents.ts'
import {addRule} from '../../operations/incidents.ts'

export default class RulesAdd extends BaseCommand {
  static override summary = 'Say that a source is harmless, such as your own scanner.'
  static override description =
    'Events for which every FIELD=VALUE holds are kept as before, and their incidents are marked as known: they raise no alert and are shown with `decnet incidents --known` only. A field is named as in `decnet events --json`. A value may have * for any characters, and an address may be a subnet. A rule of the same name is replaced.'
  static override exits = STATE_EXITS
  static override examples = [
    '<%= config.bin %> <%= command.id %> nessus src.ip=10.0.0.5',
    "<%= config.bin %> <%= command.id %> monitoring src.ip=10.0.9.0/24 service=snmp 'credential.principal=mon*'",
  ]
  static override strict = false
  static override args = {
    name: textArgument({required: true, description: 'Name of the rule.'}),
    pairs: textArgument({required: true, description: 'FIELD=VALUE, once or more.'}),
  }

  async run(): Promise<unknown> {
    const {args, argv, flags} = await this.parse(RulesAdd)
    const {deps, width} = await this.makeContext(flags)
    const rule = addRule(deps, args.name, (argv as string[]).slice(1))
    this.print(rulesView([rule], width))
    return {schema: 'decnet.rules/v1', ok: true, rules: [rule]}
  }
}
