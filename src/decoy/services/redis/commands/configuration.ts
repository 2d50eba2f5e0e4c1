/** The CONFIG container: the way most intruders turn an open server into a file on disk. */
import type {ConfigProblem} from '../dialect.ts'
import {globMatches} from '../glob.ts'
import {bulk, error, map, OK, type Reply} from '../replies.ts'
import {type Call, type Handlers, rest, text} from './call.ts'
import {container} from './container.ts'

const IMMUTABLE: ReadonlySet<string> = new Set([
  'databases',
  'daemonize',
  'supervised',
  'pidfile',
  'logfile',
  'syslog-enabled',
  'syslog-ident',
  'io-threads',
  'unixsocket',
  'tcp-backlog',
  'always-show-logo',
  'cluster-enabled',
  'cluster-config-file',
  'appendfilename',
  'appenddirname',
  'aclfile',
  'rdb-key-save-delay-max',
  'enable-debug-command',
  'enable-module-command',
  'enable-protected-configs',
])
/** 7.0 protects what intruders used to write files with. */
const PROTECTED: ReadonlySet<string> = new Set(['dir', 'dbfilename'])

/** Directories that exist on any server; for others it says so. */
const DIRECTORIES =
  /^\/(?:etc(?:\/(?:cron\.d|cron\.daily|cron\.hourly|init\.d|ssh|systemd\/system|profile\.d))?|root(?:\/\.ssh)?|home|tmp|var(?:\/(?:tmp|log|www|www\/html|lib|lib\/redis|log\/redis|spool|spool\/cron|spool\/cron\/crontabs))?|usr(?:\/(?:bin|lib|local|local\/bin))?|opt|dev\/shm|run)?\/?$/

const MEMORY = /^(\d+)(b|k|kb|m|mb|g|gb)?$/i
const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1000,
  kb: 1024,
  m: 1e6,
  mb: 1024 ** 2,
  g: 1e9,
  gb: 1024 ** 3,
}
const MEMORY_PARAMETERS: ReadonlySet<string> = new Set([
  'maxmemory',
  'repl-backlog-size',
  'client-query-buffer-limit',
  'proto-max-bulk-len',
  'auto-aof-rewrite-min-size',
])

type Checked = {readonly ok: true; readonly value: string} | {readonly ok: false; readonly reply: Reply}

function get(call: Call): Reply {
  const {config} = call.source
  const found = new Map<string, string>()
  for (const pattern of rest(call, 2)) {
    const exact = config.get(pattern.toLowerCase())
    // 7.0 echoes the name of one parameter as it was asked for.
    if (exact !== undefined) {
      found.set(call.server.facts.dialect.major >= 7 ? pattern : pattern.toLowerCase(), exact)
      continue
    }
    for (const [name, value] of config) if (globMatches(pattern.toLowerCase(), name)) found.set(name, value)
  }
  return map([...found].map(([name, value]) => [bulk(name), bulk(value)]))
}

function setAll(call: Call): Reply {
  const pairs = rest(call, 2)
  if (pairs.length % 2 !== 0) return call.server.facts.dialect.wrongArity('config', 'set')
  for (let index = 0; index < pairs.length; index += 2) {
    const name = (pairs[index] ?? '').toLowerCase()
    const checked = check(call, name, pairs[index] ?? '', pairs[index + 1] ?? '')
    if (!checked.ok) return checked.reply
    call.source.config.set(name, checked.value)
  }
  return OK
}

function check(call: Call, name: string, asked: string, value: string): Checked {
  const {dialect} = call.server.facts
  const refuse = (problem: ConfigProblem): Checked => ({ok: false, reply: dialect.configSet(asked, value, problem)})
  const current = call.source.config.get(name)
  if (current === undefined) return refuse({kind: 'unknown'})
  if (IMMUTABLE.has(name)) return refuse({kind: 'immutable'})
  if (dialect.major >= 7 && PROTECTED.has(name)) return refuse({kind: 'protected'})
  if (name === 'dir') return checkDirectory(value)
  if (name === 'dbfilename' && value.includes('/')) {
    return refuse({kind: 'invalid', text: "dbfilename can't be a path, just a filename"})
  }
  return checkType(name, current, value, refuse)
}

function checkDirectory(value: string): Checked {
  if (DIRECTORIES.test(value)) return {ok: true, value: value.length > 1 ? value.replace(/\/$/, '') : value}
  return {ok: false, reply: error('ERR Changing directory: No such file or directory')}
}

/** The type of a parameter shows in its present value. */
function checkType(name: string, current: string, value: string, refuse: (problem: ConfigProblem) => Checked): Checked {
  if (MEMORY_PARAMETERS.has(name)) {
    const [, digits, unit = ''] = MEMORY.exec(value) ?? []
    if (digits === undefined) return refuse({kind: 'invalid', text: 'argument must be a memory value'})
    return {ok: true, value: String(Number(digits) * (FACTORS[unit.toLowerCase()] ?? 1))}
  }
  if ((current === 'yes' || current === 'no') && value !== 'yes' && value !== 'no') {
    return refuse({kind: 'invalid', text: "argument must be 'yes' or 'no'"})
  }
  if (/^-?\d+$/.test(current) && !/^-?\d+$/.test(value)) {
    return refuse({kind: 'invalid', text: "argument couldn't be parsed into an integer"})
  }
  return {ok: true, value}
}

export const CONFIGURATION: Handlers = {
  config: container({
    get: {run: get, six: 3},
    set: {run: setAll, six: 4},
    resetstat: {run: () => OK},
    rewrite: {
      run: (call) => (text(call, 1) === '' ? OK : error('ERR Rewriting config file: Read-only file system')),
    },
  }),
}
