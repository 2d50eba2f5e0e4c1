import type {Diagnostic} from '../../fleet/diagnostics.ts'

import type {Style} from './style.ts'
import {sanitize} from './text.ts'

const SNIPPET_WIDTH = 100

/** `file:line:col: error: summary`, the source line with a caret below the place, and the hint. */
export function diagnosticText(diagnostic: Diagnostic, style: Style): string {
  const {severity, summary, hint, place} = diagnostic
  const label = severity === 'error' ? style.bad('error') : style.warn('warning')
  const where = place === undefined ? '' : `${sanitize(place.file)}:${place.line}:${place.column}: `
  const lines = [`${style.strong(where)}${label}: ${sanitize(summary)}`]
  if (place !== undefined && place.snippet.trim() !== '') {
    const before = sanitize(place.snippet.slice(0, place.column - 1))
    const shown = sanitize(place.snippet)
    if (before.length < SNIPPET_WIDTH)
      lines.push(`    ${shown.slice(0, SNIPPET_WIDTH)}`, `    ${' '.repeat(before.length)}^`)
  }
  if (hint !== undefined) lines.push(`    ${style.faint(sanitize(hint))}`)
  return lines.join('\n')
}
