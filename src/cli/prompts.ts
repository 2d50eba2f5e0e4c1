import {DecnetError} from '../fleet/errors.ts'
import {sanitize} from './views/text.ts'

export interface Choice {
  readonly value: string
  readonly name: string
  readonly description?: string
}

/** One question of an interview, and what it proposes. */
export type Question =
  | {readonly kind: 'select'; readonly message: string; readonly choices: readonly Choice[]; readonly proposed: string}
  | {
      readonly kind: 'input'
      readonly message: string
      readonly proposed: string
      /** What is wrong with the answer; undefined: nothing. */
      readonly problem: (answer: string) => string | undefined
    }
  | {readonly kind: 'confirm'; readonly message: string; readonly proposed: boolean}

/** Asks one question. Throws INTERRUPTED for Ctrl-C, and what the signal was aborted with. */
export interface Asker {
  text(question: Extract<Question, {kind: 'select' | 'input'}>): Promise<string>
  confirm(question: Extract<Question, {kind: 'confirm'}>): Promise<boolean>
}

/** Asks at the terminal, on standard error: standard output is the result. */
export function terminalAsker(signal: AbortSignal): Asker {
  const context = {signal, input: process.stdin, output: process.stderr}
  return {
    text: (question) =>
      answered(signal, async () => {
        if (question.kind === 'select') {
          const {default: select} = await import('@inquirer/select')
          const {message, choices, proposed} = question
          return select({message, choices: choices.map(shownChoice), default: proposed, pageSize: 12}, context)
        }
        const {default: input} = await import('@inquirer/input')
        const {message, proposed, problem} = question
        const validate = (answer: string) => problem(answer.trim()) ?? true
        const answer = await input({message, validate, ...(proposed === '' ? {} : {default: proposed})}, context)
        return answer.trim()
      }),
    confirm: ({message, proposed}) =>
      answered(signal, async () => {
        const {default: confirm} = await import('@inquirer/confirm')
        return confirm({message, default: proposed}, context)
      }),
  }
}

function shownChoice({value, name, description}: Choice) {
  return {value, name: sanitize(name), ...(description === undefined ? {} : {description: sanitize(description)})}
}

/** The prompts take Ctrl-C off the terminal themselves and say so by an error of their own. */
async function answered<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Error && error.name === 'ExitPromptError') {
      throw new DecnetError('INTERRUPTED', 'interrupted; nothing was written', {cause: error})
    }
    throw error
  }
}
