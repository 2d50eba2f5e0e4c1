/** The COMMAND container: how clients learn what the server can do. */
import type {CommandRow} from '../command-table.ts'
import {DOCS_7} from '../data/docs-7.ts'
import {array, bulk, error, integer, map, NULL, type Reply, set, simple} from '../replies.ts'
import {type Call, type Handlers, rest} from './call.ts'
import {container} from './container.ts'

function describe(row: CommandRow, major: number): Reply {
  const [first, last, step] = row.keys
  const basic = [
    bulk(row.name),
    integer(row.arity),
    set(row.flags.map(simple)),
    integer(first),
    integer(last),
    integer(step),
    set(row.categories.map((category) => simple(`@${category}`))),
  ]
  if (major < 7) return array(basic)
  return array([
    ...basic,
    set(row.tips.map(bulk)),
    set(row.keySpecs.map(describeKeySpec)),
    // A container with subcommands is told as an array, one without as an empty set.
    row.subcommands.size === 0 ? set([]) : array([...row.subcommands.values()].map((sub) => describe(sub, major))),
  ])
}

type Pairs = readonly (readonly [string, Reply])[]

const named = (pairs: Pairs): Reply => map(pairs.map(([name, value]) => [bulk(name), value]))
const typed = (type: string, spec: Pairs): Reply =>
  named([
    ['type', bulk(type)],
    ['spec', named(spec)],
  ])

/** In the notation of `command-table.ts`. */
function describeKeySpec(spec: string): Reply {
  const [flags = '', place = ''] = spec.split('@')
  const [begin = '', find = ''] = /^([^+#]+)(.*)$/.exec(place)?.slice(1) ?? []
  return named([
    ['flags', set(flags.split(',').map(simple))],
    ['begin_search', describeBegin(begin)],
    ['find_keys', describeFind(find)],
  ])
}

function describeBegin(begin: string): Reply {
  if (begin === '?') return typed('unknown', [])
  const [keyword = '', from] = begin.split(':')
  if (from === undefined) return typed('index', [['index', integer(Number(begin))]])
  return typed('keyword', [
    ['keyword', bulk(keyword)],
    ['startfrom', integer(Number(from))],
  ])
}

const RANGE = ['lastkey', 'keystep', 'limit']
const KEY_COUNT = ['keynumidx', 'firstkey', 'keystep']

function describeFind(find: string): Reply {
  if (find === '') return typed('unknown', [])
  const isRange = find.startsWith('+')
  const numbers = find.slice(1).split('/').map(Number)
  const spec = (isRange ? RANGE : KEY_COUNT).map((name, index) => [name, integer(numbers[index] ?? 0)] as const)
  return typed(isRange ? 'range' : 'keynum', spec)
}

function info(call: Call): Reply {
  const {table, dialect} = call.server.facts
  const wanted = rest(call, 2)
  if (wanted.length === 0) return array([...table.values()].map((row) => describe(row, dialect.major)))
  return array(
    wanted.map((name) => {
      const row = table.get(name.toLowerCase())
      return row === undefined ? NULL : describe(row, dialect.major)
    }),
  )
}

const DOCUMENTED: ReadonlyMap<string, readonly [since: string, group: string]> = new Map(
  DOCS_7.trim()
    .split('\n')
    .map((line) => {
      const [name = '', since = '', group = ''] = line.split(' ')
      return [name, [since, group]]
    }),
)

/** Without the prose of the real one, which clients show as help and nothing else. */
function docs(call: Call): Reply {
  const asked = rest(call, 2).map((name) => name.toLowerCase())
  const names = asked.length === 0 ? [...DOCUMENTED.keys()] : asked
  return map(
    names.flatMap((name) => {
      const [since, group] = DOCUMENTED.get(name) ?? []
      if (since === undefined || group === undefined) return []
      return [
        [
          bulk(name),
          named([
            ['since', bulk(since)],
            ['group', bulk(group)],
          ]),
        ] as const,
      ]
    }),
  )
}

function getKeys(call: Call): Reply {
  const row = call.server.facts.table.get((call.args[2]?.toString('latin1') ?? '').toLowerCase())
  if (row === undefined) return error('ERR Invalid command specified')
  const [first, last, step] = row.keys
  if (first === 0) return error('ERR The command has no key arguments')
  const given = call.args.slice(2)
  const end = last < 0 ? given.length + last : last
  return array(given.filter((_, index) => index >= first && index <= end && (index - first) % step === 0).map(bulk))
}

const COMMAND_CONTAINER = container({
  count: {run: (call) => integer(call.server.facts.table.size)},
  info: {run: info},
  docs: {run: docs, six: null},
  list: {run: (call) => array([...call.server.facts.table.keys()].map(bulk)), six: null},
  getkeys: {run: getKeys},
})

export const COMMAND: Handlers = {
  command: (call) => (call.count === 1 ? all(call) : COMMAND_CONTAINER(call)),
}

function all(call: Call): Reply {
  const {table, dialect} = call.server.facts
  return array([...table.values()].map((row) => describe(row, dialect.major)))
}
