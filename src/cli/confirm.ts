import {createInterface} from 'node:readline/promises'

import {DecnetError} from '../fleet/errors.ts'
import {isDestructive, type Plan, planToText, summarize} from '../fleet/plan.ts'
import {sanitizeLines} from './views/text.ts'

export interface ConfirmOptions {
  /** `--yes`. */
  readonly yes: boolean
  /** Whether the user can be asked: both ends of the conversation are terminals. */
  readonly interactive: boolean
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  readonly signal: AbortSignal
}

/**
 * Asks before something is replaced or removed; a plan that only adds passes. Throws DECLINED, or CONFIRM_REQUIRED where
 * nobody can be asked.
 */
export async function confirmPlan(plan: Plan, options: ConfirmOptions): Promise<void> {
  if (options.yes || !isDestructive(plan)) return
  const {replace, remove} = summarize(plan)
  const what = [replace > 0 ? `replaces ${replace}` : '', remove > 0 ? `removes ${remove}` : '']
    .filter(Boolean)
    .join(' and ')
  if (!options.interactive) {
    throw new DecnetError('CONFIRM_REQUIRED', `this ${what || 'replaces the network'}, and nobody can be asked`, {
      hint: 'say --yes if that is wanted; --dry-run shows the plan',
    })
  }
  options.output.write(sanitizeLines(planToText(plan)))
  const conversation = createInterface({input: options.input, output: options.output})
  try {
    const answer = await conversation.question(`This ${what}. Continue? [y/N] `, {signal: options.signal})
    if (!/^y(es)?$/i.test(answer.trim())) throw new DecnetError('DECLINED', 'declined; nothing was changed')
  } catch (error) {
    throw options.signal.aborted ? options.signal.reason : error
  } finally {
    conversation.close()
  }
}
