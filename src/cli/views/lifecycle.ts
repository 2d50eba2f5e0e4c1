import type {LifecycleRow, LifecycleStatus} from '../../fleet/lifecycle.ts'

import type {Style} from './style.ts'
import {type Column, table} from './table.ts'
import {duration, sanitize} from './text.ts'

/** A table of lifecycle rows. */
export function lifecycleView(rows: readonly LifecycleRow[], style: Style, width: number): string {
  if (rows.length === 0) return 'No lifecycle rows.'
  const paint: Readonly<Record<LifecycleStatus, (text: string) => string>> = {
    succeeded: style.good,
    failed: style.bad,
    running: style.warn,
    pending: style.faint,
  }
  const columns: Column<LifecycleRow>[] = [
    {title: 'ID', value: (row) => String(row.id)},
    {title: 'DECKY', value: (row) => sanitize(row.decky), flexible: 'last'},
    {title: 'OPERATION', value: (row) => row.operation},
    {title: 'STATUS', value: (row) => row.status, style: (text, row) => paint[row.status](text)},
    {title: 'TIME', value: (row) => (row.durationMs === null ? '-' : duration(row.durationMs))},
    {title: 'DETAIL', value: (row) => sanitize(row.error ?? row.outcome ?? ''), flexible: true},
  ]
  return table(rows, columns, width)
}
