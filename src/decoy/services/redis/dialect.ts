/** What the claimed version says in its own words. Everything here was compared with real servers. */
import type {Reply} from './replies.ts'
import {error} from './replies.ts'

export type Major = 6 | 7

export interface Dialect {
  readonly version: string
  readonly major: Major
  readonly maxArguments: number
  unknownCommand(name: string, args: readonly string[]): Reply
  unknownSubcommand(command: string, subcommand: string): Reply
  /** `container|name` for a subcommand. */
  wrongArity(name: string, subcommand?: string): Reply
  readonly wrongPass: Reply
  invalidExpire(command: string): Reply
  /** `invalid` stands for a wrong value of a right parameter. */
  configSet(parameter: string, value: string, problem: ConfigProblem): Reply
  subscribed(command: string): Reply
}

export type ConfigProblem =
  | {readonly kind: 'unknown' | 'immutable' | 'protected'}
  | {readonly kind: 'invalid'; readonly text: string}

/** Bytes of the unknown command, and of all its arguments, that the error quotes. */
const QUOTED = 128

/** The server builds errors from C strings: a NUL ends each of them. */
function cString(text: string, limit: number): string {
  const end = text.indexOf('\0')
  return text.slice(0, Math.min(limit, end === -1 ? limit : end))
}

function quoteArguments(args: readonly string[], quote: (arg: string) => string): string {
  let quoted = ''
  for (const arg of args) {
    if (quoted.length >= QUOTED) break
    quoted += quote(cString(arg, QUOTED - quoted.length))
  }
  return quoted
}

const V6: Dialect = {
  version: '6.0.16',
  major: 6,
  maxArguments: 1024 * 1024,
  unknownCommand: (name, args) =>
    error(
      `ERR unknown command \`${cString(name, name.length)}\`, with args beginning with: ${quoteArguments(args, (arg) => `\`${arg}\`, `)}`,
    ),
  unknownSubcommand: (command, subcommand) => {
    const dot = command === 'client' || command === 'memory' ? '' : '.'
    const name = cString(subcommand, QUOTED)
    return error(
      `ERR Unknown subcommand or wrong number of arguments for '${name}'. Try ${command.toUpperCase()} HELP${dot}`,
    )
  },
  wrongArity: (name, subcommand) =>
    subcommand === undefined
      ? error(`ERR wrong number of arguments for '${name}' command`)
      : V6.unknownSubcommand(name, subcommand),
  wrongPass: error('WRONGPASS invalid username-password pair'),
  invalidExpire: (command) => error(`ERR invalid expire time in ${command}`),
  configSet: (parameter, value, problem) =>
    problem.kind === 'invalid'
      ? error(`ERR Invalid argument '${value}' for CONFIG SET '${parameter}' - ${problem.text}`)
      : error(`ERR Unsupported CONFIG parameter: ${parameter}`),
  subscribed: (command) =>
    error(
      `ERR Can't execute '${command}': only (P)SUBSCRIBE / (P)UNSUBSCRIBE / PING / QUIT are allowed in this context`,
    ),
}

const CONFIG_REASONS = {immutable: "can't set immutable config", protected: "can't set protected config"} as const

const V7: Dialect = {
  version: '7.0.15',
  major: 7,
  maxArguments: 0x7fffffff,
  unknownCommand: (name, args) =>
    error(
      `ERR unknown command '${cString(name, QUOTED)}', with args beginning with: ${quoteArguments(args, (arg) => `'${arg}' `)}`,
    ),
  unknownSubcommand: (command, subcommand) =>
    error(`ERR unknown subcommand '${cString(subcommand, QUOTED)}'. Try ${command.toUpperCase()} HELP.`),
  wrongArity: (name, subcommand) =>
    error(
      `ERR wrong number of arguments for '${subcommand === undefined ? name : `${name}|${subcommand.toLowerCase()}`}' command`,
    ),
  wrongPass: error('WRONGPASS invalid username-password pair or user is disabled.'),
  invalidExpire: (command) => error(`ERR invalid expire time in '${command}' command`),
  configSet: (parameter, _value, problem) => {
    if (problem.kind === 'unknown') {
      return error(`ERR Unknown option or number of arguments for CONFIG SET - '${parameter}'`)
    }
    const reason = problem.kind === 'invalid' ? problem.text : CONFIG_REASONS[problem.kind]
    return error(`ERR CONFIG SET failed (possibly related to argument '${parameter}') - ${reason}`)
  },
  subscribed: (command) =>
    error(
      `ERR Can't execute '${command}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
    ),
}

export function dialectOf(version: string): Dialect {
  return version === V6.version ? V6 : V7
}

export const WRONG_TYPE = error('WRONGTYPE Operation against a key holding the wrong kind of value')
export const NOT_AN_INTEGER = error('ERR value is not an integer or out of range')
export const NOT_A_FLOAT = error('ERR value is not a valid float')
export const SYNTAX_ERROR = error('ERR syntax error')
export const NO_SUCH_KEY = error('ERR no such key')
export const NO_AUTH = error('NOAUTH Authentication required.')
