/** Commands about the connection itself. */
import {timingSafeEqual} from 'node:crypto'

import {printable, sample} from '../../../sample.ts'
import {NOT_AN_INTEGER, SYNTAX_ERROR} from '../dialect.ts'
import {DATABASES} from '../keyspace.ts'
import {strictInteger} from '../parser.ts'
import {array, bulk, error, integer, map, NOTHING, OK, type Reply, simple} from '../replies.ts'
import {newClient} from '../state.ts'
import {bytes, type Call, type Handlers, text, upper} from './call.ts'

const DEFAULT_USER = 'default'
const NO_PROTO = error('NOPROTO unsupported protocol version')
const BAD_NAME = error('ERR Client names cannot contain spaces, newlines or special characters.')

/** Checks a credential and records the attempt. */
function authenticate(call: Call, user: string, secret: Buffer): boolean {
  const {password} = call.server.facts
  const right = password === null || equal(secret, Buffer.from(password, 'latin1'))
  const accepted = user === DEFAULT_USER && right
  const {credential} = call.client.connection.limits
  call.effects.events.push({
    event: 'auth.attempt',
    credential: {
      principal: printable(Buffer.from(user, 'latin1').subarray(0, credential)),
      method: 'password',
      secret: sample(secret, credential),
      outcome: accepted ? 'success' : 'failure',
    },
    data: {command: call.name},
  })
  if (accepted) call.client.authenticated = true
  return accepted
}

function equal(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}

function auth(call: Call): Reply {
  if (call.count > 3) return SYNTAX_ERROR
  const {dialect, password} = call.server.facts
  const named = call.count === 3
  const accepted = authenticate(call, named ? text(call, 1) : DEFAULT_USER, bytes(call, named ? 2 : 1))
  if (!named && password === null) {
    return error(
      'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
    )
  }
  return accepted ? OK : dialect.wrongPass
}

function helloVersion(call: Call): number | Reply {
  const {dialect} = call.server.facts
  if (call.count === 1) return call.client.resp
  const version = strictInteger(text(call, 1))
  if (version === null && dialect.major >= 7) return error('ERR Protocol version is not an integer or out of range')
  return version === 2 || version === 3 ? version : NO_PROTO
}

const HELLO_NO_AUTH = error(
  'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
)

function hello(call: Call): Reply {
  const version = helloVersion(call)
  if (typeof version !== 'number') return version
  const refusal = helloOptions(call)
  if (refusal !== null) return refusal
  if (!call.client.authenticated) return HELLO_NO_AUTH
  call.client.resp = version === 3 ? 3 : 2
  return map([
    [bulk('server'), bulk('redis')],
    [bulk('version'), bulk(call.server.facts.dialect.version)],
    [bulk('proto'), integer(version)],
    [bulk('id'), integer(call.client.id)],
    [bulk('mode'), bulk('standalone')],
    [bulk('role'), bulk(call.source.master === null ? 'master' : 'replica')],
    [bulk('modules'), array([])],
  ])
}

function helloOptions(call: Call): Reply | null {
  for (let index = 2; index < call.args.length; ) {
    const option = upper(call, index)
    const left = call.args.length - index - 1
    if (option === 'AUTH' && left >= 2) {
      if (!authenticate(call, text(call, index + 1), bytes(call, index + 2))) return call.server.facts.dialect.wrongPass
      index += 3
    } else if (option === 'SETNAME' && left >= 1) {
      if (!setName(call, text(call, index + 1))) return BAD_NAME
      index += 2
    } else return error(`ERR Syntax error in HELLO option '${text(call, index)}'`)
  }
  return null
}

export function setName(call: Call, name: string): boolean {
  if (!/^[\x21-\x7e]*$/.test(name)) return false
  call.client.name = name
  return true
}

/** For CLIENT SETNAME. */
export function setNameCommand(call: Call): Reply {
  return setName(call, text(call, 2)) ? OK : BAD_NAME
}

function select(call: Call): Reply {
  const index = strictInteger(text(call, 1))
  if (index === null) return call.server.facts.dialect.major >= 7 ? NOT_AN_INTEGER : error('ERR invalid DB index')
  if (index < 0 || index >= DATABASES) return error('ERR DB index is out of range')
  call.client.database = index
  return OK
}

function ping(call: Call): Reply {
  if (call.count > 2) return call.server.facts.dialect.wrongArity('ping')
  const subscribed = call.client.channels.size + call.client.patterns.size > 0
  if (subscribed && call.client.resp === 2) return array([bulk('pong'), bulk(bytes(call, 1))])
  return call.count === 2 ? bulk(bytes(call, 1)) : simple('PONG')
}

function reset(call: Call): Reply {
  const {client} = call
  const {id, connection, connectedAt} = client
  const open = call.server.facts.password === null
  Object.assign(client, {...newClient(id, connection, open), connectedAt})
  return simple('RESET')
}

export const CONNECTION: Handlers = {
  ping,
  echo: (call) => bulk(bytes(call, 1)),
  auth,
  hello,
  select,
  reset,
  quit: (call) => {
    call.effects.close = 'after-reply'
    return OK
  },
  // What a browser or a proxy says. The server takes it for an attack across protocols and hangs up.
  post: (call) => {
    call.effects.close = 'silently'
    call.effects.events.push({event: 'probe', data: {kind: 'http', line: sample(requestLine(call), 256)}})
    return NOTHING
  },
}

function requestLine(call: Call): Buffer {
  return Buffer.concat(call.args.slice(0, 4).flatMap((arg) => [arg.subarray(0, 128), Buffer.from(' ')]))
}
