import {Flags} from '@oclif/core'

import {BaseCommand} from '../cli/base-command.ts'
import {ENGINE_EXITS} from '../cli/exit-codes.ts'
import {failureOf} from '../cli/failure.ts'
import {collectorLine} from '../cli/views/collector.ts'
import {collectEvents, runCollector} from '../operations/collect.ts'
import {pruneEvents} from '../operations/retention.ts'

export default class Collect extends BaseCommand {
  static override summary = 'Take evidence off the deckies for as long as it runs.'
  static override description =
    'Follows the logs of all deckies, keeps every event once in the state directory, removes what is too old (`decnet config`), and tells on standard error what it does. It goes on when the engine fails, when deckies come and go, and when there is no fleet yet; it ends at a signal, and when the disk stays full. Only one is needed; more do no harm. With --once: takes what there is and ends, for a timer. A systemd unit is in `docs/collecting.md`.'
  static override exits = ENGINE_EXITS
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --once']
  static override flags = {once: Flags.boolean({default: false, summary: 'Take what there is, and end.'})}

  async run(): Promise<unknown> {
    const {flags} = await this.parse(Collect)
    const {deps, errorStyle} = await this.makeContext(flags)
    if (flags.once) {
      await collectEvents(deps, this.signal)
      pruneEvents(deps)
    } else {
      await runCollector(deps, {
        signal: this.signal,
        report: (report) => {
          if (!flags.quiet) process.stderr.write(`${collectorLine(report, errorStyle)}\n`)
        },
      })
      process.exitCode = failureOf(this.signal.reason).exit
    }
    return {schema: 'decnet.collect/v1', ok: process.exitCode === undefined}
  }
}
