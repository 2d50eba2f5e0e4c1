/** Lists, and reading of documents. */
import {type BsonDocument, document, isArray, numeric} from '../../codecs/bson/values.ts'
import {
  argument,
  type Call,
  type CommandEntry,
  collectionName,
  documentField,
  listField,
  numberField,
  ok,
  uuid,
} from './call.ts'
import {CommandError} from './errors.ts'
import {accepts} from './filter.ts'
import {aggregated, distinct, projected, sorted} from './pipeline.ts'
import {sizeOf} from './store.ts'

const FIRST_BATCH = 101
const MAX_CURSORS = 10

/** Always there; the server's own. */
const OWN = ['admin', 'config', 'local']

function listDatabases(call: Call): BsonDocument {
  const {store, command} = call
  const nameOnly = command.body.get('nameOnly') === true
  const filter = documentField(call, 'filter')
  const names = [...new Set([...OWN, ...store.databases()])].sort()
  const all = names.map((name) => {
    const size = OWN.includes(name) ? 40_960 + 8192 * name.length : sizeOf(store.collections(name))
    return document({name, ...(nameOnly ? {} : {sizeOnDisk: BigInt(size), empty: false})})
  })
  const databases = all.filter((each) => accepts(each, filter))
  const total = databases.reduce((sum, each) => sum + (numeric(each.get('sizeOnDisk')) ?? 0), 0)
  if (nameOnly) return ok({databases})
  const {major} = call.server.facts.release
  return ok({
    databases,
    totalSize: BigInt(total),
    ...(major < 5 ? {} : {totalSizeMb: BigInt(Math.floor(total / 1024 / 1024))}),
  })
}

function listCollections(call: Call): BsonDocument {
  const {store, command} = call
  const filter = documentField(call, 'filter')
  const nameOnly = command.body.get('nameOnly') === true
  const all = [...store.collections(command.database).keys()].map((name) =>
    document({
      name,
      type: 'collection',
      ...(nameOnly
        ? {}
        : {
            options: new Map(),
            info: document({readOnly: false, uuid: uuid(call, `${command.database}.${name}`)}),
            idIndex: idIndex(),
          }),
    }),
  )
  const batch = all.filter((each) => accepts(each, filter))
  return ok({cursor: document({id: 0n, ns: `${command.database}.$cmd.listCollections`, firstBatch: batch})})
}

const idIndex = (): BsonDocument => document({v: 2, key: document({_id: 1}), name: '_id_'})

function listIndexes(call: Call): BsonDocument {
  const {database} = call.command
  const name = collectionName(call)
  if (call.store.collection(database, name) === null) {
    throw new CommandError('NamespaceNotFound', `ns does not exist: ${database}.${name}`)
  }
  return ok({cursor: document({id: 0n, ns: `${database}.${name}`, firstBatch: [idIndex()]})})
}

const documentsOf = ({store, command}: Call, name: string): readonly BsonDocument[] =>
  store.collection(command.database, name)?.documents ?? []

function find(call: Call): BsonDocument {
  const name = collectionName(call)
  const filter = documentField(call, 'filter')
  let found: readonly BsonDocument[] = documentsOf(call, name).filter((each) => accepts(each, filter))
  const sort = documentField(call, 'sort')
  if (sort.size > 0) found = sorted(found, sort)
  const skip = Math.max(0, numberField(call, 'skip') ?? 0)
  const limit = Math.abs(numberField(call, 'limit') ?? 0)
  found = found.slice(skip, limit === 0 ? undefined : skip + limit)
  const projection = documentField(call, 'projection')
  const shown = found.map((each) => projected(each, projection))
  const single = call.command.body.get('singleBatch') === true
  return batched(call, `${call.command.database}.${name}`, shown, numberField(call, 'batchSize'), single)
}

/** The first of a result, and a cursor to the rest of it. */
function batched(
  call: Call,
  namespace: string,
  found: readonly BsonDocument[],
  batchSize: number | null,
  single = false,
): BsonDocument {
  const size = Math.max(0, batchSize ?? FIRST_BATCH)
  const firstBatch = found.slice(0, size)
  const rest = found.slice(size)
  const id = rest.length === 0 || single ? 0n : cursorOf(call, namespace, rest)
  return ok({cursor: document({firstBatch, id, ns: namespace})})
}

function cursorOf({client}: Call, namespace: string, rest: readonly BsonDocument[]): bigint {
  const id = client.connection.random(8).readBigInt64LE() >> 1n
  client.cursors.set(id, {namespace, rest})
  const [oldest] = client.cursors.keys()
  if (client.cursors.size > MAX_CURSORS && oldest !== undefined) client.cursors.delete(oldest)
  return id
}

function getMore(call: Call): BsonDocument {
  const {client} = call
  const asked = argument(call)
  const id = typeof asked === 'bigint' ? asked : BigInt(Math.trunc(numeric(asked) ?? 0))
  const cursor = client.cursors.get(id)
  if (cursor === undefined) throw new CommandError('CursorNotFound', `cursor id ${id} not found`)
  const size = Math.max(1, numberField(call, 'batchSize') ?? cursor.rest.length)
  const nextBatch = cursor.rest.slice(0, size)
  cursor.rest = cursor.rest.slice(size)
  if (cursor.rest.length === 0) client.cursors.delete(id)
  return ok({cursor: document({nextBatch, id: cursor.rest.length === 0 ? 0n : id, ns: cursor.namespace})})
}

function killCursors(call: Call): BsonDocument {
  const asked = listField(call, 'cursors')
  const killed = asked.filter((id) => typeof id === 'bigint' && call.client.cursors.delete(id))
  const cursorsNotFound = asked.filter((id) => !killed.includes(id))
  return ok({cursorsKilled: killed, cursorsNotFound, cursorsAlive: [], cursorsUnknown: []})
}

function count(call: Call): BsonDocument {
  const filter = documentField(call, 'query')
  return ok({n: documentsOf(call, collectionName(call)).filter((each) => accepts(each, filter)).length})
}

function distinctValues(call: Call): BsonDocument {
  const key = call.command.body.get('key')
  if (typeof key !== 'string')
    throw new CommandError('Location40414', "BSON field 'distinct.key' is missing but a required field")
  const filter = documentField(call, 'query')
  return ok({
    values: distinct(
      documentsOf(call, collectionName(call)).filter((each) => accepts(each, filter)),
      key,
    ),
  })
}

function aggregate(call: Call): BsonDocument {
  const {command} = call
  const pipeline = command.body.get('pipeline')
  if (!isArray(pipeline)) throw new CommandError('FailedToParse', "The 'pipeline' option must be specified as an array")
  const whole = numeric(argument(call)) !== null
  const name = whole ? '$cmd.aggregate' : collectionName(call)
  const found = aggregated(whole ? [] : documentsOf(call, name), whole ? [] : pipeline)
  const batchSize = numeric(documentField(call, 'cursor').get('batchSize'))
  return batched(call, `${command.database}.${name}`, found, batchSize)
}

export const READ_COMMANDS: Readonly<Record<string, CommandEntry>> = {
  listDatabases: {perform: listDatabases},
  listCollections: {perform: listCollections},
  listIndexes: {perform: listIndexes},
  find: {perform: find},
  getMore: {perform: getMore},
  killCursors: {perform: killCursors},
  count: {perform: count},
  distinct: {perform: distinctValues},
  aggregate: {perform: aggregate},
}
