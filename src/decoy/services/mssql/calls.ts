/** Remote procedure calls: statements that programs prepare and run, and procedures by name. */
import type {Effects} from './inside/functions.ts'
import {callProcedure} from './inside/procedures.ts'
import {noProcedure} from './inside/refusals.ts'
import type {SessionState} from './inside/session-state.ts'
import {type Answer, errorOf, runBatch} from './inside/statements.ts'
import type {Rpc} from './tds/requests.ts'

/** Statements that one session may have prepared. */
const MAX_PREPARED = 64

export interface CallResult {
  readonly answers: readonly Answer[]
  readonly handle: number | null
}

/** The prepared statements of one session. */
export class Calls {
  readonly #prepared = new Map<number, string>()
  #handles = 0

  run({procedure, parameters}: Rpc, state: SessionState, effects: Effects): CallResult {
    const values = parameters.map(({value}) => value)
    const text = (index: number): string => String(values[index] ?? '')
    switch (procedure.toLowerCase()) {
      case 'sp_executesql':
        return {answers: runBatch(text(0), state, effects), handle: null}
      case 'sp_prepexec':
        return {answers: runBatch(text(2), state, effects), handle: this.#prepare(text(2))}
      case 'sp_prepare':
        return {answers: [], handle: this.#prepare(text(2))}
      case 'sp_execute':
        return {answers: this.#execute(Number(values[0]), state, effects), handle: null}
      case 'sp_unprepare':
        this.#prepared.delete(Number(values[0]))
        return {answers: [], handle: null}
      default:
        return {answers: named(procedure, values, state, effects), handle: null}
    }
  }

  #prepare(text: string): number {
    const [oldest] = this.#prepared.keys()
    if (this.#prepared.size >= MAX_PREPARED && oldest !== undefined) this.#prepared.delete(oldest)
    this.#prepared.set(++this.#handles, text)
    return this.#handles
  }

  #execute(handle: number, state: SessionState, effects: Effects): Answer[] {
    const text = this.#prepared.get(handle)
    if (text !== undefined) return runBatch(text, state, effects)
    const error = {
      number: 8179,
      state: 4,
      severity: 16,
      text: `Could not find prepared statement with handle ${handle}.`,
    }
    return [{type: 'error', error}]
  }
}

function named(
  procedure: string,
  values: readonly (string | number | boolean | null)[],
  state: SessionState,
  effects: Effects,
): Answer[] {
  try {
    const path = procedure.split('.').map((part) => part.replace(/^\[|\]$/g, ''))
    if (path.at(-1) === '') throw noProcedure(procedure)
    return callProcedure({path, args: values}, state, effects, (text) => runBatch(text, state, effects))
  } catch (error) {
    return [{type: 'error', error: errorOf(error, {tokens: [], text: ''}, effects)}]
  }
}
