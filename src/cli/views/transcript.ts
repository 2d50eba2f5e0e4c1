import type {EvidenceEvent} from '../../events/event.ts'

import {detailOf} from './events.ts'
import type {Style} from './style.ts'
import {sanitize} from './text.ts'

/** A session as text: each event with the time since its beginning. */
export function transcriptText(events: readonly EvidenceEvent[], style: Style): string {
  const [first] = events
  if (first === undefined) return ''
  const start = Date.parse(first.ts)
  const shown = events.filter(({event}) => event !== 'session.transcript' && event !== 'capture')
  const lines = shown.map((event) => {
    const seconds = ((Date.parse(event.ts) - start) / 1000).toFixed(3).padStart(9)
    return `${style.faint(seconds)}  ${event.event.padEnd(13)}  ${sanitize(detailOf(event))}`.trimEnd()
  })
  const {decky, service, src, ts} = first
  return [sanitize(`${decky} ${service}, from ${src?.ip ?? '-'}, ${ts}`), ...lines].join('\n')
}
