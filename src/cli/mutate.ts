import {hasChanges, type Plan} from '../fleet/plan.ts'
import {type Intent, type MutationOptions, type MutationResult, mutate, preview} from '../operations/mutation.ts'

import {confirmPlan} from './confirm.ts'
import type {CommandContext} from './context.ts'
import {EXIT} from './exit-codes.ts'
import {mutationDocument, mutationView, succeeded} from './views/mutation.ts'
import {nextSteps} from './views/next-steps.ts'
import {planDocument, planView} from './views/plan.ts'
import {columnsOf} from './views/width.ts'

/** What `mutationFlags` parse to. */
export interface MutationFlagValues {
  readonly yes: boolean
  readonly 'dry-run': boolean
  readonly 'detailed-exitcode': boolean
  readonly parallel?: number | undefined
  readonly timeout: number
  readonly 'fail-fast': boolean
  readonly 'lock-timeout': number
  readonly 'state-dir'?: string | undefined
}

/** What is written and returned: text for a human, a document for --json, an exit code for both. */
export interface CommandOutcome {
  readonly text: string
  readonly document: object
  readonly exitCode: number
}

/** Plans or carries out an intent, as the flags say. */
export async function runIntent(
  intent: Intent,
  flags: MutationFlagValues,
  context: CommandContext,
  signal: AbortSignal,
  extra: {readonly replaceFleet?: boolean} = {},
): Promise<CommandOutcome> {
  if (flags['dry-run']) {
    const plan = await preview(context.deps, intent, {parallel: flags.parallel, signal})
    return planOutcome(plan, context, flags['detailed-exitcode'], extra.replaceFleet ?? false)
  }
  const result = await mutate(context.deps, intent, mutationOptions(flags, context, signal)).finally(
    context.endProgress,
  )
  const advice =
    intent.kind === 'deploy' ? nextSteps(result, flags['state-dir'], context.style, context.width) : undefined
  return {
    text: mutationView(result, context.style, advice, context.width),
    document: mutationDocument(intent.kind, result, extra),
    exitCode: exitCodeOf(result, signal, flags['detailed-exitcode']),
  }
}

/** How a plan is shown, by `plan` and by every `--dry-run`. */
export function planOutcome(
  plan: Plan,
  context: CommandContext,
  detailed: boolean,
  replaceFleet: boolean,
): CommandOutcome {
  return {
    text: planView(plan, context.style, context.width),
    document: planDocument(plan, replaceFleet),
    exitCode: detailed && hasChanges(plan) ? 2 : 0,
  }
}

function mutationOptions(flags: MutationFlagValues, context: CommandContext, signal: AbortSignal): MutationOptions {
  const interactive = process.stdin.isTTY === true && process.stderr.isTTY === true
  return {
    parallel: flags.parallel,
    timeoutMs: flags.timeout,
    failFast: flags['fail-fast'],
    lockTimeoutMs: flags['lock-timeout'],
    signal,
    progress: context.progress,
    confirm: (plan) =>
      confirmPlan(plan, {
        yes: flags.yes,
        interactive,
        input: process.stdin,
        output: process.stderr,
        shown: (each) => planView(each, context.errorStyle, columnsOf(process.stderr)),
        signal,
      }),
  }
}

function exitCodeOf(result: MutationResult, signal: AbortSignal, detailed: boolean): number {
  if (result.interrupted) return EXIT[(signal.reason as {code: 'INTERRUPTED' | 'TERMINATED'}).code]
  if (!succeeded(result)) return 3
  return detailed && hasChanges(result.plan) ? 2 : 0
}
