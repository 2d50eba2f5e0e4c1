import type {Failure} from '../failure.ts'
import {diagnosticText} from './diagnostics.ts'
import type {Style} from './style.ts'
import {sanitizeLines} from './text.ts'
import {message} from './wrap.ts'

/** Every problem in its place, then what is wrong and what to do about it. */
export function failureText({diagnostics, message: summary, hint}: Failure, style: Style, width: number): string {
  const lines = diagnostics.map((diagnostic) => diagnosticText(diagnostic, style, width))
  lines.push(labelled('error', summary, width, style.bad))
  if (hint !== undefined) lines.push(labelled('hint', hint, width, style.strong))
  return lines.join('\n')
}

function labelled(label: string, text: string, width: number, paint: (text: string) => string): string {
  const [first = '', ...rest] = sanitizeLines(text).split('\n')
  const lead = () => `${paint(label)}: `
  return [message(`${label}: `, first, width, lead), ...rest.map((line) => message('', line, width))].join('\n')
}
