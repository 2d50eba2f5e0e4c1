/** Runs batches for an intruder that was let in: a sysadmin who may look at everything, on a server that is full. */
import {SqlBeyondError, SqlSyntaxError} from '../../../sql/ast.ts'
import type {Statement, Token} from '../../../sql/lexer.ts'
import type {ResultSet} from '../tds/rows.ts'
import type {SqlMessage} from '../tds/tokens.ts'
import {splitBatch} from './batch.ts'
import type {Effects} from './functions.ts'
import {callProcedure, procedureCall} from './procedures.ts'
import {BatchError, changedDatabase, logFull, noDatabase, noMemory, syntaxNear, syntaxNearKeyword} from './refusals.ts'
import {select} from './select.ts'
import {findDatabase, type SessionState} from './session-state.ts'

export type Answer =
  | {readonly type: 'rows'; readonly result: ResultSet}
  | {readonly type: 'done'}
  /** Printed, and no error. */
  | {readonly type: 'message'; readonly message: SqlMessage}
  | {readonly type: 'database'; readonly before: string; readonly now: string}
  | {readonly type: 'error'; readonly error: SqlMessage}

/** How long the server works on what it gives up in the end. */
const GIVES_UP_AFTER_MS = 2000
const MAX_WAIT_MS = 5000
const MAX_DEPTH = 4
/** Words that errors call keywords. */
const RESERVED = new Set(
  'select from where order group having by and or not in is like between union join on as into set values insert update delete create alter drop exec use top distinct null case when then else end'.split(
    ' ',
  ),
)

/** The answers of a batch in order; one that fails is the last. */
export function runBatch(text: string, state: SessionState, effects: Effects, depth = 0): Answer[] {
  const answers: Answer[] = []
  for (const [index, statement] of splitBatch(text).entries()) {
    try {
      answers.push(...run(statement, state, effects, {index, depth}))
    } catch (error) {
      answers.push({type: 'error', error: {...errorOf(error, statement, effects), line: lineOf(text, statement)}})
      break
    }
    if (answers.at(-1)?.type === 'error') break
  }
  return answers.length === 0 ? [{type: 'done'}] : answers
}

const lineOf = (text: string, {tokens}: Statement): number => text.slice(0, tokens[0]?.start ?? 0).split('\n').length

export function errorOf(error: unknown, {tokens}: Statement, effects: Effects): SqlMessage {
  if (error instanceof BatchError) return error.error
  if (error instanceof SqlSyntaxError) {
    const token = error.at === null ? tokens.at(-1) : tokens.find(({start}) => start === error.at)
    const {text = '', keyword = ''} = token ?? tokens.at(-1) ?? {}
    return (RESERVED.has(keyword) ? syntaxNearKeyword(text) : syntaxNear(text)).error
  }
  if (!(error instanceof SqlBeyondError)) throw error
  effects.delayMs += GIVES_UP_AFTER_MS
  return noMemory().error
}

interface Place {
  /** Of the statement in its batch. */
  readonly index: number
  readonly depth: number
}

type Handler = (statement: Statement, state: SessionState, effects: Effects) => Answer[]

const done: Handler = () => [{type: 'done'}]
const writes: Handler = (_, state) => {
  throw logFull(state.database)
}
const beyond: Handler = ({tokens}) => {
  throw new SqlBeyondError(tokens[0]?.keyword ?? '')
}
const lastText = (tokens: readonly Token[]): string => tokens.findLast(({kind}) => kind === 'string')?.text ?? ''

const HANDLERS: Readonly<Record<string, Handler>> = {
  select: (statement, state, effects) => [{type: 'rows', result: select(statement, state, effects)}],
  use,
  set: done,
  declare: done,
  print: ({tokens}) => [
    {type: 'message', message: {number: 0, state: 1, severity: 0, text: lastText(tokens)}},
    {type: 'done'},
  ],
  begin: (statement, state, effects) =>
    /^tran(?:saction)?$/.test(statement.tokens[1]?.keyword ?? '')
      ? done(statement, state, effects)
      : beyond(statement, state, effects),
  commit: done,
  rollback: done,
  save: done,
  return: done,
  reconfigure: (_, {instance}) => {
    instance.configuration.reconfigure()
    return [{type: 'done'}]
  },
  waitfor: ({tokens}, _, effects) => {
    const [hours = 0, minutes = 0, seconds = 0] = lastText(tokens).split(':').map(Number)
    const ms = ((hours * 60 + minutes) * 60 + seconds) * 1000
    effects.delayMs = Math.min(MAX_WAIT_MS, effects.delayMs + (Number.isFinite(ms) ? Math.max(0, ms) : 0))
    return [{type: 'done'}]
  },
  insert: writes,
  update: writes,
  delete: writes,
  merge: writes,
  truncate: writes,
  create: writes,
  alter: writes,
  drop: writes,
  grant: writes,
  deny: writes,
  revoke: writes,
  bulk: ({tokens}) => {
    const text = `Cannot bulk load because the file "${lastText(tokens)}" could not be opened. Operating system error code 5(Access is denied.).`
    throw new BatchError(4861, 16, 1, text)
  },
  backup: device,
  restore: device,
  dbcc: () => {
    const text = 'DBCC execution completed. If DBCC printed error messages, contact your system administrator.'
    return [{type: 'message', message: {number: 2528, state: 1, severity: 10, text}}, {type: 'done'}]
  },
  kill: ({tokens}) => {
    throw new BatchError(6106, 16, 1, `Process ID ${Number(tokens[1]?.text) || 0} is not an active process ID.`)
  },
  shutdown: () => {
    throw new BatchError(6004, 14, 1, 'User does not have permission to perform this action.')
  },
  raiserror: beyond,
  throw: beyond,
  if: beyond,
  while: beyond,
  with: beyond,
}

function device({tokens}: Statement): Answer[] {
  const text = `Cannot open backup device '${lastText(tokens)}'. Operating system error 5(Access is denied.).`
  throw new BatchError(3201, 16, 1, text)
}

function run(statement: Statement, state: SessionState, effects: Effects, {index, depth}: Place): Answer[] {
  const [first] = statement.tokens
  const keyword = first?.keyword ?? ''
  if (Object.hasOwn(HANDLERS, keyword)) return HANDLERS[keyword]?.(statement, state, effects) ?? []
  const called = keyword === 'exec' || keyword === 'execute'
  // The first words of a batch may name a procedure without EXEC.
  if (!called && (index > 0 || (first?.kind !== 'word' && first?.kind !== 'quoted')))
    throw syntaxNear(first?.text ?? '')
  const call = procedureCall(statement.tokens.slice(called ? 1 : 0))
  return callProcedure(call, state, effects, (text) => {
    if (depth === MAX_DEPTH) throw new SqlBeyondError('depth')
    return runBatch(text, state, effects, depth + 1)
  })
}

function use({tokens}: Statement, state: SessionState): Answer[] {
  const name = tokens[1]
  if (name === undefined) throw syntaxNear('use')
  const found = findDatabase(state.instance, name.text)
  if (found === null) throw noDatabase(name.text)
  const before = state.database
  state.database = found
  return [{type: 'database', before, now: found}, {type: 'message', message: changedDatabase(found)}, {type: 'done'}]
}
