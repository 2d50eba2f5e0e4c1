/** Strings and counters. */
import {NOT_AN_INTEGER, SYNTAX_ERROR} from '../dialect.ts'
import {strictInteger} from '../parser.ts'
import {array, bulk, integer, NULL, OK, type Reply} from '../replies.ts'
import {
  bytes,
  type Call,
  entryOf,
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

function get(call: Call, key: string): Buffer | undefined {
  return valueAt(call, key, 'string')?.bytes
}

function put(call: Call, key: string, value: Buffer, expiresAt: number | null = null): void {
  store(call, key, {kind: 'string', bytes: value}, expiresAt)
}

const orNull = (value: Buffer | undefined): Reply => (value === undefined ? NULL : bulk(value))

const UNITS: Readonly<Record<string, number>> = {EX: 1000, PX: 1, EXAT: 1000, PXAT: 1}

function expiry(call: Call, command: string, index: number, unit: string): number {
  const amount = integerArgument(call, index)
  if (amount <= 0) throw new ReplyError(call.server.facts.dialect.invalidExpire(command))
  return (unit.endsWith('AT') ? 0 : call.now) + amount * (UNITS[unit] ?? 1)
}

interface SetOptions {
  condition: 'NX' | 'XX' | null
  get: boolean
  keepTtl: boolean
  expiresAt: number | null
}

/** GET and absolute times came with 6.2. */
function setOptions(call: Call): SetOptions {
  const {major} = call.server.facts.dialect
  const options: SetOptions = {condition: null, get: false, keepTtl: false, expiresAt: null}
  for (let index = 3; index < call.args.length; index++) {
    const word = text(call, index).toUpperCase()
    const timed = UNITS[word] !== undefined && (major >= 7 || !word.endsWith('AT'))
    if ((word === 'NX' || word === 'XX') && options.condition === null) options.condition = word
    else if (word === 'GET' && major >= 7) options.get = true
    else if (word === 'KEEPTTL') options.keepTtl = true
    else if (timed && index + 1 < call.args.length) options.expiresAt = expiry(call, 'set', ++index, word)
    else throw new ReplyError(SYNTAX_ERROR)
  }
  return options
}

function setCommand(call: Call): Reply {
  const options = setOptions(call)
  const key = text(call, 1)
  const before = entryOf(call, key)
  const old = options.get ? orNull(get(call, key)) : null
  if (options.condition !== null && (options.condition === 'XX') !== (before !== undefined)) return old ?? NULL
  put(call, key, bytes(call, 2), options.keepTtl ? (before?.expiresAt ?? null) : options.expiresAt)
  return old ?? OK
}

function setTimed(call: Call, unit: 'EX' | 'PX'): Reply {
  put(call, text(call, 1), bytes(call, 3), expiry(call, call.name, 2, unit))
  return OK
}

function add(call: Call, amount: number): Reply {
  const key = text(call, 1)
  const current = strictInteger(get(call, key)?.toString('latin1') ?? '0')
  if (current === null) return NOT_AN_INTEGER
  const sum = BigInt(current) + BigInt(amount)
  put(call, key, Buffer.from(String(sum)), entryOf(call, key)?.expiresAt ?? null)
  return integer(sum)
}

function mset(call: Call): Reply {
  if (call.count % 2 === 0) {
    const {dialect} = call.server.facts
    return dialect.major >= 7
      ? dialect.wrongArity('mset')
      : {type: 'error', text: 'ERR wrong number of arguments for MSET'}
  }
  for (let index = 1; index + 1 < call.args.length; index += 2) put(call, text(call, index), bytes(call, index + 1))
  return OK
}

function getrange(call: Call): Reply {
  const value = get(call, text(call, 1)) ?? Buffer.alloc(0)
  const start = fromEnd(integerArgument(call, 2), value.length)
  const end = fromEnd(integerArgument(call, 3), value.length)
  return bulk(value.subarray(start, end + 1))
}

function append(call: Call): Reply {
  const key = text(call, 1)
  const value = Buffer.concat([get(call, key) ?? Buffer.alloc(0), bytes(call, 2)])
  put(call, key, value, entryOf(call, key)?.expiresAt ?? null)
  return integer(value.length)
}

export const STRINGS: Handlers = {
  get: (call) => orNull(get(call, text(call, 1))),
  set: setCommand,
  setex: (call) => setTimed(call, 'EX'),
  psetex: (call) => setTimed(call, 'PX'),
  setnx: (call) => {
    if (entryOf(call, text(call, 1)) !== undefined) return integer(0)
    put(call, text(call, 1), bytes(call, 2))
    return integer(1)
  },
  getset: (call) => {
    const old = orNull(get(call, text(call, 1)))
    put(call, text(call, 1), bytes(call, 2))
    return old
  },
  getdel: (call) => {
    const old = get(call, text(call, 1))
    if (old !== undefined) remove(call, text(call, 1))
    return orNull(old)
  },
  mget: (call) =>
    array(
      rest(call, 1).map((key) => {
        const value = entryOf(call, key)?.value
        return value?.kind === 'string' ? bulk(value.bytes) : NULL
      }),
    ),
  mset,
  append,
  strlen: (call) => integer(get(call, text(call, 1))?.length ?? 0),
  getrange,
  substr: getrange,
  incr: (call) => add(call, 1),
  decr: (call) => add(call, -1),
  incrby: (call) => add(call, integerArgument(call, 2)),
  decrby: (call) => add(call, -integerArgument(call, 2)),
}
