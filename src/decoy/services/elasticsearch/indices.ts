/** Indices and their documents: what they are, and what intruders do to them. */
import {type Answer, asked, type Call, deed, document, FailedError, object, sentDocument} from './call.ts'
import {exception, invalidName, type Json, noSuchIndex, wrongMethod} from './failures.ts'
import {typed} from './search.ts'
import {type Document, type Index, identifier} from './store.ts'

/** Lines of a bulk request that are carried out; the evidence has more of it. */
const BULK_LINES = 200

function selected(call: Call, expression: string): readonly Index[] {
  const {indices, missing} = call.node.store.select(expression)
  if (missing !== null) throw new FailedError(noSuchIndex(missing))
  return indices
}

const typeOf = (value: unknown): string => {
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'float'
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? 'date' : 'text'
}

/** As dynamic mapping makes it of the documents. */
function mappingOf({documents}: Index): Json {
  const [first] = documents.values()
  const properties = propertiesOf(first?.source ?? {})
  return Object.keys(properties).length === 0 ? {} : {properties}
}

function propertiesOf(source: Json): Json {
  const keyword = {fields: {keyword: {type: 'keyword', ignore_above: 256}}}
  return Object.fromEntries(
    Object.entries(source)
      .slice(0, 64)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => {
        if (typeof value === 'object' && value !== null) return [name, {properties: propertiesOf(object(value))}]
        const type = typeOf(value)
        return [name, type === 'text' ? {type, ...keyword} : {type}]
      }),
  )
}

function settingsOf({name, uuid, created}: Index, version: string): Json {
  const id = version.startsWith('7.10') ? '7100299' : version.startsWith('7.17') ? '7171299' : '8512000'
  return {
    index: {
      ...(version.startsWith('7.10') ? {} : {routing: {allocation: {include: {_tier_preference: 'data_content'}}}}),
      creation_date: String(created),
      number_of_shards: '1',
      number_of_replicas: '1',
      uuid,
      version: {created: id},
      provided_name: name,
    },
  }
}

/** `GET /index`, and its parts. */
export function describe(call: Call, expression: string, what: 'all' | 'mappings' | 'settings' | 'aliases'): Answer {
  const {version} = call.node.release
  const parts = (index: Index): Json => ({
    ...(what === 'all' || what === 'aliases' ? {aliases: {}} : {}),
    ...(what === 'all' || what === 'mappings' ? {mappings: mappingOf(index)} : {}),
    ...(what === 'all' || what === 'settings' ? {settings: settingsOf(index, version)} : {}),
  })
  const shown = selected(call, expression).map((index) => [index.name, parts(index)])
  return document(Object.fromEntries(shown), [asked(call, what === 'all' ? 'index' : what, expression)])
}

export function createIndex(call: Call, name: string): Answer {
  const {node, connection} = call
  const refused = invalidName(name)
  if (refused !== null) throw new FailedError(refused)
  const events = [deed(call, 'index.create', name)]
  const known = node.store.get(name)
  if (known !== undefined) {
    const message = `index [${name}/${known.uuid}] already exists`
    throw new FailedError(
      exception(400, 'resource_already_exists_exception', message, {index_uuid: known.uuid, index: name}),
    )
  }
  node.store.create(name, connection.now(), connection.random)
  return document({acknowledged: true, shards_acknowledged: true, index: name}, events)
}

/** What ransom of databases begins with. */
export function removeIndex(call: Call, expression: string): Answer {
  const events = [deed(call, 'index.delete', expression)]
  const indices = selected(call, expression)
  if (call.node.release.version.startsWith('8') && /^(?:_all|.*\*.*)$/.test(expression)) {
    const reason = 'Wildcard expressions or all indices are not allowed'
    throw new FailedError(exception(400, 'illegal_argument_exception', reason))
  }
  for (const index of indices) call.node.store.remove(index)
  return document({acknowledged: true}, events)
}

export function oneDocument(call: Call, name: string, id: string): Answer {
  const {node, head, parts} = call
  if (head.method === 'PUT' || head.method === 'POST') return write(call, name, id)
  const index = node.store.get(name)
  if (index === undefined) throw new FailedError(noSuchIndex(name))
  const found = index.documents.get(id)
  const place = {_index: name, ...typed(node.release.version), _id: id}
  if (head.method === 'DELETE') {
    index.documents.delete(id)
    const outcome = {
      ...place,
      _version: (found?.version ?? 0) + 1,
      result: found === undefined ? 'not_found' : 'deleted',
      ...done(index),
    }
    return document(outcome, [deed(call, 'document.delete', `${name}/${id}`)], found === undefined ? 404 : 200)
  }
  const events = [asked(call, '_doc', `${name}/${id}`)]
  if (found === undefined) return document({...place, found: false}, events, 404)
  if (parts[1] === '_source') return document(found.source, events)
  const {version, sequence, source} = found
  return document(
    {...place, _version: version, _seq_no: sequence, _primary_term: 1, found: true, _source: source},
    events,
  )
}

const done = (index: Index): Json => ({
  _shards: {total: 2, successful: 1, failed: 0},
  _seq_no: index.documents.size + index.more,
  _primary_term: 1,
})

/** Indices are made by the first document. */
function write(call: Call, name: string, wanted: string): Answer {
  const refused = invalidName(name)
  if (refused !== null) throw new FailedError(refused)
  const {node} = call
  const source = sentDocument(call)
  if (call.body.size === 0) throw new FailedError(exception(400, 'parse_exception', 'request body is required'))
  const {kept, index, created} = put(call, name, wanted, source)
  const outcome = {
    _index: name,
    ...typed(node.release.version),
    _id: kept.id,
    _version: kept.version,
    result: created ? 'created' : 'updated',
    ...done(index),
  }
  return document(outcome, [deed(call, 'document.write', `${name}/${kept.id}`)], created ? 201 : 200)
}

function put(
  {node, connection}: Call,
  name: string,
  wanted: string,
  source: Json,
): {kept: Document; index: Index; created: boolean} {
  const index = node.store.get(name) ?? node.store.create(name, connection.now(), connection.random)
  const id = wanted === '' ? identifier(connection.random(15)) : wanted.slice(0, 512)
  const created = !index.documents.has(id)
  return {kept: node.store.put(index, id, source), index, created}
}

/** Lines of JSON: what to do, and to most of them what with. */
export function bulk(call: Call, usual: string): Answer {
  const events = [deed(call, '_bulk', usual)]
  const lines = call.body.captured.toString('utf8').split('\n', BULK_LINES)
  const items: Json[] = []
  for (let at = 0; at < lines.length; at++) {
    const [[action, place] = ['', {}]] = Object.entries(parsed(lines[at]))
    if (!['index', 'create', 'update', 'delete'].includes(action)) continue
    const {_index: to = usual, _id: id = ''} = object(place)
    const name = String(to)
    if (invalidName(name) !== null || name === '') continue
    if (action === 'delete') {
      call.node.store.get(name)?.documents.delete(String(id))
      items.push({delete: {_index: name, _id: String(id), result: 'deleted', status: 200}})
      continue
    }
    const sent = parsed(lines[++at])
    const {kept, index, created} = put(call, name, String(id), action === 'update' ? object(sent.doc) : sent)
    const outcome = {
      _index: name,
      ...typed(call.node.release.version),
      _id: kept.id,
      _version: kept.version,
      result: created ? 'created' : 'updated',
      ...done(index),
      status: created ? 201 : 200,
    }
    items.push({[action]: outcome})
  }
  return document({took: 1 + items.length * 2, errors: false, items}, events)
}

function parsed(line: string | undefined): Json {
  try {
    return object(JSON.parse(line ?? ''))
  } catch {
    return {}
  }
}

export const refuseMethod = ({uri, head}: Call, allowed: readonly string[]): never => {
  throw new FailedError(wrongMethod(uri, head.method, allowed))
}
