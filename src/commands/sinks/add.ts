import {Flags} from '@oclif/core'

import {textArgument} from '../../cli/args.ts'
import {BaseCommand} from '../../cli/base-command.ts'
import {STATE_EXITS} from '../../cli/exit-codes.ts'
import {createSink} from '../../operations/sinks.ts'

export default class SinksAdd extends BaseCommand {
  static override summary = 'Hand events and incidents on to something else.'
  static override description =
    'While `decnet collect` runs, every sink gets what is new, in order, at least once, and what is repeated has the same id. A sink that is away loses nothing: it gets the rest when it is back. TYPE is file, syslog, webhook, nats, elasticsearch, slack, teams, mail or stdout; the settings of each are in `docs/sinks.md`. Settings that are secret are kept in the state directory, readable by its owner only, and never shown.'
  static override exits = STATE_EXITS
  static override examples = [
    '<%= config.bin %> <%= command.id %> siem syslog host=10.0.0.9 transport=tls ca=/etc/ssl/siem.pem',
    '<%= config.bin %> <%= command.id %> log file path=/var/log/decnet.json format=ecs --from-start',
    '<%= config.bin %> <%= command.id %> duty slack url=https://hooks.example/services/T0/B0/x',
  ]
  static override strict = false
  static override args = {
    name: textArgument({required: true, description: 'Name of the sink.'}),
    type: textArgument({required: true, description: 'What it is.'}),
    settings: textArgument({required: false, description: 'KEY=VALUE, as many as it needs.'}),
  }
  static override flags = {
    'from-start': Flags.boolean({default: false, summary: 'Also what is stored already.'}),
  }

  async run(): Promise<unknown> {
    const {args, argv, flags} = await this.parse(SinksAdd)
    const {deps} = await this.makeContext(flags)
    const sink = createSink(deps, {
      name: args.name,
      type: args.type,
      settings: (argv as string[]).slice(2),
      fromStart: flags['from-start'],
    })
    this.print(`Added ${sink.name}. Try it: decnet sinks test ${sink.name}`)
    return {schema: 'decnet.sinks/v1', ok: true, sinks: [sink]}
  }
}
