import type {EngineName} from '../../fleet/spec.ts'
import {
  type CheckReport,
  type CheckResult,
  countResults,
  type Diagnosis,
  type Group,
} from '../../operations/doctor/index.ts'

import {stepList} from './steps.ts'
import type {Style} from './style.ts'
import {sanitize} from './text.ts'

const GROUP_TITLES: Readonly<Record<Group, string>> = {
  machine: 'This machine',
  engine: 'Engine',
  network: 'Network',
  addresses: 'Fleet and addresses',
  state: 'State',
  leftovers: 'Leftovers',
}

const SYMBOLS: Readonly<Record<CheckResult, string>> = {ok: '✓', warning: '!', failed: '✗', skipped: '-'}
const NARROWEST = 20
const WIDEST = 100
const GAP = '  '

/** Every check on a line, by group; below those that did not pass, why it matters and what to do. */
export function doctorView({engine, checks}: Diagnosis, style: Style, width: number): string {
  const groups = Map.groupBy(checks, ({group}) => group)
  const titleWidth = checks.reduce((most, {title}) => Math.max(most, title.length), 0)
  const lines = [...groups].flatMap(([group, members]) => [
    style.strong(GROUP_TITLES[group]),
    ...members.flatMap((check) => checkLines(check, {style, titleWidth, width})),
    '',
  ])
  return [...lines, ...conclusion(engine, checks, {style, width})].join('\n')
}

interface Page {
  readonly style: Style
  readonly width: number
}

interface Frame extends Page {
  readonly titleWidth: number
}

function checkLines(check: CheckReport, {style, titleWidth, width}: Frame): string[] {
  const paint = {ok: style.good, warning: style.warn, failed: style.bad, skipped: style.faint}[check.result]
  const indent = GAP.length + 2 + titleWidth + GAP.length
  const [first = '', ...rest] = wrap(sanitize(check.detail), width - indent)
  const head = `${GAP}${paint(SYMBOLS[check.result])} ${check.title.padEnd(titleWidth)}${GAP}${shade(check, first, style)}`
  const more = rest.map((line) => `${' '.repeat(indent)}${shade(check, line, style)}`)
  const troubled = check.result === 'failed' || check.result === 'warning'
  return [
    head.trimEnd(),
    ...more,
    ...note('why', troubled ? check.why : null, width, style),
    ...note('fix', check.fix, width, style),
  ]
}

function shade({result}: CheckReport, text: string, style: Style): string {
  return result === 'skipped' ? style.faint(text) : text
}

const NOTE_INDENT = 6

function note(label: string, text: string | null, width: number, style: Style): string[] {
  if (text === null) return []
  const lines = wrap(sanitize(text), width - NOTE_INDENT - label.length - 1)
  return lines.map((line, at) => {
    const lead = at === 0 ? style.faint(label) : ' '.repeat(label.length)
    return `${' '.repeat(NOTE_INDENT)}${lead} ${line}`
  })
}

/** Breaks between words, and within one only where it is longer than the line: what is there to be copied is not cut. */
function wrap(text: string, width: number): string[] {
  const limit = Math.max(NARROWEST, Math.min(width, WIDEST))
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > limit) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
    while (line.length > limit) {
      lines.push(line.slice(0, limit))
      line = line.slice(limit)
    }
  }
  return [...lines, line]
}

function conclusion(engine: EngineName, checks: readonly CheckReport[], {style, width}: Page): string[] {
  const {ok, warning, failed, skipped} = countResults(checks)
  const counts = [
    `${ok} ok`,
    ...(warning === 0 ? [] : [style.warn(`${warning} ${warning === 1 ? 'warning' : 'warnings'}`)]),
    ...(failed === 0 ? [] : [style.bad(`${failed} failed`)]),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
  ]
  return [`${counts.join(', ')}.`, '', nextSteps(engine, warning, failed, {style, width})]
}

function nextSteps(engine: EngineName, warnings: number, failures: number, {style, width}: Page): string {
  const option = engine === 'embedded' ? ' --engine embedded' : ''
  if (failures > 0) {
    return stepList(
      'Next, once it is fixed:',
      [{command: `decnet doctor${option}`, purpose: 'look again'}],
      style,
      width,
    )
  }
  const steps = [
    {command: `decnet init${option}`, purpose: 'write a first fleet file'},
    {command: `decnet deploy fleet.ini${option}`, purpose: 'deploy it'},
  ]
  return stepList(warnings > 0 ? 'Next, as warnings stop nothing:' : 'Next:', steps, style, width)
}

/** `decnet.doctor/v1`. */
export function doctorDocument({engine, network, checks}: Diagnosis): object {
  const summary = countResults(checks)
  return {
    schema: 'decnet.doctor/v1',
    ok: summary.failed === 0,
    engine,
    network,
    summary,
    checks: checks.map(({id, group, title, result, detail, why, fix}) => ({
      id,
      group,
      title,
      result,
      detail,
      why,
      fix,
    })),
  }
}
