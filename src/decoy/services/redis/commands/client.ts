/** The CLIENT container. */
import {type Major, NOT_AN_INTEGER, SYNTAX_ERROR} from '../dialect.ts'
import {strictInteger} from '../parser.ts'
import {bulk, error, integer, NOTHING, NULL, OK, type Reply, verbatim} from '../replies.ts'
import {type Call, type Handlers, text, upper} from './call.ts'
import {setNameCommand} from './connection.ts'
import {container} from './container.ts'

/** Descriptor numbers below are the server's own: listening sockets, epoll, log. */
const FIRST_DESCRIPTOR = 8
const IDLE_LIMIT_S = 300

interface ListedClient {
  readonly id: number
  readonly addr: string
  readonly laddr: string
  readonly fd: number
  readonly name: string
  readonly age: number
  readonly idle: number
  readonly flags: string
  readonly db: number
  readonly sub: number
  readonly psub: number
}

/** The sizes are those a real server shows, for a client that sent exactly this and for one that went idle. */
function clientLine(listed: ListedClient, major: Major, command: string, own: boolean, resp: number): string {
  const {laddr, ...rest} = listed
  const {id, addr, ...more} = rest
  const shown = major >= 7 ? {id, addr, laddr, ...more} : rest
  const six = own
    ? `multi=-1 qbuf=26 qbuf-free=32742 argv-mem=10 obl=0 oll=0 omem=0 tot-mem=61466 events=r cmd=${command} user=default`
    : `multi=-1 qbuf=0 qbuf-free=0 argv-mem=0 obl=0 oll=0 omem=0 tot-mem=20504 events=r cmd=${command} user=default`
  const sizes = own
    ? 'qbuf=26 qbuf-free=20448 argv-mem=10 multi-mem=0 rbs=16384 rbp=16384 obl=0 oll=0 omem=0 tot-mem=37658'
    : 'qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=1024 rbp=0 obl=0 oll=0 omem=0 tot-mem=1800'
  const seven = `ssub=0 multi=-1 ${sizes} events=r cmd=${command} user=default redir=-1 resp=${resp}`
  const fields = Object.entries(shown).map(([key, value]) => `${key}=${value}`)
  return `${fields.join(' ')} ${major >= 7 ? seven : six}\n`
}

function ownLine(call: Call): string {
  const {client, server, now} = call
  const {peer, local} = client.connection
  const {major} = server.facts.dialect
  const listed = {
    id: client.id,
    addr: `${peer.ip}:${peer.port}`,
    laddr: `${local.ip}:${local.port}`,
    fd: FIRST_DESCRIPTOR + server.localClients,
    name: client.name,
    age: Math.floor((now - client.connectedAt) / 1000),
    idle: 0,
    flags: client.channels.size + client.patterns.size > 0 ? 'P' : 'N',
    db: client.database,
    sub: client.channels.size,
    psub: client.patterns.size,
  }
  const command = major >= 7 ? `client|${text(call, 1).toLowerCase()}` : 'client'
  return clientLine(listed, major, command, true, client.resp)
}

/** The application that uses this server runs on the same machine and keeps its connections. */
function localLines(call: Call): string[] {
  const {server, now} = call
  const {persona, port, dialect} = server.facts
  const up = Math.floor((now - server.startedAt(now)) / 1000)
  return Array.from({length: server.localClients}, (_, index) => {
    const of = (what: string, from: number, to: number) => persona.integer(`redis-client-${index}-${what}`, from, to)
    const listed = {
      id: 3 + index,
      addr: `127.0.0.1:${of('port', 32_768, 60_999)}`,
      laddr: `127.0.0.1:${port}`,
      fd: FIRST_DESCRIPTOR + index,
      name: '',
      age: Math.max(0, up - of('delay', 1, 20)),
      idle: (Math.floor(now / 1000) + of('phase', 0, IDLE_LIMIT_S)) % of('idle', 5, IDLE_LIMIT_S),
      flags: 'N',
      db: 0,
      sub: 0,
      psub: 0,
    }
    return clientLine(
      listed,
      dialect.major,
      persona.pick(`redis-client-${index}-cmd`, ['get', 'hgetall', 'set']),
      false,
      2,
    )
  })
}

function replyMode(call: Call): Reply {
  const mode = upper(call, 2)
  if (mode === 'ON') {
    call.client.replies = 'on'
    return OK
  }
  if (mode === 'OFF') call.client.replies = 'off'
  else if (mode === 'SKIP') call.client.replies = call.client.replies === 'off' ? 'off' : 'skip-next'
  else return SYNTAX_ERROR
  return NOTHING
}

function pause(call: Call): Reply {
  if (strictInteger(text(call, 2)) === null) return error('ERR timeout is not an integer or out of range')
  return OK
}

function kill(call: Call): Reply {
  const {peer} = call.client.connection
  if (call.count > 3) return integer(0)
  if (text(call, 2) !== `${peer.ip}:${peer.port}`) return error('ERR No such client')
  call.effects.close = 'after-reply'
  return OK
}

function onOff(call: Call): Reply {
  return ['ON', 'OFF'].includes(upper(call, 2)) ? OK : SYNTAX_ERROR
}

export const CLIENT: Handlers = {
  client: container({
    id: {run: (call) => integer(call.client.id)},
    getname: {run: (call) => (call.client.name === '' ? NULL : bulk(call.client.name))},
    setname: {run: setNameCommand},
    list: {run: (call) => verbatim([...localLines(call), ownLine(call)].join(''))},
    info: {run: (call) => verbatim(ownLine(call)), six: null},
    kill: {run: kill},
    reply: {run: replyMode},
    pause: {run: pause},
    unpause: {run: () => OK, six: null},
    unblock: {run: (call) => (strictInteger(text(call, 2)) === null ? NOT_AN_INTEGER : integer(0))},
    'no-evict': {run: onOff, six: null},
    tracking: {run: onOff},
    getredir: {run: () => integer(-1)},
  }),
}
