/**
 * EVAL and its kin. No script is ever run: single return statements are recognised, a global that does not exist is
 * refused as the sandbox does, and everything else returns nothing.
 */
import {createHash} from 'node:crypto'

import {array, bulk, error, integer, NULL, OK, type Reply, simple} from '../replies.ts'
import {type Call, type Handlers, integerArgument, rest, text, upper} from './call.ts'
import {container} from './container.ts'

const MAX_SCRIPTS = 128
/** A script that is longer is not looked into. */
const MAX_LOOKED_AT = 4096

const GLOBALS: ReadonlySet<string> = new Set(
  `_G _VERSION assert bit cjson cmsgpack collectgarbage coroutine error gcinfo getfenv getmetatable ipairs load loadstring
   math next pairs pcall rawequal rawget rawset redis select setmetatable string struct table tonumber tostring type
   unpack xpcall KEYS ARGV and break do else elseif end false for function if in local nil not or repeat return then
   true until while`.split(/\s+/),
)

const sha1 = (script: string) => createHash('sha1').update(script, 'latin1').digest('hex')

function evaluate(call: Call, script: string): Reply {
  const keys = integerArgument(call, 2)
  if (keys < 0) return error("ERR Number of keys can't be negative")
  if (keys > call.count - 3) return error("ERR Number of keys can't be greater than number of args")
  const {source} = call
  if (source.scripts.size < MAX_SCRIPTS) source.scripts.add(sha1(script))
  return compileError(call, script) ?? unknownGlobal(call, script) ?? returned(call, script, keys)
}

/** The two mistakes of those who try whether EVAL is there at all. */
function compileError(call: Call, script: string): Reply | null {
  const seven = call.server.facts.dialect.major >= 7
  const [line, end] = seven ? [1, '<eof>'] : [2, 'end']
  const because = (text: string) =>
    error(`ERR Error compiling script (new function): user_script:${line}: ${text} near '${end}'`)
  if (/^\s*[A-Za-z_]\w*\s*$/.test(script) && !GLOBALS.has(script.trim())) return because("'=' expected")
  return /[+\-*/]\s*$/.test(script) ? because('unexpected symbol') : null
}

function unknownGlobal(call: Call, script: string): Reply | null {
  const found = firstUnknownGlobal(script.slice(0, MAX_LOOKED_AT))
  if (found === null) return null
  const problem = `user_script:${found.line}: Script attempted to access nonexistent global variable '${found.name}'`
  return call.server.facts.dialect.major >= 7
    ? error(`ERR ${problem} script: ${sha1(script)}, on @user_script:${found.line}.`)
    : error(`ERR Error running script (call to f_${sha1(script)}): @enable_strict_lua:15: ${problem}`)
}

/** Words of a script that are neither known, nor local, nor fields, nor inside a string. */
function firstUnknownGlobal(script: string): {readonly name: string; readonly line: number} | null {
  const bare = script.replace(/"[^"\n]*"|'[^'\n]*'/g, (quoted) => ' '.repeat(quoted.length))
  const local = new Set<string>()
  for (const [, names = ''] of bare.matchAll(/\b(?:local(?:\s+function)?|for|function)\s+([\w, ]+)/g)) {
    for (const name of names.split(/[,\s]+/)) local.add(name)
  }
  for (const match of bare.matchAll(/(?<![\w.:])([A-Za-z_]\w*)/g)) {
    const name = match[1] ?? ''
    if (GLOBALS.has(name) || local.has(name)) continue
    return {name, line: bare.slice(0, match.index).split('\n').length}
  }
  return null
}

function returned(call: Call, script: string, keys: number): Reply {
  const expression = /^\s*return\s+(.{1,200}?)\s*;?\s*$/s.exec(script)?.[1]
  if (expression === undefined) return NULL
  const list = /^\{(.*)\}$/s.exec(expression)?.[1]
  if (list === undefined) return luaValue(call, expression, keys)
  return array(list.trim() === '' ? [] : list.split(',').map((item) => luaValue(call, item.trim(), keys)))
}

function luaValue(call: Call, expression: string, keys: number): Reply {
  const quoted = /^(["'])((?:(?!\1)[^\\])*)\1$/.exec(expression)?.[2]
  if (quoted !== undefined) return bulk(quoted)
  if (/^-?\d{1,15}(?:\.\d+)?$/.test(expression)) return integer(Math.trunc(Number(expression)))
  if (expression === '_VERSION') return bulk('Lua 5.1')
  if (expression === 'true') return integer(1)
  if (/^redis\.p?call\(\s*(["'])ping\1\s*\)$/i.test(expression)) return simple('PONG')
  const hashed = /^redis\.sha1hex\(\s*(["'])(.*)\1\s*\)$/.exec(expression)?.[2]
  if (hashed !== undefined) return bulk(sha1(hashed))
  const [, table, index] = /^(KEYS|ARGV)\[(\d{1,4})\]$/.exec(expression) ?? []
  if (table === undefined) return NULL
  const argument = call.args[2 + Number(index) + (table === 'ARGV' ? keys : 0)]
  return argument === undefined || (table === 'KEYS' && Number(index) > keys) ? NULL : bulk(argument)
}

function loadScript(call: Call): Reply {
  const script = text(call, 2)
  const refusal = compileError(call, script)
  if (refusal !== null) return refusal
  if (call.source.scripts.size < MAX_SCRIPTS) call.source.scripts.add(sha1(script))
  return bulk(sha1(script))
}

function flushScripts(call: Call): Reply {
  if (call.count === 3 && !['ASYNC', 'SYNC'].includes(upper(call, 2))) {
    return error('ERR SCRIPT FLUSH only support SYNC|ASYNC option')
  }
  call.source.scripts.clear()
  return OK
}

export const SCRIPTING: Handlers = {
  eval: (call) => evaluate(call, text(call, 1)),
  eval_ro: (call) => evaluate(call, text(call, 1)),
  evalsha: () => error('NOSCRIPT No matching script. Please use EVAL.'),
  evalsha_ro: () => error('NOSCRIPT No matching script. Please use EVAL.'),
  script: container({
    load: {run: loadScript},
    exists: {
      run: (call) => array(rest(call, 2).map((sha) => integer(call.source.scripts.has(sha.toLowerCase()) ? 1 : 0))),
    },
    flush: {run: flushScripts, six: 2},
    kill: {run: () => error('NOTBUSY No scripts in execution right now.')},
    debug: {run: () => OK},
  }),
}
