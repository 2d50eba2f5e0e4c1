/** Sorted sets, as far as scripts and stock clients use them. */
import {NOT_A_FLOAT, SYNTAX_ERROR} from '../dialect.ts'
import {array, bulk, integer, NULL, type Reply} from '../replies.ts'
import {
  type Call,
  changed,
  fromEnd,
  type Handlers,
  integerArgument,
  remove,
  rest,
  store,
  text,
  upper,
  valueAt,
} from './call.ts'

const scoresOf = (call: Call) => valueAt(call, text(call, 1), 'zset')?.scores

function score(word: string): number | null {
  if (/^[+-]?inf(?:inity)?$/i.test(word)) return word.startsWith('-') ? -Infinity : Infinity
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(word) ? Number(word) : null
}

function zadd(call: Call): Reply {
  const pairs = rest(call, 2)
  if (pairs.length % 2 !== 0) return SYNTAX_ERROR
  const added: [string, number][] = []
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const value = score(pairs[index] ?? '')
    if (value === null) return NOT_A_FLOAT
    added.push([pairs[index + 1] ?? '', value])
  }
  const existing = scoresOf(call)
  const scores = existing ?? new Map<string, number>()
  const before = scores.size
  for (const [member, value] of added) scores.set(member, value)
  if (existing === undefined) store(call, text(call, 1), {kind: 'zset', scores})
  else changed(call)
  return integer(scores.size - before)
}

function zrange(call: Call): Reply {
  const start = integerArgument(call, 2)
  const stop = integerArgument(call, 3)
  if (call.count > 5 || (call.count === 5 && upper(call, 4) !== 'WITHSCORES')) return SYNTAX_ERROR
  const sorted = [...(scoresOf(call) ?? [])].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
  const last = stop < 0 ? sorted.length + stop : stop
  const chosen = sorted.slice(fromEnd(start, sorted.length), last + 1)
  if (call.count === 4) return array(chosen.map(([member]) => bulk(member)))
  const pair = ([member, value]: [string, number]): Reply[] => [bulk(member), {type: 'double', value}]
  return array(call.client.resp === 3 ? chosen.map((entry) => array(pair(entry))) : chosen.flatMap(pair))
}

function zrem(call: Call): Reply {
  const scores = scoresOf(call)
  const removed = rest(call, 2).filter((member) => scores?.delete(member)).length
  if (scores?.size === 0) remove(call, text(call, 1))
  else if (removed > 0) changed(call)
  return integer(removed)
}

export const SORTED_SETS: Handlers = {
  zadd,
  zrange,
  zrem,
  zcard: (call) => integer(scoresOf(call)?.size ?? 0),
  zscore: (call) => {
    const value = scoresOf(call)?.get(text(call, 2))
    return value === undefined ? NULL : {type: 'double', value}
  },
}
