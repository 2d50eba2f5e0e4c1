import type {Diagnostic} from '../../fleet/diagnostics.ts'

import type {Style} from './style.ts'
import {sanitize} from './text.ts'
import {message, wrap} from './wrap.ts'

const SNIPPET_WIDTH = 100
const INDENT = '    '

/**
 * `file:line:col: error: summary`, the source line with a caret below the place, and the hint, no wider than a terminal.
 */
export function diagnosticText(diagnostic: Diagnostic, style: Style, width = Number.POSITIVE_INFINITY): string {
  const {severity, summary, hint, place} = diagnostic
  const paint = severity === 'error' ? style.bad : style.warn
  const where = place === undefined ? '' : `${sanitize(place.file)}:${place.line}:${place.column}: `
  const label = severity === 'error' ? 'error' : 'warning'
  const painted = () => `${style.strong(where)}${paint(label)}: `
  const lines = [message(`${where}${label}: `, sanitize(summary), width, painted)]
  const room = Math.min(SNIPPET_WIDTH, width - INDENT.length)
  if (place !== undefined && place.snippet.trim() !== '') {
    const before = sanitize(place.snippet.slice(0, place.column - 1))
    const shown = sanitize(place.snippet)
    if (before.length < room) lines.push(`${INDENT}${shown.slice(0, room)}`, `${INDENT}${' '.repeat(before.length)}^`)
  }
  if (hint !== undefined) {
    const text = Number.isFinite(width) ? wrap(sanitize(hint), width, INDENT) : `${INDENT}${sanitize(hint)}`
    lines.push(text.split('\n').map(style.faint).join('\n'))
  }
  return lines.join('\n')
}
