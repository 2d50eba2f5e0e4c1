/** Finds a command and performs it. */
import {type BsonDocument, type BsonValue, isArray, isDocument} from '../../codecs/bson/values.ts'
import type {Call, CommandEntry} from './call.ts'
import {CONNECTION_COMMANDS} from './commands-connection.ts'
import {READ_COMMANDS} from './commands-read.ts'
import {STATUS_COMMANDS} from './commands-status.ts'
import {WRITE_COMMANDS} from './commands-write.ts'
import {CommandError} from './errors.ts'
import {commandEvent} from './evidence.ts'

const COMMANDS: ReadonlyMap<string, CommandEntry> = new Map(
  Object.entries({...CONNECTION_COMMANDS, ...STATUS_COMMANDS, ...READ_COMMANDS, ...WRITE_COMMANDS}),
)

/** What old drivers begin a connection with is all that newer servers answer in the old way. */
const LEGACY = new Set([
  'hello',
  'isMaster',
  'ismaster',
  'authenticate',
  'buildinfo',
  'buildInfo',
  'saslContinue',
  'saslStart',
])
const MAX_NAME = 128
/** Values of a command; each may be looked at for every document that there is. Documents to insert are not. */
const MAX_VALUES = 2000

export function dispatch(call: Call): BsonDocument {
  const {command, client} = call
  const name = [...command.body.keys()][0] ?? ''
  const entry = COMMANDS.get(name)
  try {
    check(call, name, entry)
    if (entry === undefined) throw new CommandError('CommandNotFound', `no such command: '${name.slice(0, MAX_NAME)}'`)
    return entry.perform(call)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return error.document()
  } finally {
    const event = commandEvent(command, name, entry !== undefined, client.connection)
    if (event !== null) call.events.unshift(event)
  }
}

/** @throws CommandError for what the client may not do. */
function check({server, client, command}: Call, name: string, entry: CommandEntry | undefined): void {
  const {release, auth} = server.facts
  if (command.legacy && !release.legacy && !LEGACY.has(name)) {
    const advice =
      'The client driver may require an upgrade. For more details see https://dochub.mongodb.org/core/legacy-opcode-removal'
    throw new CommandError(
      'UnsupportedOpQueryCommand',
      `Unsupported OP_QUERY command: ${name.slice(0, MAX_NAME)}. ${advice}`,
    )
  }
  if (command.database === '') throw new CommandError('Location40571', 'OP_MSG requests require a $db argument')
  if (entry === undefined || entry.open === true) return
  if (!auth || client.user !== null) {
    const values = name === 'insert' ? 0 : counted(command.body, MAX_VALUES)
    if (values > MAX_VALUES) throw new CommandError('MaxTimeMSExpired', 'operation exceeded time limit')
    return
  }
  const word = release.major < 5 ? 'command' : 'Command'
  throw new CommandError('Unauthorized', `${word} ${name} requires authentication`)
}

/** Values in a value, as far as they are counted. */
function counted(value: BsonValue, most: number): number {
  const items: Iterable<BsonValue> = isDocument(value) ? value.values() : isArray(value) ? value : []
  let count = 1
  for (const item of items) {
    count += counted(item, most - count)
    if (count > most) break
  }
  return count
}
