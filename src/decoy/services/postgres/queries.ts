/**
 * The simple and the extended query protocol (postgresql.org/docs/15/protocol-flow.html). After an error of the extended
 * one everything is skipped until Sync.
 */

import type {SqlValue} from '../../sql/ast.ts'
import {type Statement, splitStatements} from '../../sql/lexer.ts'
import {errorResponse, failure, PostgresError} from './errors.ts'
import type {Effects} from './inside/functions.ts'
import type {SessionState} from './inside/session-state.ts'
import {execute, hasAnswerBefore, type StatementResult} from './inside/statements.ts'
import {commandComplete, dataRows, EMPTY_QUERY, type Formats, readyForQuery, rowDescription} from './results.ts'
import {BodyReader, int16, int32, message} from './wire.ts'

const MAX_STATEMENTS = 64
/** Prepared statements and portals of one session; more are refused. */
const MAX_PREPARED = 64
const MAX_PARAMETERS = 1024
const TEXT_OID = 25
const PARSE_COMPLETE = message('1')
const BIND_COMPLETE = message('2')
const CLOSE_COMPLETE = message('3')
const NO_DATA = message('n')
const PORTAL_SUSPENDED = message('s')

interface Prepared {
  readonly query: string
  readonly statement: Statement | null
  readonly parameterTypes: readonly number[]
}

interface Portal {
  readonly prepared: Prepared
  readonly parameters: readonly SqlValue[]
  readonly formats: Formats
  /** Rows that a limited Execute left. */
  rest: StatementResult | null
}

export interface QueryReply {
  readonly messages: readonly Buffer[]
  readonly delayMs: number
}

export class QueryProcessor {
  readonly #state: SessionState
  readonly #prepared = new Map<string, Prepared>()
  readonly #portals = new Map<string, Portal>()
  #skipping = false

  constructor(state: SessionState) {
    this.#state = state
  }

  /** One message of a session that was let in; its kind is one of those that the session passes on. */
  handle(kind: string, body: Buffer): QueryReply {
    const effects: Effects = {delayMs: 0}
    if (kind === 'S') {
      this.#skipping = false
      return {messages: [this.#ready()], delayMs: 0}
    }
    if (this.#skipping) return {messages: [], delayMs: 0}
    const messages: Buffer[] = []
    try {
      if (kind === 'Q') this.#simple(body, messages, effects)
      else messages.push(...this.#extended(kind, body, effects))
    } catch (error) {
      if (!(error instanceof PostgresError)) throw error
      messages.push(this.#failed(error))
      this.#skipping = kind !== 'Q' && kind !== 'F'
    }
    if (kind === 'Q' || kind === 'F') messages.push(this.#ready())
    return {messages, delayMs: effects.delayMs}
  }

  #simple(body: Buffer, messages: Buffer[], effects: Effects): void {
    const query = wholeText(body)
    const statements = splitStatements(query, 'postgres').slice(0, MAX_STATEMENTS)
    if (statements.length === 0) messages.push(EMPTY_QUERY)
    for (const statement of statements) {
      const result = execute(statement, {state: this.#state, effects, parameters: [], query})
      if (result.columns !== null) messages.push(rowDescription(result.columns), ...dataRows(result))
      messages.push(commandComplete(result.tag))
    }
  }

  #extended(kind: string, body: Buffer, effects: Effects): Buffer[] {
    const reader = new BodyReader(body)
    switch (kind) {
      case 'P':
        return this.#parse(reader)
      case 'B':
        return this.#bind(reader)
      case 'D':
        return this.#describe(reader)
      case 'E':
        return this.#execute(reader, effects)
      case 'C': {
        const target = reader.bytes(1)?.toString('latin1')
        const name = text(reader)
        if (target === 'S') this.#prepared.delete(name)
        else this.#portals.delete(name)
        return [CLOSE_COMPLETE]
      }
      case 'F': {
        const oid = reader.int32() ?? 0
        throw failure('42883', `function with OID ${oid >>> 0} does not exist`, ['fastpath.c', 139, 'fetch_fp_info'])
      }
      default:
        // Flush, and what is left of a COPY.
        return []
    }
  }

  #parse(reader: BodyReader): Buffer[] {
    const name = text(reader)
    const query = text(reader)
    const count = reader.int16() ?? 0
    const declared = Array.from({length: Math.max(0, Math.min(count, MAX_PARAMETERS))}, () => reader.int32() ?? 0)
    if (name !== '' && this.#prepared.has(name)) {
      throw failure('42P05', `prepared statement "${name}" already exists`, [
        'prepare.c',
        409,
        'StorePreparedStatement',
      ])
    }
    const statements = splitStatements(query, 'postgres')
    if (statements.length > 1) {
      const problem = 'cannot insert multiple commands into a prepared statement'
      throw failure('42601', problem, ['postgres.c', 1440, 'exec_parse_message'])
    }
    if (this.#prepared.size >= MAX_PREPARED) throw outOfMemory()
    const statement = statements[0] ?? null
    const used = (statement?.tokens ?? []).flatMap(({kind, text: token}) =>
      kind === 'parameter' ? Number(token.slice(1)) : [],
    )
    const parameterTypes = Array.from(
      {length: Math.min(MAX_PARAMETERS, Math.max(declared.length, 0, ...used.slice(0, MAX_PARAMETERS)))},
      (_, index) => (declared[index] ?? 0) || TEXT_OID,
    )
    const prepared = {query, statement, parameterTypes}
    if (statement !== null) this.#preview(prepared)
    this.#prepared.set(name, prepared)
    return [PARSE_COMPLETE]
  }

  /** What is wrong with a statement is said when it is parsed. */
  #preview({statement, query}: Prepared): StatementResult | null {
    if (statement === null || !hasAnswerBefore(statement)) return null
    return execute(statement, {state: this.#state, effects: {delayMs: 0}, parameters: [], query})
  }

  #bind(reader: BodyReader): Buffer[] {
    const portal = text(reader)
    const prepared = this.#statement(text(reader))
    const parameterFormats = int16List(reader)
    const count = reader.int16() ?? 0
    if (count !== prepared.parameterTypes.length) {
      const problem = `bind message supplies ${count} parameters, but prepared statement "" requires ${prepared.parameterTypes.length}`
      throw failure('08P01', problem, ['postgres.c', 1704, 'exec_bind_message'])
    }
    const parameters = prepared.parameterTypes.map((_, index) => {
      const size = reader.int32()
      if (size === null || size < 0) return null
      const bytes = reader.bytes(size)
      if (bytes === null) throw tooShort()
      const format = (parameterFormats.length === 1 ? parameterFormats[0] : parameterFormats[index]) ?? 0
      return format === 1 && size === 4 ? bytes.readInt32BE() : bytes.toString('utf8')
    })
    if (this.#portals.size >= MAX_PREPARED) throw outOfMemory()
    this.#portals.set(portal, {prepared, parameters, formats: int16List(reader), rest: null})
    return [BIND_COMPLETE]
  }

  #describe(reader: BodyReader): Buffer[] {
    const target = reader.bytes(1)?.toString('latin1')
    const name = text(reader)
    if (target === 'S') {
      const prepared = this.#statement(name)
      const types = prepared.parameterTypes.map(int32)
      return [message('t', int16(types.length), ...types), this.#described(prepared, [])]
    }
    const portal = this.#portal(name)
    return [this.#described(portal.prepared, portal.formats)]
  }

  #described(prepared: Prepared, formats: Formats): Buffer {
    const columns = this.#preview(prepared)?.columns ?? null
    return columns === null ? NO_DATA : rowDescription(columns, formats)
  }

  #execute(reader: BodyReader, effects: Effects): Buffer[] {
    const portal = this.#portal(text(reader))
    const limit = reader.int32() ?? 0
    const {statement, query} = portal.prepared
    if (statement === null) return [EMPTY_QUERY]
    const result =
      portal.rest ?? execute(statement, {state: this.#state, effects, parameters: portal.parameters, query})
    if (limit > 0 && result.rows.length > limit) {
      portal.rest = {...result, rows: result.rows.slice(limit)}
      return [...dataRows({...result, rows: result.rows.slice(0, limit)}, portal.formats), PORTAL_SUSPENDED]
    }
    portal.rest = {...result, rows: []}
    return [...dataRows(result, portal.formats), commandComplete(result.tag)]
  }

  #statement(name: string): Prepared {
    const found = this.#prepared.get(name)
    if (found !== undefined) return found
    if (name === '')
      throw failure('26000', 'unnamed prepared statement does not exist', ['postgres.c', 1638, 'exec_bind_message'])
    throw failure('26000', `prepared statement "${name}" does not exist`, ['prepare.c', 451, 'FetchPreparedStatement'])
  }

  #portal(name: string): Portal {
    const found = this.#portals.get(name)
    if (found !== undefined) return found
    throw failure('34000', `portal "${name}" does not exist`, ['postgres.c', 2071, 'exec_execute_message'])
  }

  #failed(error: PostgresError): Buffer {
    if (this.#state.transaction === 'T') this.#state.transaction = 'E'
    return errorResponse(error, this.#state.server.release)
  }

  /** Outside of a transaction the end of one unit ends its portals. */
  #ready(): Buffer {
    if (this.#state.transaction === 'I') this.#portals.clear()
    return readyForQuery(this.#state.transaction)
  }
}

const tooShort = (): PostgresError =>
  failure('08P01', 'insufficient data left in message', ['pqformat.c', 529, 'pq_getmsgbytes'])
const outOfMemory = (): PostgresError => failure('53200', 'out of memory', ['mcxt.c', 1096, 'MemoryContextAlloc'])

function text(reader: BodyReader): string {
  const bytes = reader.text()
  if (bytes === null) throw failure('08P01', 'invalid string in message', ['pqformat.c', 595, 'pq_getmsgstring'])
  return bytes.toString('utf8')
}

/** One text that is all of the message. */
function wholeText(body: Buffer): string {
  const reader = new BodyReader(body)
  const query = text(reader)
  if (reader.left > 0) throw failure('08P01', 'invalid message format', ['pqformat.c', 638, 'pq_getmsgend'])
  return query
}

function int16List(reader: BodyReader): number[] {
  const count = reader.int16() ?? 0
  return Array.from({length: Math.max(0, Math.min(count, MAX_PARAMETERS))}, () => reader.int16() ?? 0)
}
