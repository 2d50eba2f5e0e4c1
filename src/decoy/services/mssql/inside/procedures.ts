/** Stored procedures: what intruders call, answered by a server where the dangerous ones are off. */
import {SqlBeyondError, type SqlValue} from '../../../sql/ast.ts'
import type {Column} from '../../../sql/evaluate.ts'
import type {Token} from '../../../sql/lexer.ts'
import {type Effects, globalVariable} from './functions.ts'
import {BatchError, noProcedure, noProcess, syntaxNear, turnedOff} from './refusals.ts'
import {databases, type SessionState} from './session-state.ts'
import type {Answer} from './statements.ts'

export interface ProcedureCall {
  /** As it was written, without its brackets. */
  readonly path: readonly string[]
  readonly args: readonly (SqlValue | {readonly variable: string})[]
}

const MAX_ARGUMENTS = 64

/** What follows EXEC: `[@status =] name [[@name =] value …]`, or texts in parentheses, which have no name. */
export function procedureCall(tokens: readonly Token[]): ProcedureCall {
  let at = tokens[0]?.kind === 'variable' && tokens[1]?.text === '=' ? 2 : 0
  if (tokens[at]?.text === '(') return {path: [], args: [texts(tokens.slice(at + 1))]}
  const path: string[] = []
  for (; at < tokens.length; at++) {
    const token = tokens[at]
    if (token?.kind === 'word' || token?.kind === 'quoted') path.push(token.text)
    if (tokens[at + 1]?.text !== '.' && token?.text !== '.') break
  }
  if (path.length === 0) throw syntaxNear(tokens[0]?.text ?? 'exec')
  return {path, args: argumentsOf(tokens.slice(at + 1))}
}

const texts = (tokens: readonly Token[]): string =>
  tokens.flatMap(({kind, text}) => (kind === 'string' ? [text] : [])).join('')

function argumentsOf(tokens: readonly Token[]): ProcedureCall['args'] {
  const args: (SqlValue | {variable: string})[] = []
  for (const [index, token] of tokens.entries()) {
    if (args.length === MAX_ARGUMENTS) break
    if (token.kind === 'symbol' || /^(?:out|output)$/.test(token.keyword)) continue
    const named = token.kind === 'variable' && tokens[index + 1]?.text === '='
    if (named) continue
    if (token.kind === 'number') args.push(Number(token.text) * (tokens[index - 1]?.text === '-' ? -1 : 1))
    else if (token.kind === 'variable') args.push({variable: token.text})
    else args.push(token.keyword === 'null' ? null : token.text)
  }
  return args
}

type Procedure = (args: readonly SqlValue[], state: SessionState, run: (text: string) => Answer[]) => Answer[]

const text = (name: string): Column => ({name, type: 'text'})
const integer = (name: string): Column => ({name, type: 'integer'})
const rows = (columns: readonly Column[], found: readonly (readonly SqlValue[])[]): Answer[] => [
  {type: 'rows', result: {columns, rows: found}},
]

const PROCEDURES: Readonly<Record<string, Procedure>> = {
  sp_executesql: ([statement], _, run) => run(String(statement ?? '')),
  sp_configure: configure,
  xp_cmdshell: (_, {instance}) => {
    if (instance.configuration.running('xp_cmdshell') === 0) throw turnedOff('xp_cmdshell', 'xp_cmdshell')
    throw noProcess()
  },
  sp_oacreate: () => {
    throw turnedOff('sp_OACreate', 'Ole Automation Procedures')
  },
  sp_oamethod: () => {
    throw turnedOff('sp_OAMethod', 'Ole Automation Procedures')
  },
  xp_dirtree: () => rows([text('subdirectory'), integer('depth')], []),
  xp_subdirs: () => rows([text('subdirectory')], []),
  xp_fileexist: () =>
    rows([integer('File Exists'), integer('File is a Directory'), integer('Parent Directory Exists')], [[0, 0, 0]]),
  xp_regread: () => {
    throw new BatchError(22001, 16, 1, "RegOpenKeyEx() returned error 5, 'Access is denied.'", 'xp_regread')
  },
  xp_msver: (_, {instance: {release}}) =>
    rows(
      [integer('Index'), text('Name'), integer('Internal_Value'), text('Character_Value')],
      [
        [1, 'ProductName', null, 'Microsoft SQL Server'],
        [2, 'ProductVersion', release.major * 65_536, release.version],
        [3, 'Language', 1033, 'English (United States)'],
        [4, 'Platform', null, 'NT x64'],
      ],
    ),
  sp_databases: (_, {instance}) =>
    rows(
      [text('DATABASE_NAME'), integer('DATABASE_SIZE'), text('REMARKS')],
      databases(instance).map((name) => [name, instance.persona.integer(`mssql size ${name}`, 5000, 900_000), null]),
    ),
  sp_helpdb: (_, {instance}) =>
    rows(
      [text('name'), text('owner'), integer('dbid')],
      databases(instance).map((name, index) => [name, 'sa', index + 1]),
    ),
  sp_tables: (_, {instance: {bait}, database}) =>
    rows(
      ['TABLE_QUALIFIER', 'TABLE_OWNER', 'TABLE_NAME', 'TABLE_TYPE', 'REMARKS'].map(text),
      (database === bait.name ? bait.tables : []).map(({name}) => [database, 'dbo', name, 'TABLE', null]),
    ),
  sp_who: (_, {spid, login, host, database}) =>
    rows(
      [integer('spid'), text('status'), text('loginame'), text('hostname'), text('dbname'), text('cmd')],
      [[spid, 'runnable', login, host, database, 'SELECT']],
    ),
  sp_linkedservers: (_, {instance}) =>
    rows(['SRV_NAME', 'SRV_PROVIDERNAME', 'SRV_PRODUCT'].map(text), [[instance.serverName, 'SQLNCLI', 'SQL Server']]),
}
/** Synonyms, and procedures of the server that are more than is played here. */
const SAME: Readonly<Record<string, string>> = {
  sp_who2: 'sp_who',
  sp_oagetproperty: 'sp_oamethod',
  sp_oasetproperty: 'sp_oamethod',
}
const REAL =
  /^(?:sp_(?:help\w*|add\w*|drop\w*|start_job|password|changedbowner|spaceused|lock|columns|stored_procedures|fkeys|pkeys|statistics|server_info|defaultdb|grantlogin|oa\w+|procoption|prepare\w*|execute|unprepare|cursor\w*|describe_\w+|reset_connection|rename|attach_db|detach_db|setapprole)|xp_(?:reg\w+|fixeddrives|availablemedia|enumgroups|loginconfig|logininfo|servicecontrol|readerrorlog|create_subdir|delete_file|dirtree))$/

export function callProcedure(
  {path, args}: ProcedureCall,
  state: SessionState,
  effects: Effects,
  run: (text: string) => Answer[],
): Answer[] {
  const values = args.map((arg) =>
    typeof arg === 'object' && arg !== null ? globalVariable(arg.variable, state) : arg,
  )
  if (path.length === 0) return run(String(values[0] ?? ''))
  const written = path.at(-1)?.toLowerCase() ?? ''
  const name = Object.hasOwn(SAME, written) ? (SAME[written] ?? written) : written
  const procedure = Object.hasOwn(PROCEDURES, name) ? PROCEDURES[name] : undefined
  if (procedure !== undefined) return procedure(values, state, run)
  if (REAL.test(name)) throw new SqlBeyondError(`${name} after ${effects.delayMs} ms`)
  throw noProcedure(path.join('.'))
}

function configure([name, value]: readonly SqlValue[], {instance: {configuration}}: SessionState): Answer[] {
  const shown = (each: string): SqlValue[] => {
    const {configured, running} = configuration.setting(each)
    return [each, 0, configuration.most(each), configured, running]
  }
  const columns = [text('name'), ...['minimum', 'maximum', 'config_value', 'run_value'].map(integer)]
  if (name === undefined) return rows(columns, configuration.visible.map(shown))
  const found = configuration.find(String(name))
  if (found === null) {
    const missing = `The configuration option '${name}' does not exist, or it may be an advanced option.`
    throw new BatchError(15123, 16, 1, missing, 'sp_configure')
  }
  if (value === undefined) return rows(columns, [shown(found)])
  const wanted = Number(value)
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > configuration.most(found)) {
    throw new BatchError(
      15129,
      16,
      1,
      `'${value}' is not a valid value for configuration option '${found}'.`,
      'sp_configure',
    )
  }
  const setting = configuration.setting(found)
  const change = `Configuration option '${found}' changed from ${setting.configured} to ${wanted}. Run the RECONFIGURE statement to install.`
  setting.configured = wanted
  return [
    {type: 'message', message: {number: 15457, state: 1, severity: 0, text: change, procedure: 'sp_configure'}},
    {type: 'done'},
  ]
}
