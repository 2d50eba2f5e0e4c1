import type {SinkRecord} from '../../events/sinks/outbox.ts'
import type {SinkTrial} from '../../operations/sinks.ts'

import type {Style} from './style.ts'
import {type Column, table} from './table.ts'
import {clock, duration, sanitize} from './text.ts'

export function sinksView(sinks: readonly SinkRecord[], style: Style, width: number): string {
  if (sinks.length === 0) return 'No sinks.'
  const columns: Column<SinkRecord>[] = [
    {title: 'NAME', value: ({name}) => name},
    {title: 'TYPE', value: ({type}) => type},
    {title: 'DELIVERED', value: ({delivered}) => String(delivered)},
    {title: 'WAITING', value: ({waiting}) => String(waiting)},
    {
      title: 'STATE',
      value: stateOf,
      style: (text, {failures}) => (failures > 0 ? style.bad(text) : text),
      flexible: true,
    },
    {title: 'SETTINGS', value: ({settings}) => sanitize(pairs(settings)), flexible: true, optional: true},
  ]
  return table(sinks, columns, width)
}

export function sinkTrialsView(trials: readonly SinkTrial[], style: Style): string {
  if (trials.length === 0) return 'No sinks.'
  return trials
    .map(({sink, arrived, error, durationMs, event}) =>
      arrived
        ? `${style.good('arrived')}  ${sink}: event ${event} in ${duration(durationMs)}`
        : `${style.bad('failed')}   ${sink}: ${sanitize(error ?? '')}`,
    )
    .join('\n')
}

function stateOf({failures, lastError, lastSuccess}: SinkRecord): string {
  if (failures > 0) return sanitize(`failed ${failures} times: ${lastError ?? ''}`)
  return lastSuccess === null ? 'nothing sent yet' : `last sent ${clock(lastSuccess)}`
}

function pairs(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
}
