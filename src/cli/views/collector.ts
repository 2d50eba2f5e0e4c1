import {counted} from '../../fleet/counted.ts'
import type {CollectorReport} from '../../operations/collect.ts'

import type {Style} from './style.ts'
import {sanitize, sanitizeLines} from './text.ts'

/** One line of a collector's log. */
export function collectorLine(report: CollectorReport, style: Style): string {
  switch (report.kind) {
    case 'following':
      return `following the deckies on the ${report.engine} engine`
    case 'no-fleet':
      return 'no fleet is deployed: waiting for one'
    case 'stored':
      return `${counted(report.events, 'event')} stored`
    case 'pruned':
      return `${counted(report.events, 'old event')} removed`
    case 'gap':
      return `${style.warn('warning')}: ${gapText(report.gap)}`
    case 'failed':
    case 'disk-full':
      return `${style.bad('error')}: ${sanitizeLines(report.message)}; trying again in ${seconds(report.retryMs)}`
  }
}

export function sinkFailureLine(sink: string, message: string, style: Style): string {
  return `${style.bad('error')}: sink ${sink}: ${sanitizeLines(message)}; what is waiting is sent again`
}

function gapText({boot, decky, first, last}: Extract<CollectorReport, {kind: 'gap'}>['gap']): string {
  const count = last - first + 1
  const which = count === 1 ? `number ${first}` : `numbers ${first} to ${last}`
  const whose = decky === null ? '' : ` of ${sanitize(decky)}`
  return `${counted(count, 'event')}${whose} missing: ${which} of boot ${sanitize(boot)}`
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}
