import {BaseCommand} from '../../cli/base-command.ts'
import {STATE_EXITS} from '../../cli/exit-codes.ts'
import {sinksView} from '../../cli/views/sinks.ts'
import {sinksOf} from '../../operations/sinks.ts'

export default class SinksList extends BaseCommand {
  static override summary = 'Show where events are handed on to, and what is waiting for each.'
  static override description =
    'WAITING counts what is stored and not handed on yet. Settings that are secret are masked.'
  static override exits = STATE_EXITS
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  async run(): Promise<unknown> {
    const {flags} = await this.parse(SinksList)
    const {deps, style, width} = await this.makeContext(flags)
    const sinks = sinksOf(deps)
    this.print(sinksView(sinks, style, width))
    return {schema: 'decnet.sinks/v1', ok: true, sinks}
  }
}
