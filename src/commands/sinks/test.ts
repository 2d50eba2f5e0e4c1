import {textArgument} from '../../cli/args.ts'
import {BaseCommand} from '../../cli/base-command.ts'
import {STATE_EXITS} from '../../cli/exit-codes.ts'
import {sinkTrialsView} from '../../cli/views/sinks.ts'
import {trySinks} from '../../operations/sinks.ts'

export default class SinksTest extends BaseCommand {
  static override summary = 'Send a made-up touch of a decky to the sinks, and say where it arrived.'
  static override description =
    'The event goes the whole way of a real one, from a line of evidence over incident and outbox to the receiver. It is marked with `"test": true`, comes from 192.0.2.1, and is not kept. Exits 69 when it did not arrive everywhere.'
  static override exits = [...STATE_EXITS, 69] as const
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> siem']
  static override strict = false
  static override args = {names: textArgument({required: false, description: 'Names of sinks; none: all of them.'})}

  async run(): Promise<unknown> {
    const {argv, flags} = await this.parse(SinksTest)
    const {deps, style} = await this.makeContext(flags)
    const trials = await trySinks(deps, argv as string[], this.signal, this.config.version)
    this.print(sinkTrialsView(trials, style))
    const ok = trials.every(({arrived}) => arrived)
    if (!ok) process.exitCode = 69
    return {schema: 'decnet.sink-test/v1', ok, sinks: trials}
  }
}
