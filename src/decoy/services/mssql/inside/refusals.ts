/** Errors and messages with the numbers, severities, states and texts of sys.messages. */
import type {SqlMessage} from '../tds/tokens.ts'

/** Ends the batch. */
export class BatchError extends Error {
  readonly error: SqlMessage

  constructor(number: number, severity: number, state: number, text: string, procedure = '') {
    super(text)
    this.name = 'BatchError'
    this.error = {number, severity, state, text, procedure}
  }
}

export const syntaxNear = (text: string): BatchError => new BatchError(102, 15, 1, `Incorrect syntax near '${text}'.`)
export const syntaxNearKeyword = (word: string): BatchError =>
  new BatchError(156, 15, 1, `Incorrect syntax near the keyword '${word}'.`)
export const invalidObject = (name: string): BatchError => new BatchError(208, 16, 1, `Invalid object name '${name}'.`)
export const invalidColumn = (name: string): BatchError => new BatchError(207, 16, 1, `Invalid column name '${name}'.`)
export const noProcedure = (name: string): BatchError =>
  new BatchError(2812, 16, 62, `Could not find stored procedure '${name}'.`)
export const noFunction = (name: string): BatchError =>
  new BatchError(195, 15, 10, `'${name}' is not a recognized built-in function name.`)
export const undeclared = (name: string): BatchError =>
  new BatchError(137, 15, 2, `Must declare the scalar variable "${name}".`)
export const noDatabase = (name: string): BatchError =>
  new BatchError(911, 16, 1, `Database '${name}' does not exist. Make sure that the name is entered correctly.`)

/** A statement that is right, and more than is played here: the server is short of memory. */
export const noMemory = (): BatchError =>
  new BatchError(701, 17, 123, "There is insufficient system memory in resource pool 'default' to run this query.")

/** Nothing can be written: the log grows until somebody backs it up, and nobody does. */
export function logFull(database: string): BatchError {
  const reason = /^(?:master|tempdb|model|msdb)$/.test(database) ? 'ACTIVE_TRANSACTION' : 'LOG_BACKUP'
  return new BatchError(9002, 17, 2, `The transaction log for database '${database}' is full due to '${reason}'.`)
}

export function turnedOff(procedure: string, component: string): BatchError {
  const text =
    `SQL Server blocked access to procedure 'sys.${procedure}' of component '${component}' because this component is turned off ` +
    `as part of the security configuration for this server. A system administrator can enable the use of '${component}' by using ` +
    `sp_configure. For more information about enabling '${component}', search for '${component}' in SQL Server Books Online.`
  return new BatchError(15281, 16, 1, text, procedure)
}

/** The component is on, and the account of the service may start no program. */
export const noProcess = (): BatchError =>
  new BatchError(
    15121,
    16,
    200,
    "An error occurred during the execution of xp_cmdshell. A call to 'CreateProcess' failed with error code: '5'.",
    'xp_cmdshell',
  )

export const changedDatabase = (name: string): SqlMessage => ({
  number: 5701,
  state: 2,
  severity: 0,
  text: `Changed database context to '${name}'.`,
})
