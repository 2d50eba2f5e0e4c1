import {Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.ts'
import {STATE_EXITS} from '../../cli/exit-codes.ts'
import {counted} from '../../fleet/counted.ts'
import {pruneEvents} from '../../operations/retention.ts'

export default class EventsPrune extends BaseCommand {
  static override summary = 'Remove old events.'
  static override description =
    'Without flags: what the settings `events-days` and `events-megabytes` say, as `decnet collect` does every hour. Incidents go with their last event, unless they are acknowledged.'
  static override exits = STATE_EXITS
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --days 90 --megabytes 500',
  ]
  static override flags = {
    days: Flags.integer({summary: 'Remove what is older than so many days; 0: nothing for its age.', min: 0}),
    megabytes: Flags.integer({
      summary: 'Remove the oldest until so many MiB are left; 0: nothing for its size.',
      min: 0,
    }),
  }

  async run(): Promise<unknown> {
    const {flags} = await this.parse(EventsPrune)
    const {deps} = await this.makeContext(flags)
    const removed = pruneEvents(deps, {days: flags.days, megabytes: flags.megabytes})
    this.print(`${counted(removed, 'event')} removed.`)
    return {schema: 'decnet.prune/v1', ok: true, removed}
  }
}
