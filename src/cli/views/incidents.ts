import type {EventClass} from '../../events/event-table.ts'
import {type IncidentDetail, summaryOf} from '../../events/incidents/incident.ts'
import type {Rule} from '../../events/incidents/rules.ts'
import type {Source, Step} from '../../operations/sources.ts'

import type {Style} from './style.ts'
import {type Column, table} from './table.ts'
import {clock, sanitize} from './text.ts'

/** A class in its colour. */
function classStyle(style: Style): (text: string, row: {readonly class: EventClass}) => string {
  return (text, row) => {
    if (row.class === 'high-confidence') return style.bad(text)
    return row.class === 'interaction' ? style.warn(text) : text
  }
}

/** A table of incidents, and what there is to say where there are none. */
export function incidentsView(incidents: readonly IncidentDetail[], style: Style, width: number): string {
  if (incidents.length === 0) return 'No incidents.'
  const columns: Column<IncidentDetail>[] = [
    {title: 'ID', value: ({id}) => String(id)},
    {title: 'LAST SEEN', value: ({last}) => clock(last)},
    {title: 'CLASS', value: (row) => row.class, style: classStyle(style)},
    {title: 'STATE', value: ({state, known}) => (known === null ? state : `${state}, known`)},
    {title: 'SUMMARY', value: (row) => sanitize(summaryOf(row, row.touches)), flexible: true},
  ]
  return table(incidents, columns, width)
}

/** Everything of one incident. */
export function incidentView(incident: IncidentDetail, style: Style, width: number): string {
  const {id, state, known, note, first, last, touches} = incident
  const facts = [
    `Incident ${id}, ${state}${known === null ? '' : `, known as ${sanitize(known)}`}`,
    sanitize(summaryOf(incident, touches)),
    `From ${clock(first)} to ${clock(last)} UTC`,
    ...(note === null ? [] : [`Note: ${sanitize(note)}`]),
  ]
  const columns: Column<(typeof touches)[number]>[] = [
    {title: 'DECKY', value: ({decky}) => sanitize(decky), flexible: 'last'},
    {title: 'SERVICE', value: ({service}) => sanitize(service)},
    {title: 'CLASS', value: (row) => row.class, style: classStyle(style)},
    {title: 'EVENTS', value: ({events}) => String(events)},
    {title: 'FIRST', value: (row) => clock(row.first)},
    {title: 'LAST', value: (row) => clock(row.last), optional: true},
  ]
  return `${facts.join('\n')}\n\n${table(touches, columns, width)}`
}

export function sourcesView(sources: readonly Source[], style: Style, width: number): string {
  if (sources.length === 0) return 'No sources.'
  const columns: Column<Source>[] = [
    {title: 'SOURCE', value: ({ip}) => sanitize(ip)},
    {title: 'CLASS', value: (row) => row.class, style: classStyle(style)},
    {title: 'DECKIES', value: ({deckies}) => String(deckies)},
    {title: 'EVENTS', value: ({events}) => String(events)},
    {title: 'CREDENTIALS', value: ({attempts}) => String(attempts), optional: true},
    {title: 'INCIDENTS', value: ({incidents}) => String(incidents), optional: true},
    {title: 'FIRST SEEN', value: ({first}) => clock(first), optional: true},
    {title: 'LAST SEEN', value: ({last}) => clock(last)},
  ]
  return table(sources, columns, width)
}

/** The way of one source through the fleet. */
export function pathView(steps: readonly Step[], style: Style, width: number): string {
  if (steps.length === 0) return 'Nothing is known of this source.'
  const columns: Column<Step>[] = [
    {title: 'FROM', value: ({first}) => clock(first)},
    {title: 'TO', value: ({last}) => clock(last), optional: true},
    {title: 'DECKY', value: ({decky}) => sanitize(decky), flexible: 'last'},
    {title: 'SERVICES', value: ({services}) => sanitize(services.join(', ')), flexible: true},
    {title: 'CLASS', value: (row) => row.class, style: classStyle(style)},
    {title: 'EVENTS', value: ({events}) => String(events)},
  ]
  return table(steps, columns, width)
}

export function rulesView(rules: readonly Rule[], width: number): string {
  if (rules.length === 0) return 'No rules.'
  const columns: Column<Rule>[] = [
    {title: 'NAME', value: ({name}) => name},
    {
      title: 'MATCHES',
      value: ({pairs}) => sanitize(pairs.map(({field, value}) => `${field}=${value}`).join(' and ')),
      flexible: true,
    },
  ]
  return table(rules, columns, width)
}
