/** Statistics and what an operator sets, as version 1.6.18 answers it. */
import type {Asking} from './asking.ts'
import {type Item, itemSize, slabOf} from './item.ts'
import {signed, unsigned32} from './numbers.ts'
import {BAD_FORMAT, MAX_REPLY, type Outcome, SILENT, text, UNKNOWN, WRONG} from './reply.ts'
import {connectionStats, generalStats, itemStats, type Stat, settingStats, slabStats, VERSION} from './stats.ts'

type Command = (asking: Asking, words: readonly string[]) => Outcome

export function adminCommand(asking: Asking, words: readonly string[]): Outcome | null {
  return COMMANDS.get(words[0] ?? '')?.(asking, words) ?? null
}

/** Null: there is no such group. Their names are those of `stats NAME`. */
export function statGroup({cache, now, peer, local}: Asking, name: string | undefined): Stat[] | null {
  switch (name) {
    case undefined:
      return generalStats(cache, now)
    case 'settings':
      return settingStats(cache)
    case 'items':
      return itemStats(cache, now)
    case 'slabs':
      return slabStats(cache, now)
    case 'conns':
      return connectionStats(cache, `${peer.ip}:${peer.port}`, local.ip, cache.facts.port)
    case 'sizes':
      return [['sizes_status', cache.sizes ? 'enabled' : 'disabled']]
    case 'extstore':
      return []
    default:
      return null
  }
}

const lines = (all: readonly string[], end = 'END'): Outcome => text([...all, end].join('\r\n'))
const statLines = (all: readonly Stat[]): Outcome => lines(all.map(([name, value]) => `STAT ${name} ${value}`))

const stats: Command = (asking, words) => {
  const {cache} = asking
  const [, name, ...rest] = words
  switch (name) {
    case 'reset':
      return text('RESET')
    case 'detail':
      return detail(asking, rest[0])
    case 'cachedump':
      return cachedump(asking, rest)
    case 'sizes_enable':
    case 'sizes_disable':
      cache.sizes = name === 'sizes_enable'
      return text(`STAT sizes_status ${cache.sizes ? 'enabled' : 'disabled'}`)
    default: {
      const group = statGroup(asking, name)
      return group === null ? WRONG : statLines(group)
    }
  }
}

function detail({cache}: Asking, what: string | undefined): Outcome {
  if (what === 'dump') return text('END')
  if (what !== 'on' && what !== 'off') return text('CLIENT_ERROR usage: stats detail on|off|dump')
  cache.detail = what === 'on'
  return text('OK')
}

const SLAB_IDS = 63

function cachedump({cache, now}: Asking, [slabWord, limitWord]: readonly string[]): Outcome {
  if (slabWord === undefined || limitWord === undefined) return text('CLIENT_ERROR bad command line')
  const slab = unsigned32(slabWord)
  const limit = unsigned32(limitWord)
  if (slab === null || limit === null) return BAD_FORMAT
  if (slab > SLAB_IDS) return text('CLIENT_ERROR Illegal slab id')
  const items = cache
    .store(now)
    .all(now)
    // Those of this second are in another list yet, which is not shown.
    .filter((item) => slabOf(item) === slab && item.accessedAt < now)
    .slice(0, limit === 0 ? undefined : limit)
  const shown = items.map(({key, data, expiresAt}) => `ITEM ${key} [${data.length} b; ${expiresAt} s]`)
  return bounded(lines(shown))
}

const lruCrawler: Command = ({cache, now}, [, action, argument]) => {
  switch (action) {
    case 'enable':
      if (cache.crawler) return text('ERROR failed to start lru crawler thread')
      cache.crawler = true
      return text('OK')
    case 'disable':
      cache.crawler = false
      return text('OK')
    case 'metadump':
    case 'crawl': {
      if (argument === undefined) return WRONG
      if (!cache.crawler) return text('CLIENT_ERROR lru crawler disabled')
      return action === 'crawl' ? text('OK') : metadump(cache.store(now).all(now), argument)
    }
    case 'sleep':
    case 'tocrawl':
      return argument === undefined ? WRONG : text('OK')
    default:
      return WRONG
  }
}

function metadump(items: readonly Item[], classes: string): Outcome {
  const wanted = classes.split(',').map(Number)
  const chosen = items.filter((item) => classes === 'all' || classes === 'hash' || wanted.includes(slabOf(item)))
  const shown = chosen.map((item) => {
    const {key, expiresAt, accessedAt, cas, fetched} = item
    const facts = `exp=${expiresAt === 0 ? -1 : expiresAt} la=${accessedAt} cas=${cas} fetch=${fetched ? 'yes' : 'no'}`
    return `key=${urlEncoded(key)} ${facts} cls=${slabOf(item)} size=${itemSize(item)}\n`
  })
  return bounded(text(`${shown.join('')}END`))
}

const urlEncoded = (key: string): string =>
  key.replace(/[^A-Za-z0-9._~-]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)

/** An overlay of many long keys is shown in part: the server's own list ends there as well, at 2 MiB. */
function bounded(outcome: Outcome): Outcome {
  const [whole] = outcome.reply
  if (whole === undefined || whole.length <= MAX_REPLY) return outcome
  return {reply: [whole.subarray(0, whole.lastIndexOf('\n', MAX_REPLY) + 1), Buffer.from('END\r\n')]}
}

const slabs: Command = (_, [, action, from, to]) => {
  if (action === 'automove' && from !== undefined) {
    const level = unsigned32(from)
    if (level === null) return BAD_FORMAT
    return level <= 2 ? text('OK') : WRONG
  }
  if (action !== 'reassign' || from === undefined || to === undefined) return WRONG
  const source = signed(from)
  const target = signed(to)
  if (source === null || target === null) return BAD_FORMAT
  if (source === target) return text('SAME src and dst class are identical')
  const classes = (slab: number) => slab < 1 || slab > SLAB_IDS
  if ((classes(source) && source !== -1) || classes(target)) return text('BADCLASS invalid src or dst class id')
  return text('NOSPARE source class has no spare pages')
}

const lru: Command = (_, [, action, ...rest]) => {
  if (action === 'mode') return rest[0] === 'flat' || rest[0] === 'segmented' ? text('OK') : WRONG
  if (action === 'tune') return rest.length >= 4 ? text('OK') : WRONG
  return action === 'temp_ttl' && rest.length > 0 ? text('OK') : WRONG
}

const verbosity: Command = ({cache}, words) => {
  const [, level, second] = words
  if (level === undefined || words.length > 3) return WRONG
  const value = unsigned32(level)
  if (value === null) return BAD_FORMAT
  cache.verbosity = Math.min(value, 2)
  return second === 'noreply' ? SILENT : text('OK')
}

const LEAST_MEGABYTES = 8

const memoryLimit: Command = (_, words) => {
  const [, amount] = words
  const value = amount === undefined ? null : unsigned32(amount)
  if (value === null) return WRONG
  if (words.at(-1) === 'noreply') return SILENT
  if (value < LEAST_MEGABYTES) return text('MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m')
  return text('OK')
}

const WATCHED = /^(?:fetchers|mutations|evictions|connevents|proxyreqs|proxyevents|proxyuser|deletions|rawcmds)$/

const watch: Command = (_, [, ...streams]) =>
  streams.length === 0 || streams.every((name) => WATCHED.test(name)) ? text('OK') : WRONG

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['version', () => text(`VERSION ${VERSION}`)],
  ['stats', stats],
  ['lru_crawler', lruCrawler],
  ['slabs', slabs],
  ['lru', lru],
  ['verbosity', verbosity],
  ['cache_memlimit', memoryLimit],
  ['watch', watch],
  ['shutdown', () => text('ERROR: shutdown not enabled')],
  ['refresh_certs', () => text('Error TLS not enabled')],
  ['debugtime', () => UNKNOWN],
])
