/** Writing of documents, and of collections. */
import {type BsonDocument, type BsonValue, document, isDocument, numeric, ObjectId} from '../../codecs/bson/values.ts'
import {type Call, type CommandEntry, collectionName, documentField, listField, ok} from './call.ts'
import {CommandError, codeOf} from './errors.ts'
import {accepts} from './filter.ts'
import type {Collection} from './store.ts'
import {updated} from './update.ts'

function insert(call: Call): BsonDocument {
  const {store, command, now, client} = call
  const collection = store.ensure(command.database, collectionName(call), now)
  const writeErrors: BsonDocument[] = []
  let n = 0
  for (const [index, given] of listField(call, 'documents').entries()) {
    if (!isDocument(given)) continue
    const id = given.get('_id') ?? new ObjectId(hexId(now, client.connection.random(8)))
    const whole: BsonDocument = new Map([['_id', id], ...given])
    const refused = charged(call, whole, index)
    if (refused !== null) {
      writeErrors.push(refused)
      break
    }
    collection.documents.push(whole)
    n++
  }
  return ok({n, ...(writeErrors.length > 0 ? {writeErrors} : {})})
}

const hexId = (now: number, rest: Buffer): string =>
  `${Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0')}${rest.toString('hex')}`

function charged({store}: Call, whole: BsonDocument, index: number): BsonDocument | null {
  try {
    store.charge(whole)
    return null
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return document({index, code: codeOf(error.codeName), errmsg: error.message})
  }
}

function remove(call: Call): BsonDocument {
  const collection = call.store.collection(call.command.database, collectionName(call))
  let n = 0
  for (const each of listField(call, 'deletes')) {
    if (collection === null || !isDocument(each)) continue
    const filter = each.get('q')
    const most = numeric(each.get('limit')) === 1 ? 1 : Number.POSITIVE_INFINITY
    n += removeFrom(collection, isDocument(filter) ? filter : new Map(), most)
  }
  return ok({n})
}

function removeFrom(collection: Collection, filter: BsonDocument, most: number): number {
  let removed = 0
  collection.documents = collection.documents.filter((each) => {
    if (removed >= most || !accepts(each, filter)) return true
    removed++
    return false
  })
  return removed
}

function update(call: Call): BsonDocument {
  const {store, command, now} = call
  const name = collectionName(call)
  const upserted: BsonDocument[] = []
  let n = 0
  for (const [index, each] of listField(call, 'updates').entries()) {
    if (!isDocument(each)) continue
    const changed = change(call, store.collection(command.database, name), each)
    n += changed
    if (changed > 0 || each.get('upsert') !== true) continue
    const made = updated(
      new Map([['_id', new ObjectId(hexId(now, call.client.connection.random(8)))]]),
      each.get('u') ?? null,
    )
    store.charge(made)
    store.ensure(command.database, name, now).documents.push(made)
    upserted.push(document({index, _id: made.get('_id') ?? null}))
    n++
  }
  return ok({n, nModified: n - upserted.length, ...(upserted.length > 0 ? {upserted} : {})})
}

function change({store}: Call, collection: Collection | null, each: BsonDocument): number {
  if (collection === null) return 0
  const filter = each.get('q')
  const most = each.get('multi') === true ? Number.POSITIVE_INFINITY : 1
  let n = 0
  collection.documents = collection.documents.map((document) => {
    if (n >= most || !accepts(document, isDocument(filter) ? filter : new Map())) return document
    n++
    const after = updated(document, each.get('u') ?? null)
    store.charge(after)
    return after
  })
  return n
}

function findAndModify(call: Call): BsonDocument {
  const {command, store} = call
  const collection = store.collection(command.database, collectionName(call))
  const query = documentField(call, 'query')
  const found = collection?.documents.find((each) => accepts(each, query)) ?? null
  if (found === null || collection === null)
    return ok({lastErrorObject: document({n: 0, updatedExisting: false}), value: null})
  if (command.body.get('remove') === true) {
    collection.documents = collection.documents.filter((each) => each !== found)
    return ok({lastErrorObject: document({n: 1}), value: found})
  }
  const after = updated(found, command.body.get('update') ?? null)
  store.charge(after)
  collection.documents = collection.documents.map((each) => (each === found ? after : each))
  const value: BsonValue = command.body.get('new') === true ? after : found
  return ok({lastErrorObject: document({n: 1, updatedExisting: true}), value})
}

function create(call: Call): BsonDocument {
  const {store, command, now} = call
  const name = collectionName(call)
  if (store.collection(command.database, name) !== null) {
    const where = `${command.database}.${name}`
    const options = call.server.facts.release.major < 5 ? '' : ` Collection ${where} already exists.`
    throw new CommandError('NamespaceExists', options.trim() || `a collection '${where}' already exists`)
  }
  store.ensure(command.database, name, now)
  return ok()
}

function drop(call: Call): BsonDocument {
  const {store, command} = call
  const name = collectionName(call)
  const dropped = store.drop(command.database, name)
  // Since 7.0 it is no error any more.
  if (!dropped && call.server.facts.release.major < 7) throw new CommandError('NamespaceNotFound', 'ns not found')
  return dropped ? ok({nIndexesWas: 1, ns: `${command.database}.${name}`}) : ok()
}

function dropDatabase({store, command}: Call): BsonDocument {
  const dropped = store.dropDatabase(command.database)
  return ok(dropped ? {dropped: command.database} : {})
}

const createIndexes = (call: Call): BsonDocument => {
  const {store, command, now} = call
  const name = collectionName(call)
  const made = store.collection(command.database, name) === null
  store.ensure(command.database, name, now)
  const indexes = listField(call, 'indexes').length
  return ok({numIndexesBefore: 1, numIndexesAfter: 1 + indexes, createdCollectionAutomatically: made})
}

export const WRITE_COMMANDS: Readonly<Record<string, CommandEntry>> = {
  insert: {perform: insert},
  delete: {perform: remove},
  update: {perform: update},
  findAndModify: {perform: findAndModify},
  findandmodify: {perform: findAndModify},
  create: {perform: create},
  drop: {perform: drop},
  dropDatabase: {perform: dropDatabase},
  createIndexes: {perform: createIndexes},
  dropIndexes: {perform: () => ok({nIndexesWas: 1})},
}
