/**
 * The classic text protocol (protocol.txt of memcached 1.6): words separated by spaces, an end of line, and after
 * commands that store a value the value and an end of line.
 *
 *   set|add|replace|append|prepend key flags exptime bytes [noreply]      cas key flags exptime bytes unique [noreply]
 *   get|gets key*      gat|gats exptime key*      delete key [0] [noreply]      incr|decr key delta [noreply]
 *   touch key exptime [noreply]      flush_all [delay] [noreply]
 */
import {adminCommand} from './admin-commands.ts'
import {counted} from './arithmetic.ts'
import type {Asking} from './asking.ts'
import {expiry, MAX_KEY} from './item.ts'
import {metaCommand} from './meta-commands.ts'
import {signed, unsigned32, unsigned64} from './numbers.ts'
import {
  BAD_CHUNK,
  BAD_EXPTIME,
  BAD_FORMAT,
  END,
  MAX_REPLY,
  NO_MEMORY_READ,
  NOT_NUMERIC,
  type Outcome,
  SILENT,
  text,
  UNKNOWN,
  valueReply,
  WRONG,
} from './reply.ts'
import {fresh} from './store.ts'
import {read, type StoreMode, stored, tooLarge} from './storing.ts'

/** Of a value's size, with its end of line. */
const MAX_SIZE = 0x7fffffff - 2

type Command = (asking: Asking, words: readonly string[]) => Outcome

/** `words`: the command and what follows it. */
export function textCommand(asking: Asking, words: readonly string[]): Outcome {
  const [name = ''] = words
  const command = COMMANDS.get(name)
  if (command !== undefined) return command(asking, words)
  if (words.length >= 2 && words.at(-1)?.startsWith('HTTP/')) return {reply: [], close: true}
  return metaCommand(asking, words) ?? adminCommand(asking, words) ?? UNKNOWN
}

/** With `noreply` nothing is said, whatever came of it. */
function quietly(words: readonly string[], run: () => Outcome): Outcome {
  const outcome = run()
  if (words.at(-1) !== 'noreply') return outcome
  const {awaits} = outcome
  if (awaits === undefined) return {...outcome, reply: []}
  const {size, store, bad} = awaits
  return {
    reply: [],
    awaits: {size, store: (value) => ({...store(value), reply: []}), bad: () => ({...bad(), reply: []})},
  }
}

function get({cache, now}: Asking, keys: readonly string[], withCas: boolean, ttl: number | null): Outcome {
  const pieces: Buffer[] = []
  let size = 0
  for (const key of keys) {
    if (key.length > MAX_KEY) return BAD_FORMAT
    const item = cache.store(now).get(key, now)
    cache.count(ttl === null ? 'cmd_get' : 'cmd_touch')
    cache.count(item === null ? 'get_misses' : 'get_hits')
    if (item === null) continue
    read(item, now)
    if (ttl !== null) item.expiresAt = expiry(ttl, now)
    pieces.push(...valueReply(item, withCas))
    size += item.data.length
    if (size > MAX_REPLY) return NO_MEMORY_READ
  }
  return {reply: [...pieces, END]}
}

const getting =
  (withCas: boolean): Command =>
  (asking, [, ...keys]) =>
    keys.length === 0 ? WRONG : get(asking, keys, withCas, null)

const getAndTouch =
  (withCas: boolean): Command =>
  (asking, [, time, ...keys]) => {
    if (time === undefined) return WRONG
    if (keys.length === 0) return {reply: [END]}
    const ttl = signed(time)
    return ttl === null ? BAD_EXPTIME : get(asking, keys, withCas, ttl)
  }

const storing =
  (mode: StoreMode): Command =>
  (asking, words) => {
    const least = mode === 'cas' ? 6 : 5
    if (words.length < least || words.length > least + 1) return WRONG
    return quietly(words, () => awaitValue(asking, words, mode))
  }

function awaitValue({cache, now}: Asking, words: readonly string[], mode: StoreMode): Outcome {
  const [, key = '', flagWord = '', timeWord = '', sizeWord = '', uniqueWord = ''] = words
  const flags = unsigned32(flagWord)
  const time = signed(timeWord)
  const size = signed(sizeWord)
  const unique = mode === 'cas' ? unsigned64(uniqueWord) : 0n
  if (key.length > MAX_KEY || flags === null || time === null || size === null || unique === null) return BAD_FORMAT
  if (size < 0 || size > MAX_SIZE) return BAD_FORMAT
  const item = fresh(key, flags, Buffer.alloc(0), expiry(time, now), now)
  const refused = tooLarge(cache, item, size, now)
  if (refused !== null) return refused
  return {
    reply: [],
    awaits: {
      size,
      store: (value) => text(stored(cache, {...item, data: Buffer.from(value)}, mode, unique, now)),
      bad: () => BAD_CHUNK,
    },
  }
}

const USAGE = text('CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]')

const remove: Command = ({cache, now}, words) => {
  const [, key, ...rest] = words
  if (key === undefined || rest.length > 2) return WRONG
  return quietly(words, () => {
    // Clients of long ago sent a time, which may only be zero.
    if (rest.length > 0 && rest[0] !== '0' && !(rest.length === 1 && rest[0] === 'noreply')) return USAGE
    if (key.length > MAX_KEY) return BAD_FORMAT
    const there = cache.store(now).get(key, now) !== null
    cache.count(there ? 'delete_hits' : 'delete_misses')
    if (there) cache.store(now).delete(key, now)
    return text(there ? 'DELETED' : 'NOT_FOUND')
  })
}

const counting =
  (down: boolean): Command =>
  ({cache, now}, words) => {
    const [, key = '', deltaWord = ''] = words
    if (words.length < 3 || words.length > 4) return WRONG
    return quietly(words, () => {
      if (key.length > MAX_KEY) return BAD_FORMAT
      const delta = unsigned64(deltaWord)
      if (delta === null) return text('CLIENT_ERROR invalid numeric delta argument')
      const item = cache.store(now).get(key, now)
      const which = down ? 'decr' : 'incr'
      cache.count(item === null ? `${which}_misses` : `${which}_hits`)
      if (item === null) return text('NOT_FOUND')
      const result = counted(cache.store(now), item, delta, down, now)
      return result === null ? NOT_NUMERIC : text(String(result))
    })
  }

const touch: Command = ({cache, now}, words) => {
  const [, key = '', timeWord = ''] = words
  if (words.length < 3 || words.length > 4) return WRONG
  return quietly(words, () => {
    if (key.length > MAX_KEY) return BAD_FORMAT
    const time = signed(timeWord)
    if (time === null) return BAD_EXPTIME
    const item = cache.store(now).get(key, now)
    cache.count('cmd_touch')
    cache.count(item === null ? 'touch_misses' : 'touch_hits')
    if (item === null) return text('NOT_FOUND')
    item.expiresAt = expiry(time, now)
    return text('TOUCHED')
  })
}

const flush: Command = ({cache, now}, words) => {
  if (words.length > 3) return WRONG
  return quietly(words, () => {
    const [, delay] = words
    if (delay !== undefined && delay !== 'noreply' && signed(delay) === null) return BAD_EXPTIME
    cache.count('cmd_flush')
    cache.store(now).flush(now)
    return text('OK')
  })
}

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['get', getting(false)],
  ['bget', getting(false)],
  ['gets', getting(true)],
  ['gat', getAndTouch(false)],
  ['gats', getAndTouch(true)],
  ['set', storing('set')],
  ['add', storing('add')],
  ['replace', storing('replace')],
  ['append', storing('append')],
  ['prepend', storing('prepend')],
  ['cas', storing('cas')],
  ['delete', remove],
  ['incr', counting(false)],
  ['decr', counting(true)],
  ['touch', touch],
  ['flush_all', flush],
  ['quit', () => ({...SILENT, close: true})],
])
