import {Args} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.ts'
import {EVENT_NAMES} from '../../events/event.ts'
import {eventSchema} from '../../events/json-schema.ts'

export default class EventsSchema extends BaseCommand {
  static override summary = 'Print the JSON Schema of events.'
  static override description =
    'Of one event, or of all of them, by name. Events are as `decnet events --json` and the `json` format of sinks have them.'
  static override enableJsonFlag = false
  static override exits = [] as const
  static override examples = ['<%= config.bin %> <%= command.id %> auth.attempt']
  static override args = {
    event: Args.string({options: [...EVENT_NAMES], description: 'Name of an event.'}),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(EventsSchema)
    const schemas = Object.fromEntries(EVENT_NAMES.map((name) => [name, eventSchema(name)]))
    this.print(JSON.stringify(args.event === undefined ? schemas : schemas[args.event], null, 2))
  }
}
