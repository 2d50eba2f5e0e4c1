/** Persistence, replication, modules and the other commands of an operator, or of an intruder who has become one. */
import {SYNTAX_ERROR} from '../dialect.ts'
import {strictInteger} from '../parser.ts'
import {array, bulk, error, integer, NULL, OK, type Reply, simple, verbatim} from '../replies.ts'
import {type Call, entryOf, type Handlers, integerArgument, rest, text, upper} from './call.ts'
import {container} from './container.ts'

const CLUSTER_DISABLED = error('ERR This instance has cluster support disabled')
const MAX_SLEEP_MS = 10_000

function save(call: Call): Reply {
  call.source.lastSave = Math.floor(call.now / 1000)
  call.source.changes = 0
  return OK
}

function bgsave(call: Call): Reply {
  if (call.count > 2 || (call.count === 2 && upper(call, 1) !== 'SCHEDULE')) return SYNTAX_ERROR
  save(call)
  return simple('Background saving started')
}

function replicaOf(call: Call): Reply {
  const host = text(call, 1)
  if (host.toLowerCase() === 'no' && text(call, 2).toLowerCase() === 'one') {
    call.source.master = null
    return OK
  }
  const {major} = call.server.facts.dialect
  const port = strictInteger(text(call, 2))
  const valid = port !== null && port >= 0 && port <= 65_535
  if (!valid) return error(major >= 7 ? 'ERR Invalid master port' : 'ERR value is not an integer or out of range')
  const {master} = call.source
  if (master !== null && master.host === host && master.port === port) {
    return simple('OK Already connected to specified master')
  }
  call.source.master = {host, port}
  return OK
}

/** The decoy never connects anywhere: replication stays at its first step. */
function role(call: Call): Reply {
  const {master} = call.source
  if (master === null) return array([bulk('master'), integer(0), array([])])
  return array([bulk('slave'), bulk(master.host), integer(master.port), bulk('connect'), integer(-1)])
}

function notAllowed(command: string): Reply {
  return error(
    `ERR ${command} command not allowed. If the enable-${command.toLowerCase()}-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.`,
  )
}

function loadModule(call: Call): Reply {
  return call.server.facts.dialect.major >= 7
    ? notAllowed('MODULE')
    : error('ERR Error loading the extension. Please check the server logs.')
}

function unloadModule(call: Call): Reply {
  return call.server.facts.dialect.major >= 7
    ? notAllowed('MODULE')
    : error('ERR Error unloading module: no such module with that name')
}

function debug(call: Call): Reply {
  if (call.server.facts.dialect.major >= 7) return notAllowed('DEBUG')
  return DEBUG_6(call)
}

const DEBUG_6 = container({
  sleep: {
    run: (call) => {
      const seconds = Number.parseFloat(text(call, 2))
      call.effects.delayMs = Math.min(MAX_SLEEP_MS, Math.max(0, (Number.isNaN(seconds) ? 0 : seconds) * 1000))
      return OK
    },
  },
  object: {
    run: (call) =>
      entryOf(call, text(call, 2)) === undefined
        ? error('ERR no such key')
        : simple(
            `Value at:0x7f${call.server.facts.persona.bytes(`redis-at-${text(call, 2)}`, 5).toString('hex')} refcount:1 encoding:embstr serializedlength:6 lru:${Math.floor(call.now / 1000) & 0xffffff} lru_seconds_idle:0`,
          ),
  },
  segfault: {run: crash},
  panic: {run: crash},
  restart: {run: crash},
})

function crash(call: Call): Reply {
  call.effects.close = 'silently'
  return {type: 'nothing'}
}

function shutdown(call: Call): Reply {
  const words = rest(call, 1).map((word) => word.toUpperCase())
  const known = call.server.facts.dialect.major >= 7 ? ['SAVE', 'NOSAVE', 'NOW', 'FORCE', 'ABORT'] : ['SAVE', 'NOSAVE']
  if (words.some((word) => !known.includes(word))) return SYNTAX_ERROR
  if (words.includes('ABORT')) return error('ERR No shutdown in progress.')
  return crash(call)
}

function accessRule(call: Call): string {
  const {dialect, password} = call.server.facts
  const secret = password === null ? 'nopass' : `#${call.server.facts.persona.bytes('redis-acl', 32).toString('hex')}`
  return `user default on ${secret} ~* ${dialect.major >= 7 ? '&* ' : ''}+@all`
}

function genpass(call: Call): Reply {
  const bits = call.count === 3 ? integerArgument(call, 2) : 256
  if (bits <= 0 || bits > 4096) {
    return error(
      'ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096',
    )
  }
  const digits = Math.ceil(bits / 4)
  return bulk(
    call.client.connection
      .random(Math.ceil(digits / 2))
      .toString('hex')
      .slice(0, digits),
  )
}

const LATENCY_OFF =
  'I\'m sorry, Dave, I can\'t do that. Latency monitoring is disabled in this Redis instance. You may use "CONFIG SET latency-monitor-threshold <milliseconds>." in order to enable it.'

export const ADMINISTRATION: Handlers = {
  save,
  bgsave,
  bgrewriteaof: () => simple('Background append only file rewriting started'),
  lastsave: (call) => integer(call.source.lastSave),
  slaveof: replicaOf,
  replicaof: replicaOf,
  role,
  module: container({
    list: {run: () => array([])},
    load: {run: loadModule},
    unload: {run: unloadModule},
    loadex: {run: loadModule, six: null},
  }),
  debug,
  shutdown,
  monitor: () => OK,
  time: (call) =>
    array([bulk(String(Math.floor(call.now / 1000))), bulk(String(Math.floor((call.now % 1000) * 1000)))]),
  wait: (call) => {
    integerArgument(call, 1)
    integerArgument(call, 2)
    return integer(0)
  },
  slowlog: container({
    get: {run: () => array([])},
    len: {run: () => integer(0)},
    reset: {run: () => OK},
  }),
  latency: container({
    latest: {run: () => array([])},
    history: {run: () => array([])},
    reset: {run: () => integer(0)},
    doctor: {run: () => verbatim(LATENCY_OFF)},
  }),
  memory: container({
    usage: {run: (call) => (entryOf(call, text(call, 2)) === undefined ? NULL : integer(56 + text(call, 2).length))},
    purge: {run: () => OK},
  }),
  acl: container({
    whoami: {run: () => bulk('default')},
    list: {run: (call) => array([bulk(accessRule(call))])},
    users: {run: () => array([bulk('default')])},
    setuser: {run: () => OK},
    deluser: {
      run: (call) =>
        rest(call, 2).includes('default') ? error("ERR The 'default' user cannot be removed") : integer(0),
    },
    cat: {run: (call) => error(`ERR Unknown category '${text(call, 2)}'`)},
    genpass: {run: genpass},
    log: {run: () => array([])},
  }),
  cluster: () => CLUSTER_DISABLED,
  readonly: () => CLUSTER_DISABLED,
  readwrite: () => CLUSTER_DISABLED,
  asking: () => CLUSTER_DISABLED,
}
