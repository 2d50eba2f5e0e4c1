import {createInterface} from 'node:readline/promises'

import {DecnetError} from '../fleet/errors.ts'
import {isDestructive, type Plan, summarize} from '../fleet/plan.ts'

export interface ConfirmOptions {
  /** `--yes`. */
  readonly yes: boolean
  /** Whether the user can be asked: both ends of the conversation are terminals. */
  readonly interactive: boolean
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  /** The plan as the user gets to see it. */
  readonly shown: (plan: Plan) => string
  readonly signal: AbortSignal
}

/**
 * Asks before something is replaced or removed; a plan that only adds passes. Throws DECLINED, or CONFIRM_REQUIRED where
 * nobody can be asked.
 */
export async function confirmPlan(plan: Plan, options: ConfirmOptions): Promise<void> {
  if (options.yes || !isDestructive(plan)) return
  const what = consequence(plan)
  if (!options.interactive) {
    throw new DecnetError('CONFIRM_REQUIRED', `this ${what}, and nobody can be asked`, {
      hint: 'say --yes if that is wanted; --dry-run shows the plan',
    })
  }
  options.output.write(options.shown(plan))
  const answer = await ask(`This ${what}. Continue? [y/N] `, options)
  if (!/^y(es)?$/i.test(answer.trim())) throw new DecnetError('DECLINED', 'declined; nothing was changed')
}

function consequence(plan: Plan): string {
  const {replace, remove} = summarize(plan)
  const parts = [replace > 0 ? `replaces ${replace}` : '', remove > 0 ? `removes ${remove}` : ''].filter(Boolean)
  return parts.length === 0 ? 'replaces the network' : parts.join(' and ')
}

/** One line of an answer; empty where the input ends without one. */
async function ask(question: string, {input, output, signal}: ConfirmOptions): Promise<string> {
  const conversation = createInterface({input, output})
  const ended = new Promise<string>((resolve, reject) => {
    // A question is never settled by the end of the input, nor by Ctrl-C, which readline takes off a terminal itself.
    conversation.once('close', () => resolve(''))
    conversation.once('SIGINT', () => reject(new DecnetError('INTERRUPTED', 'interrupted; nothing was changed')))
  })
  try {
    const answer = conversation.question(question, {signal}).catch(() => '')
    return await Promise.race([answer, ended])
  } finally {
    conversation.close()
    signal.throwIfAborted()
  }
}
