/**
 * The meta commands (protocol.txt of memcached 1.6):
 *
 *   mg key flag*      ms key bytes flag* CRLF value      md key flag*      ma key flag*      me key      mn
 *
 * They answer HD (done), VA (a value follows), EN (a miss), NS (not stored), EX (another one's), NF (not found).
 */
import {counted} from './arithmetic.ts'
import type {Asking} from './asking.ts'
import {expiry, type Item, itemSize, MAX_KEY, slabOf} from './item.ts'
import {type MetaFlags, parseFlags} from './meta-flags.ts'
import {signed} from './numbers.ts'
import {BAD_CHUNK, BAD_FORMAT, CRLF, NOT_NUMERIC, type Outcome, SILENT, text, WRONG} from './reply.ts'
import {fresh} from './store.ts'
import {read, type StoreMode, stored, tooLarge} from './storing.ts'

type Command = (asking: Asking, words: readonly string[]) => Outcome

export function metaCommand(asking: Asking, words: readonly string[]): Outcome | null {
  const command = COMMANDS.get(words[0] ?? '')
  if (command === undefined) return null
  asking.cache.count('cmd_meta')
  return command(asking, words)
}

const INVALID = text('CLIENT_ERROR invalid or duplicate flag')
/** What the client asked to have repeated, in its order. */
function echoes(flags: MetaFlags, item: Item | null, now: number): string {
  return flags.tokens.map((token) => echo(token, flags, item, now)).join('')
}

function echo(token: string, flags: MetaFlags, item: Item | null, now: number): string {
  switch (token.charAt(0)) {
    case 'O':
      return ` ${token}`
    case 'k':
      return ` k${shownKey(flags, item)}`
    default:
      return item === null ? '' : fact(token.charAt(0), item, now)
  }
}

/** An item whose key was first sent in base64 is shown so, and others are not. */
function shownKey({key, shownKey: word, binaryKey}: MetaFlags, item: Item | null): string {
  if (item === null) return binaryKey ? `${word} b` : word
  return item.binaryKey ? `${Buffer.from(key, 'latin1').toString('base64')} b` : key
}

function fact(letter: string, item: Item, now: number): string {
  switch (letter) {
    case 'c':
      return ` c${item.cas}`
    case 'f':
      return ` f${item.flags}`
    case 'h':
      return ` h${item.fetched ? 1 : 0}`
    case 'l':
      return ` l${Math.max(0, now - item.accessedAt)}`
    case 's':
      return ` s${item.data.length}`
    case 't':
      return ` t${item.expiresAt === 0 ? -1 : item.expiresAt - now}`
    default:
      return ''
  }
}

const metaGet: Command = (asking, [, word, ...tokens]) => {
  if (word === undefined) return WRONG
  if (word.length > MAX_KEY) return BAD_FORMAT
  const flags = parseFlags(word, tokens)
  if (typeof flags === 'string') return text(`CLIENT_ERROR ${flags}`)
  const {cache, now} = asking
  const store = cache.store(now)
  const found = store.get(flags.key, now)
  cache.count('cmd_get')
  cache.count(found === null ? 'get_misses' : 'get_hits')
  const vivify = flags.number('N')
  if (found === null && vivify === null) {
    return flags.has('q') ? SILENT : text(`EN${echoes(flags, null, now)}`)
  }
  const item = found ?? vivified(asking, flags, vivify ?? 0)
  const time = flags.number('T')
  if (time !== null) item.expiresAt = expiry(time, now)
  const shown = `${echoes(flags, item, now)}${winner(item, flags, found === null, now)}`
  read(item, now)
  return flags.has('v') ? value(item, shown) : text(`HD${shown}`)
}

function vivified({cache, now}: Asking, flags: MetaFlags, time: number): Item {
  const store = cache.store(now)
  const item = {...fresh(flags.key, 0, Buffer.alloc(0), expiry(time, now), now), binaryKey: flags.binaryKey}
  const kept = {...item, cas: store.nextCas()}
  store.put(kept, now)
  return kept
}

/** W: whoever reads this makes the item anew; Z: somebody does already; X: it is an old one. */
function winner(item: Item, flags: MetaFlags, vivifiedNow: boolean, now: number): string {
  const soon = flags.number('R')
  const recache = soon !== null && item.expiresAt !== 0 && item.expiresAt - now < soon
  const stale = item.stale ? ' X' : ''
  if (item.won) return ` Z${stale}`
  if (!item.stale && !recache && !vivifiedNow) return ''
  item.won = true
  return `${stale} W`
}

function value({data}: Item, shown: string): Outcome {
  return {reply: [Buffer.from(`VA ${data.length}${shown}\r\n`, 'latin1'), data, CRLF]}
}

const MODES: Readonly<Record<string, StoreMode>> = {
  E: 'add',
  e: 'add',
  A: 'append',
  a: 'append',
  P: 'prepend',
  p: 'prepend',
  R: 'replace',
  r: 'replace',
  S: 'set',
  s: 'set',
}
const ANSWERS: Readonly<Record<string, string>> = {
  STORED: 'HD',
  NOT_STORED: 'NS',
  EXISTS: 'EX',
  NOT_FOUND: 'NF',
}

const metaSet: Command = ({cache, now}, [, word, sizeWord, ...tokens]) => {
  if (word === undefined) return WRONG
  const size = sizeWord === undefined ? null : signed(sizeWord)
  if (word.length > MAX_KEY || size === null || size < 0 || size > 0x7fffffff - 2) return BAD_FORMAT
  const flags = parseFlags(word, tokens)
  if (typeof flags === 'string') return {...text(`CLIENT_ERROR ${flags}`), swallow: size + 2}
  const mode = MODES[flags.argument('M') ?? 'S']
  if (mode === undefined) return {...text('CLIENT_ERROR invalid mode for ms M token'), swallow: size + 2}
  const expires = expiry(flags.number('T') ?? 0, now)
  const plain = fresh(flags.key, (flags.number('F') ?? 0) >>> 0, Buffer.alloc(0), expires, now)
  const item = {...plain, binaryKey: flags.binaryKey}
  const refused = tooLarge(cache, item, size, now)
  if (refused !== null) return refused
  const unique = flags.argument('C')
  return {
    reply: [],
    awaits: {
      size,
      bad: () => BAD_CHUNK,
      store: (bytes) => {
        const whole = {...item, data: Buffer.from(bytes)}
        const answer = stored(cache, whole, unique === null ? mode : 'cas', BigInt(unique ?? 0), now)
        const code = ANSWERS[answer]
        if (code === undefined) return text(answer)
        if (code === 'HD' && flags.has('q')) return SILENT
        return text(`${code}${setEchoes(flags, code === 'HD' ? cache.store(now).get(flags.key, now) : null, now)}`)
      },
    },
  }
}

/** Of all that can be asked for, a command that stores tells the key, the opaque word and the new number. */
function setEchoes(flags: MetaFlags, item: Item | null, now: number): string {
  const told = flags.tokens.filter((token) => /^[Okc]/.test(token))
  return told.map((token) => echo(token, flags, item, now)).join('')
}

const metaDelete: Command = ({cache, now}, [, word, ...tokens]) => {
  if (word === undefined) return WRONG
  if (word.length > MAX_KEY) return BAD_FORMAT
  const flags = parseFlags(word, tokens)
  if (typeof flags === 'string') return INVALID
  const store = cache.store(now)
  const item = store.get(flags.key, now)
  cache.count(item === null ? 'delete_misses' : 'delete_hits')
  const told = setEchoes(flags, null, now)
  if (item === null) return text(`NF${told}`)
  if (!matches(flags, item)) return text(`EX${told}`)
  if (flags.has('I')) makeStale(item, store.nextCas(), flags, now)
  else store.delete(flags.key, now)
  return flags.has('q') ? SILENT : text(`HD${told}`)
}

function matches(flags: MetaFlags, item: Item): boolean {
  const unique = flags.argument('C')
  return unique === null || BigInt(unique) === item.cas
}

function makeStale(item: Item, cas: bigint, flags: MetaFlags, now: number): void {
  const time = flags.number('T')
  item.stale = true
  item.won = false
  item.cas = cas
  if (time !== null) item.expiresAt = expiry(time, now)
}

const DECREMENT = /^[Dd-]/
const INCREMENT = /^[Ii+]/

const metaArithmetic: Command = (asking, [, word, ...tokens]) => {
  if (word === undefined) return WRONG
  if (word.length > MAX_KEY) return BAD_FORMAT
  const flags = parseFlags(word, tokens)
  if (typeof flags === 'string') return INVALID
  const mode = flags.argument('M') ?? 'I'
  if (!DECREMENT.test(mode) && !INCREMENT.test(mode)) return text('CLIENT_ERROR invalid mode for ma M token')
  const {cache, now} = asking
  const before = cache.store(now).get(flags.key, now)
  const vivify = flags.number('N')
  if (before === null && vivify === null) return text(`NF${echoes(flags, null, now)}`)
  if (before !== null && !matches(flags, before)) return text(`EX${echoes(flags, null, now)}`)
  const result =
    before === null
      ? begun(asking, flags, vivify ?? 0)
      : counted(cache.store(now), before, BigInt(flags.argument('D') ?? 1), DECREMENT.test(mode), now)
  if (result === null) return NOT_NUMERIC
  return arithmeticAnswer(asking, flags, result)
}

function begun(asking: Asking, flags: MetaFlags, time: number): bigint {
  const initial = BigInt(flags.argument('J') ?? 0)
  const item = vivified(asking, flags, time)
  item.data = Buffer.from(String(initial))
  return initial
}

function arithmeticAnswer({cache, now}: Asking, flags: MetaFlags, result: bigint): Outcome {
  const item = cache.store(now).get(flags.key, now)
  if (item === null) return text('NF')
  const time = flags.number('T')
  if (time !== null) item.expiresAt = expiry(time, now)
  if (flags.has('q')) return SILENT
  const shown = flags.tokens
    .filter((token) => /^[Oktc]/.test(token))
    .map((token) => echo(token, flags, item, now))
    .join('')
  if (!flags.has('v')) return text(`HD${shown}`)
  return text(`VA ${String(result).length}${shown}\r\n${result}`)
}

const metaDebug: Command = ({cache, now}, [, word, ...rest]) => {
  if (word === undefined || word.length > MAX_KEY || rest.length > 1) return BAD_FORMAT
  const item = cache.store(now).get(word, now)
  if (item === null) return text('EN')
  const age = Math.max(0, now - item.accessedAt)
  const expires = item.expiresAt === 0 ? -1 : item.expiresAt - now
  const facts = `exp=${expires} la=${age} cas=${item.cas} fetch=${item.fetched ? 'yes' : 'no'}`
  return text(`ME ${word} ${facts} cls=${slabOf(item)} size=${itemSize(item)}`)
}

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['mg', metaGet],
  ['ms', metaSet],
  ['md', metaDelete],
  ['ma', metaArithmetic],
  ['me', metaDebug],
  ['mn', () => text('MN')],
])
