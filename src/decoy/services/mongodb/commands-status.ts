/** What the server tells of itself and of its machine. */
import {type BsonDocument, type BsonValue, Double, document} from '../../codecs/bson/values.ts'
import {kernelOf} from '../../kernel.ts'
import {argument, type Call, type CommandEntry, ok, uuid} from './call.ts'
import {CommandError} from './errors.ts'
import {serverStatus} from './server-status.ts'
import {sizeOf} from './store.ts'

const MIB = 1024 * 1024

const OS_NAMES: Readonly<Record<string, {name: string; version: string}>> = {
  debian: {name: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"', version: 'Kernel'},
  ubuntu22: {name: 'Ubuntu', version: '22.04'},
  ubuntu20: {name: 'Ubuntu', version: '20.04'},
  rocky9: {name: 'Rocky Linux release 9.4 (Blue Onyx)', version: 'Kernel'},
  centos7: {name: 'CentOS Linux release 7.9.2009 (Core)', version: 'Kernel'},
}

function hostInfo({server, now}: Call): BsonDocument {
  const {persona} = server.facts
  const {release} = kernelOf(persona.facts)
  const cores = persona.pick('cores', [2, 4, 8])
  const memory = persona.pick('memory', [3915, 7957, 15_994])
  const os = OS_NAMES[persona.facts.distro] ?? {name: 'Ubuntu', version: '20.04'}
  return ok({
    system: document({
      currentTime: new Date(now),
      hostname: persona.hostname,
      cpuAddrSize: 64,
      memSizeMB: BigInt(memory),
      memLimitMB: BigInt(memory),
      numCores: cores,
      cpuArch: 'x86_64',
      numaEnabled: false,
    }),
    os: document({
      type: 'Linux',
      name: os.name,
      version: os.version === 'Kernel' ? `Kernel ${release}` : os.version,
    }),
    extra: document({
      versionString: `Linux version ${release} ${kernelOf(persona.facts).compiler}`,
      kernelVersion: release,
      cpuString: persona.pick('cpu', CPUS),
      pageSize: 4096n,
      numPages: Math.floor((memory * MIB) / 4096),
      maxOpenFiles: 64_000,
    }),
  })
}

const CPUS = [
  'Intel(R) Xeon(R) Silver 4214 CPU @ 2.20GHz',
  'Intel(R) Xeon(R) Gold 6230 CPU @ 2.10GHz',
  'Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz',
  'AMD EPYC 7302 16-Core Processor',
]

function commandLine({server}: Call): BsonDocument {
  const {port, auth} = server.facts
  return ok({
    argv: ['/usr/bin/mongod', '--config', '/etc/mongod.conf'],
    parsed: document({
      config: '/etc/mongod.conf',
      net: document({bindIp: '0.0.0.0', port}),
      processManagement: document({timeZoneInfo: '/usr/share/zoneinfo'}),
      ...(auth ? {security: document({authorization: 'enabled'})} : {}),
      storage: document({dbPath: '/var/lib/mongodb'}),
      systemLog: document({destination: 'file', logAppend: true, path: '/var/log/mongodb/mongod.log'}),
    }),
  })
}

/** What the shell shows at its start. */
function log(call: Call): BsonDocument {
  const {server, now} = call
  const name = argument(call)
  if (name === '*') return ok({names: ['global', 'startupWarnings']})
  const at = new Date(server.startedAt(now) + 900).toISOString().replace('Z', '+00:00')
  const line = (id: number, context: string, msg: string) =>
    JSON.stringify({t: {$date: at}, s: 'W', c: 'CONTROL', id, ctx: context, msg, tags: ['startupWarnings']})
  const open =
    'Access control is not enabled for the database. Read and write access to data and configuration is unrestricted'
  const lines = [
    ...(server.facts.auth ? [] : [line(22_120, 'initandlisten', open)]),
    line(
      22_178,
      'initandlisten',
      "/sys/kernel/mm/transparent_hugepage/enabled is 'always'. We suggest setting it to 'never'",
    ),
  ]
  return ok({totalLinesWritten: lines.length, log: lines})
}

function parameters(call: Call): BsonDocument {
  const {server, command} = call
  const series = server.facts.release.version.split('.').slice(0, 2).join('.')
  const known: Readonly<Record<string, BsonValue>> = {
    featureCompatibilityVersion: document({version: series}),
    authenticationMechanisms: ['MONGODB-X509', 'SCRAM-SHA-1', 'SCRAM-SHA-256'],
    scramIterationCount: 10_000,
    scramSHA256IterationCount: 15_000,
    logLevel: 0,
    quiet: false,
    enableLocalhostAuthBypass: true,
  }
  const wanted = Object.keys(known).filter((name) => argument(call) === '*' || command.body.has(name))
  if (wanted.length === 0) throw new CommandError('InvalidOptions', 'no option found to get')
  return ok(Object.fromEntries(wanted.map((name) => [name, known[name] ?? null])))
}

function databaseStats({command, store}: Call): BsonDocument {
  const collections = store.collections(command.database)
  const objects = [...collections.values()].reduce((sum, {documents}) => sum + documents.length, 0)
  return ok({
    db: command.database,
    collections: collections.size,
    views: 0,
    objects,
    avgObjSize: new Double(objects === 0 ? 0 : 160),
    dataSize: new Double(objects * 160),
    storageSize: new Double(sizeOf(collections) / 2),
    indexes: collections.size,
    indexSize: new Double(sizeOf(collections) / 2),
    totalSize: new Double(sizeOf(collections)),
    scaleFactor: new Double(1),
  })
}

function users(call: Call): BsonDocument {
  const {client} = call
  if (client.user === null) return ok({users: []})
  const {name, database} = client.user
  return ok({
    users: [
      document({
        _id: `${database}.${name}`,
        userId: uuid(call, `user ${database}.${name}`),
        user: name,
        db: database,
        roles: [document({role: 'root', db: 'admin'})],
        mechanisms: ['SCRAM-SHA-1', 'SCRAM-SHA-256'],
      }),
    ],
  })
}

function noReplication(): never {
  throw new CommandError('NoReplicationEnabled', 'not running with --replSet')
}

export const STATUS_COMMANDS: Readonly<Record<string, CommandEntry>> = {
  serverStatus: {perform: serverStatus},
  hostInfo: {perform: hostInfo},
  getCmdLineOpts: {perform: commandLine},
  getLog: {perform: log},
  getParameter: {perform: parameters},
  dbStats: {perform: databaseStats},
  dbstats: {perform: databaseStats},
  usersInfo: {perform: users},
  rolesInfo: {perform: () => ok({roles: []})},
  currentOp: {perform: () => ok({inprog: []})},
  top: {perform: () => ok({totals: document({note: 'all times in microseconds'})})},
  replSetGetStatus: {perform: noReplication},
  replSetGetConfig: {perform: noReplication},
  // The connection is cut, as it is by a server that goes down.
  shutdown: {
    perform: (call) => {
      call.hangUp = true
      return ok()
    },
  },
}
