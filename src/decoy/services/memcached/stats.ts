/** The answers to `stats`, `stats settings`, `stats items`, `stats slabs` and `stats conns` of version 1.6.18. */
import type {Cache} from './cache.ts'
import {type Item, itemSize, SLAB_CLASSES, slabOf} from './item.ts'

export const VERSION = '1.6.18'

export type Stat = readonly [name: string, value: string | number]

/** In the server's order. `0`: what stays so on a server of this size. */
const GENERAL =
  `pid uptime time version libevent pointer_size rusage_user rusage_system max_connections curr_connections
total_connections rejected_connections connection_structures response_obj_oom response_obj_count response_obj_bytes
read_buf_count read_buf_bytes read_buf_bytes_free read_buf_oom reserved_fds cmd_get cmd_set cmd_flush cmd_touch cmd_meta
get_hits get_misses get_expired get_flushed delete_misses delete_hits incr_misses incr_hits decr_misses decr_hits
cas_misses cas_hits cas_badval touch_hits touch_misses store_too_large store_no_memory auth_cmds auth_errors bytes_read
bytes_written limit_maxbytes accepting_conns listen_disabled_num time_in_listen_disabled_us threads conn_yields
hash_power_level hash_bytes hash_is_expanding slab_reassign_rescues slab_reassign_chunk_rescues
slab_reassign_evictions_nomem slab_reassign_inline_reclaim slab_reassign_busy_items slab_reassign_busy_deletes
slab_reassign_running slabs_moved lru_crawler_running lru_crawler_starts lru_maintainer_juggles malloc_fails
log_worker_dropped log_worker_written log_watcher_skipped log_watcher_sent log_watchers unexpected_napi_ids
round_robin_fallback bytes curr_items total_items slab_global_page_pool expired_unfetched evicted_unfetched evicted_active
evictions reclaimed crawler_reclaimed crawler_items_checked lrutail_reflocked moves_to_cold moves_to_warm moves_within_lru
direct_reclaims lru_bumps_dropped`.split(/\s+/)

const SETTINGS =
  `maxbytes maxconns=1024 tcpport udpport=0 inter verbosity oldest=0 evictions=on domain_socket=NULL umask=700
shutdown_command=no growth_factor=1.25 chunk_size=48 num_threads=4 num_threads_per_udp=4 stat_key_prefix=:
detail_enabled reqs_per_event=20 cas_enabled=yes tcp_backlog=1024 binding_protocol=auto-negotiate auth_enabled_sasl=no
auth_enabled_ascii=no item_size_max=1048576 maxconns_fast=yes hashpower_init=0 slab_reassign=yes slab_automove=1
slab_automove_ratio=0.80 slab_automove_window=30 slab_chunk_max=524288 lru_crawler lru_crawler_sleep=100
lru_crawler_tocrawl=0 tail_repair_time=0 flush_enabled=yes dump_enabled=yes hash_algorithm=murmur3
lru_maintainer_thread=yes lru_segmented=yes hot_lru_pct=20 warm_lru_pct=40 hot_max_factor=0.20 warm_max_factor=2.00
temp_lru=no temporary_ttl=61 idle_timeout=0 watcher_logbuf_size=262144 worker_logbuf_size=65536 read_buf_mem_limit=0
track_sizes inline_ascii_response=no ext_item_size=512 ext_item_age=4294967295 ext_low_ttl=0 ext_recache_rate=2000
ext_wbuf_size=4194304 ext_compact_under=0 ext_drop_under=0 ext_max_sleep=1000000 ext_max_frag=0.80
slab_automove_freeratio=0.010 ext_drop_unread=no ssl_enabled=no ssl_chain_cert=(null) ssl_key=(null) ssl_verify_mode=0
ssl_keyformat=1 ssl_ciphers=NULL ssl_ca_cert=NULL ssl_wbuf_size=16384 ssl_session_cache=no ssl_kernel_tls=no
ssl_min_version=tlsv1.2 num_napi_ids=(null) memory_file=(null)`.split(/\s+/)

const ITEM_COUNTERS = `evicted evicted_nonzero evicted_time outofmemory tailrepairs reclaimed expired_unfetched
evicted_unfetched evicted_active crawler_reclaimed crawler_items_checked lrutail_reflocked moves_to_cold moves_to_warm
moves_within_lru direct_reclaims hits_to_hot hits_to_warm hits_to_cold hits_to_temp`.split(/\s+/)
const SLAB_COUNTERS = 'delete_hits incr_hits decr_hits cas_hits cas_badval touch_hits'.split(' ')

const MIB = 1024 * 1024
const HIT_RATE = 0.94

export function generalStats(cache: Cache, now: number): Stat[] {
  const values = new Map<string, string | number>([...constants(cache, now), ...counters(cache, now)])
  return GENERAL.map((name) => [name, values.get(name) ?? 0])
}

function constants(cache: Cache, now: number): Stat[] {
  const {persona, megabytes} = cache.facts
  const uptime = Math.max(1, now - cache.startedAt(now))
  const busy = uptime * (persona.integer('memcached load', 30, 300) / 1_000_000)
  return [
    ['pid', persona.integer('memcached pid', 380, 990)],
    ['uptime', uptime],
    ['time', now],
    ['version', VERSION],
    ['libevent', '2.1.12-stable'],
    ['pointer_size', 64],
    ['rusage_user', busy.toFixed(6)],
    ['rusage_system', (busy * 1.7).toFixed(6)],
    ['max_connections', 1024],
    ['response_obj_count', 1],
    ['response_obj_bytes', 32_768],
    ['read_buf_count', 8],
    ['read_buf_bytes', 131_072],
    ['read_buf_bytes_free', 81_920],
    ['reserved_fds', 20],
    ['limit_maxbytes', megabytes * MIB],
    ['accepting_conns', 1],
    ['threads', 4],
    ['hash_power_level', 16],
    ['hash_bytes', 524_288],
    ['lru_crawler_starts', 3 + Math.floor(uptime / 3600)],
    ['lru_maintainer_juggles', 20 + uptime],
  ]
}

function counters(cache: Cache, now: number): Stat[] {
  const items = cache.store(now).all(now)
  const {gets, sets, connections} = cache.traffic(now)
  const {open, total} = cache.connections
  const hits = Math.floor(gets * HIT_RATE)
  const current = open + applicationConnections(cache)
  const ofApplication: Readonly<Record<string, number>> = {
    cmd_get: gets,
    cmd_set: sets,
    get_hits: hits,
    get_misses: gets - hits,
    bytes_read: gets * 58 + sets * 260,
    bytes_written: hits * 240 + sets * 8,
    total_items: sets,
  }
  const counted = GENERAL.map((name): Stat => {
    const live = cache.counted(name as Parameters<Cache['counted']>[0])
    return [name, (ofApplication[name] ?? 0) + live]
  })
  return [
    ...counted.filter(([, value]) => value !== 0),
    ['curr_connections', current],
    ['total_connections', connections + applicationConnections(cache) + total + 1],
    ['connection_structures', current + 1],
    ['bytes', items.reduce((sum, item) => sum + itemSize(item), 0)],
    ['curr_items', items.length],
    ['get_expired', Math.floor((gets - hits) / 3)],
    ['evictions', cache.store(now).evictions],
    ['reclaimed', Math.floor(sets / 5)],
    ['crawler_reclaimed', Math.floor(sets / 7)],
    ['crawler_items_checked', Math.floor(sets / 2)],
    ['moves_to_cold', Math.floor(sets * 0.8)],
    ['moves_to_warm', Math.floor(sets / 4)],
    ['moves_within_lru', Math.floor(sets / 6)],
  ]
}

const applicationConnections = ({facts}: Cache): number =>
  facts.items ? facts.persona.integer('memcached clients', 2, 8) : 0

export function settingStats(cache: Cache): Stat[] {
  const onOff = (on: boolean) => (on ? 'yes' : 'no')
  const values = new Map<string, string | number>([
    ['maxbytes', cache.facts.megabytes * MIB],
    ['tcpport', cache.facts.port],
    ['inter', '0.0.0.0'],
    ['verbosity', cache.verbosity],
    ['detail_enabled', onOff(cache.detail)],
    ['lru_crawler', onOff(cache.crawler)],
    ['track_sizes', onOff(cache.sizes)],
  ])
  return SETTINGS.map((entry) => {
    const [name = '', value = ''] = entry.split('=')
    return [name, values.get(name) ?? value]
  })
}

interface Usage {
  readonly slab: number
  readonly items: readonly Item[]
}

function usages(cache: Cache, now: number): Usage[] {
  const bySlab = new Map<number, Item[]>()
  for (const item of cache.store(now).all(now)) {
    const slab = slabOf(item)
    bySlab.set(slab, [...(bySlab.get(slab) ?? []), item])
  }
  return [...bySlab].map(([slab, items]) => ({slab, items})).sort((left, right) => left.slab - right.slab)
}

export function itemStats(cache: Cache, now: number): Stat[] {
  return usages(cache, now).flatMap(({slab, items}) => {
    const name = (what: string) => `items:${slab}:${what}`
    const oldest = Math.min(...items.map(({accessedAt}) => accessedAt))
    return [
      [name('number'), items.length],
      [name('number_hot'), 0],
      [name('number_warm'), 0],
      [name('number_cold'), items.length],
      [name('age_hot'), 0],
      [name('age_warm'), 0],
      [name('age'), Math.max(0, now - oldest)],
      [name('mem_requested'), items.reduce((sum, item) => sum + itemSize(item), 0)],
      ...ITEM_COUNTERS.map((what): Stat => [name(what), 0]),
    ] satisfies Stat[]
  })
}

export function slabStats(cache: Cache, now: number): Stat[] {
  const used = usages(cache, now)
  const classes = used.flatMap(({slab, items}) => {
    const {chunk, perPage} = SLAB_CLASSES[slab - 1] ?? {chunk: 0, perPage: 1}
    const pages = Math.ceil(items.length / perPage)
    const name = (what: string) => `${slab}:${what}`
    return [
      [name('chunk_size'), chunk],
      [name('chunks_per_page'), perPage],
      [name('total_pages'), pages],
      [name('total_chunks'), pages * perPage],
      [name('used_chunks'), items.length],
      [name('free_chunks'), pages * perPage - items.length],
      [name('free_chunks_end'), 0],
      [name('get_hits'), items.filter(({fetched}) => fetched).length],
      [name('cmd_set'), items.length],
      ...SLAB_COUNTERS.map((what): Stat => [name(what), 0]),
    ] satisfies Stat[]
  })
  const pages = used.reduce(
    (sum, {slab, items}) => sum + Math.ceil(items.length / (SLAB_CLASSES[slab - 1]?.perPage ?? 1)),
    0,
  )
  return [...classes, ['active_slabs', used.length], ['total_malloced', pages * MIB]]
}

/** The port that listens, the application's connections, and the one that asks. */
export function connectionStats(cache: Cache, peer: string, local: string, port: number): Stat[] {
  const {persona} = cache.facts
  const lines: Stat[] = [
    ['23:addr', `tcp:0.0.0.0:${port}`],
    ['23:state', 'conn_listening'],
    ['23:secs_since_last_cmd', 2],
  ]
  const connection = (fd: number, address: string, listen: string, state: string, idle: number): Stat[] => [
    [`${fd}:addr`, `tcp:${address}`],
    [`${fd}:listen_addr`, `tcp:${listen}:${port}`],
    [`${fd}:state`, state],
    [`${fd}:secs_since_last_cmd`, idle],
  ]
  const clients = applicationConnections(cache)
  for (let index = 0; index < clients; index++) {
    const from = `127.0.0.1:${persona.integer(`memcached client ${index}`, 33_000, 60_000)}`
    lines.push(...connection(25 + index, from, '127.0.0.1', 'conn_read', 1 + ((index * 7) % 40)))
  }
  return [...lines, ...connection(25 + clients, peer, local, 'conn_parse_cmd', 0)]
}
