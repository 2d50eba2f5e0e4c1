import {Flags} from '@oclif/core'

import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {STATE_EXITS} from '../cli/exit-codes.ts'
import {parseMoment} from '../cli/moment.ts'
import {eventLines} from '../cli/views/events.ts'
import {sessionsView} from '../cli/views/loot.ts'
import {recordOf} from '../events/classify.ts'
import {eventDocument} from '../events/formats/json.ts'
import {installOf} from '../operations/events.ts'
import {sessionOf, sessionsOf} from '../operations/sessions.ts'

export default class Sessions extends BaseCommand {
  static override summary = 'Show the connections of intruders, or what happened in one.'
  static override description =
    'ID may be the beginning of one. A session whose terminal was recorded can be watched with `decnet replay`. Shows what `decnet events` or `decnet collect` has taken off the deckies.'
  static override exits = STATE_EXITS
  static override examples = [
    '<%= config.bin %> <%= command.id %> --source 192.168.1.50',
    '<%= config.bin %> <%= command.id %> 3fa9',
    '<%= config.bin %> <%= command.id %> --terminal',
  ]
  static override args = {id: textArgument({required: false, description: 'Id of a session.'})}
  static override flags = {
    decky: Flags.string({summary: 'Sessions with this decky.', multiple: true, helpGroup: 'FILTER'}),
    service: Flags.string({summary: 'Sessions with this service.', multiple: true, helpGroup: 'FILTER'}),
    source: Flags.string({summary: 'Sessions of this IP address.', helpGroup: 'FILTER'}),
    since: Flags.string({summary: 'Not begun before: 2h, 30m, or 2026-03-01T12:00Z.', helpGroup: 'FILTER'}),
    terminal: Flags.boolean({default: false, summary: 'Those whose terminal was recorded.', helpGroup: 'FILTER'}),
    limit: Flags.integer({summary: 'The newest so many.', min: 1, max: 100_000, default: 50, helpGroup: 'FILTER'}),
  }

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(Sessions)
    const {deps, style, width} = await this.makeContext(flags)
    if (args.id !== undefined) {
      const {id, events} = sessionOf(deps, args.id)
      this.print(eventLines(events, style, width))
      const install = installOf(deps)
      const documents = events.map(({event}) => eventDocument(recordOf(event, install)))
      return {schema: 'decnet.session/v1', ok: true, session: id, events: documents}
    }
    const sessions = sessionsOf(deps, {
      deckies: flags.decky,
      services: flags.service,
      source: flags.source,
      since: flags.since === undefined ? undefined : parseMoment(flags.since, deps.now()),
      terminal: flags.terminal,
      limit: flags.limit,
    })
    this.print(sessionsView(sessions, style, width))
    return {schema: 'decnet.sessions/v1', ok: true, sessions}
  }
}
