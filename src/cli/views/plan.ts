import {hasChanges, type Plan, planToText, summarize} from '../../fleet/plan.ts'

import type {Style} from './style.ts'
import {sanitizeLines} from './text.ts'

/** The canonical plan text, coloured by symbol. Without colour it is the canonical text byte for byte. */
export function planView(plan: Plan, style: Style): string {
  return sanitizeLines(planToText(plan))
    .split('\n')
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
