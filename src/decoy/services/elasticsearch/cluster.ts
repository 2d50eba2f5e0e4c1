/** What a cluster tells of itself. */
import {type Answer, asked, type Call, deed, document, FailedError, sentDocument} from './call.ts'
import {shardCounts} from './cat.ts'
import {Real} from './document.ts'
import {exception, type Json, noHandler} from './failures.ts'

export function root({node}: Call): Answer {
  const {release, persona} = node
  const answer = document({
    name: node.name,
    cluster_name: node.cluster,
    cluster_uuid: node.clusterId,
    version: {
      number: release.version,
      build_flavor: 'default',
      build_type: /rocky|centos|fedora/.test(persona.facts.distro) ? 'rpm' : 'deb',
      build_hash: release.hash,
      build_date: release.date,
      build_snapshot: false,
      lucene_version: release.lucene,
      minimum_wire_compatibility_version: release.wire,
      minimum_index_compatibility_version: release.index,
    },
    tagline: 'You Know, for Search',
  })
  return {...answer, pretty: true}
}

export function cluster(call: Call): Answer {
  const {parts, head, uri} = call
  const [, name = ''] = parts
  const writing = head.method === 'PUT' || head.method === 'POST'
  switch (name) {
    case 'health':
      return document(health(call), [asked(call, '_cluster/health', '')])
    case 'settings':
      if (writing) {
        const {persistent = {}, transient = {}} = sentDocument(call)
        return document({acknowledged: true, persistent, transient}, [deed(call, '_cluster/settings', '')])
      }
      return document({persistent: {}, transient: {}}, [asked(call, '_cluster/settings', '')])
    case 'stats':
      return document(stats(call), [asked(call, '_cluster/stats', '')])
    case 'state':
      return document(state(call), [asked(call, '_cluster/state', '')])
    case 'pending_tasks':
      return document({tasks: []})
    case 'allocation':
      throw new FailedError(
        exception(400, 'illegal_argument_exception', 'unable to find any unassigned shards to explain'),
      )
    default:
      throw new FailedError(noHandler(uri, head.method))
  }
}

function health({node}: Call): Json {
  const {shards, percent} = shardCounts(node.store.select('').indices.length)
  return {
    cluster_name: node.cluster,
    status: shards > 0 ? 'yellow' : 'green',
    timed_out: false,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
    active_primary_shards: shards,
    active_shards: shards,
    relocating_shards: 0,
    initializing_shards: 0,
    unassigned_shards: shards,
    delayed_unassigned_shards: 0,
    number_of_pending_tasks: 0,
    number_of_in_flight_fetch: 0,
    task_max_waiting_in_queue_millis: 0,
    active_shards_percent_as_number: new Real(percent),
  }
}

function stats({node, connection}: Call): Json {
  const {indices} = node.store.select('')
  const bytes = indices.reduce((sum, index) => sum + node.store.size(index), 0)
  return {
    _nodes: {total: 1, successful: 1, failed: 0},
    cluster_name: node.cluster,
    cluster_uuid: node.clusterId,
    timestamp: connection.now(),
    status: indices.length > 0 ? 'yellow' : 'green',
    indices: {
      count: indices.length,
      shards: {total: indices.length, primaries: indices.length, replication: new Real(0)},
      docs: {count: indices.reduce((sum, {documents, more}) => sum + documents.size + more, 0), deleted: 0},
      store: {size_in_bytes: bytes, reserved_in_bytes: 0},
    },
    nodes: {count: {total: 1, data: 1, ingest: 1, master: 1}, versions: [node.release.version]},
  }
}

function state({node}: Call): Json {
  const {persona} = node
  const {indices} = node.store.select('')
  const address = persona.facts.ip
  const ephemeral = persona.bytes('es ephemeral', 16).toString('base64url')
  const routing = Object.fromEntries(indices.map(({name}) => [name, {shards: {}}]))
  return {
    cluster_name: node.cluster,
    cluster_uuid: node.clusterId,
    version: persona.integer('es state', 300, 9000),
    state_uuid: persona.bytes('es state', 16).toString('base64url'),
    master_node: node.id,
    blocks: {},
    nodes: {
      [node.id]: {
        name: node.name,
        ephemeral_id: ephemeral,
        transport_address: `${address}:9300`,
        attributes: {'xpack.installed': 'true'},
        roles: node.roles,
      },
    },
    metadata: {
      cluster_uuid: node.clusterId,
      cluster_uuid_committed: true,
      indices: Object.fromEntries(indices.map(({name}) => [name, {state: 'open'}])),
    },
    routing_table: {indices: routing},
  }
}

export function nodes(call: Call): Answer {
  const {node, connection, parts} = call
  const now = connection.now()
  const wantsStats = parts.includes('stats')
  const {cpu, heap, ram, load} = node.load(now)
  const used = {
    timestamp: now,
    name: node.name,
    transport_address: `${node.persona.facts.ip}:9300`,
    host: node.persona.facts.ip,
    ip: `${node.persona.facts.ip}:9300`,
    roles: node.roles,
    os: {
      timestamp: now,
      cpu: {
        percent: cpu,
        load_average: Object.fromEntries(['1m', '5m', '15m'].map((key, at) => [key, new Real(load[at] ?? 0)])),
      },
      mem: {used_percent: ram},
    },
    jvm: {timestamp: now, uptime_in_millis: now - node.startedAt(now), mem: {heap_used_percent: heap}},
  }
  return document(
    {
      _nodes: {total: 1, successful: 1, failed: 0},
      cluster_name: node.cluster,
      nodes: {[node.id]: wantsStats ? used : node.info(now)},
    },
    [asked(call, wantsStats ? '_nodes/stats' : '_nodes', '')],
  )
}
