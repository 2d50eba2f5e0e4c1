import {Args, Flags} from '@oclif/core'

import {BaseCommand} from '../cli/base-command.ts'
import {STATE_EXITS} from '../cli/exit-codes.ts'
import {parseMoment} from '../cli/moment.ts'
import {incidentsView, incidentView} from '../cli/views/incidents.ts'
import {EVENT_CLASSES} from '../events/event-table.ts'
import {INCIDENT_STATES, type IncidentDetail, type IncidentState} from '../events/incidents/incident.ts'
import {DecnetError} from '../fleet/errors.ts'
import {incidentOf, incidentsOf, setIncidentState} from '../operations/incidents.ts'

export default class Incidents extends BaseCommand {
  static override summary = 'Show what intruders did, one incident for each source.'
  static override description =
    'All that one address does to the fleet is one incident, until it is silent for a day or the incident is closed. With an ID: what it touched; with --acknowledge, --close or --reopen: changes its state. Incidents of sources that a rule explains are left out without --known. Shows what `decnet events` or `decnet collect` has taken off the deckies.'
  static override exits = STATE_EXITS
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> 12',
    "<%= config.bin %> <%= command.id %> 12 --close --note 'penetration test of March'",
  ]
  static override args = {id: Args.integer({required: false, min: 1, description: 'Number of an incident.'})}
  static override flags = {
    state: Flags.option({
      summary: 'Incidents in this state.',
      options: INCIDENT_STATES,
      multiple: true,
      helpGroup: 'FILTER',
    })(),
    class: Flags.option({
      summary: 'Incidents of this class.',
      options: EVENT_CLASSES,
      multiple: true,
      helpGroup: 'FILTER',
    })(),
    source: Flags.string({summary: 'Incidents of this IP address.', helpGroup: 'FILTER'}),
    since: Flags.string({summary: 'Not over before: 2h, 30m, or 2026-03-01T12:00Z.', helpGroup: 'FILTER'}),
    known: Flags.boolean({default: false, summary: 'Also those that a rule explains.', helpGroup: 'FILTER'}),
    limit: Flags.integer({summary: 'The newest so many.', min: 1, max: 100_000, default: 50, helpGroup: 'FILTER'}),
    acknowledge: Flags.boolean({
      default: false,
      summary: 'Somebody looks into it.',
      exclusive: ['close', 'reopen'],
      helpGroup: 'STATE',
    }),
    close: Flags.boolean({
      default: false,
      summary: 'Done with; what its source does from now on is another incident.',
      exclusive: ['reopen'],
      helpGroup: 'STATE',
    }),
    reopen: Flags.boolean({default: false, summary: 'Not done with after all.', helpGroup: 'STATE'}),
    note: Flags.string({summary: 'What is kept with it.', helpGroup: 'STATE'}),
  }

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(Incidents)
    const {deps, style, width} = await this.makeContext(flags)
    const state = stateOf(flags)
    if (args.id !== undefined) {
      const incident =
        state === undefined
          ? incidentOf(deps, args.id)
          : setIncidentState(deps, args.id, state, flags.note?.slice(0, MAX_NOTE) ?? null)
      this.print(incidentView(incident, style, width))
      return documentOf([incident])
    }
    if (state !== undefined || flags.note !== undefined) {
      throw new DecnetError('USAGE', 'no incident is named', {hint: 'name one: decnet incidents 12 --close'})
    }
    const incidents = incidentsOf(deps, {
      states: flags.state,
      classes: flags.class,
      source: flags.source,
      since: flags.since === undefined ? undefined : parseMoment(flags.since, deps.now()),
      known: flags.known,
      limit: flags.limit,
    })
    this.print(incidentsView(incidents, style, width))
    return documentOf(incidents)
  }
}

const MAX_NOTE = 1000

function stateOf(flags: {acknowledge: boolean; close: boolean; reopen: boolean}): IncidentState | undefined {
  if (flags.acknowledge) return 'acknowledged'
  if (flags.close) return 'closed'
  return flags.reopen ? 'open' : undefined
}

function documentOf(incidents: readonly IncidentDetail[]): object {
  return {schema: 'decnet.incidents/v1', ok: true, incidents}
}
