import {textArgument} from '../../cli/args.ts'
import {BaseCommand} from '../../cli/base-command.ts'
import {STATE_EXITS} from '../../cli/exit-codes.ts'
import {dropSink, sinksOf} from '../../operations/sinks.ts'

export default class SinksRemove extends BaseCommand {
  static override summary = 'Hand on nothing more to a sink.'
  static override description = 'What it has not got yet it will not get; the events themselves stay.'
  static override exits = STATE_EXITS
  static override examples = ['<%= config.bin %> <%= command.id %> siem']
  static override args = {name: textArgument({required: true, description: 'Name of the sink.'})}

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(SinksRemove)
    const {deps} = await this.makeContext(flags)
    dropSink(deps, args.name)
    this.print(`Removed ${args.name}.`)
    return {schema: 'decnet.sinks/v1', ok: true, sinks: sinksOf(deps)}
  }
}
