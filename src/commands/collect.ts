import {Flags} from '@oclif/core'

import {BaseCommand} from '../cli/base-command.ts'
import {ENGINE_EXITS} from '../cli/exit-codes.ts'
import {failureOf} from '../cli/failure.ts'
import {collectorLine, sinkFailureLine} from '../cli/views/collector.ts'
import {collectEvents, runCollector} from '../operations/collect.ts'
import {pruneEvents} from '../operations/retention.ts'
import {drainSinks, feedSinks} from '../operations/sinks.ts'

export default class Collect extends BaseCommand {
  static override summary = 'Take evidence off the deckies for as long as it runs.'
  static override description =
    'Follows the logs of all deckies, keeps every event once in the state directory, removes what is too old (`decnet config`), hands events on to the sinks (`decnet sinks`), and tells on standard error what it does. It goes on when the engine fails, when deckies come and go, and when there is no fleet yet; it ends at a signal, and when the disk stays full. Only one is needed; more do no harm. With --once: takes what there is and ends, for a timer. A systemd unit is in `docs/collecting.md`.'
  static override exits = ENGINE_EXITS
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --once']
  static override flags = {once: Flags.boolean({default: false, summary: 'Take what there is, and end.'})}

  async run(): Promise<unknown> {
    const {flags} = await this.parse(Collect)
    const {deps, errorStyle} = await this.makeContext(flags)
    const log = (text: string): void => {
      if (!flags.quiet) process.stderr.write(`${text}\n`)
    }
    const {version} = this.config
    if (flags.once) {
      await collectEvents(deps, this.signal)
      pruneEvents(deps)
      const failures = await drainSinks(deps, {signal: this.signal, version})
      for (const {sink, message} of failures) log(sinkFailureLine(sink, message, errorStyle))
      if (failures.length > 0) process.exitCode = 69
    } else {
      const failed = new AbortController()
      const signal = AbortSignal.any([this.signal, failed.signal])
      const work = [
        runCollector(deps, {signal, report: (report) => log(collectorLine(report, errorStyle))}),
        feedSinks(deps, {signal, version, report: (sink, message) => log(sinkFailureLine(sink, message, errorStyle))}),
      ]
      // Without the one the other would go on as if nothing were missing.
      await Promise.all(work.map((each) => each.catch((error: unknown) => failed.abort(error))))
      if (!this.signal.aborted) throw failed.signal.reason
      process.exitCode = failureOf(this.signal.reason).exit
    }
    return {schema: 'decnet.collect/v1', ok: process.exitCode === undefined}
  }
}
