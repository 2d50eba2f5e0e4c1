/** Answers of the engine as tokens, the way batches and procedures end. */
import type {Answer} from './inside/statements.ts'
import {DONE} from './tds/constants.ts'
import {resultTokens} from './tds/rows.ts'
import {ENV, type TokenWriter} from './tds/tokens.ts'

/** DONE's command of a SELECT. */
const SELECT = 0xc1
/** What a batch says in all; a client that wants more asks again. */
const MAX_REPLY = 512 * 1024

/** A batch: each statement ends with DONE, all but the last saying that more comes. */
export function batchReply(answers: readonly Answer[], tokens: TokenWriter): Buffer {
  return joined(answers, (answer, more) => answerTokens(answer, tokens, more, 'done'))
}

export interface CallEnd {
  /** The handle of what was prepared, as the first output parameter. */
  readonly handle: number | null
}

/** A procedure: statements end with DONEINPROC, then come its status and DONEPROC. */
export function callReply(answers: readonly Answer[], tokens: TokenWriter, {handle}: CallEnd): Buffer {
  const failed = answers.some(({type}) => type === 'error')
  return Buffer.concat([
    joined(answers, (answer) => answerTokens(answer, tokens, true, 'doneInProcedure')),
    tokens.returnStatus(failed ? 1 : 0),
    ...(handle === null ? [] : [tokens.returnHandle(0, handle)]),
    tokens.doneProcedure(failed ? DONE.ERROR : 0),
  ])
}

function joined(answers: readonly Answer[], make: (answer: Answer, more: boolean) => Buffer): Buffer {
  const parts: Buffer[] = []
  let size = 0
  for (const [index, answer] of answers.entries()) {
    const part = make(answer, index < answers.length - 1)
    size += part.length
    if (size > MAX_REPLY && index < answers.length - 1) continue
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function answerTokens(answer: Answer, tokens: TokenWriter, more: boolean, end: 'done' | 'doneInProcedure'): Buffer {
  const status = more ? DONE.MORE : 0
  switch (answer.type) {
    case 'rows': {
      const {bytes, count} = resultTokens(answer.result, tokens)
      return Buffer.concat([bytes, tokens[end](status | DONE.COUNT, SELECT, count)])
    }
    case 'done':
      return tokens[end](status)
    case 'message':
      return tokens.message(answer.message)
    case 'database':
      return tokens.environment(ENV.DATABASE, answer.now, answer.before)
    default:
      return Buffer.concat([tokens.message(answer.error), tokens[end](status | DONE.ERROR)])
  }
}
