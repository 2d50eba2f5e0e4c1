/** INFO: what the server says of itself, coherent with the persona and moving as a real one's figures move. */
import {kernelOf} from '../../kernel.ts'
import type {Persona} from '../../persona.ts'
import {INFO} from './data/info.ts'
import type {Major} from './dialect.ts'
import {DATABASES} from './keyspace.ts'
import type {ClientState, RedisServer, SourceState} from './state.ts'

interface Section {
  readonly name: string
  readonly lines: readonly string[]
}

/** Sections that only a request for all of them shows. */
const ON_REQUEST: ReadonlySet<string> = new Set(['commandstats', 'latencystats'])

function sectionsOf(major: Major): Section[] {
  return INFO.trim()
    .split('\n# ')
    .map((part) => {
      const [name = '', ...lines] = part.replace(/^# /, '').split('\n')
      const mine = lines.filter((line) => !/^[67] /.test(line) || line.startsWith(`${major} `))
      return {name, lines: mine.map((line) => line.replace(/^[67] /, ''))}
    })
}

const SECTIONS: Readonly<Record<Major, readonly Section[]>> = {6: sectionsOf(6), 7: sectionsOf(7)}

export interface InfoSubject {
  readonly server: RedisServer
  readonly source: SourceState
  readonly client: ClientState
  readonly now: number
}

/** The text of INFO for the sections asked for; none: the default ones. */
export function infoText(subject: InfoSubject, asked: readonly string[]): string {
  const {major} = subject.server.facts.dialect
  const wanted = new Set(asked.map((section) => section.toLowerCase()))
  const everything = wanted.has('all') || wanted.has('everything')
  const plain = wanted.size === 0 || wanted.has('default') || everything
  const values = infoValues(subject)
  const parts: string[] = []
  const add = (name: string, lines: readonly string[]) => {
    const key = name.toLowerCase()
    const asOne = wanted.has(key)
    const shown = asOne || everything || (plain && !ON_REQUEST.has(key))
    // `all` leaves the modules out; `everything` has them.
    if (!shown || (key === 'modules' && wanted.has('all') && major >= 7)) return
    parts.push(`# ${name}\r\n${lines.map((line) => `${fill(line, values)}\r\n`).join('')}`)
  }
  for (const section of SECTIONS[major]) {
    if (section.name === 'Cluster') {
      add('Commandstats', commandStats(subject))
      if (major >= 7) add('Errorstats', [`errorstat_ERR:count=${values.total_error_replies ?? 0}`])
      if (major >= 7) add('Latencystats', [])
    }
    add(section.name, section.lines)
  }
  add('Keyspace', keyspaceLines(subject))
  return parts.join('\r\n')
}

function fill(line: string, values: Readonly<Record<string, string | number>>): string {
  return line.replace(/\{(\w+)\}$/, (_, name: string) => String(values[name] ?? 0))
}

function keyspaceLines({source, now}: InfoSubject): string[] {
  const lines: string[] = []
  for (let index = 0; index < DATABASES; index++) {
    const entries = source.keyspace.keys(index, now).map((key) => source.keyspace.entry(index, key, now))
    const left = entries.flatMap((entry) => (entry?.expiresAt == null ? [] : [entry.expiresAt - now]))
    const average = left.length === 0 ? 0 : Math.round(left.reduce((sum, ms) => sum + ms, 0) / left.length)
    if (entries.length > 0) lines.push(`db${index}:keys=${entries.length},expires=${left.length},avg_ttl=${average}`)
  }
  return lines
}

/** Counters that started with the server and grow at the pace of this decky. */
function grown(persona: Persona, name: string, upMs: number, perDay: readonly [number, number]): number {
  return Math.floor((upMs / 86_400_000) * persona.integer(`redis-rate-${name}`, ...perDay))
}

function commandStats({server, now}: InfoSubject): string[] {
  const up = now - server.startedAt(now)
  return ['get', 'set', 'hgetall', 'expire', 'ping'].map((name, index) => {
    const calls = grown(server.facts.persona, `calls-${name}`, up, [200, 40_000 >> index]) + 1
    const each = server.facts.persona.integer(`redis-usec-${name}`, 80, 420) / 100
    const base = `cmdstat_${name}:calls=${calls},usec=${Math.round(calls * each)},usec_per_call=${each.toFixed(2)}`
    return server.facts.dialect.major >= 7 ? `${base},rejected_calls=0,failed_calls=0` : base
  })
}

function human(bytes: number): string {
  const [unit, size] = bytes < 1024 ** 2 ? ['K', 1024] : bytes < 1024 ** 3 ? ['M', 1024 ** 2] : ['G', 1024 ** 3]
  return bytes < 1024 ? `${bytes}B` : `${(bytes / Number(size)).toFixed(2)}${unit}`
}

function infoValues(subject: InfoSubject): Record<string, string | number> {
  const {server, source, now} = subject
  return {
    ...identityValues(subject),
    ...memoryValues(subject),
    ...counterValues(subject),
    ...{
      maxmemory: source.config.get('maxmemory') ?? '0',
      maxmemory_human: human(Number(source.config.get('maxmemory') ?? 0)),
      maxmemory_policy: source.config.get('maxmemory-policy') ?? 'noeviction',
      role: source.master === null ? 'master' : 'slave',
      rdb_changes_since_last_save: source.changes,
      rdb_last_save_time: source.lastSave,
      rdb_last_bgsave_time_sec: 0,
      latest_fork_usec: server.facts.persona.integer('redis-fork', 180, 900) + (Math.floor(now / 3.6e6) % 40),
    },
  }
}

/** Build of the Debian and Ubuntu packages, which is the same on every machine that installed them. */
function build(persona: Persona, major: Major): {readonly id: string; readonly gcc: string} {
  if (major >= 7) return {id: 'ae4d7c971a948f0', gcc: '12.2.0'}
  return persona.facts.distro.startsWith('ubuntu')
    ? {id: 'a3fdef44459b3ad6', gcc: '11.2.0'}
    : {id: '6d95e1af3a2c082a', gcc: '10.2.1'}
}

function identityValues({server, now}: InfoSubject): Record<string, string | number> {
  const {persona, dialect, port} = server.facts
  const {id, gcc} = build(persona, dialect.major)
  const started = server.startedAt(now)
  const up = Math.floor((now - started) / 1000)
  return {
    redis_version: dialect.version,
    redis_build_id: id,
    os: `Linux ${kernelOf(persona.facts).release} x86_64`,
    gcc_version: gcc,
    process_id: persona.integer(`redis-pid-${started}`, 480, 1400),
    run_id: persona.bytes(`redis-run-${started}`, 20).toString('hex'),
    master_replid: persona.bytes(`redis-replid-${started}`, 20).toString('hex'),
    tcp_port: port,
    server_time_usec: `${now}${String(now % 997).padStart(3, '0')}`,
    uptime_in_seconds: up,
    uptime_in_days: Math.floor(up / 86_400),
    lru_clock: Math.floor(now / 1000) & 0xffffff,
    executable: '/usr/bin/redis-server',
    config_file: '/etc/redis/redis.conf',
  }
}

function memoryValues({server, source, now}: InfoSubject): Record<string, string | number> {
  const {persona, dialect} = server.facts
  const startup = dialect.major >= 7 ? 876_208 : 809_608
  const keys = source.keyspace.keys(0, now).length
  const used =
    startup + persona.integer('redis-dataset', 7500, 112_500) * 8 + keys * 96 + (Math.floor(now / 1000) % 61) * 96
  const overhead = startup + keys * 88 + 1800
  const dataset = used - overhead
  const peak = used + persona.integer('redis-peak', 2500, 50_000) * 8
  const allocated = used + persona.integer('redis-allocated', 25_000, 60_000) * 8
  const active = (Math.floor(allocated / 4096) + persona.integer('redis-active', 40, 90)) * 4096
  const resident = active + persona.integer('redis-resident', 500, 700) * 4096
  const rss = resident + persona.integer('redis-rss', 350, 900) * 4096
  // As dmidecode would have it, less what the kernel keeps for itself.
  const total =
    persona.pick('redis-ram', [2, 4, 8, 16]) * 1024 ** 3 - persona.integer('redis-reserved', 9000, 42_000) * 4096
  return {
    used_memory: used,
    used_memory_human: human(used),
    used_memory_rss: rss,
    used_memory_rss_human: human(rss),
    used_memory_peak: peak,
    used_memory_peak_human: human(peak),
    used_memory_peak_perc: `${((used / peak) * 100).toFixed(2)}%`,
    used_memory_overhead: overhead,
    used_memory_dataset: dataset,
    used_memory_dataset_perc: `${((dataset / (used - startup)) * 100).toFixed(2)}%`,
    allocator_allocated: allocated,
    allocator_active: active,
    allocator_resident: resident,
    total_system_memory: total,
    total_system_memory_human: human(total),
    allocator_frag_ratio: (active / allocated).toFixed(2),
    allocator_frag_bytes: active - allocated,
    allocator_rss_ratio: (resident / active).toFixed(2),
    allocator_rss_bytes: resident - active,
    rss_overhead_ratio: (rss / resident).toFixed(2),
    rss_overhead_bytes: rss - resident,
    mem_fragmentation_ratio: (rss / used).toFixed(2),
    mem_fragmentation_bytes: rss - used,
    mem_clients_normal: server.localClients * (dialect.major >= 7 ? 1800 : 20_504),
  }
}

function counterValues({server, client, now}: InfoSubject): Record<string, string | number> {
  const {persona} = server.facts
  const up = now - server.startedAt(now)
  const count = (name: string, from: number, to: number) => grown(persona, name, up, [from, to])
  const commands = count('commands', 3000, 90_000)
  const system = (count('cpu', 40_000, 160_000) / 1000 + (now % 1000) / 1e6).toFixed(6)
  const user = (count('cpu-user', 40_000, 160_000) / 1000 + (now % 977) / 1e6).toFixed(6)
  return {
    connected_clients: 1 + server.localClients,
    total_connections_received: client.id - 2,
    total_commands_processed: commands,
    instantaneous_ops_per_sec: Math.floor(now / 1000) % 3,
    total_net_input_bytes: commands * 41 + (now % 500),
    total_net_output_bytes: commands * 137 + (now % 900),
    instantaneous_input_kbps: ((Math.floor(now / 1000) % 9) / 100).toFixed(2),
    instantaneous_output_kbps: ((Math.floor(now / 1000) % 31) / 10).toFixed(2),
    client_recent_max_input_buffer: server.facts.dialect.major >= 7 ? 20_480 : 2,
    client_recent_max_output_buffer: 0,
    expired_keys: count('expired', 2, 400),
    expired_stale_perc: '0.00',
    expire_cycle_cpu_milliseconds: count('expire-cycle', 2000, 6000),
    keyspace_hits: count('hits', 1000, 40_000),
    keyspace_misses: count('misses', 20, 3000),
    rdb_saves: count('saves', 4, 60),
    rdb_last_cow_size: persona.integer('redis-cow', 60, 220) * 4096,
    total_forks: count('saves', 4, 60),
    total_error_replies: count('errors', 0, 12),
    total_reads_processed: commands + client.id,
    total_writes_processed: commands,
    reply_buffer_shrinks: count('shrinks', 5, 300),
    reply_buffer_expands: count('expands', 0, 40),
    used_cpu_sys: system,
    used_cpu_user: user,
    used_cpu_sys_children: (count('cpu-children', 200, 4000) / 1000).toFixed(6),
    used_cpu_user_children: (count('cpu-children', 200, 4000) / 800).toFixed(6),
    used_cpu_sys_main_thread: system,
    used_cpu_user_main_thread: user,
  }
}
