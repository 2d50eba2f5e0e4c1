import {EVENT_NAMES, EVENT_VERSION} from '../../src/events/event.ts'
import {CLASS_SEVERITY, EVENT_CLASSES, EVENT_TABLE} from '../../src/events/event-table.ts'
import {eventSchema, type Schema} from '../../src/events/json-schema.ts'
import {block, code, GENERATED, page, plain, table} from './markdown.ts'

const MEANING = {
  system: 'A decky of itself; nobody did anything.',
  scan: 'Somebody looked whether something is there.',
  interaction: 'Somebody used it: tried a credential, asked a question, read a file.',
  'high-confidence':
    'Nobody does that by accident: a login with a honey credential, a command in a shell, a file left behind.',
} as const

export function eventsPage(): string {
  return page(
    '# Events',
    GENERATED,
    `Everything that happens on a decky is one of these events, version ${EVENT_VERSION}. \`decnet events schema NAME\` prints the same schemas for programs. How events are collected, grouped and handed on is told in [collecting.md](collecting.md) and [sinks.md](sinks.md).`,
    '## Classes',
    table(
      ['class', 'severity', 'means'],
      EVENT_CLASSES.map((name) => [code(name), code(CLASS_SEVERITY[name]), plain(MEANING[name])]),
    ),
    'Severity differs in a few cases: connections alone are `info`; a poisoner on the LAN, and an order to machinery (a container started, a controller written to), are `critical`. A credential that lets somebody in, a command in a shell, and an attack on Active Directory that a service recognises are `high-confidence`, whatever the table says.',
    '## All events',
    table(
      ['event', 'class', 'means'],
      EVENT_NAMES.map((name) => [
        `[${name}](#${name.replace('.', '')})`,
        code(EVENT_TABLE[name].class),
        plain(EVENT_TABLE[name].summary),
      ]),
    ),
    ...EVENT_NAMES.flatMap(eventPart),
  )
}

function eventPart(name: (typeof EVENT_NAMES)[number]): string[] {
  const schema = eventSchema(name)
  const {data} = schema.properties as Record<string, Schema>
  const properties = Object.entries((data?.properties ?? {}) as Record<string, Schema>)
  return [
    `## ${name}`,
    plain(EVENT_TABLE[name].summary),
    ...(properties.length === 0
      ? []
      : [
          table(
            ['field of `data`', 'is'],
            properties.map(([field, {description}]) => [code(field), plain(String(description ?? ''))]),
          ),
        ]),
    '<details><summary>JSON Schema</summary>',
    block('json', JSON.stringify(schema, null, 2)),
    '</details>',
  ]
}
