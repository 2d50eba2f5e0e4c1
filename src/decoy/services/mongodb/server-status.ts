/** `serverStatus`, in the server's order, as far as scanners and people look at it. */
import {type BsonDocument, Double, document, type Fields, Timestamp} from '../../codecs/bson/values.ts'
import {type Call, ok} from './call.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB

const long = (value: number): bigint => BigInt(Math.floor(value))

/** What has been done since the start. */
interface Work {
  readonly uptime: number
  readonly queries: number
  readonly inserts: number
  readonly updates: number
  readonly commands: number
}

function workOf({server, now}: Call): Work {
  const {persona} = server.facts
  const uptime = Math.max(1, Math.floor((now - server.startedAt(now)) / 1000))
  const rate = (what: string, least: number, most: number) =>
    Math.floor((uptime / 3600) * persona.integer(`mongodb ${what} an hour`, least, most))
  const queries = rate('queries', 200, 9000)
  return {
    uptime,
    queries,
    inserts: rate('inserts', 5, 300),
    updates: rate('updates', 20, 900),
    commands: 3 * queries + uptime,
  }
}

export function serverStatus(call: Call): BsonDocument {
  const work = workOf(call)
  return ok({
    ...process(call, work),
    ...activity(call, work),
    ...storage(call, work),
    ...TRANSACTIONS,
    ...collector(work),
  })
}

function process({server, now}: Call, {uptime}: Work): Fields {
  const {persona, release, port} = server.facts
  return {
    host: port === 27_017 ? persona.hostname : `${persona.hostname}:${port}`,
    version: release.version,
    process: 'mongod',
    pid: BigInt(persona.integer('mongodb pid', 600, 1900)),
    uptime: new Double(uptime),
    uptimeMillis: long(now - server.startedAt(now)),
    uptimeEstimate: long(uptime),
    localTime: new Date(now),
    asserts: document({regular: 0, warning: 0, msg: 0, user: Math.floor(uptime / 9000), rollovers: 0}),
  }
}

function activity({server, now}: Call, {uptime, queries, inserts, updates, commands}: Work): Fields {
  const connections = server.localClients + Math.max(1, server.open)
  const idle = document({total: 0, readers: 0, writers: 0})
  return {
    connections: document({
      current: connections,
      available: 51_200 - connections,
      totalCreated: server.made(now) + server.accepted,
      active: 1 + Math.floor(connections / 3),
    }),
    extra_info: document({
      note: 'fields vary by platform',
      user_time_us: long(uptime * 3100),
      system_time_us: long(uptime * 1400),
      maximum_resident_set_kb: 131_000n + long(uptime % 9000),
      input_blocks: long(96_000 + uptime / 10),
      output_blocks: long(uptime * 3),
      page_reclaims: long(41_000 + uptime / 20),
      page_faults: 512n,
    }),
    globalLock: document({totalTime: long(uptime * 1_000_000), currentQueue: idle, activeClients: idle}),
    network: document({
      bytesIn: long(queries * 310 + commands * 120),
      bytesOut: long(queries * 1900 + commands * 240),
      physicalBytesIn: long(queries * 290 + commands * 118),
      physicalBytesOut: long(queries * 1700 + commands * 236),
      numRequests: long(queries + commands),
    }),
    opcounters: document({
      insert: long(inserts),
      query: long(queries),
      update: long(updates),
      delete: long(inserts / 9),
      getmore: long(queries / 40),
      command: long(commands),
    }),
  }
}

const ENGINE = document({
  name: 'wiredTiger',
  supportsCommittedReads: true,
  oldestRequiredTimestampForCrashRecovery: new Timestamp(0n),
  supportsPendingDrops: true,
  dropPendingIdents: 0n,
  supportsSnapshotReadConcern: true,
  readOnly: false,
  persistent: true,
  backupCursorOpen: false,
})

function storage({server}: Call, {uptime}: Work): Fields {
  const tickets = document({out: 0, available: 128, totalTickets: 128})
  return {
    storageEngine: ENGINE,
    wiredTiger: document({
      uri: 'statistics:',
      cache: document({
        'bytes currently in the cache': long(9 * MIB + (uptime % 4000) * 100),
        'maximum bytes configured': long(server.facts.persona.pick('memory', [1.5, 3.4, 7.3]) * GIB),
        'pages read into cache': long(60 + uptime / 900),
        'pages written from cache': long(uptime / 45),
      }),
      concurrentTransactions: document({write: tickets, read: tickets}),
    }),
    mem: document({bits: 64, resident: 118 + (uptime % 40), virtual: 1530 + (uptime % 30), supported: true}),
  }
}

const TRANSACTIONS: Fields = {
  transactions: document({
    retriedCommandsCount: 0n,
    retriedStatementsCount: 0n,
    currentActive: 0n,
    currentInactive: 0n,
    currentOpen: 0n,
    totalAborted: 0n,
    totalCommitted: 0n,
    totalStarted: 0n,
  }),
}

const collector = ({uptime}: Work): Fields => ({ttl: document({deletedDocuments: 0n, passes: long(uptime / 60)})})
