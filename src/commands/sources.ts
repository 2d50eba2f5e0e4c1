import {Flags} from '@oclif/core'

import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {STATE_EXITS} from '../cli/exit-codes.ts'
import {parseMoment} from '../cli/moment.ts'
import {pathView, sourcesView} from '../cli/views/incidents.ts'
import {sourcePath, sourcesOf} from '../operations/sources.ts'

export default class Sources extends BaseCommand {
  static override summary = 'Show who touched the fleet, and the way of one source through it.'
  static override description =
    'With an IP: where that source went, in the order of time; a new line whenever it turned to another decky. Shows what `decnet events` or `decnet collect` has taken off the deckies.'
  static override exits = STATE_EXITS
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> 192.168.1.50 --since 2d',
  ]
  static override args = {ip: textArgument({required: false, description: 'IP address of a source.'})}
  static override flags = {
    since: Flags.string({summary: 'Not before: 2h, 30m, or 2026-03-01T12:00Z.', helpGroup: 'FILTER'}),
    limit: Flags.integer({summary: 'The latest so many.', min: 1, max: 100_000, default: 100, helpGroup: 'FILTER'}),
  }

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(Sources)
    const {deps, style, width} = await this.makeContext(flags)
    const since = flags.since === undefined ? undefined : parseMoment(flags.since, deps.now())
    if (args.ip !== undefined) {
      const path = sourcePath(deps, args.ip, since)
      this.print(pathView(path, style, width))
      return {schema: 'decnet.source/v1', ok: true, source: args.ip, path}
    }
    const sources = sourcesOf(deps, {since, limit: flags.limit})
    this.print(sourcesView(sources, style, width))
    return {schema: 'decnet.sources/v1', ok: true, sources}
  }
}
