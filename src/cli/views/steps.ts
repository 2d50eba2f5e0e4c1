import type {Style} from './style.ts'

/** A command that is worth typing next, and what it is good for. */
export interface Step {
  readonly command: string
  readonly purpose?: string
}

/**
 * Commands under a heading, each with its purpose beside it: the one way in which decnet says what to do next. Where a
 * line would be wider than the terminal there are no purposes: a command is never cut, because it is copied.
 */
export function stepList(
  heading: string,
  steps: readonly Step[],
  style: Style,
  width = Number.POSITIVE_INFINITY,
): string {
  const beside = Math.max(0, ...steps.map(({command, purpose}) => (purpose === undefined ? 0 : command.length)))
  const most = Math.max(0, ...steps.map(({purpose}) => `  ${' '.repeat(beside)}  ${purpose ?? ''}`.length))
  const lines = steps.map(({command, purpose}) =>
    purpose === undefined || most > width ? `  ${command}` : `  ${command.padEnd(beside)}  ${style.faint(purpose)}`,
  )
  return [style.strong(heading), ...lines].join('\n')
}

/** What to do where there is no fleet. */
export function firstSteps(style: Style): string {
  const steps = [
    {command: 'decnet init', purpose: 'write a first fleet file'},
    {command: 'decnet deploy fleet.ini', purpose: 'deploy it'},
  ]
  return stepList('Next:', steps, style)
}
