import {hasChanges, type Plan, planToText, summarize} from '../../fleet/plan.ts'

import type {Style} from './style.ts'
import {sanitizeLines, truncate} from './text.ts'

/** What is left of a line for what happens, and the first words of why. */
const SPARE_COLUMNS = 36

/**
 * The plan text, coloured by symbol and cut to the width. Without colour and where nothing limits it, in a pipe, it is
 * the canonical text byte for byte.
 */
export function planView(plan: Plan, style: Style, width = Number.POSITIVE_INFINITY): string {
  const address = Math.max(SPARE_COLUMNS, width - SPARE_COLUMNS)
  return sanitizeLines(planToText(plan, {address, cut: truncate}))
    .split('\n')
    .map((line) => truncate(line, width))
    .map((line) => {
      if (line.startsWith('  +')) return style.good(line)
      if (line.startsWith('  -')) return style.bad(line)
      if (line.startsWith('-/+') || line.startsWith('  ~')) return style.warn(line)
      return line
    })
    .join('\n')
}

/** `decnet.plan/v1`. */
export function planDocument(plan: Plan, replaceFleet: boolean): object {
  return {
    schema: 'decnet.plan/v1',
    ok: true,
    changes: hasChanges(plan),
    replaceFleet,
    summary: summarize(plan),
    portOffset: plan.portOffset ?? 0,
    operations: plan.operations.map(({id, address, action, cause, dependsOn, destructive}) => ({
      id,
      address,
      action,
      cause,
      dependsOn,
      destructive,
    })),
  }
}
