/** ErrorResponse and what stands in it (postgresql.org/docs/15/protocol-error-fields.html), in the order of the server. */
import type {Release} from './releases.ts'
import {message} from './wire.ts'

export interface ErrorFields {
  readonly severity?: 'ERROR' | 'FATAL'
  /** SQLSTATE. */
  readonly code: string
  readonly text: string
  readonly detail?: string
  readonly hint?: string
  /** Counted from 1, in characters of the query. */
  readonly position?: number
  readonly source: readonly [file: string, line: number, routine: string]
}

/** Thrown inside of a statement or a login, sent as its answer. */
export class PostgresError extends Error {
  readonly fields: ErrorFields

  constructor(fields: ErrorFields) {
    super(fields.text)
    this.name = 'PostgresError'
    this.fields = fields
  }
}

export const fatal = (code: string, text: string, source: ErrorFields['source'], detail?: string): PostgresError =>
  new PostgresError({severity: 'FATAL', code, text, source, ...(detail === undefined ? {} : {detail})})

export const failure = (
  code: string,
  text: string,
  source: ErrorFields['source'],
  more: Pick<ErrorFields, 'detail' | 'hint' | 'position'> = {},
): PostgresError => new PostgresError({code, text, source, ...more})

/** Directories of the sources, which builds for Windows show. */
const DIRECTORIES: Readonly<Record<string, string>> = {
  'postmaster.c': 'postmaster',
  'auth.c': 'libpq',
  'auth-scram.c': 'libpq',
}

export function errorResponse({fields}: PostgresError, {windows}: Release): Buffer {
  const {severity = 'ERROR', code, text, detail, hint, position, source} = fields
  const [file, line, routine] = source
  const directory = DIRECTORIES[file]
  const shown = windows && directory !== undefined ? `.\\src\\backend\\${directory}\\${file}` : file
  const all: readonly (readonly [string, string | number | undefined])[] = [
    ['S', severity],
    ['V', severity],
    ['C', code],
    ['M', text],
    ['D', detail],
    ['H', hint],
    ['P', position],
    ['F', shown],
    ['L', line],
    ['R', routine],
  ]
  const body = all.flatMap(([key, value]) => (value === undefined ? [] : [`${key}${value}\0`])).join('')
  return message('E', body, '\0')
}

/** As servers from before protocol 3.0 wrote it, for clients that ask for those. */
export function ancientError(text: string): Buffer {
  return Buffer.from(`E${text}\n\0`, 'utf8')
}
