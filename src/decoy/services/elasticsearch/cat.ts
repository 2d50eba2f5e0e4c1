/** `_cat`: for people. */
import {type Answer, asked, type Call, document, FailedError, plain} from './call.ts'
import {type Column, type Table, tableJson, tableText, type Wishes} from './cat-table.ts'
import {noHandler, noSuchIndex} from './failures.ts'
import type {Index} from './store.ts'

const columns = (names: string): Column[] =>
  names.split(' ').map((name) => (name.startsWith('>') ? {name: name.slice(1), right: true as const} : {name}))

const HELP = [
  'allocation',
  'shards',
  'shards/{index}',
  'master',
  'nodes',
  'tasks',
  'indices',
  'indices/{index}',
  'segments',
  'segments/{index}',
  'count',
  'count/{index}',
  'recovery',
  'recovery/{index}',
  'health',
  'pending_tasks',
  'aliases',
  'aliases/{alias}',
  'thread_pool',
  'thread_pool/{thread_pools}',
  'plugins',
  'fielddata',
  'fielddata/{fields}',
  'nodeattrs',
  'repositories',
  'snapshots/{repository}',
  'templates',
]

/** `12.3kb`: one digit after the point, and none where it is nothing. */
export function byteSize(bytes: number): string {
  const units = ['b', 'kb', 'mb', 'gb', 'tb']
  let [value, unit] = [bytes, 0]
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  const short = Math.floor(value * 10) / 10
  return `${Number.isInteger(short) ? short : short.toFixed(1)}${units[unit]}`
}

const total = ({documents, more}: Index): number => documents.size + more

function selected({node, parts}: Call, at: number): readonly Index[] {
  const {indices, missing} = node.store.select(parts[at] ?? '')
  if (missing !== null) throw new FailedError(noSuchIndex(missing))
  return indices
}

const clock = (now: number): string => new Date(now).toISOString().slice(11, 19)

type Maker = (call: Call) => Table

const TABLES: Readonly<Record<string, Maker>> = {
  indices: (call) => ({
    columns: columns('health status index uuid >pri >rep >docs.count >docs.deleted >store.size >pri.store.size'),
    rows: selected(call, 2).map((index) => {
      const size = byteSize(call.node.store.size(index))
      // The one copy that a second node should have is nowhere.
      return ['yellow', 'open', index.name, index.uuid, '1', '1', String(total(index)), '0', size, size]
    }),
  }),
  shards: (call) => ({
    columns: columns('index shard prirep state >docs >store ip node'),
    rows: selected(call, 2).flatMap((index) => [
      [
        index.name,
        '0',
        'p',
        'STARTED',
        String(total(index)),
        byteSize(call.node.store.size(index)),
        call.node.persona.facts.ip,
        call.node.name,
      ],
      [index.name, '0', 'r', 'UNASSIGNED', '', '', '', ''],
    ]),
  }),
  count: (call) => ({
    columns: columns('epoch timestamp count'),
    rows: [
      [
        String(Math.floor(call.connection.now() / 1000)),
        clock(call.connection.now()),
        String(selected(call, 2).reduce((sum, index) => sum + total(index), 0)),
      ],
    ],
  }),
  health: ({node, connection}) => {
    const {shards, percent} = shardCounts(node.store.select('').indices.length)
    const now = connection.now()
    return {
      columns: columns(
        'epoch timestamp cluster status >node.total >node.data >shards >pri >relo >init >unassign >pending_tasks >max_task_wait_time >active_shards_percent',
      ),
      rows: [
        [
          String(Math.floor(now / 1000)),
          clock(now),
          node.cluster,
          shards > 0 ? 'yellow' : 'green',
          '1',
          '1',
          String(shards),
          String(shards),
          '0',
          '0',
          String(shards),
          '0',
          '-',
          `${percent.toFixed(1)}%`,
        ],
      ],
    }
  },
  nodes: ({node, connection}) => {
    const {cpu, heap, ram, load} = node.load(connection.now())
    const letters = node.release.version === '7.10.2' ? 'cdhilmrstw' : 'cdfhilmrstw'
    return {
      columns: columns('ip >heap.percent >ram.percent >cpu >load_1m >load_5m >load_15m node.role master name'),
      rows: [
        [
          node.persona.facts.ip,
          String(heap),
          String(ram),
          String(cpu),
          ...load.map((value) => value.toFixed(2)),
          letters,
          '*',
          node.name,
        ],
      ],
    }
  },
  master: ({node}) => ({
    columns: columns('id host ip node'),
    rows: [[node.id, node.persona.facts.ip, node.persona.facts.ip, node.name]],
  }),
  allocation: ({node}) => {
    const indices = node.store.select('').indices
    const used = indices.reduce((sum, index) => sum + node.store.size(index), 0)
    const disk = node.persona.integer('es disk', 40, 400) * 1024 ** 3
    const taken = node.persona.integer('es taken', 12, 30) * 1024 ** 3 + used
    return {
      columns: columns('>shards >disk.indices >disk.used >disk.avail >disk.total >disk.percent host ip node'),
      rows: [
        [
          String(indices.length),
          byteSize(used),
          byteSize(taken),
          byteSize(disk - taken),
          byteSize(disk),
          String(Math.floor((taken / disk) * 100)),
          node.persona.facts.ip,
          node.persona.facts.ip,
          node.name,
        ],
        [String(indices.length), '', '', '', '', '', '', '', 'UNASSIGNED'],
      ],
    }
  },
  aliases: () => ({columns: columns('alias index filter routing.index routing.search is_write_index'), rows: []}),
  plugins: () => ({columns: columns('name component version'), rows: []}),
  repositories: () => ({columns: columns('id type'), rows: []}),
  templates: () => ({columns: columns('name index_patterns order version composed_of'), rows: []}),
  pending_tasks: () => ({columns: columns('insertOrder timeInQueue priority source'), rows: []}),
  fielddata: () => ({columns: columns('id host ip node field size'), rows: []}),
}

/** Half of the shards have nowhere to go. */
export const shardCounts = (indices: number): {readonly shards: number; readonly percent: number} => ({
  shards: indices,
  percent: indices === 0 ? 100 : 50,
})

export function cat(call: Call): Answer {
  const {parts, query, uri, head} = call
  const [, name] = parts
  if (name === undefined) return plain(`=^.^=\n${HELP.map((path) => `/_cat/${path}\n`).join('')}`)
  const maker = Object.hasOwn(TABLES, name) ? TABLES[name] : undefined
  if (maker === undefined) throw new FailedError(noHandler(uri, head.method))
  const table = maker(call)
  if (query.has('help')) return plain(table.columns.map((column) => `${column.name} | | \n`).join(''))
  const wishes: Wishes = {
    verbose: query.has('v') && query.get('v') !== 'false',
    columns: query.get('h')?.split(',').slice(0, 32) ?? null,
    sort: query.get('s'),
  }
  const events = [asked(call, `_cat/${name}`, parts[2] ?? '')]
  if (query.get('format') === 'json') return document(tableJson(table, wishes), events)
  return {...plain(tableText(table, wishes)), events}
}
