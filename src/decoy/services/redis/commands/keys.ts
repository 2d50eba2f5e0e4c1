/** Commands on keys whatever they hold. */
import {NO_SUCH_KEY, SYNTAX_ERROR} from '../dialect.ts'
import {globMatches} from '../glob.ts'
import {DATABASES, type Entry, type Value} from '../keyspace.ts'
import {array, bulk, error, integer, NULL, OK, type Reply, simple} from '../replies.ts'
import {
  type Call,
  changed,
  entryOf,
  type Handlers,
  integerArgument,
  keyspaceOf,
  remove,
  rest,
  store,
  text,
  upper,
} from './call.ts'
import {container} from './container.ts'

const keysOf = (call: Call) => keyspaceOf(call).keys(call.client.database, call.now)

function del(call: Call): Reply {
  const existing = rest(call, 1).filter((key) => {
    const found = entryOf(call, key) !== undefined
    if (found) remove(call, key)
    return found
  })
  return integer(existing.length)
}

function expire(call: Call, unitMs: number, absolute = false): Reply {
  const at = (absolute ? 0 : call.now) + integerArgument(call, 2) * unitMs
  const entry = entryOf(call, text(call, 1))
  if (entry === undefined) return integer(0)
  if (at <= call.now) remove(call, text(call, 1))
  else {
    entry.expiresAt = at
    changed(call)
  }
  return integer(1)
}

function ttl(call: Call, unitMs: number): Reply {
  const entry = entryOf(call, text(call, 1))
  if (entry === undefined) return integer(-2)
  return integer(entry.expiresAt === null ? -1 : Math.round((entry.expiresAt - call.now) / unitMs))
}

function persist(call: Call): Reply {
  const entry = entryOf(call, text(call, 1))
  if (entry === undefined || entry.expiresAt === null) return integer(0)
  entry.expiresAt = null
  changed(call)
  return integer(1)
}

/** The keyspace is small enough for one page, so the cursor is always the last. */
function scan(call: Call): Reply {
  if (!/^\d{1,20}$/.test(text(call, 1))) return error('ERR invalid cursor')
  let pattern = '*'
  for (let index = 2; index < call.args.length; index += 2) {
    const word = upper(call, index)
    if (index + 1 >= call.args.length || !['MATCH', 'COUNT', 'TYPE'].includes(word)) return SYNTAX_ERROR
    if (word === 'MATCH') pattern = text(call, index + 1)
    if (word === 'COUNT' && integerArgument(call, index + 1) < 1) return SYNTAX_ERROR
  }
  const keys = text(call, 1) === '0' ? keysOf(call).filter((key) => globMatches(pattern, key)) : []
  return array([bulk('0'), array(keys.map(bulk))])
}

function rename(call: Call): Reply {
  const entry = entryOf(call, text(call, 1))
  if (entry === undefined) return NO_SUCH_KEY
  remove(call, text(call, 1))
  store(call, text(call, 2), entry.value, entry.expiresAt)
  return OK
}

function flush(call: Call): Reply {
  const mode = upper(call, 1)
  const synchronous = mode === 'SYNC' && call.server.facts.dialect.major >= 7
  if (call.count > 2 || (call.count === 2 && mode !== 'ASYNC' && !synchronous)) return SYNTAX_ERROR
  if (call.name === 'flushall') keyspaceOf(call).flushAll()
  else keyspaceOf(call).flush(call.client.database)
  changed(call)
  return OK
}

const MAX_EMBEDDED = 44
const MAX_LISTPACK_ENTRIES = 128
/** Small collections are stored flat; 7.0 renamed the format. */
const FLAT: Readonly<Record<'list' | 'set' | 'hash' | 'zset', readonly [six: string, seven: string, large: string]>> = {
  list: ['quicklist', 'quicklist', 'quicklist'],
  set: ['hashtable', 'hashtable', 'hashtable'],
  hash: ['ziplist', 'listpack', 'hashtable'],
  zset: ['ziplist', 'listpack', 'skiplist'],
}

function encoding(value: Value, major: number): string {
  if (value.kind === 'string') {
    if (/^(?:0|-?[1-9]\d{0,18})$/.test(value.bytes.toString('latin1'))) return 'int'
    return value.bytes.length <= MAX_EMBEDDED ? 'embstr' : 'raw'
  }
  const [six, seven, large] = FLAT[value.kind]
  if (sizeOf(value) > MAX_LISTPACK_ENTRIES) return large
  return major >= 7 ? seven : six
}

function sizeOf(value: Exclude<Value, {readonly kind: 'string'}>): number {
  if (value.kind === 'list') return value.items.length
  if (value.kind === 'set') return value.members.size
  return value.kind === 'hash' ? value.fields.size : value.scores.size
}

function withEntry(call: Call, reply: (entry: Entry) => Reply): Reply {
  const entry = entryOf(call, text(call, 2))
  return entry === undefined ? NULL : reply(entry)
}

function swapdb(call: Call): Reply {
  const inRange = [1, 2].every((index) => {
    const database = integerArgument(call, index, error('ERR invalid first DB index'))
    return database >= 0 && database < DATABASES
  })
  return inRange ? OK : error('ERR DB index is out of range')
}

export const KEYS: Handlers = {
  del,
  unlink: del,
  exists: (call) => integer(rest(call, 1).filter((key) => entryOf(call, key) !== undefined).length),
  touch: (call) => integer(rest(call, 1).filter((key) => entryOf(call, key) !== undefined).length),
  type: (call) => simple(entryOf(call, text(call, 1))?.value.kind ?? 'none'),
  keys: (call) =>
    array(
      keysOf(call)
        .filter((key) => globMatches(text(call, 1), key))
        .map(bulk),
    ),
  scan,
  dbsize: (call) => integer(keysOf(call).length),
  randomkey: (call) => {
    const keys = keysOf(call)
    const chosen = keys[call.client.connection.random(4).readUInt32BE() % Math.max(1, keys.length)]
    return chosen === undefined ? NULL : bulk(chosen)
  },
  rename,
  expire: (call) => expire(call, 1000),
  pexpire: (call) => expire(call, 1),
  expireat: (call) => expire(call, 1000, true),
  pexpireat: (call) => expire(call, 1, true),
  ttl: (call) => ttl(call, 1000),
  pttl: (call) => ttl(call, 1),
  persist,
  flushall: flush,
  flushdb: flush,
  swapdb,
  move: () => error('ERR source and destination objects are the same'),
  object: container({
    encoding: {run: (call) => withEntry(call, ({value}) => bulk(encoding(value, call.server.facts.dialect.major)))},
    refcount: {run: (call) => withEntry(call, () => integer(1))},
    idletime: {run: (call) => withEntry(call, () => integer(0))},
    freq: {
      run: (call) =>
        withEntry(call, () =>
          error(
            'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
          ),
        ),
    },
  }),
}
