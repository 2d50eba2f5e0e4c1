/** Lists, hashes and sets. */
import {array, bulk, integer, map, NULL, OK, type Reply, set} from '../replies.ts'
import {
  bytes,
  type Call,
  changed,
  fromEnd,
  type Handlers,
  integerArgument,
  ReplyError,
  remove,
  rest,
  store,
  text,
  valueAt,
} from './call.ts'

const listOf = (call: Call) => valueAt(call, text(call, 1), 'list')?.items
const hashOf = (call: Call) => valueAt(call, text(call, 1), 'hash')?.fields
const setOf = (call: Call) => valueAt(call, text(call, 1), 'set')?.members
const flag = (condition: boolean): Reply => integer(condition ? 1 : 0)
const orNull = (value: Buffer | undefined): Reply => (value === undefined ? NULL : bulk(value))

function push(call: Call, end: 'left' | 'right', onlyExisting = false): Reply {
  const existing = listOf(call)
  if (existing === undefined && onlyExisting) return integer(0)
  const items = existing ?? []
  for (const item of call.args.slice(2)) {
    if (end === 'left') items.unshift(item)
    else items.push(item)
  }
  if (existing === undefined) store(call, text(call, 1), {kind: 'list', items})
  else changed(call)
  return integer(items.length)
}

function pop(call: Call, end: 'left' | 'right'): Reply {
  const {dialect} = call.server.facts
  // A count came with 6.2.
  if (call.count > 3 || (call.count === 3 && dialect.major < 7)) return dialect.wrongArity(call.name)
  const count = call.count === 3 ? integerArgument(call, 2) : 1
  if (count < 0) return {type: 'error', text: 'ERR value is out of range, must be positive'}
  const items = listOf(call)
  if (items === undefined) return call.count === 3 ? {type: 'null-array'} : NULL
  const popped = end === 'left' ? items.splice(0, count) : items.splice(Math.max(0, items.length - count)).reverse()
  if (items.length === 0) remove(call, text(call, 1))
  else changed(call)
  return call.count === 3 ? array(popped.map(bulk)) : orNull(popped[0])
}

function lrange(call: Call): Reply {
  const start = integerArgument(call, 2)
  const stop = integerArgument(call, 3)
  const items = listOf(call) ?? []
  const last = stop < 0 ? items.length + stop : stop
  return array(items.slice(fromEnd(start, items.length), last + 1).map(bulk))
}

function lindex(call: Call): Reply {
  const items = listOf(call)
  return orNull(items?.at(integerArgument(call, 2)))
}

function hset(call: Call): number {
  if (call.count % 2 !== 0) throw new ReplyError(call.server.facts.dialect.wrongArity(call.name))
  const existing = hashOf(call)
  const fields = existing ?? new Map<string, Buffer>()
  const before = fields.size
  for (let index = 2; index + 1 < call.args.length; index += 2) fields.set(text(call, index), bytes(call, index + 1))
  if (existing === undefined) store(call, text(call, 1), {kind: 'hash', fields})
  else changed(call)
  return fields.size - before
}

function hdel(call: Call): Reply {
  const fields = hashOf(call)
  const removed = rest(call, 2).filter((field) => fields?.delete(field)).length
  if (fields?.size === 0) remove(call, text(call, 1))
  else if (removed > 0) changed(call)
  return integer(removed)
}

function sadd(call: Call): Reply {
  const existing = setOf(call)
  const members = existing ?? new Set<string>()
  const before = members.size
  for (const member of rest(call, 2)) members.add(member)
  if (existing === undefined) store(call, text(call, 1), {kind: 'set', members})
  else changed(call)
  return integer(members.size - before)
}

function srem(call: Call): Reply {
  const members = setOf(call)
  const removed = rest(call, 2).filter((member) => members?.delete(member)).length
  if (members?.size === 0) remove(call, text(call, 1))
  else if (removed > 0) changed(call)
  return integer(removed)
}

export const COLLECTIONS: Handlers = {
  lpush: (call) => push(call, 'left'),
  rpush: (call) => push(call, 'right'),
  lpushx: (call) => push(call, 'left', true),
  rpushx: (call) => push(call, 'right', true),
  lpop: (call) => pop(call, 'left'),
  rpop: (call) => pop(call, 'right'),
  lrange,
  lindex,
  llen: (call) => integer(listOf(call)?.length ?? 0),
  hset: (call) => integer(hset(call)),
  hmset: (call) => {
    hset(call)
    return OK
  },
  hsetnx: (call) => {
    if (hashOf(call)?.has(text(call, 2)) === true) return integer(0)
    hset(call)
    return integer(1)
  },
  hget: (call) => orNull(hashOf(call)?.get(text(call, 2))),
  hmget: (call) => {
    const fields = hashOf(call)
    return array(rest(call, 2).map((field) => orNull(fields?.get(field))))
  },
  hgetall: (call) => map([...(hashOf(call) ?? [])].map(([field, value]) => [bulk(field), bulk(value)])),
  hkeys: (call) => array([...(hashOf(call)?.keys() ?? [])].map(bulk)),
  hvals: (call) => array([...(hashOf(call)?.values() ?? [])].map(bulk)),
  hlen: (call) => integer(hashOf(call)?.size ?? 0),
  hexists: (call) => flag(hashOf(call)?.has(text(call, 2)) === true),
  hdel,
  sadd,
  srem,
  scard: (call) => integer(setOf(call)?.size ?? 0),
  sismember: (call) => flag(setOf(call)?.has(text(call, 2)) === true),
  smembers: (call) => set([...(setOf(call) ?? [])].map(bulk)),
}
